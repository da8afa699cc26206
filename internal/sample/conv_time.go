package sample

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ncruces/go-strftime"
)

// Converters between dates and numbers (manual 7.3.1: date, http_date, ltime,
// utime and those with ms_ and us_).

// convDate reads an HTTP date in any of the three forms of RFC 9110 5.6.7.
func convDate(_ *Ctx, s *Sample) bool {
	t, err := http.ParseTime(string(s.Data))
	return err == nil && s.setInt(t.Unix())
}

// unixTime is the date that v units, so many of which are a second, are after 1970.
func unixTime(v, perSecond int64) time.Time {
	sec, rest := v/perSecond, v%perSecond
	if rest < 0 {
		sec, rest = sec-1, rest+perSecond
	}
	return time.Unix(sec, rest*(int64(time.Second)/perSecond))
}

// printable bounds years to those that have four digits.
func printable(t time.Time) bool {
	y := t.Year()
	return y >= 0 && y <= 9999
}

func compileHTTPDate(a []Arg, _ *Scope) (Eval, error) {
	perSecond := int64(1)
	if a[1].Set {
		switch a[1].Text {
		case "s":
		case "ms":
			perSecond = 1e3
		case "us":
			perSecond = 1e6
		default:
			return nil, errors.New("expects 's', 'ms' or 'us', got '" + a[1].Text + "'")
		}
	}
	offset := a[0].Int
	return func(c *Ctx, s *Sample) bool {
		t := unixTime(add(s.Int, offset), perSecond).UTC()
		if !printable(t) {
			return false
		}
		b := c.bytes(len(http.TimeFormat) + len(".999999"))
		out := t.AppendFormat(b[:0], http.TimeFormat)
		if perSecond > 1 {
			// As HAProxy prints it: the number of units, without leading zeros.
			out = append(out[:len(out)-len(" GMT")], '.')
			out = strconv.AppendInt(out, int64(t.Nanosecond())*perSecond/int64(time.Second), 10)
			out = append(out, " GMT"...)
		}
		return s.setStr(c.keep(b, len(out)))
	}, nil
}

// gmt is UTC under the name that strftime prints.
var gmt = time.FixedZone("GMT", 0)

// compileTime prints a date of so many units a second in a strftime format.
func compileTime(perSecond int64, local bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		format := parseTimeFormat(a[0].Text, perSecond > 1)
		offset, zone := a[1].Int, gmt
		if local {
			zone = time.Local
			_ = time.Now().In(zone).String() // reads the zone's file, which a chroot may hide
		}
		return func(c *Ctx, s *Sample) bool {
			t := unixTime(add(s.Int, offset), perSecond).In(zone)
			if !printable(t) {
				return false
			}
			m := len(c.Scratch)
			out := c.Scratch
			for _, p := range format {
				out = p.append(out, t)
			}
			if len(out)-m > MaxData {
				return false
			}
			c.Scratch = out
			return s.setStr(out[m:len(out):len(out)])
		}, nil
	}
}

// timePiece is a part of a format: text for strftime, or so many digits of the
// fraction of a second ("%3N").
type timePiece struct {
	text   string
	digits int
}

func (p timePiece) append(dst []byte, t time.Time) []byte {
	if p.digits == 0 {
		return strftime.AppendFormat(dst, p.text, t)
	}
	var b [10]byte
	nano := strconv.AppendInt(b[:0], int64(t.Nanosecond())+1e9, 10)
	return append(dst, nano[1:1+p.digits]...)
}

// parseTimeFormat takes %N out of a format, and protects what only the library
// knows and strftime(3) prints as it stands.
func parseTimeFormat(s string, fractions bool) (list []timePiece) {
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			list = append(list, timePiece{text: b.String()})
			b.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		n := i + 1
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		switch {
		case fractions && n < len(s) && s[n] == 'N':
			digits, err := strconv.Atoi(s[i+1 : n])
			if err != nil || digits < 1 || digits > 9 {
				digits = 9
			}
			flush()
			list = append(list, timePiece{digits: digits})
			i = n
		case strings.IndexByte("NLfQv", s[i+1]) >= 0:
			b.WriteString("%%")
		default:
			b.WriteString(s[i : i+2])
			i++
		}
	}
	flush()
	return list
}
