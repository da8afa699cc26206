package config

import (
	"slices"
	"strings"
	"time"
)

// inertRows are settings of mechanisms that Sluice does not have: buffers shared
// between threads, a task scheduler with classes, pollers other than epoll. They
// are checked as far as their arguments go, kept, and warned of as being without
// effect; build says so, unless the value asks for what Sluice does anyway.
var inertRows = Table{
	inert("nogetaddrinfo", "Chooses another resolver of the C library, which Sluice does not use.", nil),
	inert("debug.counters { on | off }", "Counts events in the program for its developers.", oneOf("'debug.counters' expects either 'on' or 'off' but got '%s'.", "on", "off"), "off"),
	inert("maxcompcpuusage <number>", "Sets from what CPU usage, in percent, less is compressed; nothing is compressed yet.", number(0, 100, "'maxcompcpuusage' expects an integer argument between 0 and 100."), "100"),
	inert("maxcomprate <number>", "Sets from how many kilobytes a second less is compressed; nothing is compressed yet.", number(0, maxInt, "'maxcomprate' expects an integer argument in kb/s."), "0"),
	inert("maxzlibmem <number>", "Limits the memory of compression, in megabytes; nothing is compressed yet.", number(0, maxInt, "'maxzlibmem' expects an integer argument."), "0"),
	inert("no-memory-trimming", "Keeps the C library's allocator from giving memory back; Sluice does not use it.", nil),
	inert("profiling.tasks { auto | on | off | lock | no-lock | memory | no-memory }*", "Sets up the profiling of tasks.", words("'profiling.tasks' expects a combination of either 'on', 'auto', 'off', 'lock', 'no-lock', 'memory', or 'no-memory', but got '%s'.",
		"auto", "on", "off", "lock", "no-lock", "memory", "no-memory"), "off", "auto"),
	inert("profiling.memory { on | off }", "Sets up the profiling of memory.", oneOf("'profiling.memory' expects either 'on' or 'off' but got '%s'.", "on", "off"), "off"),
	inert("stress-level <level>", "Stresses the program on purpose.", func(p *Parser, l *Line) bool {
		if !p.need(l, "'stress-level' expects a level as an argument.") {
			return false
		}
		if _, ok := parseInt(l.Words[1], 0, 9); !ok {
			p.Alert(l.Pos, "'stress-level' level must be between 0 and 9 inclusive.")
			return false
		}
		return true
	}, "0"),
	inert("tune.applet.zero-copy-forwarding { on | off }", "Sets whether internal services forward without copying.", oneOf("'tune.applet.zero-copy-forwarding' expects 'on' or 'off'.", "on", "off"), "on"),
	inert("tune.buffers.limit <number>", "Bounds the number of buffers; those of Sluice follow the connections.", number(0, maxInt, "'tune.buffers.limit' expects a non-negative number but got '%s'."), "0"),
	inert("tune.buffers.reserve <number>", "Sets aside buffers for a shortage of memory.", number(0, maxInt, "'tune.buffers.reserve' expects a non-negative number but got '%s'.")),
	inert("tune.bufsize.small <size>", "Sets the size of small buffers; those of Sluice are as small as they can be.", size),
	inert("tune.comp.maxlevel <number>", "Limits the level of compression; nothing is compressed yet.", number(1, 9, "'tune.comp.maxlevel' expects a numeric value between 1 and 9")),
	inert("tune.defaults.purge", "Forgets defaults sections after the configuration was read.", nil),
	inert("tune.epoll.mask-events <event[,...]>", "Hides events of epoll.", maskEvents),
	inert("tune.events.max-events-at-once <number>", "Bounds the events that a subscriber handles at once.", number(1, 10000, "'tune.events.max-events-at-once' expects an integer argument between 1 and 10000.")),
	inert("tune.fail-alloc", "Makes allocations fail on purpose.", number(0, 100, "'tune.fail-alloc' expects a numeric value between 0 and 100."), "0"),
	experimental(inert("tune.fd.edge-triggered { on | off }", "Sets edge-triggered polling; the event loops of Sluice choose it by themselves.", oneOf("'tune.fd.edge-triggered' expects either 'on' or 'off' but got '%s'.", "on", "off"), "off")),
	experimental(inert("tune.fd.tables <number>", "Sets whether thread groups share a table of descriptors.", oneOf("'tune.fd.tables' expects 'shared' or 'per-thread-group', got '%s'", "shared", "per-thread-group"), "shared")),
	inert("tune.glitches.kill.cpu-usage <number>", "Sets the load from which connections with glitches are ended.", number(0, 100, "'tune.glitches.kill.cpu-usage' expects a numeric value between 0 and 100"), "0"),
	inert("tune.h1.zero-copy-fwd-recv { on | off }", "Sets whether HTTP/1 contents are received without a copy; Sluice sends them from where it received them.", oneOf("'tune.h1.zero-copy-fwd-recv' expects 'on' or 'off'.", "on", "off"), "on"),
	inert("tune.h1.zero-copy-fwd-send { on | off }", "Sets whether HTTP/1 contents are sent without a copy; Sluice sends them from where it received them.", oneOf("'tune.h1.zero-copy-fwd-send' expects 'on' or 'off'.", "on", "off"), "on"),
	inert("tune.idletimer <timeout>", "Sets when a stream counts as idle.", idleTimer),
	inert("tune.max-rules-at-once <number>", "Bounds the rules evaluated in a row.", number(0, maxInt, "'tune.max-rules-at-once' expects a positive numeric value")),
	inert("tune.memory.hot-size <number>", "Sets the memory that a thread keeps for itself.", number(1, maxInt, "'tune.memory.hot-size' expects a strictly positive value.")),
	inert("tune.pattern.cache-size <number>", "Sets the size of the cache of pattern lookups; Sluice has none.", number(0, maxInt, "'tune.pattern.cache-size' expects a positive numeric value"), "0"),
	inert("tune.peers.max-updates-at-once <number>", "Limits the updates that a peer is sent in a row; there are no peers yet.", number(1, maxInt, "'tune.peers.max-updates-at-once' expects an integer argument greater than 0.")),
	inert("tune.recv_enough <size>", "Sets from which size a read is taken for the last one.", size),
	inert("tune.ring.queues <number>", "Sets how many queues of writers a ring has; there are no rings yet.", number(0, 16, "'tune.ring.queues' expects a number between 0 and 16 but got '%s'.")),
	inert("tune.runqueue-depth <number>", "Bounds the tasks run in a row.", number(0, maxInt, "'tune.runqueue-depth' expects an integer argument.")),
	inert("tune.sched.low-latency { on | off }", "Sets how tasks of different classes take turns.", oneOf("'tune.sched.low-latency' expects either 'on' or 'off' but got '%s'.", "on", "off"), "off"),
	inert("tune.stick-counters <number>", "Sets how many stick table entries a session may track; there are no stick tables yet.", stickCounters),
	inert("tune.streams-elasticity <number>", "Sets how many streams a multiplexed connection is granted under load.", elasticity, "0"),
	inert("tune.takeover-other-tg-connections <value>", "Sets whether idle connections of other thread groups are used.", oneOf("'tune.takeover-other-tg-connections' expects 'none', 'restricted', or 'full', got '%s'", "none", "restricted", "full"), "none"),
	inert("tune.zlib.memlevel <number>", "Sets the memory of a compressed stream; nothing is compressed yet.", number(1, 9, "'tune.zlib.memlevel' expects a numeric value between 1 and 9")),
	inert("tune.zlib.windowsize <number>", "Sets the window of compression; nothing is compressed yet.", number(8, 15, "'tune.zlib.windowsize' expects a numeric value between 8 and 15")),
}

// inert is a row that only checks its arguments. Those listed in same ask for
// what Sluice does anyway. A nil check means that there are none.
func inert(syntax, doc string, check func(*Parser, *Line) bool, same ...string) Keyword {
	name, _, _ := strings.Cut(syntax, " ")
	k := Keyword{Name: name, Inert: true, Syntax: syntax, In: InGlobal, Max: 1, Doc: doc, Parse: func(p *Parser, l *Line) {
		if check != nil && !check(p, l) {
			return
		}
		g := p.spec.Global
		s := Setting{l.Pos, l.Words}
		if len(l.Words) == 2 && slices.Contains(same, l.Words[1]) {
			g.Same = append(g.Same, s)
			return
		}
		g.Inert = append(g.Inert, s)
	}}
	switch {
	case check == nil:
		k.Max = 0
	case name == "profiling.tasks":
		k.Max = -1
	}
	return k
}

// experimental is a row that "expose-experimental-directives" must allow.
func experimental(k Keyword) Keyword {
	parse := k.Parse
	k.Parse = func(p *Parser, l *Line) {
		if !p.spec.Global.ExposeExperimental {
			p.Alert(l.Pos, "'%s' directive is experimental, must be allowed via a global 'expose-experimental-directives'", k.Name)
			return
		}
		parse(p, l)
	}
	return k
}

func refuse(p *Parser, l *Line, text string) bool {
	text = strings.Replace(text, "%s", clip(l.Arg(1)), 1)
	p.Alert(l.Pos, "%s", text)
	return false
}

func oneOf(wrong string, known ...string) func(*Parser, *Line) bool {
	return func(p *Parser, l *Line) bool { return slices.Contains(known, l.Arg(1)) || refuse(p, l, wrong) }
}

func words(wrong string, known ...string) func(*Parser, *Line) bool {
	return func(p *Parser, l *Line) bool {
		for i := 1; i < max(len(l.Words), 2); i++ {
			if !slices.Contains(known, l.Arg(i)) {
				p.Alert(l.Pos, "%s", strings.Replace(wrong, "%s", clip(l.Arg(i)), 1))
				return false
			}
		}
		return true
	}
}

func number(lo, hi int, wrong string) func(*Parser, *Line) bool {
	return func(p *Parser, l *Line) bool {
		_, ok := parseInt(l.Arg(1), lo, hi)
		return ok || refuse(p, l, wrong)
	}
}

func size(p *Parser, l *Line) bool {
	if !p.need(l, "'"+l.Words[0]+"' expects an integer argument.") {
		return false
	}
	n := -1
	p.size(l, &n, false)
	return n >= 0
}

func stickCounters(p *Parser, l *Line) bool {
	n, ok := parseInt(l.Arg(1), -maxInt, maxInt)
	switch {
	case !ok:
		p.Alert(l.Pos, "tune.stick-counters: '%s' is an invalid number", clip(l.Arg(1)))
	case n < 0 || n > 100:
		p.Alert(l.Pos, "tune.stick-counters: the number of stick-counters must be between 1 and 100 (was %d)", n)
	default:
		return true
	}
	return false
}

func maskEvents(p *Parser, l *Line) bool {
	for w := range strings.SplitSeq(l.Arg(1), ",") {
		if w != "err" && w != "hup" && w != "rdhup" {
			p.Alert(l.Pos, "'tune.epoll.mask-events' expects a comma-delimited list of 'err', 'hup' and 'rdhup' but got '%s'.", clip(l.Arg(1)))
			return false
		}
	}
	return true
}

func idleTimer(p *Parser, l *Line) bool {
	if !p.need(l, "'tune.idletimer' expects a timer value between 0 and 65535 ms.") {
		return false
	}
	d, err := p.delay(l.Words[1], time.Millisecond)
	switch {
	case err == errTimerOverflow || d > 65535*time.Millisecond:
		p.Alert(l.Pos, "timer overflow in argument <%s> to <tune.idletimer>, maximum value is 65535 ms.", clip(l.Words[1]))
	case err != nil:
		p.Alert(l.Pos, "%s in argument to <tune.idletimer>.", err)
	default:
		return true
	}
	return false
}

func elasticity(p *Parser, l *Line) bool {
	n, ok := parseInt(l.Arg(1), 0, maxInt)
	return ok && (n == 0 || n >= 100) || refuse(p, l, "'tune.streams-elasticity' expects 0 or a positive percentage value of 100 or above")
}

func (t *textWriter) inert(g *Global) {
	for _, s := range append(slices.Clone(g.Same), g.Inert...) {
		t.line(s.Words...)
	}
}
