package stream

import (
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// account adds the stream to the counters of its proxies.
func (st *stream) account() {
	id, wall := st.th.id, st.th.Wall()
	st.addTo(&st.fe.Loops[id], true)
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
	c.BytesIn += st.bytesIn
	c.BytesOut += st.bytesOut
	if status && st.http && st.status > 0 {
		c.Status[min(st.status/100, 5)]++
	}
}
