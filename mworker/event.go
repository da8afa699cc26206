package mworker

import "time"

// EventKind says what an Event is about.
type EventKind uint8

const (
	EventReloading     EventKind = iota // a load was asked for and begins to read files; Hard tells the kind
	EventLoading                        // a candidate process was started (Worker.PID)
	EventPhase                          // the candidate reports progress (Text: phase and detail)
	EventLog                            // a worker sent a log line (Level, Text)
	EventReady                          // the candidate serves: the load succeeded (Respawn: after a crash)
	EventFailed                         // a load failed (Status if a process ended, Text: why when it was the master that ended it)
	EventCurrentExited                  // the serving worker ended unasked (Status)
	EventFormerExited                   // a draining worker ended (Status; ExceedsMaxReloads)
	EventRetired                        // a draining worker has closed its listeners
	EventRespawn                        // the serving worker will be started again (Delay)
	EventFallback                       // a crash loop: an older generation will be started (Generation)
	EventUnserved                       // listeners that nobody serves were closed
	EventPaused                         // the serving worker was told to pause
	EventResumed                        // the serving worker was told to resume
	EventStopping                       // TERM, INT or USR1 (Text: its name): the master is about to end
	EventExitOnFailure                  // Policy.ExitOnFailure: all workers get SIGTERM
	EventExceeds                        // a draining worker got SIGTERM for outliving MaxReloads reloads
	EventHung                           // a worker has not answered for Policy.HangTimeout (Text) and got SIGABRT
	EventUnresponsive                   // a worker did not end in time and got SIGKILL
	EventNotOffered                     // something was asked for that this version does not do (Text)
	EventChecked                        // a load that was only to be checked would have succeeded; its process is ending
	EventHurried                        // a draining worker is to end soon, and closes what is idle (Text: why)
	EventOverstays                      // it has not ended in Policy.DrainGrace, and got SIGTERM (Text: why)
	EventApplied                        // the serving worker has changed in place: the load succeeded without a new one
	EventUpgraded                       // this process runs a new program, and everything is as it was
	EventNotUpgraded                    // it does not, although a worker does (Text)
	EventAllExited                      // no worker is left and none is wanted; the master ends with Status.Code
	numEventKinds      = int(EventAllExited) + 1
)

var eventNames = [numEventKinds]string{
	"reloading", "loading", "phase", "log", "ready", "failed", "current-exited",
	"former-exited", "retired", "respawn", "fallback", "unserved", "paused", "resumed",
	"stopping", "exit-on-failure", "exceeds-max-reloads", "hung", "unresponsive", "not-offered", "checked", "hurried", "overstays", "applied", "upgraded", "not-upgraded",
	"all-exited",
}

func (k EventKind) String() string {
	if int(k) < numEventKinds {
		return eventNames[k]
	}
	return "unknown"
}

// Event is what the Observer is told. Which fields are set depends on the kind.
type Event struct {
	Kind       EventKind
	Worker     WorkerInfo // the worker concerned; PID 0 if there is no process
	Status     Status
	Text       string
	Level      string
	Hard       bool // the load was asked for with ReloadHard
	First      bool // the load is the first of this master
	Respawn    bool // the load is a respawn, not a reload
	Generation int
	Check      bool   // the load is only checked (ReloadCheck)
	From       int    // of EventReloading: the generation that is loaded again; 0: the files are read
	By         string // of EventReloading: who asked
	Delay      time.Duration
	// Crash, of the events that tell of a process's end, is set when it did not end
	// as it was meant to.
	Crash             *Crash
	ExceedsMaxReloads int // Former worker ended because of this limit; -1: not so
	// Startup is the log of the load attempt that the event belongs to, or of
	// the latest one. Lines added before EventReady or EventFailed returns are
	// part of the Result.
	Startup *StartupLog
}
