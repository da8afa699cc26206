package stream

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// "nolinger" resets what it closes, on its side only, unless the peer has ended
// already.
func TestNoLinger(t *testing.T) {
	for _, x := range []struct {
		client, server, clientEnds bool
	}{{true, false, false}, {false, true, false}, {true, true, true}} {
		s := newSim(t, false, 1, func(s *sim) { s.fe.NoLinger, s.be.NoLinger = x.client, x.server })
		c := s.client()
		u := s.server(0)
		s.say(c, "hello")
		if x.clientEnds {
			s.fin(c)
		}
		s.pass(31e9) // "timeout client" or "timeout server"
		if !c.closed || !u.closed {
			t.Fatal("they are open")
		}
		if want := x.client && !x.clientEnds; c.abrupt != want {
			t.Errorf("%+v: the client is reset: %v", x, c.abrupt)
		}
		if u.abrupt != x.server {
			t.Errorf("%+v: the server is reset: %v", x, u.abrupt)
		}
		s.idle()
	}
}

// The end of an answer does not wait for a client that is still sending.
func TestNoLingerAfterAnAnswer(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.fe.NoLinger = true })
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9999999\r\n\r\nx")
	s.say(s.server(0), ok)
	if s.want(c, "200 OK"); !c.closed || !c.abrupt {
		t.Errorf("closed %v, with a reset %v", c.closed, c.abrupt)
	}
}

// Sent data counts as a sign of life of its receiver, unless the streams are
// independent.
func TestIndependentStreams(t *testing.T) {
	for _, x := range []struct {
		frontend, backend bool
		from              string // who is heard all the time
		lives             bool
	}{
		{false, false, "client", true}, {false, true, "client", false}, {true, false, "client", true},
		{false, false, "server", true}, {true, false, "server", false}, {false, true, "server", true},
	} {
		s := newSim(t, false, 1, func(s *sim) {
			s.fe.Independent, s.be.Independent = x.frontend, x.backend
			s.fe.Timeouts.Client, s.be.Timeouts.Server = 10e9, 10e9
		})
		c := s.client()
		u := s.server(0)
		for range 6 {
			s.pass(4e9)
			if x.from == "client" {
				s.say(c, "x")
			} else {
				s.say(u, "x")
			}
		}
		if c.closed == x.lives || u.closed == x.lives {
			t.Errorf("%+v: closed %v and %v", x, c.closed, u.closed)
		}
	}
}

// An upload is no sign of life of the server when streams are independent.
func TestIndependentUpload(t *testing.T) {
	for _, independent := range []bool{false, true} {
		s := newSim(t, true, 1, func(s *sim) { s.be.Independent, s.be.Timeouts.Server = independent, 10e9 })
		c := s.client()
		s.say(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nx")
		s.server(0)
		for range 5 {
			s.pass(4e9)
			s.say(c, "x")
		}
		if got := c.take(); strings.Contains(got, " 504 ") != independent {
			t.Errorf("independent %v: the client got %.40q", independent, got)
		}
	}
}

// "contstats" counts what has passed when somebody looks, and nothing twice.
func TestContStats(t *testing.T) {
	for _, on := range []bool{true, false} {
		s := newSim(t, false, 1, func(s *sim) {
			s.fe.ContStats = on
			s.ln.Loops = make([]proxy.Counters, 1)
		})
		s.e.tune.ContStats = on
		c := s.client()
		u := s.server(0)
		sums := func() string {
			if s.e.tune.ContStats {
				s.th.accountRunning()
			}
			var all []string
			for _, n := range []*proxy.Counters{&s.fe.Loops[0], &s.ln.Loops[0], &s.be.Loops[0], &s.be.Servers[0].Loops[0]} {
				all = append(all, fmt.Sprintf("%d/%d", n.BytesIn, n.BytesOut))
			}
			return strings.Join(all, " ")
		}
		want := "0/0 0/0 0/0 0/0"
		if on {
			want = "5/3 5/3 5/3 5/3"
		}
		s.say(c, "hello")
		s.say(u, "yes")
		for range 2 {
			if got := sums(); got != want {
				t.Errorf("contstats %v: %s, want %s", on, got, want)
			}
		}
		s.say(c, "!")
		s.fin(c)
		s.fin(u)
		if got := sums(); got != "6/3 6/3 6/3 6/3" {
			t.Errorf("contstats %v, at the end: %s", on, got)
		}
	}
}

// A listener of its own counters counts what its frontend counts.
func TestSocketStats(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.ln.Loops = make([]proxy.Counters, 1) })
	s.exchange(s.client(), 0)
	s.say(s.client(), "rubbish\r\n\r\n")
	own, all := &s.ln.Loops[0], &s.fe.Loops[0]
	if own.Connections != 2 || own.Sessions != 2 || own.ReqErrors != 1 || own.BytesIn == 0 {
		t.Errorf("counted: %+v", own)
	}
	if own.BytesIn != all.BytesIn || own.BytesOut != all.BytesOut || own.ReqErrors != all.ReqErrors {
		t.Errorf("the frontend counts %+v", all)
	}
}

// During a soft stop, connections with "idle-close-on-response" are told with one
// more answer.
func TestIdleCloseOnResponse(t *testing.T) {
	for _, on := range []bool{true, false} {
		s := newSim(t, true, 1, func(s *sim) { s.fe.IdleOnResponse = on })
		c := s.client()
		s.exchange(c, 0)
		s.e.SoftStop(0)
		s.pass(3e9)
		if c.closed == on {
			t.Fatalf("idle-close-on-response %v: closed %v", on, c.closed)
		}
		if !on {
			continue
		}
		s.say(c, get)
		s.say(s.server(len(s.made)-1), ok)
		if s.want(c, "connection: close"); !c.closed {
			t.Error("it is open after the answer")
		}
	}
}

// "http-no-delay" of one side has pieces sent at once.
func TestHTTPNoDelay(t *testing.T) {
	for i, set := range []func(*sim){func(*sim) {}, func(s *sim) { s.fe.NoDelay = true }, func(s *sim) { s.be.NoDelay = true }} {
		s := newSim(t, true, 1, set)
		s.exchange(s.client(), 0)
		if got := s.ends[s.made[0]].prompt; got != min(i, 1) {
			t.Errorf("case %d: told %d times", i, got)
		}
	}
}

// Who keeps a connection of its own to a server prefers that server.
func TestPreferLastServer(t *testing.T) {
	for name, x := range map[string]struct {
		set  func(*sim)
		want string
	}{
		"not asked": {func(s *sim) { s.be.Reuse = config.ReuseNever }, "a b a b"},
		"asked":     {func(s *sim) { s.be.Reuse, s.be.PreferLast = config.ReuseNever, true }, "a a a a"},
		"shared":    {func(s *sim) { s.be.PreferLast = true }, "a b a b"}, // as in the reference: nothing is its own
	} {
		s := newSim(t, true, 2, x.set)
		s.be.KeepAliveQueue = -1
		c := s.client()
		var got []string
		for range 4 {
			s.asks(c)
			got = append(got, s.th.freeOrDead().last.Name)
		}
		if g := strings.Join(got, " "); g != x.want {
			t.Errorf("%s: %s, want %s", name, g, x.want)
		}
	}
}

// freeOrDead is the stream that ended last.
func (t *Thread) freeOrDead() *stream {
	return append(t.freeSt, t.deadSt...)[len(t.freeSt)+len(t.deadSt)-1]
}

// A server that is full is left when more wait for it than "max-keep-alive-queue".
func TestMaxKeepAliveQueue(t *testing.T) {
	for _, x := range []struct {
		most  int64
		waits bool
	}{{-1, true}, {1, true}, {0, false}} {
		s := newSim(t, true, 2, func(s *sim) {
			s.be.Reuse, s.be.PreferLast, s.be.KeepAliveQueue = config.ReuseNever, true, x.most
			s.be.Servers[0].MaxConn = 1
		})
		a, b := s.client(), s.client()
		s.asks(a)
		s.asks(b) // to the other one
		d := s.client()
		s.say(d, get) // holds the first server's only slot
		s.say(a, get)
		cur, _ := s.be.Servers[0].Queued()
		if (cur == 1) != x.waits {
			t.Errorf("max-keep-alive-queue %d: %d wait for the server", x.most, cur)
		}
	}
}

// A connection on which the server authenticates its user is that client's alone.
func TestNTLM(t *testing.T) {
	for _, x := range []struct {
		status, field, want string // servers of the client's requests after the first; whether others share
		shared              bool
	}{
		{"401", "WWW-Authenticate: NTLM", "a a", false},
		{"401", "WWW-Authenticate: Basic\r\nwww-authenticate: negotiate abc", "a a", false},
		{"407", "Proxy-Authenticate: NTLM", "a a", false},
		{"401", "Proxy-Authenticate: NTLM", "b a", true},
		{"401", "WWW-Authenticate: Basic", "b a", true},
		{"200", "WWW-Authenticate: NTLM", "b a", true},
	} {
		s := newSim(t, true, 2, func(s *sim) { s.be.Reuse = config.ReuseAlways })
		s.be.KeepAliveQueue = -1
		c := s.client()
		s.say(c, get)
		s.say(s.server(0), "HTTP/1.1 "+x.status+" x\r\n"+x.field+"\r\nContent-Length: 0\r\n\r\n")
		s.want(c, x.status)
		s.server(0).take()
		var got []string
		for range 2 {
			s.asks(c)
			got = append(got, s.th.freeOrDead().last.Name)
		}
		if g := strings.Join(got, " "); g != x.want {
			t.Errorf("%s %s: %s, want %s", x.status, x.field, g, x.want)
		}
		private := s.be.Servers[0].Loops[0].Private
		if (private == 0) != x.shared {
			t.Errorf("%s %s: %d private connections", x.status, x.field, private)
		}
	}
}

// A request of HTTP/1.0 stays one; the server is told that its connection is
// kept.
func TestRequestsOfHTTP10(t *testing.T) {
	for _, x := range []struct {
		name, ask, want string
		close, pretend  bool
		kept            bool
	}{
		{"plain", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", false, false, true},
		{"closed", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", true, false, false},
		{"pretended", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", true, true, false},
		{"chunked", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", false, false, false},
	} {
		s := newSim(t, true, 1, func(s *sim) { s.be.ServerClose, s.be.PretendKeepAlive = x.close, x.pretend })
		c := s.client()
		s.say(c, x.ask)
		u := s.server(0)
		if got := u.take(); got != x.want {
			t.Errorf("%s: the server got %q", x.name, got)
		}
		s.say(u, ok)
		if s.want(c, "200 OK"); u.closed == x.kept {
			t.Errorf("%s: closed %v", x.name, u.closed)
		}
	}
}
