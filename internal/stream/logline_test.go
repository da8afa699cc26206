package stream

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// logTo gives the sim logs of a format; the function it returns reads the next
// line.
func logTo(t testing.TB, f *logs.Format) (func(*sim), func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	prepare := func(s *sim) {
		s.hub = logs.NewHub(logs.Options{})
		ts, err := s.hub.Targets([]*config.LogTarget{{Addr: config.Address{Family: config.AFUnix, Path: path}, Facility: "local0", Level: "debug", MinLevel: "emerg", Length: 1024, Format: "raw"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.fe.Output = s.hub.Output(logs.OutputSpec{Targets: ts, Format: f})
	}
	next := func() string {
		b := make([]byte, 2000)
		l.SetReadDeadline(time.Now().Add(10 * time.Millisecond)) // what was sent is there already
		n, err := l.Read(b)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(b[:n]))
	}
	return prepare, next
}

// Status, termination state, timers and counts of the log line, as the
// reference has them (compared by running both), by what happened.
func TestLogLines(t *testing.T) {
	const post = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"
	const partial = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"
	request := func(s *sim) *end {
		c := s.client()
		s.pass(10e6) // idle time does not count
		s.say(c, get)
		return c
	}
	answerLate := func(s *sim) *end {
		s.pass(20e6)
		u := s.server(0)
		s.pass(30e6)
		return u
	}
	for _, tt := range []struct {
		name string
		do   func(s *sim)
		want string
	}{
		{"a whole exchange", func(s *sim) {
			request(s)
			u := answerLate(s)
			s.say(u, partial)
			s.pass(40e6)
			s.say(u, strings.Repeat("x", 96))
		}, `app/a 0/0/20/30/90 200 ---- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"nothing, then end", func(s *sim) { s.fin(s.client()) }, `web/<NOSRV> -1/-1/-1/-1/0 400 CR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"nothing, then reset", func(s *sim) { s.reset(s.client()) }, `web/<NOSRV> -1/-1/-1/-1/0 400 CR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"nothing at all", func(s *sim) { s.client(); s.pass(11e9) }, `web/<NOSRV> -1/-1/-1/-1/10000 408 cR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"half a head, then silence", func(s *sim) { s.say(s.client(), "GET / HT"); s.pass(11e9) }, `web/<NOSRV> -1/-1/-1/-1/10000 408 cR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"half a head, then end", func(s *sim) { c := s.client(); s.say(c, "GET / HT"); s.pass(50e6); s.fin(c) }, `web/<NOSRV> -1/-1/-1/-1/50 400 CR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"half a head, then reset", func(s *sim) { c := s.client(); s.say(c, "GET / HT"); s.pass(50e6); s.reset(c) }, `web/<NOSRV> -1/-1/-1/-1/50 400 CR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"no request at all", func(s *sim) { s.say(s.client(), "\x16\x03\x01 hello\r\n\r\n") }, `web/<NOSRV> -1/-1/-1/-1/0 400 PR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"a body broken from the start", func(s *sim) {
			s.say(s.client(), "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
		}, `web/<NOSRV> -1/-1/-1/-1/0 400 PR-- 1/1/0/0/0 0/0 "<BADREQ>"`},
		{"a body broken later", func(s *sim) {
			c := s.client()
			s.say(c, "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
			s.server(0)
			s.pass(50e6)
			s.say(c, "zz\r\n")
		}, `app/a 0/0/0/-1/50 400 PH-- 1/1/0/0/0 0/0 "POST /p HTTP/1.1"`},
		{"no backend", func(s *sim) {
			s.fe.Choose = func(*sample.Ctx) *proxy.Backend { return nil }
			request(s)
		}, `web/<NOSRV> -1/-1/-1/-1/0 503 SC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"no server", func(s *sim) { s.be.SetUp(s.be.Servers[0], false); request(s) }, `app/<NOSRV> 0/-1/-1/-1/0 503 SC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"refused", func(s *sim) { s.be.Retries, s.dead = 1, syscall.ECONNREFUSED; request(s); s.pass(2e9) }, `app/a 0/0/-1/-1/1000 503 SC-- 1/1/0/0/1 0/0 "GET /x HTTP/1.1"`},
		{"no answer to the SYN", func(s *sim) { s.be.Retries = 1; request(s); s.pass(12e9) }, `app/a 0/0/-1/-1/10000 503 sC-- 1/1/0/0/1 0/0 "GET /x HTTP/1.1"`},
		{"no descriptor", func(s *sim) { s.dead = syscall.EMFILE; request(s) }, `app/a 0/0/-1/-1/0 503 RC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"reset while connecting", func(s *sim) { c := request(s); s.pass(50e6); s.reset(c) }, `app/a 0/0/-1/-1/50 -1 CC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"half-close while connecting, abortonclose", func(s *sim) { s.be.AbortOnClose = true; c := request(s); s.pass(50e6); s.fin(c) }, `app/a 0/0/-1/-1/50 -1 CC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"too long in the queue", func(s *sim) {
			s.be.Servers[0].MaxConn = 1
			s.be.Timeouts.Server = 0
			request(s)
			s.server(0)
			request(s)
			s.pass(4e9)
		}, `app/<NOSRV> 0/3000/-1/-1/3000 503 sQ-- 2/2/1/0/0 0/1 "GET /x HTTP/1.1"`},
		{"reset in the queue", func(s *sim) {
			s.be.Servers[0].MaxConn = 1
			request(s)
			c := request(s)
			s.pass(70e6)
			s.reset(c)
		}, `app/<NOSRV> 0/70/-1/-1/70 -1 CQ-- 2/2/1/0/0 0/1 "GET /x HTTP/1.1"`},
		{"hangs", func(s *sim) { request(s); answerLate(s); s.pass(21e9) }, `app/a 0/0/20/-1/20050 504 sH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"closes at once", func(s *sim) { request(s); s.fin(answerLate(s)) }, `app/a 0/0/20/-1/50 502 SH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"resets at once", func(s *sim) { request(s); s.reset(answerLate(s)) }, `app/a 0/0/20/-1/50 502 SH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"answers garbage", func(s *sim) { request(s); s.say(answerLate(s), "220 hello\r\n\r\n") }, `app/a 0/0/20/-1/50 502 PH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"ends too early", func(s *sim) { request(s); u := answerLate(s); s.say(u, partial); s.pass(10e6); s.fin(u) }, `app/a 0/0/20/30/60 200 SD-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"stops too early", func(s *sim) { request(s); u := answerLate(s); s.say(u, partial); s.pass(21e9) }, `app/a 0/0/20/30/20050 200 sD-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"breaks its chunks", func(s *sim) {
			request(s)
			u := answerLate(s)
			s.say(u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")
			s.say(u, "zz")
		}, `app/a 0/0/20/30/50 200 PD-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"breaks its chunks at once", func(s *sim) {
			request(s)
			s.say(answerLate(s), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nzz")
		}, `app/a 0/0/20/-1/50 502 PH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"reset while waiting", func(s *sim) { c := request(s); answerLate(s); s.reset(c) }, `app/a 0/0/20/-1/50 400 CH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"half-close while waiting, abortonclose", func(s *sim) { s.be.AbortOnClose = true; c := request(s); answerLate(s); s.fin(c) }, `app/a 0/0/20/-1/50 400 CH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"half-close while waiting", func(s *sim) { c := request(s); u := answerLate(s); s.fin(c); s.say(u, ok) }, `app/a 0/0/20/30/50 200 ---- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"reset during the answer", func(s *sim) { c := request(s); s.say(answerLate(s), partial); s.pass(10e6); s.reset(c) }, `app/a 0/0/20/30/60 200 CD-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"takes nothing of the answer", func(s *sim) {
			c := request(s)
			c.room = 10
			s.say(answerLate(s), partial)
			s.pass(31e9)
		}, `app/a 0/0/20/30/30050 200 cD-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"takes nothing of the end", func(s *sim) {
			c := request(s)
			c.room = 10
			s.say(answerLate(s), ok)
			s.pass(31e9)
		}, `app/a 0/0/20/30/30050 200 cL-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"half a body, then silence", func(s *sim) { s.say(s.client(), post+"abc"); s.server(0); s.pass(31e9) }, `app/a 0/0/0/-1/30000 400 cH-- 1/1/0/0/0 0/0 "POST /p HTTP/1.1"`},
		{"half a body, then end", func(s *sim) { c := s.client(); s.say(c, post+"abc"); s.server(0); s.pass(50e6); s.fin(c) }, `app/a 0/0/0/-1/50 400 CH-- 1/1/0/0/0 0/0 "POST /p HTTP/1.1"`},
		{"tunnel, both end", func(s *sim) {
			c := s.client()
			s.say(c, "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n")
			u := answerLate(s)
			s.say(u, "HTTP/1.1 200 OK\r\n\r\n")
			s.pass(10e6)
			s.fin(c)
			s.fin(u)
		}, `app/a 0/0/20/30/60 200 ---- 1/1/0/0/0 0/0 "CONNECT h:1 HTTP/1.1"`},
		{"killed", func(s *sim) { request(s); answerLate(s); s.th.first.st.abort('K', 'H'); s.turn() }, `app/a 0/0/20/-1/50 -1 KH-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
		{"internal error", func(s *sim) {
			s.fe.Choose = func(*sample.Ctx) *proxy.Backend { panic("boom") }
			request(s)
		}, `web/<NOSRV> 0/-1/-1/-1/0 500 IR-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			prepare, next := logTo(t, logs.HTTP())
			s := newSim(t, true, 1, prepare)
			tt.do(s)
			line := next()
			if got := withoutBytes(line); got != tt.want {
				t.Errorf("logged %s\nwant   %s\nof %s", got, tt.want, line)
			}
			if more := next(); more != "" {
				t.Errorf("another line: %s", more)
			}
		})
	}
}

// A request that is repeated because its server connection was dead is not
// connected while it is on its way again.
func TestLogOfARepeatedRequest(t *testing.T) {
	prepare, next := logTo(t, logs.HTTP())
	s := newSim(t, true, 1, prepare)
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), ok)
	next()
	s.be.Retries = 0
	s.dead = syscall.ECONNREFUSED
	s.ends[s.made[0]].rst = true // not noticed yet
	s.say(c, get)
	s.event(s.ends[s.made[0]], sys.In|sys.RDHup|sys.Hup|sys.Err)
	s.turn()
	if got, want := withoutBytes(next()), `app/a 0/0/-1/-1/0 503 SC-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`; got != want {
		t.Errorf("logged %s\nwant   %s", got, want)
	}
}

// withoutBytes reduces an HTTP log line to what does not depend on clocks,
// addresses and sizes.
func withoutBytes(line string) string {
	_, rest, ok := strings.Cut(line, "] web ")
	f := strings.SplitN(rest, " ", 10)
	if !ok || len(f) < 10 {
		return fmt.Sprintf("no log line: %q", line)
	}
	return strings.Join([]string{f[0], f[1], f[2], f[6], f[7], f[8], f[9]}, " ")
}

// The same for TCP.
func TestTCPLogLines(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		want string
	}{
		{"both end", func(s *sim, c *end) {
			s.pass(20e6)
			u := s.server(0)
			s.say(c, "abc")
			s.say(u, "de")
			s.pass(30e6)
			s.fin(c)
			s.fin(u)
		}, "app/a 0/20/50 2 -- 1/1/0/0/0 0/0"},
		{"the client resets", func(s *sim, c *end) { s.server(0); s.reset(c) }, "app/a 0/0/0 0 CD 1/1/0/0/0 0/0"},
		{"the server resets", func(s *sim, c *end) { s.reset(s.server(0)) }, "app/a 0/0/0 0 SD 1/1/0/0/0 0/0"},
		{"silence", func(s *sim, c *end) { s.server(0); s.be.Timeouts.Server = 0; s.say(c, "x"); s.pass(31e9) }, "app/a 0/0/30000 0 cD 1/1/0/0/0 0/0"},
		{"silence of the server", func(s *sim, c *end) { s.server(0); s.pass(31e9) }, "app/a 0/0/20000 0 sD 1/1/0/0/0 0/0"},
		{"no answer to the SYN", func(s *sim, c *end) { s.pass(21e9) }, "app/a 0/-1/20000 0 sC 1/1/0/0/3 0/0"},
		{"leaves while connecting", func(s *sim, c *end) { s.pass(50e6); s.fin(c) }, "app/a 0/-1/50 0 CC 1/1/0/0/0 0/0"},
		{"resets while connecting", func(s *sim, c *end) { s.pass(50e6); s.reset(c) }, "app/a 0/-1/50 0 CC 1/1/0/0/0 0/0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			prepare, next := logTo(t, logs.TCP())
			s := newSim(t, false, 1, prepare)
			tt.do(s, s.client())
			line := next()
			_, got, _ := strings.Cut(line, "] web ")
			if got != tt.want {
				t.Errorf("logged %q\nwant   %q\nof %s", got, tt.want, line)
			}
			s.idle()
		})
	}
}

// When a line is made: at the end, as soon as all it shows is known, or before
// the end with "option logasap".
func TestWhenALineIsMade(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    *logs.Format
		asap bool
		at   int // 1: with the request, 2: with the response's head, 3: at the end
	}{
		{"default format", logs.Default("HTTP"), false, 1},
		{"httplog", logs.HTTP(), false, 3},
		{"httplog asap", logs.HTTP(), true, 2},
	} {
		prepare, next := logTo(t, tt.f)
		s := newSim(t, true, 1, prepare)
		s.fe.LogASAP = tt.asap
		c := s.client()
		s.say(c, get)
		steps := []func(){
			func() {},
			func() { s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel") },
			func() { s.say(s.server(0), "lo") },
		}
		for i, step := range steps {
			step()
			if line := next(); (line != "") != (i+1 == tt.at) {
				t.Errorf("%s: after step %d: %q, want it after step %d", tt.name, i+1, line, tt.at)
			} else if tt.asap && line != "" && !strings.Contains(line, "/+0 200 +") {
				t.Errorf("%s: %q does not say that it is partial", tt.name, line)
			}
		}
	}
}

func TestDontLogNull(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		line bool
	}{
		{"connects and leaves", func(s *sim, c *end) { s.fin(c) }, false},
		{"connects and resets", func(s *sim, c *end) { s.reset(c) }, false},
		{"says nothing", func(s *sim, c *end) { s.pass(11e9) }, false},
		{"says half a head", func(s *sim, c *end) { s.say(c, "GE"); s.fin(c) }, true},
	} {
		prepare, next := logTo(t, logs.HTTP())
		s := newSim(t, true, 1, prepare)
		s.fe.DontLogNull = true
		tt.do(s, s.client())
		if line := next(); (line != "") != tt.line {
			t.Errorf("%s: logged %q", tt.name, line)
		}
	}
}
