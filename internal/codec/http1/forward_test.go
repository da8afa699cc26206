package http1

import (
	"strings"
	"testing"
)

// forwardAll gives in to Forward in two pieces, the first of cut bytes; what is
// not taken is given again.
func forwardAll(in string, cut int) (out string, err error) {
	var b Body
	b.Reset(BodyChunked, 0)
	for from, end := 0, cut; from < len(in) && !b.Done(); end = len(in) {
		got, n, err := b.Forward(nil, []byte(in[from:max(from, end)]))
		out += string(got)
		if err != nil {
			return out, err
		}
		from += n
	}
	return out, nil
}

func TestForward(t *testing.T) {
	for _, tt := range []struct{ name, in, want, err string }{
		{"plain", "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", ""},
		{"extension", "5;a=\"b;c\"\r\nhello\r\n0;x\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", ""},
		{"white space", "5 \t\r\nhello\r\n0 \r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", ""},
		{"leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", ""},
		{"trailers", "3;q\r\nabc\r\n0\r\nX: y\r\n\r\n", "3\r\nabc\r\n0\r\nx: y\r\n\r\n", ""},
		{"trailers as plain", "3\r\nabc\r\n0\r\nX-Y: Z\r\nu: V\r\n\r\n", "3\r\nabc\r\n0\r\nx-y: Z\r\nu: V\r\n\r\n", ""},
		{"too large", "5\r\nhello\r\nfffffffffffffffff\r\n", "5\r\nhello\r\n", "chunk size"},
		{"no size", "5\r\nhello\r\nzz\r\n", "5\r\nhello\r\n", "invalid chunk size"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for cut := range len(tt.in) {
				got, err := forwardAll(tt.in, cut)
				if got != tt.want {
					t.Fatalf("cut at %d: %q, want %q", cut, got, tt.want)
				}
				if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("cut at %d: error %v, want %q", cut, err, tt.err)
				}
			}
		})
	}
}

// What needs no change is not copied.
func TestForwardInPlace(t *testing.T) {
	var b Body
	b.Reset(BodyChunked, 0)
	p := []byte("5\r\nhello\r\nA\r\n0123456789\r\n")
	out, n, err := b.Forward(nil, p)
	if err != nil || n != len(p) || &out[0] != &p[0] {
		t.Fatalf("%q %d %v", out, n, err)
	}
}
