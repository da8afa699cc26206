package stream

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Held is a client connection that keeps a draining process from ending.
type Held struct {
	Client   netip.AddrPort // zero: over a UNIX socket
	Frontend string
	Backend  string // "": none yet
	Server   string // "": none
	State    string // "idle", "closing", or the phase of its stream
	Accepted int64  // monotonic ns, of one clock for all threads
	Age      time.Duration
	Idle     time.Duration // since the last answer; 0 unless State is "idle"
}

// HeldBy selects connections. The zero value selects all.
type HeldBy struct {
	Frontend string       // its name; "": any
	Client   netip.Prefix // of the client's address; the zero value: any
}

func (by HeldBy) selects(c *session) bool {
	if by.Frontend != "" && c.fe.Name != by.Frontend {
		return false
	}
	return !by.Client.IsValid() || by.Client.Contains(c.src.Addr().Unmap())
}

// Holding are the client connections of a process.
type Holding struct {
	Total, Idle int
	Oldest      []Held // the oldest first
}

// Held counts the client connections that are selected and describes the oldest, so
// many at most. False: a thread did not answer in time, and its own are missing.
func (e *Engine) Held(within time.Duration, most int, by HeldBy) (h Holding, ok bool) {
	ok = e.Collect(within, func(i int) { e.threads[i].held(&h, most, by) })
	slices.SortStableFunc(h.Oldest, func(a, b Held) int { return cmp.Compare(a.Accepted, b.Accepted) })
	h.Oldest = h.Oldest[:min(len(h.Oldest), most)]
	return h, ok
}

func (t *Thread) held(h *Holding, most int, by HeldBy) {
	// The youngest come first: a ring of the latest ones ends with the oldest.
	ring := make([]*session, 0, most)
	at := 0
	for c := t.first; c != nil; c = c.next {
		if !by.selects(c) {
			continue
		}
		h.Total++
		if c.idles() {
			h.Idle++
		}
		if len(ring) < most {
			ring = append(ring, c)
		} else if most > 0 {
			ring[at] = c
			at = (at + 1) % most
		}
	}
	for n := len(ring) - 1; n >= 0; n-- {
		h.Oldest = append(h.Oldest, ring[(at+n)%len(ring)].held())
	}
}

// idles reports whether a connection waits for a request of which nothing has come.
func (c *session) idles() bool {
	return c.st == nil && c.http && !c.closing && !c.lingering && !c.preface.due() && c.skip == nil
}

func (c *session) held() Held {
	now := c.th.Now()
	h := Held{Client: c.src, Frontend: c.fe.Name, State: "closing", Accepted: c.accepted, Age: time.Duration(now - c.accepted)}
	st := c.st
	switch {
	case st != nil:
		h.State = st.phase.String()
		if st.be != nil {
			h.Backend = st.be.Name
		}
		if srv := st.srv; srv != nil {
			h.Server = srv.Name
		} else if st.last != nil {
			h.Server = st.last.Name
		}
	case c.idles():
		h.State, h.Idle = "idle", time.Duration(now-c.idleSince)
	case c.preface.due():
		h.State = "preface"
	}
	return h
}

// Release ends the client connections selected, idle ones too, and says how many
// there were. Streams are logged as killed by hand.
func (e *Engine) Release(within time.Duration, by HeldBy) (n int, ok bool) {
	ok = e.Collect(within, func(i int) { n += e.threads[i].release(by) })
	return n, ok
}

func (t *Thread) release(by HeldBy) int {
	var list []*session // the end of one may end others
	for c := t.first; c != nil; c = c.next {
		if by.selects(c) {
			list = append(list, c)
		}
	}
	for _, c := range list {
		if !c.link.closed() {
			c.kill()
		}
	}
	return len(list)
}

// kill ends a connection and what goes on in it.
func (c *session) kill() {
	defer c.link.contain()
	st := c.st
	switch {
	case st == nil:
		c.close()
	case st.phase == phaseHead, st.phase == phaseLast:
		st.abort('K', st.where())
	default:
		st.giveUp(503, 'K', st.where())
		if c.st == nil && !c.closing && !c.lingering {
			c.close()
		}
	}
}
