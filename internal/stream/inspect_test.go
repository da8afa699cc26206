package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// setOf compiles lines of any set and gives those of one.
func setOf(t *testing.T, set string, lines ...string) rule.Set {
	t.Helper()
	text := "backend b\nfrontend f\n bind :1\n"
	if strings.Contains(set, "-response") {
		text = "frontend f\n bind :1\nbackend b\n"
	}
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte(text + strings.Join(lines, "\n") + "\n")}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	return rule.Collect(spec.Proxies[1], set)
}

// inspecting is a simulation whose frontend or backend has content rules and a
// second of time for them.
func inspecting(t *testing.T, http bool, lines ...string) *sim {
	t.Helper()
	s := newSim(t, http, 1)
	s.fe.TCPSession, s.fe.TCPContent = setOf(t, "tcp-request session", only(lines, "tcp-request")...), setOf(t, "tcp-request content", only(lines, "tcp-request")...)
	s.be.TCPResponse = setOf(t, "tcp-response content", only(lines, "tcp-response")...)
	s.fe.InspectRequest, s.be.InspectResponse = 1e9, 1e9
	return s
}

func only(lines []string, keyword string) (list []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, keyword) {
			list = append(list, l)
		}
	}
	return list
}

const threeBytes = "tcp-request content accept if { req.len ge 3 }"

func TestContentRulesWaitForBytes(t *testing.T) {
	s := inspecting(t, false, threeBytes, "tcp-request content reject")
	c := s.client()
	s.say(c, "a")
	s.pass(4e8)
	s.say(c, "b")
	if len(s.made) != 0 || c.closed {
		t.Fatal("decided too early")
	}
	s.pass(4e8)
	s.say(c, "cd")
	s.want(s.server(0), "abcd")
	s.say(c, "e")
	s.want(s.server(0), "e")
	s.pass(2e9)
	if c.closed {
		t.Error("the delay went on after the rules had decided")
	}
}

func TestContentRulesDecideAtTheEndOfTheDelay(t *testing.T) {
	for _, rejects := range []bool{true, false} {
		lines := []string{threeBytes}
		if rejects {
			lines = append(lines, "tcp-request content reject")
		}
		s := inspecting(t, false, lines...)
		c := s.client()
		s.say(c, "ab")
		s.pass(999e6)
		if c.closed || len(s.made) > 0 {
			t.Fatal("decided before its time")
		}
		s.pass(2e6)
		if c.closed != rejects || len(s.made) == 0 != rejects {
			t.Fatalf("rejects %v: closed %v", rejects, c.closed)
		}
		if !rejects {
			s.want(s.server(0), "ab")
			s.say(s.server(0), "hello")
			s.want(c, "hello")
		}
		if n := s.fe.Loops[0].DeniedReq; n != 0 != rejects {
			t.Errorf("%d denied", n)
		}
	}
}

// What the client said before its end goes to the server, and the end after it.
func TestClientThatEndsWhileRulesWait(t *testing.T) {
	s := inspecting(t, false, threeBytes)
	c := s.client()
	s.say(c, "ab")
	s.fin(c)
	up := s.server(0)
	s.want(up, "ab")
	if !up.shut {
		t.Error("the server does not know that the client has ended")
	}
	s.say(up, "answer")
	s.want(c, "answer")
	s.fin(up)
	s.idle()
}

func TestClientThatBreaksWhileRulesWait(t *testing.T) {
	for _, http := range []bool{false, true} {
		s := inspecting(t, http, "tcp-request content accept if WAIT_END")
		c := s.client()
		s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		s.reset(c)
		s.pass(2e9)
		if len(s.made) > 0 {
			t.Errorf("http %v: a server was asked for nobody", http)
		}
		s.idle()
	}
}

// Whatever the pieces in which they come, the rules see the same bytes.
func TestContentCutAtEveryByte(t *testing.T) {
	const text = "\x00\x05hello GET /x HTTP/1.1\r\n\r\n"
	for cut := range len(text) {
		s := inspecting(t, false, "tcp-request content accept if { req.payload_lv(0,2) -m str hello }", "tcp-request content reject")
		c := s.client()
		if cut > 0 {
			s.say(c, text[:cut])
		}
		s.say(c, text[cut:])
		s.want(s.server(0), text)
	}
}

func TestContentRulesSeeHTTPInTCP(t *testing.T) {
	for text, path := range map[string]string{"GET /y HTTP/1.1\r\nHost: h\r\n\r\n": "/y", "GET /n HTTP/1.1\r\nHost: h\r\n\r\n": "", "\x16\x03\x01\r\n\r\n": ""} {
		s := inspecting(t, false, "tcp-request content accept if { path /y }", "tcp-request content reject")
		c := s.client()
		s.drip(c, text)
		if accepted := len(s.made) > 0; accepted != (path != "") || c.closed == accepted {
			t.Errorf("%q: %d connections, closed %v", text, len(s.made), c.closed)
		}
	}
}

// Bytes that rules wait for are bounded: what fits is judged then.
func TestContentThatIsTooMuch(t *testing.T) {
	s := inspecting(t, false, "tcp-request content accept if { req.len ge 1000000 }")
	c := s.client()
	s.say(c, strings.Repeat("x", maxInspect-1))
	if len(s.made) > 0 {
		t.Fatal("there was room for more")
	}
	s.say(c, "yz")
	if got := s.want(s.server(0), "xyz"); len(got) != maxInspect+1 {
		t.Errorf("%d bytes", len(got))
	}
}

// A request that waits is kept whole, and what the client sends meanwhile does
// not touch it.
func TestRequestThatWaits(t *testing.T) {
	s := inspecting(t, true, "tcp-request content accept if WAIT_END")
	c := s.client()
	for i, path := range []string{"/first", "/second"} {
		s.say(c, "POST "+path+" HTTP/1.1\r\nHost: h.example\r\nContent-Length: 10\r\n\r\nabc")
		s.say(c, "defghijPOST /other HTTP/1.1\r\n"[:7])
		if len(s.made) > i {
			t.Fatal("it did not wait")
		}
		s.pass(1001e6)
		up := s.server(len(s.made) - 1)
		got := s.want(up, "abcdefghij")
		if !strings.HasPrefix(got, "POST "+path+" HTTP/1.1\r\nhost: h.example\r\n") {
			t.Errorf("%q", got)
		}
		s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
		s.want(c, "ok")
	}
}

func TestSessionRules(t *testing.T) {
	s := inspecting(t, true, "tcp-request session set-var(sess.a) src", "tcp-request session reject if { src 192.0.2.1 }")
	if c := s.client(); !c.closed {
		t.Error("not rejected")
	}
	if n := s.fe.Loops[0].DeniedSess; n != 1 {
		t.Errorf("%d sessions denied", n)
	}
	s.idle()
}

func TestResponseContentInTCP(t *testing.T) {
	ask := func(t *testing.T, lines ...string) (s *sim, c, up *end) {
		s = inspecting(t, false, lines...)
		c = s.client()
		s.say(c, "question")
		up = s.server(0)
		s.want(up, "question")
		return s, c, up
	}
	const hello = "tcp-response content accept if { res.payload(0,5) -m str hello }"
	t.Run("passes", func(t *testing.T) {
		s, c, up := ask(t, hello, "tcp-response content reject")
		s.say(up, "hel")
		if len(c.got) > 0 {
			t.Fatalf("%q passed", c.got)
		}
		s.say(c, "more")
		s.want(up, "more") // the other direction goes on
		s.say(up, "lo you")
		s.want(c, "hello you")
		s.say(up, "!")
		s.want(c, "!")
		s.pass(2e9)
		if c.closed {
			t.Error("the delay went on")
		}
	})
	t.Run("rejected", func(t *testing.T) {
		s, c, up := ask(t, hello, "tcp-response content reject")
		s.say(up, "help ")
		if !c.closed || len(c.got) > 0 || s.be.Loops[0].DeniedRes != 1 {
			t.Errorf("closed %v, got %q, denied %d", c.closed, c.got, s.be.Loops[0].DeniedRes)
		}
	})
	t.Run("silent", func(t *testing.T) {
		s, c, _ := ask(t, hello, "tcp-response content reject")
		s.pass(1001e6)
		if !c.closed {
			t.Error("the delay has no end")
		}
	})
	t.Run("ends", func(t *testing.T) {
		s, c, up := ask(t, hello)
		s.say(up, "hel")
		s.fin(up)
		s.want(c, "hel")
		if !c.shut {
			t.Error("the client does not know that the server has ended")
		}
	})
	t.Run("close", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content close if { res.len gt 0 }")
		s.say(up, "x")
		if !c.closed && !c.shut || !up.closed || len(c.got) > 0 {
			t.Errorf("client %v %v, server %v, got %q", c.closed, c.shut, up.closed, c.got)
		}
	})
}

func TestResponseContentInHTTP(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\nok"
	ask := func(t *testing.T, lines ...string) (s *sim, c, up *end) {
		s = inspecting(t, true, lines...)
		c = s.client()
		s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		return s, c, s.server(0)
	}
	t.Run("waits", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content accept if WAIT_END")
		s.drip(up, answer)
		if len(c.got) > 0 {
			t.Fatal("it did not wait")
		}
		s.pass(1001e6)
		s.want(c, "\r\nok")
	})
	t.Run("waits to the end", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content accept if WAIT_END")
		s.say(up, strings.Replace(answer, "Content-Length: 2", "Connection: close", 1))
		s.fin(up)
		s.want(c, "\r\nok")
	})
	t.Run("rejected", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content reject if { res.hdr(x) y }")
		s.say(up, answer)
		if !c.closed || len(c.got) > 0 {
			t.Errorf("closed %v, got %q", c.closed, c.got)
		}
	})
	t.Run("close", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content close")
		s.say(up, answer)
		s.want(c, "HTTP/1.1 502 ")
	})
	t.Run("kept", func(t *testing.T) {
		s, c, up := ask(t, "tcp-response content reject if { res.hdr(x) z }")
		for range 3 {
			s.say(up, answer)
			s.want(c, "\r\nok")
			s.say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		}
	})
}
