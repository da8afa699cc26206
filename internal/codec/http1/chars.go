package http1

import (
	"encoding/binary"
	"math/bits"
)

// Classes of bytes; the alphabet of each is what the reference was seen to accept.
const (
	cToken  = 1 << iota // RFC 9110 §5.6.2
	cUpper              // 'A' to 'Z'
	cTarget             // a request target: visible ASCII except '#'
	cHost               // a Host field or an authority, see checkHost
	cScheme             // RFC 3986 §3.1, after the first letter
	cExt                // a chunk extension
)

var class = func() (t [256]uint8) {
	for c := 0; c < 256; c++ {
		b := byte(c)
		alnum := b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
		if alnum {
			t[c] |= cToken | cScheme
		}
		if b >= 'A' && b <= 'Z' {
			t[c] |= cUpper
		}
		if b > ' ' && b < 0x7f {
			t[c] |= cTarget | cHost
		}
		if b >= ' ' && b != 0x7f || b == '\t' {
			t[c] |= cExt
		}
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] |= cToken
	}
	for _, c := range "+-." {
		t[c] |= cScheme
	}
	t['#'] &^= cTarget
	for _, c := range "#/?@,\\[]" {
		t[c] &^= cHost
	}
	return t
}()

// IsTokenByte says whether c may be part of a token.
func IsTokenByte(c byte) bool { return class[c]&cToken != 0 }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// lineByte returns the index at or after i of the first NUL, LF or CR of b, len(b) when there is none. It looks at eight bytes at once for
// anything below 0x0e: other control characters are rare enough for a second look to cost nothing.
func lineByte(b []byte, i int) int {
	for i+16 <= len(b) {
		w := b[i : i+16 : i+16]
		x, y := binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[8:])
		if ((x-ones*0x0e)&^x|(y-ones*0x0e)&^y)&highs != 0 {
			break
		}
		i += 16
	}
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		// The lowest bit set is exact; borrows only disturb the ones above it.
		m := (x - ones*0x0e) &^ x & highs
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		if c := b[i]; c == '\r' || c == '\n' || c == 0 {
			return i
		}
		i++
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '\r' || c == '\n' || c == 0 {
			return i
		}
	}
	return i
}

// lower turns the ASCII capitals of b into small letters in place, eight at a time.
func lower(b []byte) {
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		low := x &^ highs
		upper := (low + ones*(0x80-'A')) &^ (low + ones*(0x80-'Z'-1)) &^ x & highs
		binary.LittleEndian.PutUint64(b, x|upper>>2)
		b = b[8:]
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
}

// equalFold compares b in any ASCII case with s, which is in lower case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := 0; i < len(b) && i < len(s); i++ {
		c := b[i]
		if c != s[i] && (c < 'A' || c > 'Z' || c|0x20 != s[i]) {
			return false
		}
	}
	return true
}

// equalFoldBytes compares a and b in any ASCII case.
func equalFoldBytes(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		d := b[i]
		if c == d {
			continue
		}
		if c |= 0x20; c != d|0x20 || c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// trim removes the spaces and tabs around b.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// nextToken splits the first element off a comma-separated list: the element without the white space around it, and the rest. more is
// false when the list is used up. Empty elements are returned as such.
func nextToken(list []byte) (elem, rest []byte, more bool) {
	for i, c := range list {
		if c == ',' {
			return trim(list[:i]), list[i+1:], true
		}
	}
	return trim(list), nil, false
}
