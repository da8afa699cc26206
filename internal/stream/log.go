package stream

import (
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// reached writes the stream's line if all that its format shows is known by
// now, or if "option logasap" does not wait for the rest.
func (st *stream) reached(s logs.Stage) {
	o := st.fe.Output
	if st.logged || o.Silent() || o.Format == nil {
		return
	}
	if o.Stepwise() {
		if at := logs.OriginAccept + logs.Origin(s); o.At(at) {
			st.write(true, at)
		}
		return
	}
	at := o.Format.Stage
	partial := st.fe.LogASAP && at == logs.StageEnd
	if partial {
		at = logs.StageResponse
		if !st.http {
			at = logs.StageConnect
		}
	}
	if at <= s {
		st.log(partial, logs.OriginAccept+logs.Origin(at))
	}
}

// write writes a line of a stream that goes on, and has others.
func (st *stream) write(running bool, at logs.Origin) {
	level, ok := st.level()
	if !ok || st.th.sink == nil {
		return
	}
	if st.ctx.Why != nil {
		defer st.quietly()()
	}
	if at != logs.OriginAccept {
		st.UniqueID() // there is a request
	}
	st.fill(running)
	st.entry.Partial, st.entry.Origin = false, at
	st.th.sink.Log(st.fe.Output, level, &st.entry, &st.ctx)
}

// log writes the stream's line; partial, while it goes on.
func (st *stream) log(partial bool, at logs.Origin) {
	f := st.fe
	if st.logged || f.Output.Silent() || st.th.sink == nil {
		return
	}
	if at == logs.OriginClose && st.http && len(st.method) == 0 {
		if !f.Output.ShowsErrors() {
			return
		}
		at = logs.OriginSessionError // there was no request
	} else if at == logs.OriginClose && f.Output.Stepwise() && !f.Output.At(at) {
		return
	}
	level, ok := st.level()
	if !ok {
		return
	}
	st.logged = true
	if st.ctx.Why != nil {
		defer st.quietly()()
	}
	if f.DontLogNull && st.bytesIn == 0 && !st.bytesSeen() || f.DontLogNormal && !st.troubled() && f.Output.ShowsErrors() {
		return
	}
	st.UniqueID() // while there is a request
	st.fill(partial)
	st.entry.Origin = at
	if !partial {
		st.ctx.Reset()
		st.ctx.Req, st.ctx.Res = nil, nil
	}
	if st.troubled() {
		st.th.sink.LogTroubled(f.Output, level, &st.entry, &st.ctx)
		return
	}
	st.th.sink.Log(f.Output, level, &st.entry, &st.ctx)
}

// level is that of the stream's lines; false: it has none.
func (st *stream) level() (logs.Level, bool) {
	switch n := st.ctx.LogLevel; {
	case n == sample.LogSilent:
		return 0, false
	case n > 0:
		return logs.Level(n - 1), true
	}
	if st.fe.SeparateErrors && st.troubled() {
		return logs.Err, true
	}
	return logs.Info, true
}

// troubled tells streams that did not go as they should ("option dontlog-normal",
// "option log-separate-errors"): an error, a time-out, a retry, a status of 5xx.
func (st *stream) troubled() bool {
	return st.cause != 0 && st.cause != 'L' || st.tries > 0 || st.redisp || st.status >= 500
}

// fill copies what is known of the stream into its log entry.
func (st *stream) fill(partial bool) {
	e, c, th := &st.entry, st.c, st.th
	e.Clear()
	e.Accept, e.Request = st.acceptWall(), st.firstWall
	e.Client, e.Conn = st.src, st
	e.Frontend, e.Bind, e.ListenerID = st.fe.Name, c.ln.Name, c.ln.ID
	th.e.hub.Fill(e)
	e.Counter = uint32(st.number)
	e.ActConn, e.FeConn = th.e.Conns.Load(), st.fe.Conns.Load()
	e.Status, e.Partial = st.status, partial || st.fe.LogASAP // it cannot know whether more follows
	if st.status == 0 && st.http {
		e.Status = -1
	}
	e.Read, e.Uploaded = st.bytesOut, st.bytesIn
	e.Term = [4]byte{st.cause, st.state, st.cookieIn, st.cookieOut}
	if len(st.capturedIn) > 0 {
		e.ReqCookie = st.capturedIn
	}
	if len(st.capturedOut) > 0 {
		e.ResCookie = st.capturedOut
	}
	if !st.http || len(st.method) > 0 {
		e.ReqCaptures, e.ResCaptures = st.ctx.ReqCaptures.All(), st.ctx.ResCaptures.All()
	}
	e.UniqueID = st.uniqueID
	e.Retries, e.Redispatched = int64(st.tries), st.redisp
	if st.be != nil {
		e.Backend = st.be.Name
		e.BeConn = st.be.Conns.Load()
		if !partial {
			e.BeConn-- // itself: it is over
		}
		e.SrvQueue, e.BeQueue = st.waiter.InServer, st.waiter.InBackend
	}
	if srv := st.last; srv != nil {
		e.ServerName = srv.Name
		e.Source, e.Server, e.ServerUnix = st.source, srv.Addr, srv.Path != ""
		e.SrvConn = st.lastConns
		if partial {
			e.SrvConn = srv.Served()
		}
	}
	if st.http && len(st.method) > 0 {
		e.SetRequest(st.method, st.uri, st.req.Minor)
	}
	st.timers(&e.Timers)
}

// timers fills the durations in milliseconds; -1 where a phase was not reached
// (manual 8.4).
func (st *stream) timers(t *logs.Timers) {
	*t = logs.Timers{Ti: -1, TR: -1, Tw: -1, Tc: -1, Tr: -1}
	start, end := st.tFirst, st.tEnd
	if st.c.requests == 1 {
		t.Th = st.c.handshake / 1e6
		start -= st.c.handshake
	}
	if end == 0 {
		end = st.th.Now()
	}
	if st.http {
		start -= st.idle
		if t.Ti = 0; !st.nothing {
			t.Ti = st.idle / 1e6
		}
		if !st.unrouted && !st.tarpitted {
			t.TR = span(st.tFirst, st.tHead)
		}
		t.Tr = span(st.tConnected, st.tResponse)
		if st.tarpitted { // the wait is in place of all that would have been
			t.TR, t.Tw = -1, span(st.tFirst, end)
		}
	}
	switch {
	case st.unrouted || st.tHead == 0:
	case st.tarpitted:
		t.Tw = span(st.tHead, end)
	case st.tQueued != 0:
		t.Tw = span(st.tHead, st.tQueued)
		t.Tc = span(st.tQueued, st.tConnected)
	case st.waiter.InServer+st.waiter.InBackend > 0:
		t.Tw = span(st.tHead, end)
	}
	t.Derive((end - start) / 1e6)
}

// span is a duration in ms, -1 where an end of it was not reached.
func span(from, to int64) int64 {
	if from == 0 || to == 0 {
		return -1
	}
	return max(to-from, 0) / 1e6
}
