package proxy

// Dates within cookies: seconds since 1970 in units of four, rounded up, as five
// digits of base64 (manual 4.2, "cookie", "maxidle" and "maxlife").

const dateDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const dateLen = 5

// AppendCookieDate appends a date.
func AppendCookieDate(dst []byte, sec int64) []byte {
	v := uint64(sec+3) >> 2
	for shift := 6 * (dateLen - 1); shift >= 0; shift -= 6 {
		dst = append(dst, dateDigits[v>>shift&63])
	}
	return dst
}

// ParseCookieDate reads the date that b begins with; 0 without one.
func ParseCookieDate(b []byte) int64 {
	if len(b) < dateLen {
		return 0
	}
	v := int64(0)
	for _, c := range b[:dateLen] {
		d := dateDigit(c)
		if d < 0 {
			return 0
		}
		v = v<<6 | d
	}
	return v << 2
}

func dateDigit(c byte) int64 {
	switch {
	case 'A' <= c && c <= 'Z':
		return int64(c - 'A')
	case 'a' <= c && c <= 'z':
		return int64(c-'a') + 26
	case '0' <= c && c <= '9':
		return int64(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}
