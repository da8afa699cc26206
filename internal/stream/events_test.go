package stream

import (
	"regexp"
	"strings"
	"testing"
)

func watched(t *testing.T, http bool, servers int) (*sim, *strings.Builder) {
	s := newSim(t, http, servers)
	var b strings.Builder
	s.e.events = &events{&b}
	return s, &b
}

// masked hides what differs from run to run.
func masked(text string) string {
	text = regexp.MustCompile(`from \[[^]]*\]`).ReplaceAllString(text, "from [SRC]")
	text = regexp.MustCompile(`accept\([0-9a-f]+\)`).ReplaceAllString(text, "accept(L)")
	return regexp.MustCompile(`\b00[67][0-9a-f]\b`).ReplaceAllString(text, "FD")
}

func TestEventsHTTP(t *testing.T) {
	s, b := watched(t, true, 1)
	c := s.client()
	for range 2 {
		s.say(c, "GET /x HTTP/1.1\r\nHost: h\r\nX-A: \tb\r\n\r\n")
		s.say(s.server(0), ok)
	}
	one := func(n, accept string) string {
		return strings.ReplaceAll(accept+`#:web.clireq[FD:ffffffff]: GET /x HTTP/1.1
#:web.clihdr[FD:ffffffff]: host: h
#:web.clihdr[FD:ffffffff]: x-a: b
#:app.srvrep[FD:FD]: HTTP/1.1 200 OK
#:app.srvhdr[FD:FD]: content-length: 5
#:app.srvcls[FD:FD]
#:app.clicls[FD:FD]
#:app.closed[FD:FD]
`, "#", n)
	}
	want := one("00000000", "#:web.accept(L)=FD from [SRC] ALPN=<none>\n") + one("00000001", "")
	if got := masked(b.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEventsTCP(t *testing.T) {
	s, b := watched(t, false, 1)
	c := s.client()
	s.say(c, "hello")
	u := s.server(0)
	s.fin(c)
	s.fin(u)
	const want = `00000000:web.accept(L)=FD from [SRC] ALPN=<none>
00000000:app.srvcls[FD:FD]
00000000:app.clicls[FD:FD]
00000000:app.closed[FD:FD]
`
	if got := masked(b.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What a peer sends stays on its line and does not reach a terminal.
func TestEventsAreClean(t *testing.T) {
	e := &events{}
	s, _ := watched(t, true, 1)
	c := s.client()
	s.say(c, "GET /")
	st := s.th.first.st
	if got := string(e.line(nil, st, "x", "a\nb\x1b[2J\x7f\xff")); strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, `: a\x0ab\x1b[2J\x7f`+"\xff\n") {
		t.Errorf("%q", got)
	}
}
