package config

import "time"

// Global is the global section (manual 3).
type Global struct {
	Daemon, Quiet, ZeroWarning bool
	MasterWorker               bool
	NoExitOnFailure            bool // master-worker no-exit-on-failure
	ExitOnFailure              bool // master-worker exit-on-failure
	MaxReloads                 int  // mworker-max-reloads; -1: not set
	PIDFile                    string
	LocalPeer                  string
	ExposeDeprecated           bool
	ExposeExperimental         bool
	DisabledPollers            []string // epoll, poll, kqueue, evports
	NoKTLS                     bool
	EnvOps                     []EnvOp // what setenv and its like did, in order

	NBThread        int           // 0: not set
	NBGroups        int           // thread-groups; 0: not set
	GroupThreads    []ThreadSet   // of "thread-group", by group from 1; nil: not set
	Maxconn         int           // 0: not set
	UlimitN         int           // 0: not set
	HardStopAfter   time.Duration // 0: never
	Grace           time.Duration
	CloseSpreadTime time.Duration // 0: not set; -1: infinite
	SpreadChecks    int           // percent

	User, Group string // names still to be looked up
	UID, GID    int    // -1: not set
	Chroot      string

	Description     string
	Node            string
	Logs            []*LogTarget
	LogTag          string
	LogSendHostname *string // nil: not set; "": the machine's name

	StatsSockets []*Bind
	StatsTimeout time.Duration // 10 s when not set
	StatsMaxconn int           // 10 when not set

	Tune Tune
	SSL  []Setting // ssl-default-*, ca-base, crt-base, tune.ssl.* …: they act on TLS binds and servers only
}

func newGlobal() *Global {
	return &Global{MaxReloads: -1, UID: -1, GID: -1, StatsTimeout: 10 * time.Second, StatsMaxconn: 10}
}

// Setting is a keyword with its arguments, kept as written.
type Setting struct {
	Pos   Pos
	Words []string
}
