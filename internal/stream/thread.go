package stream

import (
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/loop"
)

// Thread is one event loop with what the streams on it share: free objects,
// idle server connections, the log sink. There is one per "nbthread".
type Thread struct {
	*loop.Loop
	e    *Engine
	id   int
	net  network
	sink *logs.Sink
	pipe pipePool
	text []byte // where bodies are put that cannot go out as they came

	idle   []*idlePool // by proxy.Server.Num; nil: never had one
	parked []*idlePool // those with connections since their last purge, each once
	purge  loop.Timer
	relog  loop.Timer // another try for log lines a receiver left behind
	freeSt []*stream
	freeSe []*session
	freeUp []*upstream
	deadSt []*stream // ended in this turn, reusable in the next
	deadSe []*session
	deadUp []*upstream
	first  *session // all sessions, linked
	begun  atomic.Int64
	// nil: nobody asked what streams take.
	accounts *accounts
	stopAt   int64 // when a soft stop began here; 0: not yet
}

func newThread(e *Engine, id int) (*Thread, error) {
	l, err := loop.New(id)
	if err != nil {
		return nil, err
	}
	t := &Thread{Loop: l, e: e, id: id, net: sockets{tune: &e.tune.Server}}
	t.pipe = pipePool{e: e, poor: e.tune.NoSplice}
	t.Spin = e.tune.Spin
	if e.tune.MaxEvents > 0 {
		t.SetMaxEvents(e.tune.MaxEvents)
	}
	if id < len(e.tune.CPUs) {
		t.CPUs = e.tune.CPUs[id]
	}
	t.Unbound = func(err error) { e.logf("cannot bind thread %d to its CPUs: %v", id+1, err) }
	t.idle = make([]*idlePool, e.servers)
	if n := e.limits.MaxHead; n > len(t.Buf)/2 {
		// A head must fit, and what comes with it should.
		t.Buf = make([]byte, 2*n)
	}
	t.MaxKept = 4 * e.tune.LargeBuf // see link.room
	t.purge.Fire = t.purgeIdle
	t.relog.Fire = func() {} // the end of the turn flushes
	l.AfterTurn(t.endTurn)
	return t, nil
}

// endTurn sends the turn's log lines and makes what ended in it reusable: until
// now an event or a caller further up could still have held it.
func (t *Thread) endTurn() {
	t.enter(nil)
	if t.sink != nil && t.sink.Flush() && t.relog.Due() == 0 {
		t.SetTimer(&t.relog, t.Now()+10e6)
	}
	if len(t.deadSt) > 0 {
		t.freeSt = append(t.freeSt, t.deadSt...)
		clear(t.deadSt)
		t.deadSt = t.deadSt[:0]
	}
	if len(t.deadSe) > 0 {
		t.freeSe = append(t.freeSe, t.deadSe...)
		clear(t.deadSe)
		t.deadSe = t.deadSe[:0]
	}
	if len(t.deadUp) > 0 {
		t.freeUp = append(t.freeUp, t.deadUp...)
		clear(t.deadUp)
		t.deadUp = t.deadUp[:0]
	}
}

func take[T any](free *[]*T) *T {
	if n := len(*free); n > 0 {
		x := (*free)[n-1]
		*free = (*free)[:n-1]
		return x
	}
	return new(T)
}
