package mworker

import (
	"context"
	"time"
)

// Options configure a master. Only Snapshot is required.
type Options struct {
	// Snapshot reads every file that a load needs. It is called for each load
	// (not for a respawn), on a goroutine of its own; ctx ends when the load
	// does. A call that does not return when ctx ends is left behind, and
	// further loads are refused once several of them hang. Reading tells what it
	// waits for.
	Snapshot func(ctx context.Context) ([]File, error)
	// SnapshotLimit bounds the sum of the files' sizes; 0 means 256 MiB.
	SnapshotLimit int64

	// Discovered is called on a goroutine of its own when a candidate has
	// reported READY, with what it sent by Worker.Discovered (nil if nothing).
	// An error makes the load fail. The function returned, if any, is called
	// once the candidate serves; it may change the policy, runs on the master's
	// goroutine and must neither block nor call methods of the master.
	Discovered func(ctx context.Context, generation int, payload []byte) (apply func(*Policy), err error)

	// Executable is what workers run; "" means this executable. It is opened
	// once, so that a later rename or removal of the file does no harm.
	Executable string
	// Args is the argv of workers, Args[0] included; nil means os.Args.
	Args []string
	// Env is the environment of workers; nil means os.Environ().
	Env []string
	// Dir is the workers' working directory, opened once; "" means the master's.
	Dir string

	// Listeners are listening sockets that the master was started with, by key:
	// they are kept from the beginning, and the first worker finds them with
	// Worker.Listener. The descriptors stay the caller's.
	Listeners map[string]int

	// Kept is called whenever the set of listeners that the master keeps has
	// changed, with all of them by key, on a goroutine and one call after the
	// other. It is for giving copies to somebody who outlives this master, systemd
	// for one; a listener that is gone must have lost its copy when Kept returns,
	// for its last worker is asked to drain then. So Kept must return soon. A stop
	// by TERM or INT is not told. The descriptors are the master's and open until
	// Kept returns.
	Kept func(listeners map[string]int)

	// Observer is told everything that happens, in order, on a goroutine of its
	// own: it may block without holding the master up, and may call any method
	// of the master. What it prints is the product's business.
	Observer func(Event)

	// Upgrader, if not nil, lets a reload replace the master's program as well.
	Upgrader Upgrader
	// Legacy is what TakeOver returned. Everything else that is part of it (the
	// executable, arguments, environment, directory, listeners, policy) is as it was.
	Legacy *Legacy

	// Signals is what CatchSignals returned; nil lets Run call it.
	Signals *Signals

	Policy Policy
}

// Policy holds what the configuration may change from load to load. A zero
// duration or count stands for the default given, unless said otherwise.
type Policy struct {
	LoadTimeout     time.Duration // from the request to READY and serving; 60 s; or Never; see Worker.SetLoadTimeout. A respawn has the default instead of Never
	HangTimeout     time.Duration // a worker that does not answer for so long is killed; 10 s; or Never; see Prober
	StopTimeout     time.Duration // from SIGTERM to SIGKILL; 5 s
	StableAfter     time.Duration // a worker that served this long starts a new count of crashes; 10 s
	RespawnDelay    time.Duration // before the second respawn; doubles each time; 100 ms
	RespawnMax      time.Duration // upper bound of the delay; 5 s
	CrashLimit      int           // crashes in a row before falling back to an older generation; 5
	UnservedAfter   time.Duration // listeners that nobody serves are closed after it; 30 s
	MaxReloads      int           // leaving workers that outlive more reloads get SIGTERM; 50; see NoLimit and NoneKept
	DrainTimeout    time.Duration // a worker that drains for longer is hurried; 24 h; or Never; see Hurrier
	DrainGrace      time.Duration // from hurrying to SIGTERM; 10 s
	MaxDraining     int           // beyond, the oldest draining worker is hurried; 0: no limit
	DrainMemory     int64         // beyond it, of resident memory of all workers, the oldest draining one is hurried; 0: no limit
	InPlace         bool          // a worker that loads may propose changes to the serving one instead; see Worker.Propose
	ExitOnFailure   bool          // a crash of the serving worker stops everything, with its status
	KeptGenerations int           // good generations kept to fall back to, the serving one included; 5
	HistoryBytes    int64         // of memory for what generations keep: the oldest go first, never the serving one; 256 MiB
}

// Never is a duration of Policy that does not pass; of LoadTimeout,
// HangTimeout and DrainTimeout only.
const Never time.Duration = -1

// Values of Policy.MaxReloads: what 0 stands for, and two that are no number of
// reloads.
const (
	DefaultMaxReloads = 50

	NoLimit  = -1 // leaving workers live as long as they need
	NoneKept = -2 // every reload ends its predecessor
)

// maxReloads returns the limit, negative for none.
func (p Policy) maxReloads() int {
	if p.MaxReloads == NoneKept {
		return 0
	}
	return p.MaxReloads
}

// withDefaults fills in what was left zero.
func (p Policy) withDefaults() Policy {
	setDuration := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	if p.LoadTimeout != Never {
		setDuration(&p.LoadTimeout, 60*time.Second)
	}
	if p.HangTimeout != Never {
		setDuration(&p.HangTimeout, 10*time.Second)
	}
	if p.DrainTimeout != Never {
		setDuration(&p.DrainTimeout, 24*time.Hour)
	}
	setDuration(&p.DrainGrace, 10*time.Second)
	setDuration(&p.StopTimeout, 5*time.Second)
	setDuration(&p.StableAfter, 10*time.Second)
	setDuration(&p.RespawnDelay, 100*time.Millisecond)
	setDuration(&p.RespawnMax, 5*time.Second)
	setDuration(&p.UnservedAfter, 30*time.Second)
	if p.CrashLimit <= 0 {
		p.CrashLimit = 5
	}
	if p.MaxReloads == 0 {
		p.MaxReloads = DefaultMaxReloads
	}
	if p.KeptGenerations <= 0 {
		p.KeptGenerations = 5
	}
	if p.HistoryBytes <= 0 {
		p.HistoryBytes = defaultHistoryBytes
	}
	return p
}

// File is one file of a snapshot.
type File struct {
	Name string
	Data []byte
}

const (
	defaultSnapshotLimit = 256 << 20
	defaultHistoryBytes  = 256 << 20
)
