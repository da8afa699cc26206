package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// What is there of a body is the same however often and in what pieces one looks.
func TestBodyHere(t *testing.T) {
	for _, x := range []struct {
		kind   http1.BodyKind
		length int64
		in     string
		want   string
		done   bool
	}{
		{http1.BodyLength, 5, "hello", "hello", true}, {http1.BodyLength, 5, "helloGET /", "hello", true}, {http1.BodyLength, 5, "hel", "hel", false}, {http1.BodyLength, 5, "", "", false},
		{http1.BodyChunked, 0, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /", "abcde", true}, {http1.BodyChunked, 0, "3\r\nabc\r\n2\r", "abc", false}, {http1.BodyChunked, 0, "3\r\na", "a", false},
		{http1.BodyChunked, 0, "zz\r\n", "", true}, {http1.BodyChunked, 0, "1\r\na\r\n0\r\nT: x\r\n\r\n", "a", true}, {http1.BodyChunked, 0, "1\r\na\r\n0\r\nT: x", "a", false},
	} {
		st := &stream{}
		st.http = true
		st.reqBody.Reset(x.kind, x.length)
		for range 2 {
			st.rest = []byte(x.in)
			var got []byte
			n, done := st.bodyHere(&got)
			if string(got) != x.want || n != len(got) || done != x.done {
				t.Errorf("%q: %q, %d, %v", x.in, got, n, done)
			}
		}
		for cut := range len(x.in) {
			st.rest = []byte(x.in[:cut])
			if n, _ := st.bodyHere(nil); n > len(x.want) {
				t.Errorf("%q cut to %d: %d", x.in, cut, n)
			}
		}
	}
}
