package stream

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// wire is a network of one client and one server that costs next to nothing.
type wire struct {
	client, server *link
	in             [2][]byte // for the proxy to receive: of the client, of the server
	got            [2]int    // bytes it sent
}

const clientFD, serverFD = 10, 11

func (w *wire) watch(_ *loop.Loop, fd int, h loop.Handler) (loop.Token, error) {
	if fd == clientFD {
		w.client = h.(*link)
	} else {
		w.server = h.(*link)
	}
	return 0, nil
}
func (w *wire) unwatch(*loop.Loop, int, loop.Token) {}
func (w *wire) release(*loop.Loop, int, loop.Token) {}
func (w *wire) dial(*proxy.Server, *sys.Sockaddr, proxy.Origin) (int, syscall.Errno) {
	return serverFD, syscall.EINPROGRESS
}
func (w *wire) recv(fd int, b []byte) (int, syscall.Errno) {
	in := &w.in[fd-clientFD]
	if len(*in) == 0 {
		return 0, syscall.EAGAIN
	}
	n := copy(b, *in)
	*in = (*in)[n:]
	return n, 0
}
func (w *wire) send(fd int, b []byte) (int, syscall.Errno) {
	w.got[fd-clientFD] += len(b)
	return len(b), 0
}
func (w *wire) send2(fd int, a, b []byte) (int, syscall.Errno) {
	w.got[fd-clientFD] += len(a) + len(b)
	return len(a) + len(b), 0
}
func (w *wire) shutdown(int)                     {}
func (w *wire) promptly(int)                     {}
func (w *wire) close(int)                        {}
func (w *wire) closeReset(int)                   {}
func (w *wire) vanish(int, int)                  {}
func (w *wire) mark(int, uint32)                 {}
func (w *wire) tos(int, int)                     {}
func (w *wire) error(int) syscall.Errno          { return 0 }
func (w *wire) established(int) bool             { return false }
func (w *wire) local(int) netip.AddrPort         { return netip.MustParseAddrPort("198.51.100.1:80") }
func (w *wire) syn(int, []byte) int              { return 0 }
func (w *wire) kernel(int) (sample.Kernel, bool) { return sample.Kernel{RTT: 5000, RTTVar: 1500}, true }
func (w *wire) waiting(int) bool                 { return false }

// cycle is a kept connection on both sides, with what a usual configuration
// has: a rule, forwardfor, httplog to a UDP socket that is read by nobody.
type cycle struct {
	w        *wire
	s        *sim
	req, res []byte
}

func newCycle(t testing.TB) *cycle {
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	spec, diags := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(`
defaults
 mode http
 timeout client 30s
 timeout server 30s
 timeout connect 5s
frontend web
 bind 127.0.0.1:80
 http-request deny if { path_beg /private }
 http-request set-header x-proto http
 option forwardfor
 default_backend app
backend app
 server a 127.0.0.1:81
`)}}, config.Options{Tables: []config.Table{rule.Table()}})
	if diags.Failed() {
		t.Fatal(diags)
	}
	web := spec.Proxies[0]
	c := &cycle{w: &wire{}}
	c.s = newSim(t, true, 1, func(s *sim) {
		s.hub = logs.NewHub(logs.Options{})
		at := l.LocalAddr().(*net.UDPAddr).AddrPort()
		ts, err := s.hub.Targets([]*config.LogTarget{{Addr: config.Address{Family: config.AFIPv4, IP: at.Addr(), Port: int(at.Port())}, Facility: "local0", Level: "debug", MinLevel: "emerg", Length: 1024}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.fe.Output = s.hub.Output(logs.OutputSpec{Targets: ts, Format: logs.HTTP()})
		s.fe.HTTPRequest = rule.Collect(web, "http-request")
		s.fe.ForwardFor = web.Options.ForwardFor
		if len(s.fe.HTTPRequest) != 2 || s.fe.ForwardFor == nil {
			t.Fatal("the configuration lacks its rules")
		}
	})
	s := c.s
	s.th.net = c.w
	s.e.Conns.Add(1)
	s.fe.Conns.Add(1)
	s.ln.Conns.Add(1)
	s.th.newSession(clientFD, s.ln, netip.MustParseAddrPort("192.0.2.1:1234"), s.now)
	c.req = []byte("GET /index.html?a=b HTTP/1.1\r\nHost: www.example.net\r\nUser-Agent: test/1.0\r\nAccept: */*\r\n\r\n")
	c.res = []byte("HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024))
	c.ask()
	c.w.server.OnEvents(sys.Out)
	c.answer()
	return c
}

func (c *cycle) ask() {
	c.w.in[0] = c.req
	c.w.client.OnEvents(sys.In)
}

func (c *cycle) answer() {
	c.w.in[1] = c.res
	c.w.server.OnEvents(sys.In)
}

// turn is one request and its answer, and the end of the loop's turn.
func (c *cycle) turn() {
	c.ask()
	c.answer()
	c.s.now += 1e6
	c.s.th.Step(c.s.now)
}

// The steady state of a kept connection allocates nothing.
func TestCycleAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	c := newCycle(t)
	for range 100 {
		c.turn()
	}
	before := c.w.got
	const runs = 2000
	if n := testing.AllocsPerRun(runs, c.turn); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
	per := (c.w.got[0] - before[0]) / (runs + 1)
	if per < len(c.res) {
		t.Errorf("the client got %d bytes a request, %d is the answer", per, len(c.res))
	}
	if n := c.s.be.Servers[0].Loops[0].Reuses; n < runs {
		t.Errorf("server connection reused %d times", n)
	}
	if n := len(c.s.th.parked); n > 1 {
		t.Errorf("%d entries for one server with idle connections", n)
	}
}

// BenchmarkCycle is a request and its answer without the kernel, but for the
// log line.
func BenchmarkCycle(b *testing.B) {
	c := newCycle(b)
	b.ReportAllocs()
	for b.Loop() {
		c.turn()
	}
}

// BenchmarkCycleQuiet is the same without a log.
func BenchmarkCycleQuiet(b *testing.B) {
	c := newCycle(b)
	c.s.fe.Output = nil
	b.ReportAllocs()
	for b.Loop() {
		c.turn()
	}
}
