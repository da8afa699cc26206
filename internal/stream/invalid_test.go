package stream

import (
	"strings"
	"testing"
)

// Of each kind the last invalid message of a proxy is kept, with the place of the
// fault, and never more of it than a buffer.
func TestInvalidKept(t *testing.T) {
	s := newSim(t, true, 1)
	s.e.tune.BufSize = 1024
	if s.fe.BadRequest.Get() != nil || s.be.BadResponse.Get() != nil {
		t.Fatal("something is kept before anything was wrong")
	}
	for i, x := range []struct {
		in  string
		pos int
	}{
		{"GET / HTTP/1.1\r\nHost: a\r\nb d: x\r\n\r\n", 26},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 56},
		{"GET / HTTP/1.1\r\nHost: a\r\nb d: " + strings.Repeat("x", 2000) + "\r\n\r\n", 26},
	} {
		s.say(s.client(), x.in)
		m := s.fe.BadRequest.Get()
		if m == nil || m.Event != uint64(i) || m.Pos != x.pos || !strings.HasPrefix(x.in, string(m.Data)) || len(m.Data) != min(len(x.in), 1024) || m.Room != 1024-len(m.Data) {
			t.Errorf("%.60q: kept %+v", x.in, m)
		}
	}
	s.say(s.client(), get)
	s.say(s.server(0), "HTTP/1.1 200 OK\r\nb(d: x\r\n\r\n")
	if m := s.be.BadResponse.Get(); m == nil || m.Pos != 18 || m.Server != s.be.Servers[0] || m.Frontend != s.fe || m.Event != 3 {
		t.Errorf("kept %+v", m)
	}
}

// So is the piece of a body in which chunks turn out broken.
func TestInvalidBodyKept(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
	s.server(0)
	s.say(c, "2\r\nde\r\nzz\r\n")
	if m := s.fe.BadRequest.Get(); m == nil || string(m.Data) != "2\r\nde\r\nzz\r\n" || m.Pos != 7 {
		t.Errorf("of the request: %+v", m)
	}
	s.say(s.client(), get)
	u := s.server(1)
	s.say(u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
	s.say(u, "xx\r\n")
	if m := s.be.BadResponse.Get(); m == nil || string(m.Data) != "xx\r\n" || m.Pos != 0 {
		t.Errorf("of the answer: %+v", m)
	}
}
