package stream

import (
	"runtime"
	"sync"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Passwords are hashed beside the event loops: a stream whose next rule needs the
// outcome waits for it, as in a pause, and all others go on.

// prove has the stream wait for p.
func (st *stream) prove(p *sample.Proof) {
	st.halt()
	t, gen := st.th, st.gen
	wanted := &job{run: p.Run}
	st.proof = wanted
	wanted.done = func() {
		t.Post(func() {
			if st.gen == gen && st.proof == wanted {
				st.proved(p)
			}
		})
	}
	if t.e.provers == nil { // nobody else is waiting
		wanted.run()
		wanted.done()
		return
	}
	t.e.provers.add(wanted)
}

// proved goes on with the rule that needed p.
func (st *stream) proved(p *sample.Proof) {
	defer st.c.link.contain()
	st.proof = nil
	st.ctx.Settle(p)

	if st.phase == phaseRules {
		st.carryOn()
	}
}

// unprove gives up what the stream waits for.
func (st *stream) unprove() {
	if st.proof != nil {
		st.th.e.provers.drop(st.proof)
		st.proof = nil
	}
}

// job is work that is done beside the loops.
type job struct {
	run, done func()
	dropped   bool
}

// provers do jobs in the order they come, a few at a time. At most one waits for
// each stream.
type provers struct {
	most int // at a time

	mu      sync.Mutex
	waiting []*job
	working int
}

// newProvers leaves half of the processors to the loops.
func newProvers() *provers { return &provers{most: max(1, runtime.GOMAXPROCS(0)/2)} }

func (p *provers) add(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.working == p.most {
		p.waiting = append(p.waiting, j)
		return
	}
	p.working++
	go p.work(j)
}

// drop forgets a job whose outcome nobody wants any more, unless it has begun.
func (p *provers) drop(j *job) {
	if p == nil {
		return
	}
	p.mu.Lock()
	j.dropped = true
	p.mu.Unlock()
}

// work does j and all that waits.
func (p *provers) work(j *job) {
	for ; j != nil; j = p.next() {
		j.run()
		j.done()
	}
}

// next takes the first job that is still wanted; nil: none, and who asked ends.
func (p *provers) next() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.waiting) > 0 {
		j := p.waiting[0]
		p.waiting[0] = nil
		p.waiting = p.waiting[1:]
		if !j.dropped {
			return j
		}
	}
	p.waiting = nil
	p.working--
	return nil
}
