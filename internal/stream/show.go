package stream

import (
	"net/netip"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Shown is a stream as somebody saw it.
type Shown struct {
	ID       uint64 // unique in the process, and the same whenever the stream is seen
	Number   int64  // among all requests and TCP sessions; 0: none yet
	Frontend *proxy.Frontend
	Listener *proxy.Listener
	Backend  *proxy.Backend // nil: not chosen yet
	Server   *proxy.Server  // likewise
	Src, Dst netip.AddrPort // of the client's connection; zero of a UNIX socket
	Source   netip.AddrPort // of the connection to the server, when it is known
	Phase    string
	Thread   int
	Retries  int
	Began    time.Time
	Age      time.Duration
	URI      string // of an HTTP request, once it is there
	In, Out  int64  // bytes from and to the client
}

// Show returns the streams that are wanted, thread by thread; false: a thread was too
// busy to look. want is called on the threads, and must be quick; it does not see Dst,
// which is asked of the kernel and only with dst.
func (e *Engine) Show(dst bool, want func(*Shown) bool) (list []Shown, ok bool) {
	ok = e.Collect(time.Second, func(thread int) {
		t := e.threads[thread]
		for c := t.first; c != nil; c = c.next {
			if c.st != nil && c.st.phase != phaseDone {
				if s := c.st.show(); want(&s) {
					if dst {
						s.Dst = c.st.LocalAddr()
					}
					list = append(list, s)
				}
			}
		}
	})
	return list, ok
}

func (st *stream) show() Shown {
	c, t := st.c, st.th
	if st.shown == 0 {
		st.shown = t.e.shown.Add(1)
	}
	since := st.tFirst
	if since == 0 {
		since = c.idleSince
	}
	age := time.Duration(max(t.Now()-since, 0))
	s := Shown{
		ID: st.shown, Number: st.number, Frontend: st.fe, Listener: c.ln, Backend: st.be, Server: st.srv, Src: c.src, Source: st.source,
		Phase: st.phase.String(), Thread: t.id, Retries: st.tries, Began: time.Unix(0, t.Wall()).Add(-age), Age: age, In: st.bytesIn, Out: st.bytesOut,
	}
	if st.http {
		s.URI = string(st.uri)
	}
	return s
}

// End ends a stream, which is logged as killed; false: there is none of that ID.
func (e *Engine) End(id uint64) (found bool) {
	e.Collect(time.Second, func(thread int) {
		for c := e.threads[thread].first; c != nil && !found; c = c.next {
			if st := c.st; st != nil && st.shown == id && st.phase != phaseDone {
				found = true
				st.kill('K')
				return
			}
		}
	})
	return found
}
