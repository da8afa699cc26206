package cmdline

// argument is how an option takes its value.
type argument uint8

const (
	none     argument = iota
	separate          // the next word, which must be there
	attached          // what is glued to the name, perhaps nothing
	trailing          // what is glued to the name, else the next word unless it begins with '-'
	list              // the next words, up to one that begins with '-'
)

// state is whether an option is built.
type state uint8

const (
	works state = iota
	noEffect
)

type row struct {
	name  string
	arg   argument
	value string // the argument in the usage
	state state
	help  string
	set   func(o *Options, name, v string) error
}

// rows is the table, in the order of the usage. Where one name begins another, the one that takes an attached argument
// must not hide the longer one: find looks for whole names first.
var rows = []row{
	{"-f", separate, "<cfgfile|cfgdir>", works, "reads this configuration file, or the *.cfg files of this directory", addFile},
	{"-v", none, "", works, "shows the version; -vv also what is built in", show(ShowVersion)},
	{"-vv", none, "", works, "shows the version and what is built in", show(ShowBuild)},
	{"-vq", none, "", works, "shows the version alone; -vqs short, -vqb only the branch", show(ShowNumber)},
	{"-vqs", none, "", works, "shows the version's numbers only", show(ShowShortNumber)},
	{"-vqb", none, "", works, "shows the branch only", show(ShowBranchNumber)},
	{"-d", none, "", works, "debug mode: stays in the foreground and shows events", flag(func(o *Options) *bool { return &o.Debug })},
	{"-db", none, "", works, "stays in the foreground", flag(func(o *Options) *bool { return &o.Foreground })},
	{"-dM", attached, "[<byte>,...]", noEffect, "memory debugging", nil},
	{"-dt", trailing, "[<trace>,...]", noEffect, "traces on standard error", nil},
	{"-V", none, "", works, "verbose: undoes -q", flag(func(o *Options) *bool { return &o.Verbose })},
	{"-D", none, "", works, "goes into the background once ready", flag(func(o *Options) *bool { return &o.Daemon })},
	{"-C", separate, "<dir>", works, "changes to this directory before reading any file", text(func(o *Options) *string { return &o.Dir })},
	{"-W", none, "", works, "master-worker mode", flag(func(o *Options) *bool { return &o.MasterWorker })},
	{"-Ws", none, "", works, "master-worker mode that tells systemd", func(o *Options, _, _ string) error { o.MasterWorker, o.Systemd = true, true; return nil }},
	{"-q", none, "", works, "quiet: no messages", flag(func(o *Options) *bool { return &o.Quiet })},
	{"-c", none, "", works, "checks the configuration and exits", flag(func(o *Options) *bool { return &o.Check })},
	{"-cc", separate, "<condition>", works, "evaluates a condition: status 0 true, 1 false, 2 error", setCondition},
	{"-4", none, "", works, "takes IPv4 addresses only when it looks names up", flag(func(o *Options) *bool { return &o.IPv4Only })},
	{"-n", separate, "<connections>", works, "limits the connections of the process", number(func(o *Options) *int { return &o.Maxconn })},
	{"-m", separate, "<megs>", works, "limits the memory of the process, in MiB", number(func(o *Options) *int { return &o.Memory })},
	{"-N", separate, "<connections>", works, "default limit of connections of a proxy", number(func(o *Options) *int { return &o.ProxyMaxconn })},
	{"-L", separate, "<name>", works, "local peer name (default: the host name)", text(func(o *Options) *string { return &o.LocalPeer })},
	{"-p", separate, "<pidfile>", works, "writes the process ids to this file", text(func(o *Options) *string { return &o.Pidfile })},
	{"-dC", attached, "[[key],line]", works, "shows the configuration; anonymised with a key, numbered with 'line'", setDump},
	{"-de", none, "", noEffect, "does not use epoll", nil},
	{"-dp", none, "", noEffect, "does not use poll()", nil},
	{"-dk", none, "", noEffect, "does not use kqueue", nil},
	{"-dv", none, "", noEffect, "does not use event ports", nil},
	{"-dS", none, "", noEffect, "does not use splice()", nil},
	{"-dG", none, "", noEffect, "does not use getaddrinfo()", nil},
	{"-dR", none, "", works, "does not set SO_REUSEPORT on listening sockets", flag(func(o *Options) *bool { return &o.NoReusePort })},
	{"-dL", none, "", noEffect, "lists the shared libraries", nil},
	{"-dA", attached, "<file>", works, "writes the executable and its libraries to this tar file", setArchive},
	{"-dc", none, "", works, "shows the processors and the threads on them", flag(func(o *Options) *bool { return &o.ShowCPUs })},
	{"-dK", attached, "{class[,...]}", works, "lists the known keywords ('help': the classes)", setKeywords},
	{"-dr", none, "", works, "ignores server names that do not resolve", flag(func(o *Options) *bool { return &o.IgnoreUnresolved })},
	{"-dV", none, "", works, "does not verify the certificates of servers", flag(func(o *Options) *bool { return &o.NoServerVerify })},
	{"-dW", none, "", works, "fails after any warning", flag(func(o *Options) *bool { return &o.ZeroWarning })},
	{"-dD", none, "", works, "diagnostic mode: warns of suspicious statements", flag(func(o *Options) *bool { return &o.Diagnostics })},
	{"-dF", none, "", noEffect, "does not forward data past the stream", nil},
	{"-dI", none, "", noEffect, "allows forking", nil},
	{"-dZ", none, "", noEffect, "does not forward data without copying", nil},
	{"-dT", none, "", works, "does not use kernel TLS", flag(func(o *Options) *bool { return &o.NoKTLS })},
	{"-sf", list, "[<pid> ]*", works, "asks these processes to finish once ready", pids(func(o *Options) *[]int { return &o.Finish })},
	{"-st", list, "[<pid> ]*", works, "terminates these processes once ready", pids(func(o *Options) *[]int { return &o.Terminate })},
	{"-x", separate, "<unix_socket>", works, "takes the listening sockets of the process behind this stats socket", text(func(o *Options) *string { return &o.TakeFrom })},
	{"-S", separate, "<bind>[,<bind options>...]", works, "binds a master CLI", addMasterCLI},
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
