package stream

import (
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Tuning is what the global section changes about the engine (manual 3.1,
// 3.2). The zero value changes nothing.
type Tuning struct {
	CPUs      []sys.CPUMask // of each thread; none: the kernel's choice
	Spin      bool          // busy-polling
	MaxEvents int           // of a poll; 0: the loop's own

	ConnRate, SessRate int64 // a second, of the process; 0: no limit
	RejectPrivileged   bool  // clients with ports below 1024
	KeepAccepted       bool  // who accepts a connection keeps it

	Client, Server SocketTuning

	OwnIdle bool  // threads take no idle connections from each other
	Groups  []int // the group of each thread, within which they do; nil: one

	ContStats bool // some frontend counts bytes as they pass

	// After how many glitches connections of clients and to servers end; 0: never.
	ClientGlitches, ServerGlitches int

	NoSplice bool
	PipeSize int // bytes; 0: a large one
	MaxPipes int // 0: no limit

	BlockedAfter time.Duration // a turn as long is warned of; 0: never

	BufSize int // tune.bufsize: what a request may have that is sent again; 0: 16384

	LargeBuf int // what "use-large-buffer" may keep of a body; 0: as much as others

	LogURI int // bytes of a target that are logged; 0: 1024

	// Descriptors that are open without any connection, and the numbers of open
	// ones from which no idle connection is kept, and from which idle ones are
	// closed for new ones; 0: no limit.
	Fixed, LowIdle, HighIdle int64
}

// sameGroup tells whether two threads share idle connections.
func (t *Tuning) sameGroup(a, b int) bool { return t.Groups == nil || t.Groups[a] == t.Groups[b] }

// SocketTuning are socket options in bytes; 0 leaves the system's.
type SocketTuning struct{ RecvBuf, SendBuf, Lowat int }

// apply sets the options of a socket; tcp says whether it is a TCP one.
func (t *SocketTuning) apply(fd int, tcp bool) {
	if t == nil {
		return
	}
	if t.RecvBuf > 0 {
		sys.SetRecvBuf(fd, t.RecvBuf)
	}
	if t.SendBuf > 0 {
		sys.SetSendBuf(fd, t.SendBuf)
	}
	if tcp && t.Lowat > 0 {
		sys.SetUnsentLowat(fd, t.Lowat)
	}
}

// replayLimit is the size up to which a request is kept to be sent again.
func (t *Tuning) replayLimit() int {
	if t.BufSize > 0 {
		return t.BufSize
	}
	return 16 << 10
}

// uriLimit is how much of a target is kept for the log.
func (t *Tuning) uriLimit() int {
	if t.LogURI > 0 {
		return t.LogURI
	}
	return maxURI
}

// descriptors is about how many the process has open.
func (e *Engine) descriptors() int64 {
	return e.tune.Fixed + e.Conns.Load() + e.upstreams.Load() + 2*e.pipes.Load()
}

// crowded tells whether so many descriptors are in use that no idle connection
// is to be kept.
func (e *Engine) crowded() bool {
	return e.tune.LowIdle > 0 && e.descriptors() > e.tune.LowIdle
}

// makeRoom closes an idle connection before a new one is opened, when too many
// descriptors are in use.
func (t *Thread) makeRoom() {
	e := t.e
	if e.tune.HighIdle <= 0 || e.descriptors() <= e.tune.HighIdle {
		return
	}
	for _, p := range t.parked {
		if p.closeOldest() {
			return
		}
	}
}

// rateWait is how long, in ns, the next connection of a listener has to wait
// for the rates of the process and of its frontend. 0: it was counted. Sessions
// are counted as early as connections, else a burst would pass before the first
// of them begins.
func (e *Engine) rateWait(fe *proxy.Frontend, now int64) int64 {
	if wait := e.connRate.Take(now); wait > 0 {
		return wait
	}
	if wait := e.sessRate.Take(now); wait > 0 {
		e.connRate.Undo()
		return wait
	}
	wait := fe.SessRate.Take(now)
	if wait > 0 {
		e.connRate.Undo()
		e.sessRate.Undo()
	}
	return wait
}

// noSession takes the session of a connection back that did not become one.
func (e *Engine) noSession(fe *proxy.Frontend) {
	e.sessRate.Undo()
	fe.SessRate.Undo()
}

// open opens a pipe as the settings say.
func (p *pipePool) open() (sys.Pipe, error) {
	e := p.e
	if most := int64(e.tune.MaxPipes); most > 0 && e.pipes.Add(1) > most {
		e.pipes.Add(-1)
		return sys.Pipe{}, syscall.EMFILE
	} else if most <= 0 {
		e.pipes.Add(1)
	}
	size := pipeSize
	if e.tune.PipeSize > 0 {
		size = e.tune.PipeSize
	}
	x, err := sys.NewPipe(size)
	if err != nil {
		e.pipes.Add(-1)
	}
	return x, err
}

// drop closes a pipe.
func (p *pipePool) drop(x sys.Pipe) {
	x.Close()
	p.e.pipes.Add(-1)
}

// Spliced returns how many bytes went through pipes.
func (e *Engine) Spliced() int64 { return e.spliced.Load() }

// Pipes returns how many pipes are open, and how many of them carry nothing.
func (e *Engine) Pipes() (open, free int64) { return e.pipes.Load(), e.freePipes.Load() }
