// Package stream carries clients' bytes to servers and back: the life of a TCP
// session or of an HTTP request, as a sequence of phases.
//
//	                 ┌────────────────────────── rules: return, deny, redirect ─────────────┐
//	accept ─► head ──┴─► rules ─► backend ─► server ─┬─► connect ─► response ─► forward ─► last ─► log
//	   │        ▲                     ▲      │       │      │           │          │        ▲
//	   │        │                     │    queue ────┘   retry,     1xx: again   tunnel ────┘
//	   │        │                     └──── redispatch ◄──┘          101, CONNECT
//	   │        └───────────────────────────── keep-alive ◄────────────────────────────── log
//	   └─ mode tcp: rules ─► backend ─► server ─► connect ─► tunnel ─► log
//
//	phase     waits for                           ends with, when it does not come
//	head      the rest of a request's head        408 cR, 400 CR/PR
//	queue     a slot of a server                  503 sQ, CQ
//	connect   the server's SYN-ACK, or the end    503 SC/sC, after the retries; CC
//	          of the turn-around before a retry
//	response  a complete response head            502 SH/PH, 504 sH, CH/cH
//	forward   the rest of both bodies             SD sD CD cD
//	tunnel    bytes from either side              -- sD cD CD SD
//	last      the client to take what is left     cL/CL
//	tarpit    the end of the delay                500 PT
//
// The phases touch no descriptor: they are given bytes and events by links and
// tell links what to send. A link works on sockets or, in tests, on memory.
package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// phase is what a stream waits for.
type phase uint8

const (
	phaseHead phase = iota
	phaseQueue
	phaseConnect
	phaseResponse
	phaseForward
	phaseTunnel
	phaseTarpit
	phaseLast
	phaseDone
)

var phaseNames = [...]string{"head", "queue", "connect", "response", "forward", "tunnel", "tarpit", "last", "done"}

func (p phase) String() string { return phaseNames[p] }

// stream is one TCP session or one HTTP request and its answer.
type stream struct {
	th  *Thread
	c   *session
	fe  *proxy.Frontend
	be  *proxy.Backend
	srv *proxy.Server // whose slot it holds
	up  *upstream
	// The server as the log shows it, after the slot was given back, and how many
	// streams it had with this one.
	last      *proxy.Server
	lastConns int64

	phase       phase
	http        bool
	sent        bool // the request's head went to the server, as a whole or in part
	reqDone     bool // the whole request was read
	answered    bool // something of an answer went to the client
	reused      bool // the server connection had served before
	idempotent  bool // may be sent again when a reused connection turns out dead
	dechunk     bool // the answer's chunks are unpacked for an HTTP/1.0 client
	keep        bool // the client's connection may serve another request
	redisp      bool
	zombie      bool // ended while a slot was being granted
	logged      bool
	counted     bool // counted at the backend
	clientGone  bool
	reqBad      bool // the request body broke its own framing
	untilClose  bool // the answer ends with the connection
	serverKeeps bool // the server leaves its connection open after this answer

	req, res         http1.Head
	reqBody, resBody http1.Body
	ctx              sample.Ctx
	result           rule.Result

	hold []byte // the request's head for the server, while it may have to be sent (again)
	rest []byte // body bytes that came with the head; only during fromClient
	used int    // how many of rest were sent

	waiter proxy.Waiter
	timer  loop.Timer // queue, connect, turn-around, tarpit
	tries  int        // connection attempts that failed

	// Monotonic ns; 0: not reached.
	tFirst, tHead, tQueued, tConnected, tResponse, tEnd int64
	firstWall                                           int64
	idle                                                int64 // ns between the last answer and tFirst

	cause, state byte // termination, 0: none yet
	status       int
	bytesIn      int64 // from the client
	bytesOut     int64 // to the client
	method, uri  []byte
	entry        logs.Entry
}

// begin makes the stream of c's next request.
func (c *session) begin() *stream {
	t := c.th
	st := take(&t.freeSt)
	st.reset()
	st.th, st.c, st.fe = t, c, c.fe
	if st.timer.Fire == nil {
		st.timer.Fire = st.expired
		st.waiter.Grant = st.grant
	}
	st.tFirst, st.firstWall = t.Now(), t.Wall()
	st.idle = st.tFirst - c.idleSince
	c.st = st
	c.requests++
	n := &c.fe.Loops[t.id]
	n.Sessions++
	n.LastSession = t.Wall()
	n.Rate.Hit(t.Wall())
	t.e.streams.Add(1)
	return st
}

// reset empties a recycled stream and keeps its allocations.
func (st *stream) reset() {
	st.req.Reset()
	st.res.Reset()
	scratch, fire, grant := st.ctx.Scratch[:0], st.timer.Fire, st.waiter.Grant
	method, uri, line := st.method[:0], st.uri[:0], st.entry.Line
	req, res := st.req, st.res
	*st = stream{req: req, res: res, method: method, uri: uri}
	st.entry.Line = line
	st.ctx.Scratch, st.timer.Fire, st.waiter.Grant = scratch, fire, grant
}

// end is the first cause and state of termination; later ones do not count.
func (st *stream) end(cause, state byte) {
	if st.cause == 0 {
		st.cause, st.state = cause, state
	}
}

// stateNow is the termination state letter of the phase.
func (st *stream) stateNow() byte {
	switch st.phase {
	case phaseHead:
		return 'R'
	case phaseQueue:
		return 'Q'
	case phaseConnect:
		return 'C'
	case phaseResponse:
		return 'H'
	case phaseTarpit:
		return 'T'
	case phaseLast:
		return 'L'
	}
	return 'D'
}

// env prepares the evaluation of samples for the request.
func (st *stream) env() *sample.Ctx {
	x := &st.ctx
	x.Response = false
	x.Src, x.Dst = st.c.src, st.c.localAddr()
	x.FrontendName = st.fe.Name
	x.Now = st.th.Wall()
	x.Scratch = x.Scratch[:0]
	return x
}

// detach parts with the server: the connection is kept idle when reuse says so,
// and the slot is given to the next who waits.
func (st *stream) detach(reuse bool) {
	st.unqueue()
	st.th.ClearTimer(&st.timer)
	if u := st.up; u != nil {
		st.up = nil
		u.st = nil
		if reuse && !u.link.closed() && !u.link.dead && !u.link.ended && !u.link.pending() && len(u.link.in) == 0 && !u.link.readable {
			u.used++
			u.park()
		} else {
			u.close()
		}
	}
	if srv := st.srv; srv != nil {
		st.lastConns = srv.Served()
		st.srv = nil
		st.be.Release(srv)
	}
	if st.hold != nil {
		st.th.Put(st.hold)
		st.hold = nil
	}
}

// complete ends the stream: it is logged and forgotten, and its session goes on
// or closes.
func (st *stream) complete(keep bool) {
	if st.phase == phaseDone {
		return
	}
	st.tEnd = st.th.Now()
	st.detach(false)
	st.phase = phaseDone
	st.log()
	st.account()
	c := st.c
	st.free()
	c.nextRequest(keep)
}

// free makes the stream reusable, unless a grant still refers to it.
func (st *stream) free() {
	t := st.th
	t.DropTimer(&st.timer)
	if st.be != nil {
		st.be.Conns.Add(-1)
	}
	t.e.streams.Add(-1)
	st.c = nil
	st.req.Reset()
	st.res.Reset()
	if !st.zombie {
		t.deadSt = append(t.deadSt, st)
	}
}

// abort ends the stream and its client connection without a further byte.
func (st *stream) abort(cause, state byte) {
	st.end(cause, state)
	c := st.c
	if st.phase == phaseDone {
		return
	}
	st.tEnd = st.th.Now()
	st.detach(false)
	st.phase = phaseDone
	st.log()
	st.account()
	st.free()
	c.st = nil
	c.close()
}

// giveUp ends the stream for a reason of ours: with an error page while nothing
// of an answer was sent, else by cutting the connection, which is what tells
// the client that the answer is incomplete.
func (st *stream) giveUp(status int, cause, state byte) {
	st.end(cause, state)
	if !st.http || st.answered || st.clientGone {
		if st.status == 0 && st.http {
			st.status = status
		}
		st.abort(cause, state)
		return
	}
	st.page(status)
}

// expired: the timer of queue, connect, turn-around or tarpit.
func (st *stream) expired() {
	if st.c == nil {
		return
	}
	defer st.c.link.contain()
	switch st.phase {
	case phaseQueue:
		st.queueTimeout()
	case phaseConnect:
		st.connectTimeout()
	case phaseTarpit:
		st.end('P', 'T')
		st.page(500)
	}
}
