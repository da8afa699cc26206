// Package load is a client that knows what it sent. It loads an address with
// HTTP or TCP sessions and says of every exchange whether it was lost and how.
//
// Lost means: the connect was refused, the connection was reset or ended
// before its answer did, the answer took too long, a byte of it was wrong, or
// it was made by somebody other than the origin (see package origin, whose
// answers are marked). A keep-alive connection may end after an answer that
// announced it with Connection: close, and only then: an end that is found out
// by sending a request on it is a loss. An unannounced end that is noticed
// before anything was sent is counted apart (Report.IdleClosed).
package load

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is the way in which the connections are used.
type Kind int

const (
	KeepAlive  Kind = iota // HTTP/1.1, as many requests as the connection bears
	PerRequest             // HTTP/1.1, one request a connection
	Echo                   // TCP, frames that must come back as they were sent
)

func (k Kind) String() string {
	return [...]string{"http keep-alive", "http one connection per request", "tcp echo"}[k]
}

// A Plan says what to do. It ends with its context, or when Requests are done.
type Plan struct {
	Addr     string        // host:port, or the path of a UNIX socket
	Kind     Kind          //
	Workers  int           // sessions at a time; default 1
	Requests int64         // total of all workers; 0: until the context ends
	Timeout  time.Duration // for a connect and for each answer; default 10 s
	Think    time.Duration // pause between exchanges of one worker
	MaxBody  int           // bodies are 0..MaxBody bytes; default 8 KiB
	Rounds   int           // Echo: frames per session; default 20
}

// A Run is a plan in progress.
type Run struct {
	p      Plan
	cancel context.CancelFunc
	next   atomic.Int64
	report *Report
	wg     sync.WaitGroup
}

// Start begins; Stop or Wait must follow.
func Start(ctx context.Context, p Plan) *Run {
	p.Workers = max(p.Workers, 1)
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Second
	}
	if p.MaxBody == 0 {
		p.MaxBody = 8 << 10
	}
	if p.Rounds == 0 {
		p.Rounds = 20
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &Run{p: p, cancel: cancel, report: newReport(p.Kind)}
	for range p.Workers {
		r.wg.Go(func() {
			switch p.Kind {
			case Echo:
				r.echo(ctx)
			default:
				(&httpWorker{r: r}).run(ctx)
			}
		})
	}
	return r
}

// take reserves the next exchange; false: the plan is over.
func (r *Run) take(ctx context.Context) (int64, bool) {
	if ctx.Err() != nil {
		return 0, false
	}
	n := r.next.Add(1)
	return n, r.p.Requests == 0 || n <= r.p.Requests
}

func (r *Run) think(ctx context.Context) {
	if r.p.Think > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(r.p.Think):
		}
	}
}

// Done is the number of exchanges that went right so far.
func (r *Run) Done() int64 { return r.report.ok.Load() }

// Stop ends after the exchanges that are under way.
func (r *Run) Stop() *Report {
	r.cancel()
	return r.Wait()
}

// Wait returns when the plan is over.
func (r *Run) Wait() *Report {
	r.wg.Wait()
	r.cancel()
	return r.report
}
