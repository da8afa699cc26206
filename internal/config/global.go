package config

import "time"

// Global is the global section (manual 3).
type Global struct {
	Daemon, Quiet, ZeroWarning bool
	MasterWorker               bool
	NoExitOnFailure            bool // master-worker no-exit-on-failure
	ExitOnFailure              bool // master-worker exit-on-failure
	MaxReloads                 int  // mworker-max-reloads; -1: not set
	// LoadTimeout and HangTimeout are mworker-load-timeout and mworker-hang-timeout:
	// 0 is never, -1 not set.
	LoadTimeout, HangTimeout time.Duration
	Draining                 Draining
	InPlace                  bool // mworker-inplace
	OnReload                 OnReload
	History                  int   // mworker-history: good generations; 0: not set
	HistorySize              int64 // in bytes; 0: not set
	PIDFile                  string
	LocalPeer                string
	ExposeDeprecated         bool
	ExposeExperimental       bool
	DisabledPollers          []string // epoll, poll, kqueue, evports
	NoKTLS                   bool
	EnvOps                   []EnvOp // what setenv and its like did, in order

	NBThread     int         // 0: not set
	NBGroups     int         // thread-groups; 0: not set
	GroupThreads []ThreadSet // of "thread-group", by group from 1; nil: not set
	HardThreads  int         // thread-hard-limit; 0: none
	MaxPerGroup  int         // max-threads-per-group; 0: not set
	CPU          CPUs

	Maxconn     int  // 0: not set
	UlimitN     int  // 0: not set
	FDHardLimit int  // 0: not set
	MaxConnRate int  // a second; 0: no limit
	MaxSessRate int  // a second; 0: no limit
	MaxPipes    int  // 0: not set
	LaxLimits   bool // no strict-limits

	NoSplice, NoReusePort   bool
	NeverSendLocal          bool // checks say PROXY where they should say LOCAL
	BusyPolling, PreallocFD bool
	BlockedAfter            time.Duration // warn-blocked-traffic-after

	SetCap                       uint64 // capabilities by bit
	Dumpable                     string // on, libs; "": off
	InsecureFork, InsecureSetuid bool
	RejectPrivileged             bool // harden.reject-privileged-ports.tcp on
	UnixBind                     UnixBind
	DefaultPath                  DefaultPath

	HardStopAfter   time.Duration // 0: never
	Grace           time.Duration
	CloseSpreadTime time.Duration // 0: not set; -1: infinite
	SpreadChecks    int           // percent
	MaxSpreadChecks time.Duration // 0: not set

	User, Group string // names still to be looked up
	UID, GID    int    // -1: not set
	Chroot      string

	Description     string
	Node            string
	Logs            []*LogTarget
	LogTag          string
	CaseAdjust      map[string]string // h1-case-adjust: names as they are written, by themselves in small letters
	H1AnyPayload    bool              // h1-accept-payload-with-any-method
	H1KeepInsecure  bool              // h1-do-not-close-on-insecure-transfer-encoding
	LogSendHostname *string           // nil: not set; "": the machine's name

	StatsSockets []*Bind
	StatsTimeout time.Duration // 10 s when not set
	StatsMaxconn int           // 10 when not set

	Tune                            Tune
	JWE                             JWE
	ExternalCheck, ExternalCheckEnv bool   // external-check, with preserve-env
	StateBase, StateFile            string // server-state-base, server-state-file

	Vars  []*Directive // set-var and set-var-fmt, in order
	Inert []Setting    // settings of mechanisms that Sluice does not have
	Same  []Setting    // such settings that ask for what Sluice does anyway
	SSL   []Setting    // ssl-default-*, ca-base, crt-base, tune.ssl.* …: they act on TLS binds and servers only
}

func newGlobal() *Global {
	return &Global{MaxReloads: -1, LoadTimeout: -1, HangTimeout: -1, Draining: Draining{Timeout: -1}, UID: -1, GID: -1, UnixBind: UnixBind{UID: -1, GID: -1}, BlockedAfter: blockedAfter,
		Tune: Tune{PoolLowFD: defaultPoolLow, PoolHighFD: defaultPoolHigh}, StatsTimeout: 10 * time.Second, StatsMaxconn: 10}
}

// Setting is a keyword with its arguments, kept as written.
type Setting struct {
	Pos   Pos
	Words []string
}
