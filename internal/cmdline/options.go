// Package cmdline reads the command line of the management guide, chapter 3.
//
// Each option is a row of one table: its name, its argument, what it does and whether it is built. Nothing is silently
// accepted: an option that is not built yet is refused by name, and the few that may be without effect here (they
// turn off mechanisms that Sluice does not have) are listed by "-vv".
package cmdline

import "fmt"

// Show is a text to print instead of starting.
type Show uint8

// What "-v" and its relatives ask for.
const (
	ShowNothing      Show = iota
	ShowVersion           // -v
	ShowBuild             // -vv
	ShowNumber            // -vq: the version alone
	ShowShortNumber       // -vqs: the numbers without what follows
	ShowBranchNumber      // -vqb: the branch
)

// Options is what a command line asks for. Whoever gets it honours every field or refuses to start.
type Options struct {
	Show Show // when set, nothing else counts

	Files []string // -f and what follows "--", in order: files and directories as written
	Dir   string   // -C: to be the working directory before Files are opened

	Check        bool   // -c
	Condition    string // -cc: to be evaluated instead of starting
	HasCondition bool

	MasterWorker bool     // -W, -Ws
	Systemd      bool     // -Ws
	MasterCLI    []string // -S: addresses with options after commas, as written
	Daemon       bool     // -D; the two below win over it
	Foreground   bool     // -db
	Debug        bool     // -d: foreground, events shown

	Verbose     bool // -V
	Quiet       bool // -q
	ZeroWarning bool // -dW
	Diagnostics bool // -dD

	Pidfile      string // -p
	LocalPeer    string // -L
	Maxconn      int    // -n: connections a process; 0: not given
	ProxyMaxconn int    // -N: default connections a proxy; 0: not given

	Finish    []int // -sf: PIDs to send SIGUSR1 to once ready
	Terminate []int // -st: PIDs to send SIGTERM to once ready

	// TakeFrom is the stats socket of the process whose listening sockets are
	// wanted ("-x"); empty or "/dev/null": none.
	TakeFrom string

	Memory           int  // -m: MiB the process may use; 0: no limit
	IPv4Only         bool // -4: host names give IPv4 addresses only
	IgnoreUnresolved bool // -dr: a server whose name does not resolve starts in maintenance
	NoReusePort      bool // -dR
	NoServerVerify   bool // -dV
	NoKTLS           bool // -dT

	Dump     *Dump    // -dC; nil: not asked for
	Keywords []string // -dK: the classes to list; one that does not exist is ignored
	Archive  string   // -dA: the archive of what the process is made of
	ShowCPUs bool     // -dc

	Ignored []string // options given that have no effect here
}

// Dump is how the configuration is to be shown.
type Dump struct {
	Key   uint32 // names and addresses are hashed with it; 0: shown as they are
	Lines bool   // with line numbers
}

// Silent tells whether nothing is said: "-q", or "quiet" in the configuration. "-V" wins over both.
func (o *Options) Silent(quiet bool) bool { return (o.Quiet || quiet) && !o.Verbose }

// InForeground tells whether the process keeps its terminal whatever the configuration says.
func (o *Options) InForeground() bool { return o.Foreground || o.Debug || o.Systemd }

// UsageError means that the command line is not understood: the usage is the answer, with exit status 1.
type UsageError struct{ Option string }

func (e *UsageError) Error() string {
	if e.Option == "" {
		return "no configuration file given"
	}
	return fmt.Sprintf("unknown option '%s'", e.Option)
}

// Error is a command line that is understood and refused: an alert, with exit status 1.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }
