package stream

import (
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// account adds the stream to the counters of its proxies.
func (st *stream) account() {
	id, wall := st.th.id, st.th.Wall()
	st.addTo(&st.fe.Loops[id], true)
	if own := st.c.ln.Loops; own != nil {
		st.addTo(&own[id], false)
	}
	if st.be == nil {
		return
	}
	b := &st.be.Loops[id]
	b.LastSession = wall
	st.addTo(b, true)
	srv := st.last
	if srv == nil {
		return
	}
	n := &srv.Loops[id]
	n.LastSession = wall
	st.addTo(n, false) // its status was counted with the response
	var t logs.Timers
	st.timers(&t)
	for _, c := range [...]*proxy.Counters{n, b} {
		c.QueueTime.Put(max(t.Tw, 0))
		c.ConnectTime.Put(max(t.Tc, 0))
		c.ResponseTime.Put(max(t.Tr, 0))
		c.TotalTime.Put(max(t.Tt, 0))
	}
}

// addTo adds the bytes and, for those who answer the client, the status.
func (st *stream) addTo(c *proxy.Counters, status bool) {
	c.BytesIn += st.bytesIn - st.countedIn
	c.BytesOut += st.bytesOut - st.countedOut
	if status && st.http && !st.hushed {
		c.Status[min(max(st.status, 0)/100, 5)]++ // who got no answer at all counts as "other"
	}
}

// accountRunning adds what has passed so far to the counters of streams whose
// frontend has "option contstats". It runs before counters are read, so that they
// are never behind.
func (t *Thread) accountRunning() {
	for c := t.first; c != nil; c = c.next {
		if c.st != nil && c.fe.ContStats {
			c.st.accountSoFar()
		}
	}
}

func (st *stream) accountSoFar() {
	id := st.th.id
	all := []*proxy.Counters{&st.fe.Loops[id]}
	if own := st.c.ln.Loops; own != nil {
		all = append(all, &own[id])
	}
	// Until the answer begins, another server may get the request.
	if st.phase != phaseForward && st.phase != phaseTunnel {
		return
	}
	all = append(all, &st.be.Loops[id], &st.last.Loops[id])
	for _, n := range all {
		st.addTo(n, false)
	}
	st.countedIn, st.countedOut = st.bytesIn, st.bytesOut
}
