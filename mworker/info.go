package mworker

import "time"

// WorkerInfo describes one worker process.
type WorkerInfo struct {
	Number        int // counts worker processes of this master from 1
	PID           int // 0 while its files are read
	State         State
	Generation    int
	Current       bool // it serves, or is the candidate that will
	Leaving       bool
	Spent         bool   // its load is decided, and it ends without having served
	Reason        string // why it leaves or failed
	Phase         string // what a candidate reported last
	Reloads       int    // successful hand-overs to others since it served
	FailedReloads int    // failed loads since it began to serve
	Started       time.Time
	Version       string
	Respawn       bool // started after a crash
	Listeners     int
	Hurried       bool      // its time to drain is over; it is about to end
	Leaves        time.Time // since when it drains; zero: it does not
	Deadline      time.Time // when it is hurried or, after that, ended; zero: never
	Program       string    // which program it runs: different for any two
	Hash          string    // SHA-256 of the contents of its files, in their order; hexadecimal
	Control       int       // the descriptor through which the master talks to it; 0: none
}

// MasterInfo describes the master.
type MasterInfo struct {
	PID               int
	Started           time.Time
	Reloads           int  // successful reloads
	FailedReloads     int  // failed reloads, all
	ConsecutiveFailed int  // failed reloads since the last success
	LastLoadFailed    bool // the latest decided load failed
	Loading           bool
	Stopping          bool
	Listeners         int           // duplicates held
	Generation        int           // serving now; 0: none
	Program           string        // which program the master runs; see WorkerInfo
	HangTimeout       time.Duration // Policy.HangTimeout now
}

// ReloadKind says how the former worker is told to leave, and what the new one
// is told of the request.
type ReloadKind uint8

const (
	ReloadSoft ReloadKind = 0 // the former worker drains
	ReloadHard ReloadKind = 1 // it gets SIGTERM

	// ReloadForced is added to one of the two: whoever asks means it, so that the
	// new worker may leave out checks that protect from mistakes (Worker.Forced).
	ReloadForced ReloadKind = 2

	// ReloadCheck is a load that is given up when it has succeeded: nothing ever
	// listens, and whoever serves is not touched. What it is added to does not matter.
	ReloadCheck ReloadKind = 4
)

// Request is what Master.Load is asked for.
type Request struct {
	Kind ReloadKind
	By   string // who asks, for the history
	From int    // load the files of this kept generation again (a rollback); 0: read the files
}

// Result is the outcome of a load.
type Result struct {
	OK         bool
	Generation int    // of the load
	Reason     string // why it failed
	InPlace    bool   // the serving worker has changed; there is no new one
	Log        []byte // the startup log of the load, one message a line
}
