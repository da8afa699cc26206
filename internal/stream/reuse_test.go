package stream

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// exchange has a client ask and the n-th server connection answer.
func (s *sim) exchange(c *end, n int) {
	s.t.Helper()
	s.say(c, get)
	if len(s.made) != n+1 {
		s.t.Fatalf("%d connections were opened to servers, want %d", len(s.made), n+1)
	}
	s.say(s.server(n), ok)
	s.want(c, "200 OK")
}

// asks has client c ask and returns which server connection got the request.
func (s *sim) asks(c *end) int {
	s.t.Helper()
	s.say(c, get)
	for n, fd := range s.made {
		if s.ends[fd].h == nil {
			continue
		}
		if x := s.server(n); strings.Contains(x.take(), "GET /") {
			s.say(x, ok)
			s.want(c, "200 OK")
			return n
		}
	}
	s.t.Fatal("no server was asked")
	return -1
}

// Which connection each request of two clients takes, by mode. The answers are
// those of the reference: regtest/reuse has the same.
func TestReuseModes(t *testing.T) {
	for _, x := range []struct {
		mode config.Reuse
		want string // connection of a, a, a, b, b, a, c
	}{
		{config.ReuseSafe, "0 0 0 1 0 0 2"},
		{config.ReuseNever, "0 0 0 1 1 0 2"},
		{config.ReuseAggressive, "0 0 0 0 0 0 0"},
		{config.ReuseAlways, "0 0 0 0 0 0 0"},
	} {
		s := newSim(t, true, 1)
		s.be.Reuse = x.mode
		a, b, c := s.client(), s.client(), s.client()
		var got []string
		for _, who := range []*end{a, a, a, b, b, a, c} {
			got = append(got, fmt.Sprint(s.asks(who)))
		}
		if g := strings.Join(got, " "); g != x.want {
			t.Errorf("%v: %s, want %s", x.mode, g, x.want)
		}
		s.idle()
	}
}

// A first request takes a connection that was used once with "always", not with
// "aggressive".
func TestReuseOfUnprovenConnection(t *testing.T) {
	for mode, want := range map[config.Reuse]int{config.ReuseAlways: 0, config.ReuseAggressive: 1, config.ReuseSafe: 1} {
		s := newSim(t, true, 1)
		s.be.Reuse = mode
		s.exchange(s.client(), 0)
		if n := s.server(0).take(); !strings.Contains(n, "GET /") {
			t.Fatal("the first connection was not asked")
		}
		if got := s.asks(s.client()); got != want {
			t.Errorf("%v: connection %d, want %d", mode, got, want)
		}
	}
}

// Connections of "http-reuse never" end with their client; it keeps a limited
// number of them.
func TestOwnConnections(t *testing.T) {
	two := 2
	s := newSim(t, true, 3, func(s *sim) { s.be.Reuse, s.fe.OwnConns = config.ReuseNever, &two })
	c := s.client()
	for range 3 {
		s.asks(c)
	}
	for n, closed := range []bool{false, false, true} {
		if s.ends[s.made[n]].closed != closed {
			t.Errorf("connection %d: closed %v, want %v", n, !closed, closed)
		}
	}
	var private int64
	for _, srv := range s.be.Servers {
		private += srv.Loops[0].Private
	}
	if private != 2 {
		t.Errorf("%d private connections are counted", private)
	}
	if n := s.asks(c); n != 0 {
		t.Errorf("connection %d was used, want the client's first", n)
	}
	s.fin(s.server(0)) // one ends while it is idle
	s.fin(c)
	for n := range s.made {
		if !s.ends[s.made[n]].closed {
			t.Errorf("connection %d outlived its client", n)
		}
	}
	for _, srv := range s.be.Servers {
		if srv.Conns.Load() != 0 || srv.Loops[0].Private != 0 {
			t.Errorf("server %s: %d connections, %d private", srv.Name, srv.Conns.Load(), srv.Loops[0].Private)
		}
	}
	s.idle()
}

func TestPoolLimits(t *testing.T) {
	for name, x := range map[string]struct {
		pool proxy.Pool
		idle int64 // after three concurrent requests
		next int   // the connection of one more
	}{
		"unlimited":       {proxy.Pool{}, 3, 2},
		"pool-max-conn 2": {proxy.Pool{IdleMax: 2}, 2, 1},
		"pool-max-conn 0": {proxy.Pool{NoPool: true}, 0, 3},
		"max-reuse 0":     {proxy.Pool{MaxUses: 1}, 0, 3},
		"max-reuse 1":     {proxy.Pool{MaxUses: 2}, 3, 2},
	} {
		s := newSim(t, true, 1, func(s *sim) { s.be.Reuse, s.be.Servers[0].Pool = config.ReuseAlways, x.pool })
		var cs []*end
		for range 3 {
			cs = append(cs, s.client())
			s.say(cs[len(cs)-1], get)
		}
		for n, c := range cs {
			u := s.server(n)
			s.say(u, ok)
			s.want(c, "200 OK")
			u.take()
		}
		srv := s.be.Servers[0]
		if got := srv.IdleConns(); got != x.idle {
			t.Errorf("%s: %d idle, want %d", name, got, x.idle)
		}
		if got := s.asks(cs[0]); got != x.next {
			t.Errorf("%s: the next request went to connection %d, want %d", name, got, x.next)
		}
		if x.pool.MaxUses == 2 && !s.ends[s.made[x.next]].closed {
			t.Errorf("%s: a connection was used again once and is still open", name)
		}
		s.idle()
	}
}

// Half of what nobody needed is closed at each "pool-purge-delay".
func TestPoolPurge(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.be.Servers[0].Purge = 1e9 })
	var cs []*end
	for range 8 {
		cs = append(cs, s.client())
		s.say(cs[len(cs)-1], get)
	}
	for n := range cs {
		s.say(s.server(n), ok)
	}
	srv := s.be.Servers[0]
	var got []int64
	for range 6 {
		got = append(got, srv.IdleConns())
		s.pass(1e9)
	}
	// The first purge finds that there were none a moment ago.
	if g := fmt.Sprint(got); g != "[8 8 4 2 1 0]" {
		t.Errorf("idle connections second by second: %v", g)
	}
	if n := srv.Loops[0].Proven; n != 0 || srv.Conns.Load() != 0 {
		t.Errorf("%d proven, %d connections are counted", n, srv.Conns.Load())
	}
}

// A connection that began with a client's PROXY protocol header is used again
// for this client only.
func TestReuseWithProxyHeader(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.be.Reuse = config.ReuseAlways
		s.be.Servers[0].SendProxy, s.be.Servers[0].Keyed = 1, true
	})
	from := func(addr string) *end {
		fd, x := s.open()
		s.e.Conns.Add(1)
		s.fe.Conns.Add(1)
		s.ln.Conns.Add(1)
		s.th.newSession(fd, s.ln, netip.MustParseAddrPort(addr), s.now)
		s.turn()
		return x
	}
	a, b := from("192.0.2.1:1000"), from("192.0.2.1:1001")
	s.say(a, get) // both at a time, so that two may stay
	s.say(b, get)
	for n, c := range []*end{a, b} {
		u := s.server(n)
		if got := u.take(); !strings.HasPrefix(got, fmt.Sprintf("PROXY TCP4 192.0.2.1 198.51.100.1 100%d 80\r\nGET", n)) {
			t.Fatalf("connection %d began with %q", n, got)
		}
		s.say(u, ok)
		s.want(c, "200 OK")
	}
	var got []int
	for _, c := range []*end{a, b, b, a, from("192.0.2.2:1000"), a, b} {
		got = append(got, s.asks(c))
	}
	// The third client's finds no place to stay.
	if g := fmt.Sprint(got); g != "[0 1 1 0 2 0 1]" {
		t.Errorf("connections used: %v", g)
	}
	s.idle()
}

// borrowers makes a sim whose second loop holds an idle connection.
func borrowers(t *testing.T, pool proxy.Pool, tune func(*Tuning)) (*sim, *Thread) {
	s, other := twoLoops(t)
	s.be.Servers[0].MaxConn, s.be.Servers[0].Pool, s.be.Reuse = 0, pool, config.ReuseAlways
	if tune != nil {
		tune(&s.e.tune)
	}
	s.server(0).take()
	return s, other
}

// A thread without an idle connection takes one of another thread's.
func TestBorrow(t *testing.T) {
	s, other := borrowers(t, proxy.Pool{}, nil)
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")
	other.Step(s.now)
	s.turn()
	if len(s.made) != 1 {
		t.Fatal("a connection was opened")
	}
	s.say(c, "c")
	u := s.server(0)
	if got := u.take(); !strings.HasSuffix(got, "\r\n\r\nabc") {
		t.Fatalf("the server got %q", got)
	}
	if u.h.(*link).th != s.th {
		t.Error("the connection is still the other loop's")
	}
	s.say(u, ok)
	s.want(c, "200 OK")
	srv := s.be.Servers[0]
	if a, b := srv.Idle[0].Load(), srv.Idle[1].Load(); a != 1 || b != 0 || srv.Conns.Load() != 1 || s.e.upstreams.Load() != 1 {
		t.Errorf("idle %d and %d of %d connections, %d upstreams", a, b, srv.Conns.Load(), s.e.upstreams.Load())
	}
	if n := srv.Loops[0].Reuses; n != 1 {
		t.Errorf("%d reuses", n)
	}
	s.idle()
}

// What ends while a connection is on its way loses nothing.
func TestBorrowForAStreamThatEnded(t *testing.T) {
	s, other := borrowers(t, proxy.Pool{}, nil)
	a := s.client()
	s.say(a, get)
	s.reset(a)
	other.Step(s.now)
	s.turn()
	if srv := s.be.Servers[0]; srv.Idle[0].Load() != 1 || srv.Conns.Load() != 1 {
		t.Errorf("%d idle of %d connections", srv.Idle[0].Load(), srv.Conns.Load())
	}
	if n := s.asks(s.client()); n != 0 {
		t.Errorf("connection %d was used", n)
	}
	s.idle()
}

// The connection may have gone when the other thread looks for it.
func TestBorrowTooLate(t *testing.T) {
	s, other := borrowers(t, proxy.Pool{}, nil)
	c := s.client()
	s.say(c, get)
	s.fin(s.server(0))
	other.Step(s.now)
	s.turn()
	if n := len(s.made); n != 2 {
		t.Fatalf("%d connections were opened", n)
	}
	s.say(s.server(1), ok)
	s.want(c, "200 OK")
	s.idle()
}

func TestBorrowNot(t *testing.T) {
	for name, x := range map[string]struct {
		pool proxy.Pool
		tune func(*Tuning)
	}{
		"pool-low-conn 1":           {proxy.Pool{IdleLow: 1}, nil},
		"tune.idle-pool.shared off": {proxy.Pool{}, func(u *Tuning) { u.OwnIdle = true }},
		"of another group":          {proxy.Pool{}, func(u *Tuning) { u.Groups = []int{1, 2} }},
	} {
		s, _ := borrowers(t, x.pool, x.tune)
		s.say(s.client(), get)
		if n := len(s.made); n != 2 {
			t.Errorf("%s: %d connections were opened, want another one", name, n)
		}
	}
}

// "http-server-close" of one side is enough; "http-pretend-keepalive" does not
// tell.
func TestServerClose(t *testing.T) {
	for name, x := range map[string]struct {
		set  func(*sim)
		told bool
	}{
		"frontend": {func(s *sim) { s.fe.ServerClose = true }, true},
		"backend":  {func(s *sim) { s.be.ServerClose = true }, true},
		"pretends": {func(s *sim) { s.be.ServerClose, s.be.PretendKeepAlive = true, true }, false},
	} {
		s := newSim(t, true, 1, x.set)
		c := s.client()
		for n := range 2 {
			s.say(c, get)
			u := s.server(n)
			if got := u.take(); strings.Contains(got, "connection: close") != x.told {
				t.Errorf("%s: the server got %q", name, got)
			}
			s.say(u, ok)
			if got := s.want(c, "200 OK"); strings.Contains(got, "close") {
				t.Errorf("%s: the client got %q", name, got)
			}
			if !u.closed {
				t.Errorf("%s: the connection is kept", name)
			}
		}
	}
}
