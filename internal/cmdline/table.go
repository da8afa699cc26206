package cmdline

// argument is how an option takes its value.
type argument uint8

const (
	none     argument = iota
	separate          // the next word, which must be there
	optional          // the next word, unless it begins with '-'
	attached          // what is glued to the name, perhaps nothing
	list              // the next words, up to one that begins with '-'
)

// state is whether an option is built.
type state uint8

const (
	works state = iota
	noEffect
	notYet
)

type row struct {
	name  string
	arg   argument
	value string // the argument in the usage
	state state
	help  string
	set   func(o *Options, name, v string) error
}

// rows is the table. Where one name begins another, the longer one stands first.
var rows = []row{
	{"-f", separate, "<cfgfile|cfgdir>", works, "reads this configuration file, or the *.cfg files of this directory", addFile},
	{"-C", separate, "<dir>", works, "changes to this directory before reading any file", text(func(o *Options) *string { return &o.Dir })},
	{"-cc", separate, "<condition>", works, "evaluates a condition: exit status 0 true, 1 false, 2 error", setCondition},
	{"-c", none, "", works, "checks the configuration and exits", flag(func(o *Options) *bool { return &o.Check })},
	{"-vv", none, "", works, "shows the version and what is built in", show(ShowBuild)},
	{"-vqs", none, "", works, "shows the version's numbers only", show(ShowShortNumber)},
	{"-vqb", none, "", works, "shows the branch only", show(ShowBranchNumber)},
	{"-vq", none, "", works, "shows the version only", show(ShowNumber)},
	{"-v", none, "", works, "shows the version and what it is", show(ShowVersion)},
	{"-V", none, "", works, "verbose: undoes -q", func(o *Options, _, _ string) error { o.Verbose, o.Quiet = true, false; return nil }},
	{"-q", none, "", works, "quiet: no messages", func(o *Options, _, _ string) error { o.Quiet, o.Verbose = true, false; return nil }},
	{"-Ws", none, "", works, "as -W, in the foreground, telling systemd", func(o *Options, _, _ string) error { o.MasterWorker, o.Systemd = true, true; return nil }},
	{"-W", none, "", works, "master-worker mode", flag(func(o *Options) *bool { return &o.MasterWorker })},
	{"-S", separate, "<bind>[,<option>...]", works, "binds a master CLI", addMasterCLI},
	{"-db", none, "", works, "stays in the foreground", flag(func(o *Options) *bool { return &o.Foreground })},
	{"-D", none, "", works, "goes into the background once ready", flag(func(o *Options) *bool { return &o.Daemon })},
	{"-p", separate, "<pidfile>", works, "writes the PID to this file", text(func(o *Options) *string { return &o.Pidfile })},
	{"-L", separate, "<name>", works, "local peer name (default: the host name)", text(func(o *Options) *string { return &o.LocalPeer })},
	{"-n", separate, "<connections>", works, "limits the connections of a process", number(func(o *Options) *int { return &o.Maxconn })},
	{"-N", separate, "<connections>", works, "default limit of connections of a proxy", number(func(o *Options) *int { return &o.ProxyMaxconn })},
	{"-m", separate, "<megabytes>", notYet, "limits the memory", nil},
	{"-4", none, "", notYet, "resolves names to IPv4 addresses only", nil},
	{"-sf", list, "[<pid> ]*", works, "asks these processes to finish once ready", pids(func(o *Options) *[]int { return &o.Finish })},
	{"-st", list, "[<pid> ]*", works, "terminates these processes once ready", pids(func(o *Options) *[]int { return &o.Terminate })},
	{"-x", separate, "<socket>", notYet, "takes the listening sockets of the process behind this stats socket", nil},
	{"-dW", none, "", works, "refuses to start after any warning", flag(func(o *Options) *bool { return &o.ZeroWarning })},
	{"-dD", none, "", works, "warns about suspicious statements", flag(func(o *Options) *bool { return &o.Diagnostics })},
	{"-dr", none, "", notYet, "ignores server names that do not resolve", nil},
	{"-dR", none, "", notYet, "does not use SO_REUSEPORT", nil},
	{"-dV", none, "", notYet, "does not verify the certificates of servers", nil},
	{"-dC", attached, "[<key>]", notYet, "dumps the configuration", nil},
	{"-dK", attached, "<class[,...]>", notYet, "dumps the keywords", nil},
	{"-dA", attached, "[<file>]", notYet, "archives the libraries in use", nil},
	{"-dc", none, "", notYet, "reports the choice of processors", nil},
	{"-dT", none, "", notYet, "does not use kernel TLS", nil},
	{"-dM", attached, "[<byte>][,...]", noEffect, "memory debugging", nil},
	{"-dt", optional, "[<trace>,...]", noEffect, "traces on standard error", nil},
	{"-dp", none, "", noEffect, "does not use poll()", nil},
	{"-de", none, "", noEffect, "does not use epoll", nil},
	{"-dk", none, "", noEffect, "does not use kqueue", nil},
	{"-dv", none, "", noEffect, "does not use event ports", nil},
	{"-dS", none, "", noEffect, "does not use splice()", nil},
	{"-dG", none, "", noEffect, "does not use getaddrinfo()", nil},
	{"-dI", none, "", noEffect, "allows forking", nil},
	{"-dL", none, "", noEffect, "dumps the shared libraries", nil},
	{"-dF", none, "", noEffect, "does not forward data past the stream", nil},
	{"-dZ", none, "", noEffect, "does not forward data without copying", nil},
	{"-d", none, "", works, "debug mode: stays in the foreground and shows events", flag(func(o *Options) *bool { return &o.Debug })},
}

// WithoutEffect lists the options that are accepted without effect, for "-vv".
func WithoutEffect() []string {
	var names []string
	for _, r := range rows {
		if r.state == noEffect {
			names = append(names, r.name)
		}
	}
	return names
}
