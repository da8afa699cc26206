package config

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

func (t *textWriter) global(g *Global) {
	for _, o := range g.EnvOps {
		w := append([]string{o.Op}, o.Names...)
		if o.Value != "" {
			w = append(w, o.Value)
		}
		t.line(w...)
	}
	t.flag("daemon", g.Daemon)
	t.flag("quiet", g.Quiet)
	t.flag("zero-warning", g.ZeroWarning)
	switch {
	case g.NoExitOnFailure:
		t.line("master-worker", "no-exit-on-failure")
	case g.ExitOnFailure:
		t.line("master-worker", "exit-on-failure")
	case g.MasterWorker:
		t.line("master-worker")
	}
	t.number("mworker-max-reloads", g.MaxReloads, -1)
	t.delay("mworker-load-timeout", g.LoadTimeout, -1)
	t.delay("mworker-hang-timeout", g.HangTimeout, -1)
	if g.HistorySize > 0 {
		t.line("mworker-history", strconv.Itoa(g.History), strconv.FormatInt(g.HistorySize, 10))
	} else {
		t.number("mworker-history", g.History, 0)
	}
	t.draining(&g.Draining)
	t.flag("mworker-inplace", g.InPlace)
	t.onReload(&g.OnReload)
	t.text("pidfile", g.PIDFile)
	t.text("localpeer", g.LocalPeer)
	t.flag("expose-deprecated-directives", g.ExposeDeprecated)
	t.flag("expose-experimental-directives", g.ExposeExperimental)
	for _, p := range g.DisabledPollers {
		t.line("no" + p)
	}
	t.flag("noktls", g.NoKTLS)
	t.defaultPath(g.DefaultPath)
	t.flag("nosplice", g.NoSplice)
	t.flag("h1-accept-payload-with-any-method", g.H1AnyPayload)
	t.flag("h1-do-not-close-on-insecure-transfer-encoding", g.H1KeepInsecure)
	t.flag("pp2-never-send-local", g.NeverSendLocal)
	t.flag("noreuseport", g.NoReusePort)
	t.jwe(&g.JWE)
	t.flag("busy-polling", g.BusyPolling)
	t.flag("prealloc-fd", g.PreallocFD)
	t.delay("warn-blocked-traffic-after", g.BlockedAfter, blockedAfter)
	t.threads(g)
	t.cpus(&g.CPU)
	t.limits(g)
	t.hardening(g)
	t.unixBind(&g.UnixBind)
	t.delay("hard-stop-after", g.HardStopAfter, 0)
	t.delay("grace", g.Grace, 0)
	if g.CloseSpreadTime < 0 {
		t.line("close-spread-time", "infinite")
	} else {
		t.delay("close-spread-time", g.CloseSpreadTime, 0)
	}
	if g.ExternalCheck {
		t.line(append([]string{"external-check"}, map[bool][]string{true: {"preserve-env"}}[g.ExternalCheckEnv]...)...)
	}
	for _, x := range [][2]string{{"server-state-base", g.StateBase}, {"server-state-file", g.StateFile}} {
		if x[1] != "" {
			t.line(x[0], x[1])
		}
	}
	t.number("spread-checks", g.SpreadChecks, 0)
	t.delay("max-spread-checks", g.MaxSpreadChecks, 0)
	t.text("user", g.User)
	t.text("group", g.Group)
	t.number("uid", g.UID, -1)
	t.number("gid", g.GID, -1)
	t.text("chroot", g.Chroot)
	t.text("description", g.Description)
	t.text("node", g.Node)
	t.logs(g.Logs)
	t.text("log-tag", g.LogTag)
	for _, from := range slices.Sorted(maps.Keys(g.CaseAdjust)) {
		t.line("h1-case-adjust", from, g.CaseAdjust[from])
	}
	if h := g.LogSendHostname; h != nil {
		if *h == "" {
			t.line("log-send-hostname")
		} else {
			t.line("log-send-hostname", *h)
		}
	}
	for _, b := range g.StatsSockets {
		t.bind([]string{"stats", "socket", b.Address.String()}, b)
	}
	t.delay("stats timeout", g.StatsTimeout, 10*time.Second)
	t.number("stats maxconn", g.StatsMaxconn, 10)
	t.tune(&g.Tune)
	t.variables(g)
	t.inert(g)
	for _, s := range g.SSL {
		t.line(s.Words...)
	}
}

// bind writes a bind or stats socket line that begins with head.
func (t *textWriter) bind(head []string, b *Bind) {
	t.line(append(head, bindWords(b)...)...)
}

// bindWords are the options of a bind line.
func bindWords(b *Bind) (w []string) {
	text := func(name, v string) {
		if v != "" {
			w = append(w, name, v)
		}
	}
	number := func(name string, n, unset int) {
		if n != unset {
			w = append(w, name, strconv.Itoa(n))
		}
	}
	flag := func(name string, v bool) {
		if v {
			w = append(w, name)
		}
	}
	text("name", b.Name)
	number("id", b.ID, 0)
	number("maxconn", b.Maxconn, 0)
	number("backlog", b.Backlog, 0)
	if b.Mode != 0 {
		text("mode", strconv.FormatUint(uint64(b.Mode), 8))
	}
	text("user", b.User)
	text("group", b.Group)
	number("uid", b.UID, -1)
	number("gid", b.GID, -1)
	flag("v4v6", b.V4V6)
	flag("v6only", b.V6Only)
	text("interface", b.Interface)
	flag("transparent", b.Transparent)
	flag("defer-accept", b.DeferAccept)
	flag("tfo", b.TFO)
	number("mss", b.MSS, 0)
	if b.TOS != 0 {
		text("tos", itoa(b.TOS))
	}
	if b.UserTimeout != 0 {
		text("tcp-ut", duration(b.UserTimeout))
	}
	text("cc", b.CC)
	text("tcp-md5sig", b.MD5Password)
	number("tcp-ss", b.SaveSYN, 0)
	text("namespace", b.Namespace)
	flag("accept-proxy", b.AcceptProxy)
	if b.NetScaler != 0 {
		text("accept-netscaler-cip", strconv.FormatUint(uint64(b.NetScaler), 10))
	}
	text("proto", b.Proto)
	if b.IdlePing != 0 {
		text("idle-ping", duration(b.IdlePing))
	}
	number("nice", b.Nice, 0)
	switch b.Shards {
	case ShardsByThread:
		text("shards", "by-thread")
	case ShardsByGroup:
		text("shards", "by-group")
	default:
		number("shards", b.Shards, 0)
	}
	if len(b.Threads) > 0 {
		text("thread", b.Threads.String())
	}
	text("label", b.Label)
	text("guid-prefix", b.GUIDPrefix)
	text("level", b.Level)
	if b.ExposeListeners {
		text("expose-fd", "listeners")
	}
	text("severity-output", b.SeverityOutput)
	return w
}
