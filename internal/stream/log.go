package stream

import (
	"github.com/sluice-proxy/sluice/internal/logs"
)

// log writes the stream's line.
func (st *stream) log() {
	f := st.fe
	if st.logged || f.Output == nil || f.Output.Silent() || st.th.sink == nil {
		return
	}
	st.logged = true
	if f.DontLogNull && st.bytesIn == 0 && !st.bytesSeen() {
		return
	}
	st.fill()
	st.ctx.Reset()
	st.ctx.Req, st.ctx.Res = nil, nil
	st.th.sink.Log(f.Output, logs.Info, &st.entry, &st.ctx)
}

// fill copies what is known of the stream into its log entry.
func (st *stream) fill() {
	e, c, th := &st.entry, st.c, st.th
	e.Clear()
	e.Accept, e.Request = c.acceptedWall, st.firstWall
	if c.requests > 1 {
		e.Accept = st.firstWall - st.idle
	}
	e.Client, e.Front = c.src, c.localAddr()
	e.Frontend, e.Bind, e.ListenerID = st.fe.Name, c.ln.Name, c.ln.ID
	th.e.hub.Fill(e)
	e.Counter = uint32(th.e.Requests.Add(1))
	e.ActConn, e.FeConn = th.e.Conns.Load(), st.fe.Conns.Load()
	e.Status = st.status
	if st.status == 0 && st.http {
		e.Status = -1
	}
	e.Read, e.Uploaded = st.bytesOut, st.bytesIn
	e.Term = [4]byte{st.cause, st.state}
	e.Retries, e.Redispatched = int64(st.tries), st.redisp
	if st.be != nil {
		e.Backend = st.be.Name
		e.BeConn = st.be.Conns.Load()
		e.BeQueue = st.waiter.Ahead
	}
	if srv := st.last; srv != nil {
		e.ServerName = srv.Name
		e.Server, e.ServerUnix = srv.Addr, srv.Path != ""
		e.SrvConn = st.lastConns
	}
	if st.http && len(st.method) > 0 {
		e.SetRequest(st.method, st.uri, st.req.Minor)
	}
	st.timers(&e.Timers)
}

// timers fills the durations in milliseconds; -1 where a phase was not reached
// (manual 8.4).
func (st *stream) timers(t *logs.Timers) {
	ms := func(from, to int64) int64 {
		if from == 0 || to == 0 {
			return -1
		}
		return max(to-from, 0) / 1e6
	}
	t.Th = 0
	start := st.tFirst
	if st.http {
		t.Ti = st.idle / 1e6
		t.TR = ms(st.tFirst, st.tHead)
		start = st.tFirst - st.idle
		t.Tr = ms(st.tConnected, st.tResponse)
	}
	if st.tHead != 0 {
		t.Tw = ms(st.tHead, st.tQueued)
		t.Tc = ms(st.tQueued, st.tConnected)
	}
	t.Derive((st.tEnd - start) / 1e6)
}

// account adds the stream to the counters of its proxies.
func (st *stream) account() {
	id, wall := st.th.id, st.th.Wall()
	f := &st.fe.Loops[id]
	f.BytesIn += st.bytesIn
	f.BytesOut += st.bytesOut
	class := min(st.status/100, 5)
	if st.http && st.status > 0 {
		if class < 1 {
			class = 0
		}
		f.Status[class]++
	}
	if st.be == nil {
		return
	}
	b := &st.be.Loops[id]
	b.BytesIn += st.bytesIn
	b.BytesOut += st.bytesOut
	b.LastSession = wall
	if st.http && st.status > 0 {
		b.Status[class]++
	}
	srv := st.last
	if srv == nil {
		return
	}
	n := &srv.Loops[id]
	n.BytesIn += st.bytesIn
	n.BytesOut += st.bytesOut
	n.LastSession = wall
	t := &st.entry.Timers
	if !st.logged || t.Tt == 0 && t.Tc == 0 {
		st.timers(t)
	}
	n.QueueTime.Put(max(t.Tw, 0))
	n.ConnectTime.Put(max(t.Tc, 0))
	n.ResponseTime.Put(max(t.Tr, 0))
	n.TotalTime.Put(max(t.Tt, 0))
	b.QueueTime.Put(max(t.Tw, 0))
	b.ConnectTime.Put(max(t.Tc, 0))
	b.ResponseTime.Put(max(t.Tr, 0))
	b.TotalTime.Put(max(t.Tt, 0))
}
