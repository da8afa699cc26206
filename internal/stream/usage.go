package stream

import (
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// usage is how busy the threads were between the last two looks at their clocks,
// which are at least usageSpan apart.
type usage struct {
	mu      sync.Mutex
	at      time.Time
	cpu     []time.Duration // CPU time of each thread at that moment
	percent []int64
}

const usageSpan = 100 * time.Millisecond

// Usage returns how many percent of the time a thread was busy, and of the average
// of those for which member holds. Nil: of all.
func (e *Engine) Usage(member func(thread int) bool) int64 {
	u := &e.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look(e)
	sum, n := int64(0), int64(0)
	for i, p := range u.percent {
		if member == nil || member(i) {
			sum, n = sum+p, n+1
		}
	}
	return sum / max(n, 1)
}

func (u *usage) look(e *Engine) {
	now := time.Now()
	span := now.Sub(u.at)
	if u.cpu != nil && span < usageSpan {
		return
	}
	first := u.cpu == nil
	if first {
		u.cpu, u.percent = make([]time.Duration, len(e.threads)), make([]int64, len(e.threads))
		span = now.Sub(e.started)
	}
	for i, t := range e.threads {
		cpu := sys.ThreadTime(int(t.Thread.Load()))
		u.percent[i] = min(max(int64(100*(cpu-u.cpu[i])/max(span, 1)), 0), 100)
		u.cpu[i] = cpu
	}
	u.at = now
}

// group tells which threads are in the group of t.
func (t *Thread) group() func(thread int) bool {
	g := t.e.tune.Groups
	if g == nil {
		return nil
	}
	return func(i int) bool { return g[i] == g[t.id] }
}
