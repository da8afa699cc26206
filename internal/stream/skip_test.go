package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// What is left of a request that was answered early is thrown away, and the
// next request on the connection is served.
func TestRestOfAnAnsweredRequest(t *testing.T) {
	choose := func(s *sim) {
		s.fe.Choose = func(x *sample.Ctx) *proxy.Backend {
			if string(x.Req.Path()) == "/none" {
				return nil
			}
			return s.be
		}
	}
	const first = "POST /none HTTP/1.1\r\nHost: h\r\n"
	for _, tt := range []struct {
		name, head, body string
		closes           bool
	}{
		{"length", first + "Content-Length: 10\r\n\r\n", "0123456789", false},
		{"chunks", first + "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\nT: x\r\n\r\n", false},
		{"whole in one piece", first + "Content-Length: 3\r\n\r\nabc", "", false},
		{"too much", first + "Content-Length: 2000000\r\n\r\n", "", true},
		{"perhaps not sent at all", first + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", "", true},
		{"HTTP/1.0", "POST /none HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n", "abc", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for cut := range len(tt.body) + 1 {
				s := newSim(t, true, 1, choose)
				c := s.client()
				s.say(c, tt.head)
				got := s.want(c, "HTTP/1.1 503 ")
				if closes := strings.Contains(got, "connection: close\r\n"); closes != tt.closes {
					t.Fatalf("announces the close: %v, want %v", closes, tt.closes)
				}
				if tt.closes {
					if !c.shut {
						t.Fatal("not closed")
					}
					continue
				}
				s.say(c, tt.body[:cut])
				s.say(c, tt.body[cut:]+get)
				s.say(s.server(0), ok)
				s.want(c, "200 OK")
				s.idle()
			}
		})
	}
}

func TestBrokenRestOfAnAnsweredRequest(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.Choose = func(*sample.Ctx) *proxy.Backend { return nil }
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
	s.want(c, "HTTP/1.1 503 ")
	s.say(c, "zz\r\n"+get)
	if got := c.take(); got != "" || !c.shut {
		t.Errorf("sent %q after a broken body, end of file %v", got, c.shut)
	}
	s.pass(2e9)
	if !c.closed {
		t.Error("left open")
	}
}

// A client that never sends the rest is let go.
func TestRestThatNeverComes(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.Choose = func(*sample.Ctx) *proxy.Backend { return nil }
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
	s.pass(29e9)
	if c.closed {
		t.Fatal("closed too early")
	}
	s.pass(2e9)
	if !c.closed {
		t.Fatal("still open")
	}
}

// A server that answers early and closes costs the client neither the answer
// nor its connection.
func TestEarlyAnswerOfAServerThatCloses(t *testing.T) {
	for _, announced := range []string{"", "Connection: close\r\n"} {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
		u := s.server(0)
		s.say(u, "HTTP/1.1 413 No\r\n"+announced+"Content-Length: 2\r\n\r\nno")
		s.fin(u)
		if got := s.want(c, "HTTP/1.1 413 "); strings.Contains(got, "close") {
			t.Fatalf("the close was announced: %q", got)
		}
		s.say(c, "0123456"+get)
		s.say(s.server(1), ok)
		s.want(c, "200 OK")
		s.idle()
	}
}

// A client that half-closes instead of sending the rest still gets the answer,
// and nothing waits for a server that has nothing more to say.
func TestHalfCloseInsteadOfTheRest(t *testing.T) {
	for _, whole := range []bool{false, true} {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
		u := s.server(0)
		const answer = "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno"
		if whole {
			s.say(u, answer)
			s.fin(c)
		} else {
			s.say(u, answer[:len(answer)-1])
			s.fin(c)
			s.say(u, answer[len(answer)-1:])
		}
		if got := s.want(c, "HTTP/1.1 413 "); !strings.HasSuffix(got, "no") || !c.closed || !u.closed {
			t.Errorf("whole %v: client got %q, closed %v, server's closed %v", whole, got, c.closed, u.closed)
		}
		s.idle()
	}
}

// Our last bytes must not be overtaken by the reset that unread bytes cause.
func TestCloseWithTheRequestHalfRead(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "GET / HTTP/9\r\n\r\n")
	if !strings.HasPrefix(c.take(), "HTTP/1.1 ") || c.closed || !c.shut {
		t.Fatalf("closed %v, end of file sent %v: want only the latter", c.closed, c.shut)
	}
	s.fin(c)
	if !c.closed {
		t.Fatal("not closed after the client's end")
	}
}
