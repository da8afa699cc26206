package mworker

import (
	"syscall"
	"time"
)

// inputKind names what can happen to a worker: the columns of the table.
// Signals and requests to the master reach the workers as commands (cmd...).
type inputKind uint8

const (
	// What the master's own helpers report.
	inSnapshot       inputKind = iota // its files are read and sealed
	inSnapshotFailed                  // they could not be read
	inSpawned                         // its process runs
	inSpawnFailed                     // it could not be started
	inVetted                          // its discovery result was accepted
	inVetFailed                       // it was refused
	inExited                          // its process ended and both channels are read to the end
	// What the worker says on the startup channel.
	inPhase
	inDeadline // how long its load may take
	inDiscovered
	inOffered // listeners it will serve, kept ones and new ones
	inReady
	inStartupEOF
	inProposed // what the serving worker would have to change for there to be no need of this one
	// What it says on the control channel.
	inServing
	inRefused // it could not begin to serve
	inRetired // its listeners are closed
	inPong    // its event loops turn
	inControlEOF
	inApplied    // it has changed what a candidate proposed
	inNotApplied // it has not, and nothing else
	// On either.
	inLog
	inBadFrame // it broke the protocol
	// Timers.
	inLoadTimeout
	inKillTimeout
	inStable
	inProbe        // it is time to ask whether it lives
	inDrainTimeout // it has drained for too long
	// Commands that the supervisor gives to each worker.
	cmdReplaced // another worker serves now
	cmdAbandon  // the load is not wanted any more
	cmdDrain
	cmdTerm // stop with SIGTERM
	cmdInt  // stop with SIGINT
	cmdPause
	cmdResume
	// What later versions will do.
	cmdProbation // hold the predecessor in reserve
	cmdCanary    // share connections with the predecessor

	numInputs = int(cmdCanary) + 1
)

var inputNames = [numInputs]string{
	"snapshot", "snapshot-failed", "spawned", "spawn-failed", "vetted", "vet-failed", "exited",
	"phase", "deadline", "discovered", "offered", "ready", "startup-eof", "proposed",
	"serving", "refused", "retired", "pong", "control-eof", "applied", "not-applied",
	"log", "bad-frame",
	"load-timeout", "kill-timeout", "stable", "probe", "drain-timeout",
	"replaced", "abandon", "drain", "term", "int", "pause", "resume",
	"probation", "canary",
}

func (k inputKind) String() string { return inputNames[k] }

// input is something that happened to one worker.
type input struct {
	kind   inputKind
	worker int
	pid    int
	status Status
	text   string
	level  string
	after  time.Duration // of inDeadline
	data   []byte        // the discovery result
	keys   []string      // of listeners
	kept   bool          // the keys were given to the worker, not bound by it
	apply  func(*Policy) // what vetting returned
	// Of cmdReplaced.
	retire []string
	hard   bool
}

// masterInput is something that happened to the master as a whole.
type masterInput struct {
	kind   masterInputKind
	signal syscall.Signal
	caller int // of a request; 0: nobody waits for the result
	hard   bool
	forced bool
	check  bool
	from   int
	by     string
	bytes  int64 // of inMeasured
}

type masterInputKind uint8

const (
	inStart      masterInputKind = iota
	inSignal                     // a signal, or a command equal to one
	inReload                     // a request with a caller
	inCancel                     // the load under way is not wanted any more
	inRespawn                    // the delay before a respawn is over
	inUnserved                   // nobody has served for Policy.UnservedAfter
	inMeasure                    // it is time to measure the memory of all workers
	inMeasured                   // bytes is what they take
	inOverBudget                 // what is kept of generations takes more than Policy.HistoryBytes
)
