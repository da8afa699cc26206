package logs

import "strconv"

// Header is the message format of a target (argument "format" of "log"): what
// comes before the text.
type Header uint8

const (
	HeaderDefault  Header = iota // local, or rfc3164 with log-send-hostname
	HeaderLocal                  // <158>Nov 22 23:14:05 tag[pid]:
	HeaderRFC3164                // <158>Nov 22 23:14:05 host tag[pid]:
	HeaderRFC5424                // <158>1 2026-11-22T23:14:05.123456+01:00 host tag pid - sd
	HeaderPriority               // <158>
	HeaderShort                  // <6>
	HeaderTimed                  // <6>2026-11-22T23:14:05.123456+01:00
	HeaderISO                    // 2026-11-22T23:14:05.123456+01:00
	HeaderRaw                    // nothing
	headers
)

var headerNames = [headers]string{"", "local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw"}

// String gives the format's name in the configuration, "" for the default.
func (h Header) String() string {
	if h < headers {
		return headerNames[h]
	}
	return "?"
}

// ParseHeader knows the names of the argument "format".
func ParseHeader(name string) (Header, bool) {
	for i, n := range headerNames {
		if n == name && n != "" {
			return Header(i), true
		}
	}
	return 0, false
}

// stamp is the header of a route made for one second and level. Every sink has
// its own for every route.
type stamp struct {
	tag   string
	sec   int64
	level Level
	micro int // where six digits of microseconds go, -1: nowhere
	text  []byte
}

// make writes the header of r anew unless it is the one at hand.
func (s *stamp) make(r *route, sec int64, level Level) {
	if s.sec == sec && s.level == level && s.text != nil {
		return
	}
	t := r.target
	m := localZone.at(sec)
	s.sec, s.level, s.micro = sec, level, -1
	b := append(s.text[:0], ""...)
	switch t.header {
	case HeaderPriority, HeaderLocal, HeaderRFC3164, HeaderRFC5424:
		b = appendPriority(b, int64(t.facility)<<3|int64(level))
	case HeaderShort, HeaderTimed:
		b = appendPriority(b, int64(level))
	}
	switch t.header {
	case HeaderLocal, HeaderRFC3164:
		b = append(b, m.syslog...)
		b = append(append2(b, sec%60), ' ')
		if t.header == HeaderRFC3164 {
			b = append(append(b, or(r.hostname, "localhost")...), ' ')
		}
		b = append(append(b, r.tag...), '[')
		b = append(strconv.AppendInt(b, int64(r.pid), 10), "]: "...)
	case HeaderRFC5424:
		b = append(b, '1', ' ')
		b = append(s.date(b, m, sec), ' ')
		b = append(append(b, or(r.hostname, "-")...), ' ')
		b = append(append(b, r.tag...), ' ')
		b = append(strconv.AppendInt(b, int64(r.pid), 10), " - "...)
	case HeaderTimed, HeaderISO:
		b = append(s.date(b, m, sec), ' ')
	}
	if b == nil {
		b = []byte{} // made, and empty
	}
	s.text = b
}

func appendPriority(b []byte, v int64) []byte {
	return append(strconv.AppendInt(append(b, '<'), v, 10), '>')
}

func (s *stamp) date(b []byte, m *minute, sec int64) []byte {
	b = append2(append(b, m.iso...), sec%60)
	b = append(b, '.')
	s.micro = len(b)
	b = append(b, "000000"...)
	return append(b, m.isoZone...)
}

// append appends the header; rest are the nanoseconds of the second.
func (s *stamp) append(dst []byte, rest int64) []byte {
	n := len(dst)
	dst = append(dst, s.text...)
	if s.micro >= 0 {
		us := rest / 1000
		for i := n + s.micro + 5; i >= n+s.micro; i-- {
			dst[i] = byte('0' + us%10)
			us /= 10
		}
	}
	return dst
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
