package stream

import (
	"bytes"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func namedSim(t *testing.T, servers int, prepare ...func(*sim)) *sim {
	return newSim(t, true, servers, append(prepare, func(s *sim) {
		s.be.NameHeader, s.be.NameLine = "x-server", []byte("X-Server: ")
		for i, srv := range s.be.Servers {
			srv.Name = "server-" + strings.Repeat("i", i*9000) + string(rune('a'+i)) // of very different lengths
		}
	})...)
}

// Each server is told its own name, and what the client says of it is dropped.
func TestSendName(t *testing.T) {
	s := namedSim(t, 1)
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nx-SERVER: b\r\nHost: h\r\nX-Server: c\r\nContent-Length: 5\r\n\r\nhello")
	u := s.server(0)
	if want := "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\nX-Server: server-a\r\n\r\nhello"; string(u.got) != want {
		t.Errorf("it got %q", u.got)
	}
	s.say(u, ok)
	s.want(c, "200 OK")
}

// A retry on another server tells that one's name, body and all, whether the
// connection failed or the answer.
func TestSendNameAgain(t *testing.T) {
	const request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
	for _, way := range []string{"connect", "answer"} {
		t.Run(way, func(t *testing.T) {
			s := namedSim(t, 2, func(s *sim) {
				s.be.Retries, s.be.Redispatch, s.be.RetryOn = 3, 1, config.RetryConnFailure|config.RetryStatus(503)
			})
			c := s.client()
			if way == "connect" {
				s.dead, s.refuse = syscall.ECONNREFUSED, s.be.Servers[0]
			}
			s.say(c, request)
			n := 0
			if way == "answer" {
				first := s.server(0)
				if !bytes.Contains(first.got, []byte("X-Server: server-a\r\n\r\nhello")) {
					t.Fatalf("the first got %.200q", first.got)
				}
				s.say(first, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
				n = 1
			} else {
				s.pass(2e9)
				n = len(s.made) - 1
			}
			u := s.server(n)
			if want := "host: h\r\ncontent-length: 5\r\nX-Server: " + s.be.Servers[1].Name + "\r\n\r\nhello"; !strings.HasSuffix(string(u.got), want) {
				t.Errorf("the second got %.200q…", u.got)
			}
			s.say(u, ok)
			s.want(c, "200 OK")
		})
	}
}
