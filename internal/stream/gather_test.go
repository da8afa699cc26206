package stream

import (
	"strings"
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

// A client that resets its connection while its body is waited for is judged by
// the rules as one that ends: they say which backend it would have been.
func TestGatherReset(t *testing.T) {
	for _, path := range []string{"/rule", "/server"} {
		s := newSim(t, true, 1, func(s *sim) {
			s.fe.BufferRequest = true
			s.fe.HTTPRequest = rules(t, "http-request return status 200 if { path /rule } { req.body_len 3 }")
		})
		c := s.client()
		s.say(c, "POST "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc")
		s.reset(c)
		if !c.closed || len(s.made) > 0 {
			t.Errorf("%s: closed %v, %d servers", path, c.closed, len(s.made))
		}
		want := int64(1) // of the backend that it would have been
		if path == "/rule" {
			want = 0
		}
		if fe, be := s.fe.Loops[0].ClientAborts, s.be.Loops[0].Sessions; fe != 1 || be != want {
			t.Errorf("%s: %d aborts, %d sessions of the backend", path, fe, be)
		}
		s.idle()
	}
}

// A client that ends in the middle of its body gets no server; what rules would
// answer they answer.
func TestGatherCut(t *testing.T) {
	for _, x := range []struct{ path, want string }{{"/rule", "200 OK"}, {"/server", ""}} {
		s := newSim(t, true, 1, func(s *sim) {
			s.fe.BufferRequest = true
			s.fe.HTTPRequest = rules(t, "http-request return status 200 if { path /rule } { req.body_len 3 }")
		})
		c := s.client()
		s.say(c, "POST "+x.path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc")
		if len(c.got) > 0 || len(s.made) > 0 {
			t.Fatalf("it did not wait: %q", c.got)
		}
		s.fin(c)
		if got := string(c.got); (x.want == "") != (got == "") || !strings.Contains(got, x.want) {
			t.Errorf("%s: the client got %q", x.path, got)
		}
		if !c.closed || len(s.made) > 0 {
			t.Errorf("%s: closed %v, %d servers", x.path, c.closed, len(s.made))
		}
		if n := s.fe.Loops[0]; n.ClientAborts != 1 {
			t.Errorf("%s: %d aborts", x.path, n.ClientAborts)
		}
	}
}
