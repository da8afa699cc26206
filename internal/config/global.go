package config

import "time"

// Global is the global section (manual 3).
type Global struct {
	Daemon, Quiet, ZeroWarning bool
	MasterWorker               bool
	ExitOnFailure              bool // not "master-worker no-exit-on-failure"
	MaxReloads                 int  // mworker-max-reloads; -1: not set
	PIDFile                    string
	LocalPeer                  string
	ExposeDeprecated           bool
	ExposeExperimental         bool
	DisabledPollers            []string // epoll, poll, kqueue, evports
	NoKTLS                     bool

	NBThread        int           // 0: not set
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
	SSL  []Setting // ssl-default-*, ca-base, crt-base, tune.ssl.*: they act on TLS binds and servers only
}

// Setting is a keyword with its arguments, kept as written.
type Setting struct {
	Pos   Pos
	Words []string
}

// Tune are the tune.* settings; 0 is not set unless stated otherwise.
type Tune struct {
	BufSize        int // 16384 when not set
	MaxRewrite     int // 1024 when not set
	HTTPMaxHdr     int // 101 when not set
	MaxAccept      int // -1: no limit
	MaxPollEvents  int
	RcvBufClient   int
	RcvBufServer   int
	RcvBufFrontend int
	RcvBufBackend  int
	SndBufClient   int
	SndBufServer   int
	SndBufFrontend int
	SndBufBackend  int
}
