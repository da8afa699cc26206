package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/rule"
)

// answerRules compiles lines of http-response.
func answerRules(t *testing.T, lines ...string) rule.Set {
	t.Helper()
	return ruleSet(t, "http-response", lines...)
}

const bodyFields = "http-response set-header x-all %[res.body_len]/%[res.body_size]/%[res.body]"

// waitingSim has a backend whose rules wait for 1 s at most, and then say what
// they see of the body.
func waitingSim(t *testing.T, args string, more ...string) *sim {
	return newSim(t, true, 1, func(s *sim) {
		lines := append([]string{"http-response wait-for-body time 1s" + args}, more...)
		s.be.HTTPResponse = answerRules(t, append(lines, bodyFields)...)
	})
}

// The rules go on when the body is there as a whole, or as much as was asked for;
// the client then gets the answer as if nothing had waited.
func TestWaitForAnswer(t *testing.T) {
	const head, chunked, endless = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"
	for _, x := range []struct {
		args   string
		pieces []string // EOF: the server ends
		when   int      // how many pieces it takes
		field  string
		body   string
	}{
		{"", []string{head + "0123456789"}, 1, "10/10/0123456789", "0123456789"},
		{"", []string{head + "01", "234", "56789"}, 3, "10/10/0123456789", "0123456789"},
		{"", []string{head, "0123456789"}, 2, "10/10/0123456789", "0123456789"},
		{" at-least 4", []string{head + "01", "234", "56789"}, 2, "5/10/01234", "0123456789"},
		{" at-least 0", []string{head + "01", "23456789"}, 2, "10/10/0123456789", "0123456789"},
		{"", []string{chunked + "3\r\nabc\r\n", "4\r\ndefg\r\n0\r", "\n\r\n"}, 3, "7/7/abcdefg", "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"},
		{" at-least 3", []string{chunked + "3\r\nab", "c", "\r\n0\r\n\r\n"}, 2, "3/3/abc", "3\r\nabc\r\n0\r\n\r\n"},
		{"", []string{endless + "abc", "defg", "EOF"}, 3, "7/7/abcdefg", "abcdefg"},
		{"", []string{endless, "EOF"}, 2, "0/0/", ""},
		{"", []string{head + "01", "EOF"}, 2, "2/10/01", "01"},
		{"", []string{"HTTP/1.1 204 No\r\n\r\n"}, 1, "0/0/", ""},
		{"", []string{head[:len(head)-6] + "0\r\n\r\n"}, 1, "0/0/", ""},
	} {
		for _, bytewise := range []bool{false, true} {
			s := waitingSim(t, x.args)
			c := s.client()
			s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
			u := s.server(0)
			for i, p := range x.pieces {
				switch {
				case p == "EOF":
					s.fin(u)
				case bytewise:
					s.drip(u, p)
				default:
					s.say(u, p)
				}
				if told := strings.Contains(string(c.got), "x-all"); !bytewise && told != (i+1 >= x.when) {
					t.Errorf("%q after %d pieces: the client got %q", x.pieces, i+1, c.got)
				}
			}
			got := string(c.got)
			if x.args == "" && !strings.Contains(got, "\r\nx-all: "+x.field+"\r\n") || !strings.HasSuffix(got, "\r\n\r\n"+x.body) {
				t.Errorf("%q, byte by byte %v: the client got %q", x.pieces, bytewise, got)
			}
		}
	}
}

// A body that does not come ends in 504, one that is none in 502; neither server
// connection serves again, and the client may ask again.
func TestWaitForAnswerInVain(t *testing.T) {
	for _, x := range []struct {
		start, then, want string
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01", "", "504 Gateway"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "zz\r\n", "502 Bad"},
	} {
		s := waitingSim(t, "")
		c := s.client()
		s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		u := s.server(0)
		s.say(u, x.start)
		if x.then != "" {
			s.say(u, x.then)
		} else if s.pass(0.9e9); len(c.got) > 0 {
			t.Fatalf("too early: %q", c.got)
		}
		s.pass(0.2e9)
		s.want(c, x.want)
		if !u.closed {
			t.Errorf("%s: the server's connection is open", x.want)
		}
	}
}

// A body that is larger than what rules may see is not waited for as a whole.
func TestWaitForLargeAnswer(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.be.HTTPResponse = answerRules(t, "http-response wait-for-body time 1s") })
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
	sent := 0
	for ; sent < 100000; sent += 5000 {
		if (len(c.got) > 0) != (sent >= maxInspect) {
			t.Fatalf("after %d bytes the client has %d", sent, len(c.got))
		}
		s.say(u, strings.Repeat("x", 5000))
	}
	if n := strings.Count(string(c.got), "x"); n < 100000 {
		t.Errorf("it got %d", n)
	}
}

// The end of the server is not lost when a later rule pauses.
func TestPauseAfterWait(t *testing.T) {
	s := waitingSim(t, "", "http-response pause 2s", "http-response wait-for-body time 1s")
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\n\r\nabc")
	s.fin(u)
	if len(c.got) > 0 {
		t.Fatalf("it did not pause: %q", c.got)
	}
	s.pass(2.1e9)
	if got := s.want(c, "x-all: 3/3/abc"); !strings.HasSuffix(got, "\r\n\r\nabc") || !c.shut && !c.closed {
		t.Errorf("the client got %q, closed %v", got, c.shut)
	}
}
