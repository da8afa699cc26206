package logs

import (
	"sync/atomic"
	"time"
)

// A zone formats dates of one time zone. A minute's text is computed once and
// shared by all loops: offsets from UTC are whole minutes, so within a minute
// only the seconds change.
type zone struct {
	loc    *time.Location
	cached [64]atomic.Pointer[minute]
}

// minute is the text of a minute, all but the seconds.
type minute struct {
	number  int64  // minutes since 1970
	clf     string // "22/Nov/2026:23:14:"
	syslog  string // "Nov 22 23:14:"
	iso     string // "2026-11-22T23:14:"
	offset  string // " +0100"
	isoZone string // "+01:00"
}

var (
	localZone = &zone{loc: time.Local}
	utcZone   = &zone{loc: time.UTC}
)

// maxSecond is the end of the year 9999: dates stay of fixed width.
const maxSecond = 253402300799

// split cuts a wall clock in ns into seconds and what is left.
func split(ns int64) (sec, rest int64) {
	if ns < 0 {
		return 0, 0
	}
	return min(ns/1e9, maxSecond), ns % 1e9
}

func (z *zone) at(sec int64) *minute {
	n := sec / 60
	slot := &z.cached[n&63]
	if m := slot.Load(); m != nil && m.number == n {
		return m
	}
	t := time.Unix(n*60, 0).In(z.loc)
	m := &minute{
		number:  n,
		clf:     t.Format("02/Jan/2006:15:04:"),
		syslog:  t.Format("Jan _2 15:04:"),
		iso:     t.Format("2006-01-02T15:04:"),
		offset:  t.Format(" -0700"),
		isoZone: t.Format("-07:00"),
	}
	slot.Store(m)
	return m
}

// appendMilli appends "22/Nov/2026:23:14:05.123".
func (z *zone) appendMilli(dst []byte, ns int64) []byte {
	sec, rest := split(ns)
	dst = append(dst, z.at(sec).clf...)
	dst = append2(dst, sec%60)
	dst = append(dst, '.')
	return append3(dst, rest/1e6)
}

// appendCLF appends "22/Nov/2026:23:14:05 +0100".
func (z *zone) appendCLF(dst []byte, ns int64) []byte {
	sec, _ := split(ns)
	m := z.at(sec)
	dst = append(dst, m.clf...)
	dst = append2(dst, sec%60)
	return append(dst, m.offset...)
}

func append2(dst []byte, v int64) []byte {
	return append(dst, byte('0'+v/10), byte('0'+v%10))
}

func append3(dst []byte, v int64) []byte {
	return append(dst, byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
}
