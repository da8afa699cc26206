package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// A client that asked by HEAD gets no body when a rule makes a GET of it, and its
// connection goes on.
func TestHeadMadeGet(t *testing.T) {
	spec, diags := config.Parse([]config.File{{Name: "t.cfg", Data: []byte("frontend f\n mode http\n timeout client 1s\n bind :80\n http-request set-method GET\n")}},
		config.Options{Tables: []config.Table{rule.Table()}})
	if diags.Failed() {
		t.Fatal(diags)
	}
	for name, x := range map[string]struct {
		answer string
		minor  string
		kept   bool
	}{
		"length":       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "1", true},
		"long":         {"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + strings.Repeat("x", 50000), "1", true},
		"chunked":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "1", true},
		"chunked, 1.0": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "0", false},
	} {
		for _, drip := range []bool{false, true} {
			s := newSim(t, true, 1, func(s *sim) { s.fe.HTTPRequest = rule.Collect(spec.Proxies[0], "http-request") })
			c := s.client()
			s.say(c, "HEAD /x HTTP/1."+x.minor+"\r\nHost: h\r\n\r\n")
			u := s.server(0)
			if got := u.take(); !strings.HasPrefix(got, "GET /x ") {
				t.Fatalf("the server got %q", got)
			}
			if drip {
				at := strings.Index(x.answer, "\r\n\r\n") + 4
				s.say(u, x.answer[:at])
				for rest := x.answer[at:]; rest != ""; {
					n := min(len(rest), 1+len(rest)/3)
					s.say(u, rest[:n])
					rest = rest[n:]
				}
			} else {
				s.say(u, x.answer)
			}
			if got := s.want(c, "200 OK"); !strings.HasSuffix(got, "\r\n\r\n") || strings.Count(got, "\r\n\r\n") != 1 {
				t.Errorf("%s: the client got %.200q", name, got)
			}
			if c.closed == x.kept {
				t.Errorf("%s: the client's connection is closed: %v", name, c.closed)
			}
			if u.closed {
				t.Errorf("%s: the server's connection is closed", name)
			}
		}
	}
}
