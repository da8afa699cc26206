package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// upstream is a connection to a server: in use by a stream, or idle in its
// thread's pool.
type upstream struct {
	link     link
	th       *Thread
	srv      *proxy.Server
	st       *stream // nil while idle
	used     int     // requests answered on it
	glitches int
	moved    uint32 // srv.Moved when it was opened
	timer    loop.Timer

	prompt  bool   // promptly was called
	private bool   // only for the client it was opened for
	socks   bool   // the SOCKS4 proxy has not granted it yet
	pooled  bool   // waits in its thread's pool
	port    uint16 // of the server's range of source ports; 0: none

	owner        *session  // waits with it
	older, newer *upstream // where it waits
	above, below *upstream // of the same key, newer and older
	key          string    // see connKey
}

func (t *Thread) newUpstream(srv *proxy.Server) *upstream {
	u := take(&t.freeUp)
	fire := u.timer.Fire
	*u = upstream{th: t, srv: srv, moved: srv.Moved, link: link{fd: -1}}
	if fire == nil {
		fire = u.expired
	}
	u.timer.Fire = fire
	t.e.upstreams.Add(1)
	return u
}

// promptly has what is written in pieces go out as it is written. A request that
// goes out in one piece needs no such call: nothing that could hold it back is
// under way.
func (u *upstream) promptly() {
	if !u.prompt && u.srv.Path == "" {
		u.prompt = true
		u.th.net.promptly(int(u.link.fd))
	}
}

// close ends the connection for good.
func (u *upstream) close() {
	if u.srv == nil {
		return
	}
	if !u.link.closed() {
		u.link.close()
	}
	if u.port != 0 {
		u.srv.Source.Ports.Give(u.port)
	}
	u.srv.Conns.Add(-1)
	u.retire()
}

// retire makes the object reusable.
func (u *upstream) retire() {
	u.th.DropTimer(&u.timer)
	u.th.e.upstreams.Add(-1)
	u.st, u.srv = nil, nil
	u.th.deadUp = append(u.th.deadUp, u)
}

// input implements side.
func (u *upstream) input(b []byte) int {
	if u.st == nil {
		// Bytes that nobody asked for: whatever they are, they must not become the
		// answer to the next request.
		u.th.forget(u)
		u.close()
		return len(b)
	}
	used := u.st.fromServer(b)
	if used < len(b) && u.st == nil && u.srv != nil && !u.link.closed() {
		// More than the answer came with it: not a connection to use again.
		u.th.forget(u)
		u.close()
	}
	return used
}

func (u *upstream) eof() {
	if u.st == nil {
		u.th.forget(u)
		u.close()
		return
	}
	u.st.serverEOF()
}

func (u *upstream) broken(errno syscall.Errno) {
	if u.srv == nil {
		return
	}
	if u.st == nil {
		u.th.forget(u)
		u.close()
		return
	}
	u.st.serverBroken(errno)
}

func (u *upstream) drained() {
	if u.st != nil {
		u.st.serverDrained()
	}
}

func (u *upstream) connected(errno syscall.Errno) {
	if u.st != nil {
		u.st.connected(errno)
	}
}

func (u *upstream) stream() *stream { return u.st }

func (u *upstream) expired() {
	u.th.enter(u.st)
	defer u.link.contain()
	if u.st != nil {
		u.st.serverTimeout()
	}
}

func (u *upstream) ending() {}

func (u *upstream) progress() {
	if u.st != nil {
		u.st.serverProgress()
	}
}

func (u *upstream) failed(reason any) {
	if u.st != nil {
		u.st.failed(reason)
		return
	}
	u.th.e.panicked(reason, nil)
	if u.srv != nil {
		u.th.forget(u)
		u.close()
	}
}
