package worker

import (
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The limit of "-m" is one that Go cannot enforce without ending the process:
// an allocation that the kernel refuses is fatal. So nothing is asked of the
// kernel. Instead, in percent of the limit, the collector works harder from
// CollectAt on; from holdAt on no connection is accepted any more, the
// connections there are end after their current answer, and nothing is cut;
// below resumeAt everything is as before.
const (
	CollectAt = 80
	resumeAt  = 85
	holdAt    = 92
)

// lookAtMemory is how often the memory in use is looked at: what can be accepted
// in this time has to fit between holdAt and the limit.
const lookAtMemory = 20 * time.Millisecond

// fits refuses to start with a limit that the configuration alone exceeds: no
// connection would ever be accepted. limit is in MiB, 0 for none.
func fits(limit int, used int64) error {
	if limit > 0 && used >= percent(limit, resumeAt) {
		return fmt.Errorf("The configuration alone takes %d MB of memory, too much for the limit of %d MB (-m).", used>>20, limit)
	}
	return nil
}

func percent(limit, n int) int64 { return int64(limit) << 20 / 100 * int64(n) }

// A load leaves about as much garbage as it leaves objects, which the collector would
// keep for what comes next. A worker that serves allocates next to nothing: so, once
// it does, what is much is given back.
const (
	slimAfter = 3 * time.Second
	slimAbove = 64 << 20
)

func slim() {
	if inUse() > slimAbove {
		debug.FreeOSMemory()
	}
}

// watchMemory keeps the process below "-m" until it ends.
func (s *service) watchMemory() {
	limit := s.load.o.Memory
	if limit == 0 {
		return
	}
	w := memoryWatch{limit: limit, hold: s.engine.Hold, collect: debug.FreeOSMemory, warnf: s.report.Warningf}
	tick := time.NewTicker(lookAtMemory)
	defer tick.Stop()
	for range tick.C {
		w.look(time.Now(), inUse())
	}
}

// memoryWatch decides when to hold.
type memoryWatch struct {
	limit int // MiB
	hold  func(bool)
	// collect gives back what is not used any more. While nothing is accepted
	// little is allocated either, and the collector would not begin by itself.
	collect   func()
	warnf     func(format string, args ...any)
	held      bool
	said      time.Time
	collected time.Time
}

// look acts on the bytes in use now.
func (w *memoryWatch) look(now time.Time, used int64) {
	switch {
	case !w.held && used >= percent(w.limit, holdAt):
		w.held = true
		w.hold(true)
		if now.Sub(w.said) >= sayMemoryEvery {
			w.said = now
			w.warnf("%d MB of memory are in use, near the limit of %d MB (-m): no connection is accepted until it is less.", used>>20, w.limit)
		}
	case w.held && used < percent(w.limit, resumeAt):
		w.held = false
		w.hold(false)
	case w.held && now.Sub(w.collected) >= collectEvery:
		w.collected = now
		w.collect()
	}
}

// collectEvery bounds the work of collecting while memory is short.
const collectEvery = 500 * time.Millisecond

// sayMemoryEvery keeps a process that lives at its limit from flooding the log.
const sayMemoryEvery = 10 * time.Second

// inUse is the memory that the process has from the kernel and has not given
// back, in bytes: what debug.SetMemoryLimit limits.
func inUse() int64 {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(m)
	return int64(m[0].Value.Uint64() - m[1].Value.Uint64())
}
