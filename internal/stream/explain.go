package stream

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Inquiry asks for the explanation of requests to come. While there is one, the
// streams of its frontend keep a record from the connection's first rule on. Whose
// request it does not want drops the record before the first rule of the request;
// what each costs counts against Budget.
type Inquiry struct {
	Frontend *proxy.Frontend // nil: all
	Cond     *rule.Cond      // which requests; nil: all
	Count    int64           // how many
	Budget   time.Duration   // what looking and recording may cost, in time of the loops; 0: anything
	// Told gets each report, on a loop: it must not block.
	Told func(*explain.Report)
	// Over is called once, on a loop or by Withdraw: nothing more will be told. Its
	// text says why; "" when all were told.
	Over func(why string)

	taken, told atomic.Int64
	cost        atomic.Int64 // ns
	open        atomic.Int64 // records that were begun and not ended
	ended       atomic.Bool
}

// maxRecords bounds the records of connections whose request is not there yet.
const maxRecords = 4096

// Inquire begins an inquiry; false when there is one already.
func (e *Engine) Inquire(q *Inquiry) bool { return e.inquiry.CompareAndSwap(nil, q) }

// Withdraw ends an inquiry. Requests that are in progress are told as far as they
// are, if a loop answers within the time.
func (e *Engine) Withdraw(q *Inquiry, why string, within time.Duration) {
	if e.inquiry.Load() != q {
		return
	}
	e.Collect(within, func(thread int) {
		for c := e.threads[thread].first; c != nil; c = c.next {
			if st := c.st; st != nil && st.ctx.Why != nil && st.wanted {
				st.tell()
			}
		}
	})
	q.end(e, why)
}

func (q *Inquiry) end(e *Engine, why string) {
	if q.ended.CompareAndSwap(false, true) {
		e.inquiry.CompareAndSwap(q, nil)
		q.Over(why)
	}
}

// spent counts what q cost since start.
func (q *Inquiry) spent(e *Engine, start time.Time) {
	if n := q.cost.Add(int64(time.Since(start))); q.Budget > 0 && n > int64(q.Budget) {
		q.end(e, fmt.Sprintf("stopped: it took %v of the event loops' time", q.Budget))
	}
}

// inquest is the record of a connection and its request, and for whom it is kept.
type inquest struct {
	explain.Recorder
	of *Inquiry
}

// begin makes a record for a connection or a request of frontend f.
func (q *Inquiry) begin(f *proxy.Frontend) *inquest {
	if q.Frontend != nil && q.Frontend != f || q.taken.Load() >= q.Count || q.open.Load() >= maxRecords {
		return nil
	}
	q.open.Add(1)
	return &inquest{of: q}
}

// inquire begins the record of a connection, before its first rule.
func (c *session) inquire() {
	if q := c.th.e.inquiry.Load(); q != nil {
		c.inquest = q.begin(c.fe)
	}
}

// inquire gives the stream the record of its connection, or one of its own.
func (st *stream) inquire() {
	c := st.c
	if c.inquest == nil { // what it kept was told, or it is older than the inquiry
		c.inquire()
	}
	if c.inquest != nil {
		st.ctx.Why = &c.inquest.Recorder
		st.ctx.Why.Enter("frontend " + st.fe.Name)
	}
}

// wants decides whether the request is one that was asked for, before its first
// rule. The record of another is dropped.
func (st *stream) wants() bool {
	q, why := st.c.inquest.of, st.ctx.Why
	start := time.Now()
	defer q.spent(st.th.e, start)
	yes := !q.ended.Load()
	if yes && q.Cond != nil {
		st.ctx.Why = nil // this question is no part of the answer
		yes = q.Cond.True(&st.ctx)
		st.ctx.Why = why
	}
	if yes = yes && q.taken.Add(1) <= q.Count; !yes {
		st.dropRecord()
		return false
	}
	st.wanted = true
	r := &why.Report
	r.Frontend, r.Listener = st.fe.Name, place(st.c.ln)
	if st.src.IsValid() {
		r.Client = st.src.String()
	}
	if h := &st.req; st.http && len(h.MethodName()) > 0 {
		r.Request = fmt.Sprintf("%s %s HTTP/1.%d", h.MethodName(), h.Target(), h.Minor)
	}
	return true
}

func (st *stream) dropRecord() {
	st.ctx.Why = nil
	st.c.dropRecord()
}

func (c *session) dropRecord() {
	c.inquest.of.open.Add(-1)
	c.inquest = nil
}

// tell gives the report to who asked.
func (st *stream) tell() {
	q, r := st.c.inquest.of, st.ctx.Why
	st.dropRecord()
	o := &r.Report.Outcome
	if st.be != nil {
		o.Backend = st.be.Name
	}
	if s := st.last; s != nil {
		o.Server = s.Name
		switch {
		case s.Path != "":
			o.Address = s.Path
		case s.Addr.IsValid():
			o.Address = s.Addr.String()
		}
	}
	o.Status = st.status
	if st.phase == phaseDone {
		if st.cause != 0 || st.status != 0 || st.be != nil { // else the connection was refused
			o.Termination = st.termination()
		}
		if f := st.fe.Output; f != nil && f.Format != nil && !st.silent() {
			st.fill(false)
			o.Log = string(f.Format.Append(nil, &st.entry, &st.ctx))
		}
	} else {
		o.State = "not over: phase " + st.phase.String()
	}
	q.Told(&r.Report)
	if q.told.Add(1) == q.Count {
		q.end(st.th.e, "")
	}
}

// silent tells streams that rules gave no line in the log.
func (st *stream) silent() bool {
	_, ok := st.level()
	return !ok
}

// termination is the letters of the log (manual 8.5).
func (st *stream) termination() string {
	b := []byte{st.cause, st.state}
	if st.http {
		b = append(b, st.cookieIn, st.cookieOut)
	}
	for i, ch := range b {
		if ch == 0 {
			b[i] = '-'
		}
	}
	return string(b)
}

// concluded tells of a stream that has ended. One that never came to its rules, a
// request that is none, is wanted if its condition says so of what there is.
func (st *stream) concluded() {
	if st.wanted || st.wants() {
		st.tell()
	}
}

// whyBackend records which backend was chosen.
func (st *stream) whyBackend(be *backend) {
	if be == nil {
		st.ctx.Why.Note("no backend", "answer 503")
		return
	}
	if be.Spec == st.fe.Spec {
		st.ctx.Why.Note("its own servers", "listen "+be.Name)
	}
}

// whyAsks records what the client's cookie is good for.
func (st *stream) whyAsks() {
	if st.cookieIn == 0 || st.be.Cookie == nil {
		return
	}
	name := "any server"
	if s := st.waiter.Want; s != nil {
		name = "server " + s.Name
	}
	st.ctx.Why.Note("cookie "+st.be.Cookie.Name+": "+cookieMeaning(st.cookieIn), name)
}

func cookieMeaning(letter byte) string {
	switch letter {
	case cookieNone:
		return "the client sent none"
	case cookieInvalid:
		return "of no server"
	case cookieDown:
		return "of a server that is down"
	case cookieValid:
		return "valid"
	case cookieExpired:
		return "expired (maxidle)"
	case cookieOld:
		return "too old (maxlife)"
	case cookieUnused:
		return "not used"
	}
	return string(letter)
}

// whyServer records what the backend said to the question for a server.
func (st *stream) whyServer(srv *proxy.Server, out proxy.Outcome) {
	how := "balance " + st.be.Algorithm()
	if st.waiter.Want != nil {
		how = "by persistence"
	} else if st.waiter.Prefer != nil && st.waiter.Prefer == srv {
		how = "the server of the last request"
	} else if st.waiter.Keyed {
		how += fmt.Sprintf(" (hash %d)", st.waiter.Key)
	} else if st.be.Key != nil {
		how += " (no key: in turn)"
	}
	said := "no server is usable"
	switch out {
	case proxy.Taken:
		said = "server " + srv.Name
	case proxy.Queued:
		said = "waits in the queue of the backend"
		if srv != nil {
			said = "waits in the queue of server " + srv.Name
		}
	case proxy.Full:
		said = "the queue of server " + srv.Name + " is full"
	}
	st.ctx.Why.Note(how, said)
}

// whyRequest records the head that the server is sent.
func (st *stream) whyRequest(head []byte) {
	w := st.ctx.Why
	w.Enter("to the server")
	w.Lines(string(head))
}

// whyAnswer records the head that the client is sent: out begins with it.
func (st *stream) whyAnswer(out []byte) {
	w := st.ctx.Why
	head, _, _ := bytes.Cut(out, []byte("\r\n\r\n"))
	w.Enter("to the client")
	w.Lines(string(head))
	for l := range strings.Lines(string(head)) {
		if name, value, ok := strings.Cut(l, ":"); ok && strings.EqualFold(name, "location") {
			w.Report.Outcome.Location = strings.TrimSpace(value)
		}
	}
}

// answers records whose rules for answers follow, if there are any.
func (st *stream) answers(kind, name string, set rule.Set) {
	if st.ctx.Why != nil && len(set) > 0 {
		st.ctx.Why.Enter(kind + name + ", answer")
	}
}

// place is what a listener is known by.
func place(ln *proxy.Listener) string {
	b := ln.Bind
	if b == nil {
		return ""
	}
	s := fmt.Sprintf("bind %s (%s)", b.Address, b.Pos)
	if b.Name != "" {
		s = b.Name + ", " + s
	}
	return s
}

// quietly keeps what a log line evaluates out of the record; the result ends that.
func (st *stream) quietly() func() {
	why := st.ctx.Why
	st.ctx.Why = nil
	return func() { st.ctx.Why = why }
}
