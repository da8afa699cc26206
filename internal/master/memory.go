package master

import (
	"runtime"
	"runtime/debug"
	"time"
)

const (
	// gcPercent lets the heap grow to about 1 MiB between collections. The master
	// lives on a third of that; with Go's own setting it would go up to 4 MiB, and
	// what it takes would say more about the collector's phase than about it.
	gcPercent = 25
	// processors is how many the master may use at once, however many there are:
	// the runtime keeps memory for each.
	processors = 2
	// quiet is how long nothing must have happened before what a load took for a
	// moment – the text of the configuration, above all – goes back to the system.
	quiet = 500 * time.Millisecond
)

// stayIdle makes the Go runtime fit for a process that lives for years and does
// next to nothing.
func stayIdle() {
	debug.SetGCPercent(gcPercent)
	runtime.GOMAXPROCS(min(processors, runtime.GOMAXPROCS(0)))
}

// slimmer gives memory back when nothing happens any more.
type slimmer struct{ timer *time.Timer }

func newSlimmer() slimmer {
	return slimmer{time.AfterFunc(quiet, debug.FreeOSMemory)}
}

// happened puts it off.
func (s slimmer) happened() { s.timer.Reset(quiet) }
