package config

import (
	"errors"
	"time"
)

// processRows are the keywords about the process as a whole.
var processRows = Table{
	flagRow("daemon", "Puts the process into the background.", func(g *Global) { g.Daemon = true }),
	flagRow("quiet", "Suppresses messages on the console.", func(g *Global) { g.Quiet = true }),
	flagRow("zero-warning", "Makes warnings at start fatal.", func(g *Global) { g.ZeroWarning = true }),
	flagRow("expose-deprecated-directives", "Allows deprecated keywords without a warning.", func(g *Global) { g.ExposeDeprecated = true }),
	flagRow("noepoll", "Disables the epoll poller; the event loops of Sluice have no other.", disablePoller("epoll")),
	flagRow("nopoll", "Disables the poll poller.", disablePoller("poll")),
	flagRow("nokqueue", "Disables the kqueue poller.", disablePoller("kqueue")),
	flagRow("noevports", "Disables the event ports poller.", disablePoller("evports")),
	flagRow("noktls", "Disables TLS in the kernel.", func(g *Global) { g.NoKTLS = true }),
	{Name: "pp2-never-send-local", In: InGlobal, Since: "2.1", Doc: "Says PROXY instead of LOCAL in the headers of health checks, as old versions did.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.NeverSendLocal = true }},
	{Name: "nosplice", In: InGlobal, Doc: "Forwards tunnels by reading and writing, not by splice(2).",
		Parse: func(p *Parser, l *Line) { p.spec.Global.NoSplice = true }},
	{Name: "noreuseport", In: InGlobal, Doc: "Keeps others from binding the same addresses.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.NoReusePort = true }},
	{Name: "busy-polling", In: InGlobal, No: true, Since: "1.9", Doc: "Polls without waiting: the least latency for all the CPU time.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.BusyPolling = !l.No }},
	{Name: "prealloc-fd", In: InGlobal, Since: "3.0", Doc: "Has the kernel make room for all descriptors at the start.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.PreallocFD = true }},
	{Name: "warn-blocked-traffic-after", In: InGlobal, Max: 1, Syntax: "warn-blocked-traffic-after <time>", Since: "3.1",
		Doc: "Sets when an event loop that hangs is warned of.", Parse: parseBlocked},
	{Name: "expose-experimental-directives", In: InGlobal, Doc: "Allows experimental keywords.", Since: "2.4",
		Parse: func(p *Parser, l *Line) { p.spec.Global.ExposeExperimental = true }},
	{Name: "master-worker", In: InGlobal, Max: 1, Discovery: true, Syntax: "master-worker [no-exit-on-failure]", Doc: "Runs as a master and its workers, as -W does.", Since: "1.8",
		Parse: parseMasterWorker},
	{Name: "mworker-max-reloads", In: InGlobal, Max: 1, Discovery: true, Syntax: "mworker-max-reloads <number>", Since: "1.9",
		Doc: "Stops a worker that has survived more than so many reloads.",
		Parse: func(p *Parser, l *Line) {
			if p.need(l, "'mworker-max-reloads' expects an integer argument.") {
				n, ok := parseInt(l.Words[1], 0, maxInt)
				if !ok {
					p.Alert(l.Pos, "'mworker-max-reloads' expects a positive value or zero.")
					return
				}
				p.spec.Global.MaxReloads = n
			}
		}},
	{Name: "mworker-load-timeout", In: InGlobal, Max: 1, Discovery: true, Syntax: "mworker-load-timeout <time>",
		Doc:   "Limits how long a worker may load, 60 seconds unless set; 0 sets no limit. Sluice's own.",
		Parse: func(p *Parser, l *Line) { globalTime(p, l, &p.spec.Global.LoadTimeout) }},
	{Name: "mworker-hang-timeout", In: InGlobal, Max: 1, Discovery: true, Syntax: "mworker-hang-timeout <time>",
		Doc:   "Sets after how long a worker whose event loops stand still is replaced, 10 seconds unless set; 0 is never. Sluice's own.",
		Parse: parseHangTimeout},
	{Name: "mworker-drain-timeout", In: InGlobal, Max: 2, Discovery: true, Syntax: "mworker-drain-timeout <time> [<grace>]",
		Doc:   "Limits how long an old worker may drain, 24 hours unless set, 0 is for ever; then idle connections are closed, and after a grace, 10 seconds unless set, the others. Sluice's own.",
		Parse: parseDrainTimeout},
	{Name: "mworker-max-draining", In: InGlobal, Max: 1, Discovery: true, Syntax: "mworker-max-draining <number>",
		Doc:   "Limits how many old workers drain at a time: beyond, the oldest ends as if its time were over. 0, as unless set, sets no limit. Sluice's own.",
		Parse: parseMaxDraining},
	{Name: "mworker-drain-memory", In: InGlobal, Max: 1, Discovery: true, Syntax: "mworker-drain-memory <size>",
		Doc:   "Limits the resident memory of all workers together: beyond, the oldest that drains ends as if its time were over. 0, as unless set, sets no limit. Sluice's own.",
		Parse: parseDrainMemory},
	{Name: "mworker-history", In: InGlobal, Max: 2, Discovery: true, Syntax: "mworker-history <number> [<size>]",
		Doc:   "Sets how many good generations the master keeps to go back to, 5 unless set, and how much memory their files may take, 256m unless set. Sluice's own.",
		Parse: parseHistory},
	{Name: "mworker-inplace", In: InGlobal, Discovery: true, Syntax: "mworker-inplace",
		Doc:   "Lets a reload change the serving worker where no new one is needed: servers, their states, maps, error files, log targets. Sluice's own.",
		Parse: func(p *Parser, _ *Line) { p.spec.Global.InPlace = true }},
	{Name: "mworker-on-reload", In: InGlobal, Max: -1, Discovery: true, Syntax: "mworker-on-reload [user <name>] [group <name>] <program> [<argument>]*",
		Doc:   "Starts a program after each reload, successful or not, in a sandbox and for 10 seconds at most. Sluice's own.",
		Parse: parseOnReload},
	{Name: "pidfile", In: InGlobal, Max: 1, Discovery: true, Syntax: "pidfile <pidfile>", Doc: "Writes the process number into a file.",
		Parse: func(p *Parser, l *Line) {
			if g := p.spec.Global; g.PIDFile != "" || p.opts.Given.PIDFile {
				p.Warn(l.Pos, "'pidfile' already specified. Continuing.")
			} else if p.need(l, "'pidfile' expects a file name as an argument.") {
				g.PIDFile = l.Words[1]
			}
		}},
	{Name: "localpeer", In: InGlobal, Max: 1, Discovery: true, Syntax: "localpeer <name>", Doc: "Sets the name of the local peer.", Since: "2.3",
		Parse: func(p *Parser, l *Line) {
			switch {
			case p.opts.Given.LocalPeer:
				p.Warn(l.Pos, "'localpeer' ignored since it is already set by using the '-L' command line argument.")
			case p.need(l, "'localpeer' expects a name as an argument."):
				p.spec.Global.LocalPeer = l.Words[1]
			}
		}},
	{Name: "hard-stop-after", In: InGlobal, Max: 1, Syntax: "hard-stop-after <time>", Doc: "Limits how long a soft stop may take.", Since: "1.7",
		Parse: func(p *Parser, l *Line) { globalTime(p, l, &p.spec.Global.HardStopAfter) }},
	{Name: "grace", In: InGlobal, Max: 1, Syntax: "grace <time>", Doc: "Delays the soft stop.",
		Parse: func(p *Parser, l *Line) { globalTime(p, l, &p.spec.Global.Grace) }},
	{Name: "close-spread-time", In: InGlobal, Max: 1, Syntax: "close-spread-time <time>", Doc: "Spreads the closing of idle connections over a soft stop.", Since: "2.6",
		Parse: func(p *Parser, l *Line) {
			if l.Arg(1) == "infinite" {
				p.spec.Global.CloseSpreadTime = -1
				return
			}
			globalTime(p, l, &p.spec.Global.CloseSpreadTime)
		}},
	{Name: "quick-exit", In: InGlobal, Doc: "Ends without giving back one by one what ends with the process anyway, as Sluice always does.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.Same = append(p.spec.Global.Same, Setting{l.Pos, l.Words}) }},
	{Name: "max-spread-checks", In: InGlobal, Max: 1, Syntax: "max-spread-checks <delay in milliseconds>", Doc: "Bounds the time over which the first health checks are spread.",
		Parse: parseMaxSpread},
	{Name: "spread-checks", In: InGlobal, Max: 1, Syntax: "spread-checks <0..50, in percent>", Doc: "Adds a random part, in percent, to the intervals of health checks.",
		Parse: func(p *Parser, l *Line) {
			if len(l.Words) < 2 {
				p.alertTight(l.Pos, "'spread-checks' expects an integer argument (0..50).")
				return
			}
			n, ok := parseInt(l.Words[1], 0, 50)
			if !ok {
				p.alertTight(l.Pos, "'spread-checks' needs a positive value in range 0..50.")
				return
			}
			p.spec.Global.SpreadChecks = n
		}},
}

func flagRow(name, doc string, set func(*Global)) Keyword {
	return Keyword{Name: name, In: InGlobal, Discovery: true, Doc: doc,
		Parse: func(p *Parser, l *Line) { set(p.spec.Global) }}
}

func disablePoller(name string) func(*Global) {
	return func(g *Global) { g.DisabledPollers = append(g.DisabledPollers, name) }
}

func parseMasterWorker(p *Parser, l *Line) {
	switch g := p.spec.Global; l.Arg(1) {
	case "":
		g.MasterWorker = true
	case "no-exit-on-failure":
		g.MasterWorker, g.NoExitOnFailure, g.ExitOnFailure = true, true, false
	case "exit-on-failure":
		g.MasterWorker, g.NoExitOnFailure, g.ExitOnFailure = true, false, true
	default:
		p.Alert(l.Pos, "'master-worker' only supports 'no-exit-on-failure' option")
	}
}

func globalTime(p *Parser, l *Line, v *time.Duration) {
	name := l.Words[0]
	if !p.need(l, "'"+name+"' expects <time> as argument.") {
		return
	}
	d, err := p.delay(l.Words[1], time.Millisecond)
	switch {
	case err == errTimerOverflow:
		p.Alert(l.Pos, "timer overflow in argument '%s' to '%s' (maximum value is 2147483647 ms or ~24.8 days)", clip(l.Words[1]), name)
	case err != nil:
		p.Alert(l.Pos, "%s in argument to <%s>.", err, name)
	default:
		*v = d
	}
}

// minHangTimeout: below it, a machine that is merely busy looks like a worker
// that hangs.
const minHangTimeout = time.Second

func parseHangTimeout(p *Parser, l *Line) {
	g := p.spec.Global
	former := g.HangTimeout
	globalTime(p, l, &g.HangTimeout)
	if g.HangTimeout > 0 && g.HangTimeout < minHangTimeout {
		g.HangTimeout = former
		p.Alert(l.Pos, "'mworker-hang-timeout' expects 0 or at least 1 second.")
	}
}

// maxGenerations bounds mworker-history: each costs the master descriptors.
const maxGenerations = 100

func parseHistory(p *Parser, l *Line) {
	if !p.need(l, "'mworker-history' expects a number of generations between 1 and 100.") {
		return
	}
	n, ok := parseInt(l.Words[1], 1, maxGenerations)
	if !ok {
		p.Alert(l.Pos, "'mworker-history' expects a number of generations between 1 and 100.")
		return
	}
	p.spec.Global.History = n
	if l.Arg(2) == "" {
		return
	}
	size, rest := parseSize(l.Words[2])
	if rest != "" || size == 0 {
		p.Alert(l.Pos, "'mworker-history' expects a size, not '%s'.", clip(l.Words[2]))
		return
	}
	p.spec.Global.HistorySize = size
}

func parseBlocked(p *Parser, l *Line) {
	const name = "warn-blocked-traffic-after"
	if !p.need(l, "'"+name+"' expects <time> as argument between 1 and 1000 ms.\n") {
		return
	}
	d, err := p.delay(l.Words[1], time.Millisecond)
	switch {
	case err == errTimerOverflow || err == nil && d > time.Second:
		p.Alert(l.Pos, "timer overflow in argument '%s' to '%s' (maximum value is 1000 ms)", clip(l.Words[1]), name)
	case err != nil:
		p.Alert(l.Pos, "%s in argument to <%s>.\n", err, name)
	case d == 0:
		p.Alert(l.Pos, "timer out of range in argument '%s' to '%s' (value must be between 1 and 1000 ms)", clip(l.Words[1]), name)
	default:
		p.spec.Global.BlockedAfter = d
	}
}

func parseMaxSpread(p *Parser, l *Line) {
	if l.Arg(1) == "" {
		p.alertTight(l.Pos, "'max-spread-checks' expects an integer argument (0..50).")
		return
	}
	d, err := p.delay(l.Words[1], time.Millisecond)
	var odd badByte
	switch {
	case err == errTimerOverflow:
		p.alertTight(l.Pos, "timer overflow in argument <%s> to <max-spread-checks>, maximum value is 2147483647 ms (~24.8 days).", clip(l.Words[1]))
	case errors.As(err, &odd):
		p.alertTight(l.Pos, "unsupported character '%s' in 'max-spread-checks' (wants an integer delay).", string(rune(odd)))
	case err != nil:
		p.alertTight(l.Pos, "'max-spread-checks' expects an integer argument (0..50).")
	default:
		p.spec.Global.MaxSpreadChecks = d
	}
}
