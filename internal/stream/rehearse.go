package stream

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Rehearsal is one connection that an engine plays by itself: what a client would
// send, and nobody is there. Server connections succeed and lead nowhere; the clock
// is made up, so that no delay takes time.
type Rehearsal struct {
	Listener *proxy.Listener
	Source   netip.AddrPort // the client's address; not valid: none, as on a UNIX socket
	Dest     netip.AddrPort // the address it connected to
	Request  []byte         // all that the client sends; then it waits
	// Response is what the server answers. Nil: the rehearsal is over when the server
	// has been sent the request.
	Response []byte
}

// maxRehearsed bounds the turns of a rehearsal: a redirection to oneself has none
// of its own.
const maxRehearsed = 100000

// Rehearse plays r on an engine that was not started, and will not be, and returns
// the explanation of the first request.
func (e *Engine) Rehearse(r Rehearsal) (*explain.Report, error) {
	t := e.threads[0]
	e.provers = nil // the clock does not wait for them
	s := &stage{r: r, next: firstStageFD}
	t.net = s
	defer t.Loop.Close()
	now := time.Now().UnixNano()
	t.SetClock(now)
	var told *explain.Report
	q := &Inquiry{Count: 1, Told: func(x *explain.Report) { told = x }, Over: func(string) {}}
	if !e.Inquire(q) {
		return nil, errors.New("an inquiry is in progress")
	}
	fe := r.Listener.Frontend
	e.Conns.Add(1)
	fe.Conns.Add(1)
	r.Listener.Conns.Add(1)
	s.client.in = r.Request
	if r.Listener.AcceptProxy && r.Source.IsValid() {
		s.client.in = append(proxyproto.AppendV2(nil, r.Source, r.Dest), r.Request...)
	}
	fd := s.open(&s.client)
	t.newSession(fd, r.Listener, r.Source, now)
	if told == nil {
		s.client.event(sys.In | sys.Out)
	}
	for turn := 0; told == nil && turn < maxRehearsed; turn++ {
		t.Step(now)
		if told != nil {
			break
		}
		moved, over := s.server(), s.over()
		if over {
			break
		}
		if moved {
			continue
		}
		due, any := t.NextTimer()
		if !any {
			break
		}
		now = max(due, now)
	}
	if told != nil {
		return told, nil
	}
	for c := t.first; c != nil && told == nil; c = c.next {
		if st := c.st; st != nil && st.ctx.Why != nil && (st.wanted || st.wants()) {
			st.tell()
		}
	}
	if told != nil && s.over() {
		told.Outcome.State = "" // the server is where it was to go
	}
	if told == nil {
		return nil, errors.New("the request led to nothing that could be explained")
	}
	return told, nil
}

// firstStageFD keeps made-up descriptors apart from any that a process may have.
const firstStageFD = 1 << 30

// stage is the network of a rehearsal: a client, and the server that was connected
// to last.
type stage struct {
	r       Rehearsal
	next    int
	client  player
	back    player // the server
	parties []*player
}

// player is the other end of a connection.
type player struct {
	h      loop.Handler
	in     []byte // for the proxy to receive
	got    int    // bytes that the proxy sent
	fd     int
	opened bool // the connection is established
	played bool // it has answered
	closed bool
}

func (p *player) event(bits uint32) {
	if p.h != nil && !p.closed {
		p.h.OnEvents(bits)
	}
}

func (s *stage) open(p *player) int {
	s.next++
	p.fd = s.next
	s.parties = append(s.parties, p)
	return p.fd
}

func (s *stage) of(fd int) *player {
	for _, p := range s.parties {
		if p.fd == fd {
			return p
		}
	}
	return &player{closed: true}
}

// server plays the server's part; true when there was one to play.
func (s *stage) server() bool {
	p := &s.back
	switch {
	case p.fd == 0 || p.closed:
		return false
	case !p.opened:
		p.opened = true
		p.event(sys.Out)
		return true
	case p.got > 0 && !p.played && s.r.Response != nil:
		p.played, p.in = true, s.r.Response
		p.event(sys.In)
		return true
	}
	return false
}

// over: the server has the request, and will not be heard.
func (s *stage) over() bool { return s.r.Response == nil && s.back.opened && s.back.got > 0 }

func (s *stage) watch(_ *loop.Loop, fd int, h loop.Handler) (loop.Token, error) {
	s.of(fd).h = h
	return 0, nil
}
func (s *stage) unwatch(*loop.Loop, int, loop.Token) {}
func (s *stage) release(*loop.Loop, int, loop.Token) {}
func (s *stage) dial(*proxy.Server, *sys.Sockaddr, proxy.Origin) (int, syscall.Errno) {
	s.back = player{}
	return s.open(&s.back), syscall.EINPROGRESS
}
func (s *stage) recv(fd int, b []byte) (int, syscall.Errno) {
	p := s.of(fd)
	if len(p.in) == 0 {
		return 0, syscall.EAGAIN
	}
	n := copy(b, p.in)
	p.in = p.in[n:]
	return n, 0
}
func (s *stage) send(fd int, b []byte) (int, syscall.Errno) {
	s.of(fd).got += len(b)
	return len(b), 0
}
func (s *stage) send2(fd int, a, b []byte) (int, syscall.Errno) {
	s.of(fd).got += len(a) + len(b)
	return len(a) + len(b), 0
}
func (s *stage) shutdown(int)                     {}
func (s *stage) promptly(int)                     {}
func (s *stage) close(fd int)                     { s.of(fd).closed = true }
func (s *stage) closeReset(fd int)                { s.of(fd).closed = true }
func (s *stage) vanish(fd, _ int)                 { s.of(fd).closed = true }
func (s *stage) mark(int, uint32)                 {}
func (s *stage) tos(int, int)                     {}
func (s *stage) error(int) syscall.Errno          { return 0 }
func (s *stage) established(int) bool             { return false }
func (s *stage) local(int) netip.AddrPort         { return s.r.Dest }
func (s *stage) syn(int, []byte) int              { return 0 }
func (s *stage) kernel(int) (sample.Kernel, bool) { return sample.Kernel{}, false }
func (s *stage) waiting(fd int) bool              { return len(s.of(fd).in) > 0 }
