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
//	rules     what rules want to see or wait for  PR CR cR
//	queue     a slot of a server                  503 sQ, CQ
//	connect   the server's SYN-ACK, or the end    503 SC/sC, after the retries; CC
//	          of the turn-around before a retry
//	response  a complete response head            502 SH/PH, 504 sH, 400 CH/cH/PH
//	forward   the rest of both bodies             SD sD PD CD cD
//	tunnel    bytes from either side              -- sD cD CD SD
//	last      the client to take what is left     cL/CL
//
// Who is waited for has a timer running, and nobody else: the client's while it
// has to send or to take something, the server's likewise. Whatever either of
// them does starts it again (see armClient, armServer).
//
// An answer that comes before the end of the request does not end the client's
// connection: what is left of the request is still given to the server, or
// thrown away where there is none (session.skip).
//
// The phases touch no descriptor: they are given bytes and events by links and
// tell links what to send. A link works on sockets or, in tests, on memory.
package stream

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// phase is what a stream waits for.
type phase uint8

const (
	phaseHead phase = iota
	phaseRules
	phaseQueue
	phaseConnect
	phaseResponse
	phaseForward
	phaseTunnel
	phaseLast
	phaseDone
)

var phaseNames = [...]string{"head", "rules", "queue", "connect", "response", "forward", "tunnel", "last", "done"}

func (p phase) String() string { return phaseNames[p] }

// stream is one TCP session or one HTTP request and its answer. Streams are
// recycled: exchange is what a new one starts without, everything else keeps its
// memory and is emptied by begin.
type stream struct {
	exchange
	th  *Thread
	gen uint32 // changes when the stream is forgotten: for who comes back to it later

	req, res    http1.Head
	ctx         sample.Ctx
	waiter      proxy.Waiter // what it asks of its backend, and its place in a queue
	timer       loop.Timer   // queue, connect, turn-around
	method, uri []byte
	capturedIn  []byte // cookies for the log ("capture cookie")
	capturedOut []byte
	uniqueIDBuf []byte   // memory of uniqueID
	hints       []byte   // 103 responses of rules, to be sent
	kept        []byte   // the head of a request that rules have wait
	names       [][]byte // by Server.ConnName, see nameConns
	txn, reqres sample.VarSet
	entry       logs.Entry
}

// exchange is the state of one exchange.
type exchange struct {
	c  *session
	fe *proxy.Frontend
	be *proxy.Backend
	// The backend for which a TCP session becomes HTTP, before it is entered.
	chosen *proxy.Backend
	srv    *proxy.Server // whose slot it holds
	up     *upstream
	// The server as the log shows it, after the slot was given back, and how many
	// other streams it had then.
	last      *proxy.Server
	lastConns int64

	phase         phase
	step          uint8 // of route
	http          bool
	sent          bool // the request's head went to the server, as a whole or in part
	reqDone       bool // the whole request was read
	answered      bool // something of an answer went to the client
	reused        bool // the server connection had served before
	idempotent    bool // may be sent again when a reused connection turns out dead
	headOnly      bool // the client asked by HEAD, whatever the server is asked
	dechunk       bool // the answer's chunks are unpacked for an HTTP/1.0 client
	keep          bool // the client's connection may serve another request
	redisp        bool // it left a server for another one
	replay        bool // hold keeps the whole request, to be sent again ("retry-on")
	zombie        bool // a slot is being granted that nobody wants any more
	logged        bool
	broken        bool // a handler panicked
	nothing       bool // the client said nothing at all
	hushed        bool // the client is to repeat the request as if it had never come
	unrouted      bool // ended before a backend was chosen: its head does not count as received
	clientGone    bool
	serverGone    bool
	serverWorn    bool // the connection had too many glitches
	cut           bool // the client ended in the middle of a body that rules waited for
	gathering     bool // it waits for the body of the request or of the answer
	continued     bool // the client was told to go on
	cookieIgnored bool // "ignore-persist" held
	cookieStale   bool // the client's cookie wants a new date
	screened      bool // "tcp-response content" let the answer pass
	untilClose    bool // the answer ends with the connection
	proxied       bool // the client takes us for a proxy (http-use-proxy-header)
	wanted        bool // its explanation was asked for
	serverKeeps   bool // the server leaves its connection open after this answer

	cause, state byte // termination, 0: none yet
	// What became of the persistence cookie: of the client, of the server (manual
	// 8.5); 0: there is none.
	cookieIn, cookieOut byte
	cookieSince         int64 // the first date in the client's cookie; 0: none
	status              int
	serverStatus        int           // as the server said it
	tries               int           // attempts that failed and were followed by another
	retries             int           // how many may be
	left                *proxy.Server // the one a retry may leave for another; nil: none

	reqBody, resBody http1.Body
	result           rule.Result
	waited           *rule.Rule // for what there was not to be, when the client ended

	proof *job // the hashing of a password that it waits for; nil: none

	asks string // the field by which an answer of ours asks for a password

	// Where hold tells the server its name, and how long that line is.
	nameAt, nameLen int

	hold []byte // the request's head for the server, while it may have to be sent (again)
	rest []byte // body bytes that came with the head; only during fromClient
	used int    // how many of rest were sent
	raw  []byte // the received head of a request; only during fromClient

	src, dst  netip.AddrPort // of the client's connection, as rules have it
	dstSet    bool
	source    netip.AddrPort // of the connection to the server, see noteSource
	packets   proxy.Packets  // to the server
	hinting   bool           // the last 103 response in hints is not complete
	tarpitted bool
	paused    bool  // rules of the answer have it wait
	resStep   uint8 // of obeyAnswer

	uniqueID   []byte // nil: none was made
	identified bool   // it was made, or is being made

	resRest     []byte // what came with the answer's head or after it
	gatherMost  int    // bytes of the message
	gatherLeast int    // bytes of content; 0: all

	inspectTill int64 // until when content rules may wait; 0: they do not

	// Monotonic ns; 0: not reached.
	tFirst, tHead, tQueued, tConnected, tResponse, tEnd int64
	firstWall                                           int64
	idle                                                int64 // ns between the last answer and tFirst

	serial   uint32 // of the stream, and its server's descriptor: for events only
	serverFD int32

	shown                 uint64 // the number by which it is known to who looked at it, 0: nobody did
	number                int64  // among all requests and TCP sessions of the process
	countedIn, countedOut int64  // of those that follow, see accountRunning
	bytesIn               int64  // from the client
	bytesOut              int64  // to the client

	// Of connections to servers that are over, and where those of the present one began.
	serverSent, serverGot, sentFrom, gotFrom int64
	serverGlitches                           int   // of the last one
	serverNumber                             int64 // of the stream on its connection to a server
	clientErr, serverErr                     sample.ConnError

	took account
}

// begin makes the stream of c's next request.
func (c *session) begin() *stream {
	t := c.th
	st := take(&t.freeSt)
	if st.timer.Fire == nil {
		st.timer.Fire = st.expired
		st.waiter.Grant = st.grant
	}
	st.exchange = exchange{c: c, fe: c.fe, tFirst: t.Now(), firstWall: t.Wall()}
	st.idle = st.tFirst - c.idleSince
	st.th = t
	if t.accounts != nil {
		t.touch(st, sys.Monotonic())
	}
	st.waiter.Reset()
	st.req.Reset()
	st.res.Reset()
	x := &st.ctx
	x.Reset()
	x.Response, x.Req, x.Res, x.Payload, x.ResPayload = false, nil, nil, nil, nil
	x.Inspection = sample.Inspection{}
	x.Body = st
	x.ForgetUsers()
	x.BackendName, x.ServerName, x.ServerID = "", "", 0
	x.ServerConn = sample.ServerConn{}
	x.PrioClass, x.PrioOffset, x.Retries, x.NoReplay = 0, 0, sample.Retries{Backend: c.fe.Spec.Retries}, false
	st.capturedIn, st.capturedOut = st.capturedIn[:0], st.capturedOut[:0]
	st.method, st.uri, st.hints = st.method[:0], st.uri[:0], st.hints[:0]
	st.openVars()
	st.openCaptures()
	x.Identity = st
	st.ask()
	c.st = st
	if x.Why = nil; c.inquest != nil || t.e.inquiry.Load() != nil {
		st.inquire()
	}
	c.requests++
	t.e.streams.Add(1)
	t.begun.Add(1)
	if o := c.fe.Output; !o.Silent() && o.At(logs.OriginAccept) {
		st.write(true, logs.OriginAccept)
	}
	return st
}

// stateNow is the termination state letter of the phase.
func (st *stream) stateNow() byte {
	switch st.phase {
	case phaseRules:
		if st.tarpitted {
			return 'T'
		}
		return 'R'
	case phaseHead:
		return 'R'
	case phaseQueue:
		return 'Q'
	case phaseConnect:
		return 'C'
	case phaseResponse:
		return 'H'
	case phaseLast:
		return 'L'
	}
	return 'D'
}

// env prepares the evaluation of samples for the request.
func (st *stream) env() *sample.Ctx {
	x := &st.ctx
	x.Response = false
	x.Src, x.Conn = st.src, st
	x.Proxy = st.c.proxy
	x.FrontendName = st.fe.Name
	x.First = st.c.requests == 1
	x.Now = st.th.Wall()
	x.Scratch = x.Scratch[:0]
	return x
}

// expired: the timer of queue, connect or turn-around.
func (st *stream) expired() {
	if st.c == nil {
		return
	}
	st.th.enter(st)
	defer st.c.link.contain()
	switch st.phase {
	case phaseQueue:
		st.queueTimeout()
	case phaseConnect:
		st.connectTimeout()
	case phaseRules:
		if st.gathering {
			st.gatherLateRequest()
			return
		}
		if st.tarpitted {
			st.endTarpit()
			return
		}
		st.carryOn()
	case phaseResponse, phaseTunnel:
		if st.gathering {
			st.gatherLate()
			return
		}
		if st.paused {
			st.resumeResponse()
			return
		}
		st.screenAgain()
	}
}
