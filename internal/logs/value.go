package logs

import (
	"net/netip"
	"strconv"
)

const upperHex = "0123456789ABCDEF"

// safe holds the bytes that go into a log line as they are (manual 8.6).
type safe [256]bool

func printableBut(except string) (s safe) {
	for c := 32; c < 127; c++ {
		s[c] = true
	}
	for i := range len(except) {
		s[except[i]] = false
	}
	return s
}

var (
	requestSafe = printableBut(`"#`)
	headerSafe  = printableBut(`"#{|}`)
	cookieSafe  = printableBut("")
)

// appendEncoded appends b with what is not in ok as #XX. With flagE, '"', '\'
// and ']' that are left get a backslash (RFC 5424, 6.3.3).
func appendEncoded(dst, b []byte, ok *safe, f flags) []byte {
	done := 0
	for i, c := range b {
		if ok[c] && (f&flagE == 0 || !structural(c)) {
			continue
		}
		dst = append(dst, b[done:i]...)
		done = i + 1
		if ok[c] {
			dst = append(dst, '\\', c)
		} else {
			dst = append(dst, '#', upperHex[c>>4], upperHex[c&15])
		}
	}
	return append(dst, b[done:]...)
}

func structural(c byte) bool { return c == '"' || c == '\\' || c == ']' }

// appendText appends a value as it is but for flagE and flagQ; empty is '-', or
// "" when quoted.
func appendText(dst, b []byte, f flags) []byte {
	if len(b) == 0 {
		return appendNone(dst, f)
	}
	dst = quote(dst, f)
	if f&flagE == 0 {
		dst = append(dst, b...)
	} else {
		for _, c := range b {
			if structural(c) {
				dst = append(dst, '\\')
			}
			dst = append(dst, c)
		}
	}
	return quote(dst, f)
}

// appendName is appendText for names of the configuration, which hold nothing
// to escape.
func appendName(dst []byte, name string, f flags) []byte {
	dst = quote(dst, f)
	dst = append(dst, name...)
	return quote(dst, f)
}

func appendNone(dst []byte, f flags) []byte {
	if f&flagQ != 0 {
		return append(dst, '"', '"')
	}
	if f&flagOpt != 0 {
		return dst
	}
	return append(dst, '-')
}

func quote(dst []byte, f flags) []byte {
	if f&flagQ != 0 {
		return append(dst, '"')
	}
	return dst
}

// appendIP appends an address; unix stands for a connection without one, ""
// for no connection.
func appendIP(dst []byte, a netip.Addr, unix bool, f flags) []byte {
	if !a.IsValid() {
		if !unix {
			return appendNone(dst, f)
		}
		return appendName(dst, "unix", f)
	}
	if f&flagX != 0 {
		if a.Is4() {
			b := a.As4()
			return appendHexBytes(dst, b[:])
		}
		b := a.As16()
		return appendHexBytes(dst, b[:])
	}
	dst = quote(dst, f)
	if a.Is4() {
		b := a.As4()
		dst = appendByte(dst, b[0])
		dst = appendByte(append(dst, '.'), b[1])
		dst = appendByte(append(dst, '.'), b[2])
		dst = appendByte(append(dst, '.'), b[3])
	} else {
		dst = a.AppendTo(dst)
	}
	return quote(dst, f)
}

func appendByte(dst []byte, v byte) []byte {
	if v >= 100 {
		dst = append(dst, '0'+v/100)
	}
	if v >= 10 {
		dst = append(dst, '0'+v/10%10)
	}
	return append(dst, '0'+v%10)
}

func appendHexBytes(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendHex appends v in at least width upper-case hexadecimal digits.
func appendHex(dst []byte, v uint64, width int) []byte {
	var b [16]byte
	n := len(b)
	for v > 0 || len(b)-n < width {
		n--
		b[n] = upperHex[v&15]
		v >>= 4
	}
	return append(dst, b[n:]...)
}

// appendCount appends a number that flagX changes to four hexadecimal digits.
func appendCount(dst []byte, v int64, f flags) []byte {
	if f&flagX != 0 {
		return appendHex(dst, uint64(v), 4)
	}
	return appendInt(dst, v)
}

// appendInt is strconv.AppendInt, quicker for the small numbers lines are
// made of.
func appendInt(dst []byte, v int64) []byte {
	switch {
	case v < 0 || v > 9999:
		return strconv.AppendInt(dst, v, 10)
	case v > 999:
		dst = append(dst, byte('0'+v/1000), byte('0'+v/100%10), byte('0'+v/10%10))
	case v > 99:
		dst = append(dst, byte('0'+v/100), byte('0'+v/10%10))
	case v > 9:
		dst = append(dst, byte('0'+v/10))
	}
	return append(dst, byte('0'+v%10))
}

// appendGrowing appends a number that is not final when the line is made early.
func appendGrowing(dst []byte, v int64, partial bool) []byte {
	if partial {
		dst = append(dst, '+')
	}
	return appendInt(dst, v)
}
