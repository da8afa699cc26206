package stream

import (
	"strings"
	"testing"
)

// Who accepts violations is the frontend for requests and the backend for
// answers, whatever the other does.
func TestAcceptViolations(t *testing.T) {
	for _, x := range []struct {
		request, response bool
		target, status    string
		want              string
	}{
		{false, true, "/a#b", "200", "400 Bad"},
		{true, false, "/a#b", "200", "200 x"},
		{true, false, "/a#b", "2000", "502 Bad"},
		{false, false, "/a", "2000", "502 Bad"},
		{false, true, "/a", "2000", "2000 x"},
	} {
		s := newSim(t, true, 1, func(s *sim) { s.fe.LaxRequest, s.be.LaxResponse = x.request, x.response })
		c := s.client()
		s.say(c, "GET "+x.target+" HTTP/1.1\r\nHost: h\r\n\r\n")
		if x.want != "400 Bad" {
			u := s.server(0)
			s.want(u, "GET "+x.target+" HTTP/1.1")
			s.say(u, "HTTP/1.1 "+x.status+" x\r\nContent-Length: 2\r\n\r\nok")
		}
		s.want(c, x.want)
	}
}

// A request of HTTP/0.9 ends with its line, and the connection with the answer:
// what else came is no request.
func TestAcceptNine(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.fe.LaxRequest = true })
	c := s.client()
	s.say(c, "GET /old\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
	u := s.server(0)
	s.want(u, "GET /old HTTP/1.0")
	s.say(u, ok)
	if s.want(c, "200 OK"); !c.shut {
		t.Error("the connection goes on")
	}
	for _, u := range s.ends {
		if strings.Contains(string(u.got), "smuggled") {
			t.Errorf("sent on: %q", u.got)
		}
	}
}
