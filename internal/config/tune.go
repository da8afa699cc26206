package config

import (
	"strings"
	"time"
)

// Tune are the tune.* settings that act (manual 3.2); 0 is not set unless
// stated otherwise. Those that cannot act are kept in Global.Inert.
type Tune struct {
	BufSize        int // 16384 when not set
	BufSizeLarge   int // 0: there are no large buffers
	MaxRewrite     int // 1024 when not set, at most half of BufSize
	HTTPMaxHdr     int // 101 when not set
	LogURILen      int // 1024 when not set
	CookieLen      int // 63 when not set
	MaxAccept      int // -1: no limit
	MaxPollEvents  int
	IdleShared     string // tune.idle-pool.shared: full, on, off; "": on
	RcvBufClient   int
	RcvBufServer   int
	RcvBufFrontend int
	RcvBufBackend  int
	SndBufClient   int
	SndBufServer   int
	SndBufFrontend int
	SndBufBackend  int
	LowatClient    int
	LowatServer    int
	PipeSize       int
	CLIMaxPayload  int
	MaxChecks      int  // checks of a thread at a time
	PoolLowFD      int  // percent; 20 when not set
	PoolHighFD     int  // percent; 25 when not set
	NoFastForward  bool // tune.disable-fast-forward, or one of the switches of zero-copy forwarding
	KeepAccepted   bool // tune.listener.multi-queue off: who accepts a connection keeps it
	Shards         int  // of addresses whose line says none: ShardsByThread, ShardsByGroup; 0: one
	NiceStartup    *int
	NiceRuntime    *int
	ClientGlitches int // tune.h1.fe.glitches-threshold; 0: none
	ServerGlitches int // tune.h1.be.glitches-threshold; 0: none
	Vars           VarMemory
}

// maxBufSize is the largest tune.bufsize that HTTP can be used with.
const maxBufSize = 256 << 20

var tuneRows = Table{
	sizeRow("tune.bufsize", "Sets the size of buffers in bytes.", true, func(t *Tune) *int { return &t.BufSize }),
	intRow("tune.maxrewrite", "Reserves bytes of a buffer for rewriting headers.", 0, maxBufSize, "'tune.maxrewrite' expects a positive integer argument.", func(t *Tune) *int { return &t.MaxRewrite }),
	intRow("tune.http.maxhdr", "Sets the largest number of header fields of a message.", 1, 32767, "'tune.http.maxhdr' expects a numeric value between 1 and 32767", func(t *Tune) *int { return &t.HTTPMaxHdr }),
	intRow("tune.http.cookielen", "Limits the length of captured cookies.", 0, 1<<20, "", func(t *Tune) *int { return &t.CookieLen }),
	intRow("tune.http.logurilen", "Sets how much of a request's target is logged.", 0, 1<<20, "", func(t *Tune) *int { return &t.LogURILen }),
	{Name: "tune.maxaccept", In: InGlobal, Max: 1, Syntax: "tune.maxaccept <number>", Doc: "Sets how many connections a listener accepts in a row; -1 sets no limit.",
		Parse: func(p *Parser, l *Line) {
			if p.need(l, "'tune.maxaccept' expects an integer argument") {
				integer(p, l, -1, maxInt, &p.spec.Global.Tune.MaxAccept, "'tune.maxaccept' expects -1 or an integer from 0 to INT_MAX.")
			}
		}},
	intRow("tune.maxpollevents", "Sets how many events one poll returns.", 0, 1000000, "'tune.maxpollevents' expects an integer value lower than or equal to 1000000.", func(t *Tune) *int { return &t.MaxPollEvents }),
	sockBuf("tune.rcvbuf.client", "Sets the kernel's receive buffer of client connections.", func(t *Tune) *int { return &t.RcvBufClient }),
	sockBuf("tune.rcvbuf.server", "Sets the kernel's receive buffer of server connections.", func(t *Tune) *int { return &t.RcvBufServer }),
	sockBuf("tune.rcvbuf.frontend", "Sets the kernel's receive buffer of datagram sockets on the client side.", func(t *Tune) *int { return &t.RcvBufFrontend }),
	sockBuf("tune.rcvbuf.backend", "Sets the kernel's receive buffer of datagram sockets on the server side.", func(t *Tune) *int { return &t.RcvBufBackend }),
	sockBuf("tune.sndbuf.client", "Sets the kernel's send buffer of client connections.", func(t *Tune) *int { return &t.SndBufClient }),
	sockBuf("tune.sndbuf.server", "Sets the kernel's send buffer of server connections.", func(t *Tune) *int { return &t.SndBufServer }),
	sockBuf("tune.sndbuf.frontend", "Sets the kernel's send buffer of datagram sockets on the client side.", func(t *Tune) *int { return &t.SndBufFrontend }),
	sockBuf("tune.sndbuf.backend", "Sets the kernel's send buffer of sockets for logs.", func(t *Tune) *int { return &t.SndBufBackend }),
	sizeRow("tune.notsent-lowat.client", "Bounds the bytes that wait unsent in the kernel for a client.", false, func(t *Tune) *int { return &t.LowatClient }),
	sizeRow("tune.notsent-lowat.server", "Bounds the bytes that wait unsent in the kernel for a server.", false, func(t *Tune) *int { return &t.LowatServer }),
	sizeRow("tune.pipesize", "Sets the size of the pipes that carry spliced data.", false, func(t *Tune) *int { return &t.PipeSize }),
	sizeRow("tune.cli.max-payload-size", "Bounds the payload of a command of the runtime API.", false, func(t *Tune) *int { return &t.CLIMaxPayload }),
	intRow("tune.max-checks-per-thread", "Bounds the health checks in progress for each event loop.", 0, maxInt, "", func(t *Tune) *int { return &t.MaxChecks }),
	intRow("tune.pool-low-fd-ratio", "Sets the share of descriptors in use from which no connection to a server is kept.", 0, 100, "'tune.pool-low-fd-ratio' expects an integer argument between 0 and 100.", func(t *Tune) *int { return &t.PoolLowFD }),
	intRow("tune.pool-high-fd-ratio", "Sets the share of descriptors in use from which idle connections are closed.", 0, 100, "'tune.pool-high-fd-ratio' expects an integer argument between 0 and 100.", func(t *Tune) *int { return &t.PoolHighFD }),
	{Name: "tune.idle-pool.shared", In: InGlobal, Max: 1, Syntax: "tune.idle-pool.shared { full | on | off }", Since: "2.3", Doc: "Sets whether event loops take idle connections to servers from each other.",
		Parse: func(p *Parser, l *Line) {
			choice(p, l, "'tune.idle-pool.shared' expects 'full', 'on' or 'off' but got '%s'.", func(w string) { p.spec.Global.Tune.IdleShared = w }, "full", "on", "off")
		}},
	{Name: "tune.disable-fast-forward", In: InGlobal, Doc: "Passes all data through the analysers and forwards it by reading and writing only.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.Tune.NoFastForward = true }},
	{Name: "tune.disable-zero-copy-forwarding", In: InGlobal, Doc: "Forwards data by reading and writing it only.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.Tune.NoFastForward = true }},
	{Name: "tune.pt.zero-copy-forwarding", In: InGlobal, Max: 1, Syntax: "tune.pt.zero-copy-forwarding { on | off }", Doc: "Sets whether tunnels are spliced.",
		Parse: func(p *Parser, l *Line) {
			choice(p, l, "'tune.pt.zero-copy-forwarding' expects 'on' or 'off'.", func(w string) { p.spec.Global.Tune.NoFastForward = w == "off" }, "on", "off")
		}},
	{Name: "tune.listener.multi-queue", In: InGlobal, Max: 1, Syntax: "tune.listener.multi-queue { on | fair | off }", Doc: "Sets whether new connections go to the least loaded event loop.",
		Parse: func(p *Parser, l *Line) {
			choice(p, l, "'tune.listener.multi-queue' expects either 'on', 'fair', or 'off' but got '%s'.", func(w string) { p.spec.Global.Tune.KeepAccepted = w == "off" }, "on", "fair", "off")
		}},
	{Name: "tune.listener.default-shards", In: InGlobal, Max: 1, Syntax: "tune.listener.default-shards { by-process | by-thread | by-group }",
		Doc: "Sets how many sockets an address has when its line does not say.", Parse: func(p *Parser, l *Line) {
			choice(p, l, "'tune.listener.default-shards' expects either 'by-process', 'by-group', or 'by-thread' but got '%s'.", func(w string) {
				p.spec.Global.Tune.Shards = map[string]int{"by-thread": ShardsByThread, "by-group": ShardsByGroup}[w]
			}, "by-process", "by-group", "by-thread")
		}},
	sizeRow("tune.bufsize.large", "Sets what wait-for-body may keep of a body where it has \"use-large-buffer\".", false, func(t *Tune) *int { return &t.BufSizeLarge }),
	glitchRow("tune.h1.fe.glitches-threshold", "Sets after how many glitches an HTTP/1 connection of a client is closed.", func(t *Tune) *int { return &t.ClientGlitches }),
	glitchRow("tune.h1.be.glitches-threshold", "Sets after how many glitches an HTTP/1 connection to a server is closed.", func(t *Tune) *int { return &t.ServerGlitches }),
	niceRow("tune.renice.startup", "Sets the process's priority while it loads.", func(t *Tune) **int { return &t.NiceStartup }),
	niceRow("tune.renice.runtime", "Sets the process's priority once it serves.", func(t *Tune) **int { return &t.NiceRuntime }),
}

func glitchRow(name, doc string, field func(*Tune) *int) Keyword {
	return intRow(name, doc, 0, maxInt, "'"+name+"' expects a positive numeric value.", field)
}

func intRow(name, doc string, lo, hi int, wrong string, field func(*Tune) *int) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <number>", Doc: doc,
		Parse: func(p *Parser, l *Line) { integer(p, l, lo, hi, field(&p.spec.Global.Tune), wrong) }}
}

func sizeRow(name, doc string, positive bool, field func(*Tune) *int) Keyword {
	missing := "'" + name + "' expects an integer argument."
	switch name {
	case "tune.bufsize":
		missing = strings.TrimSuffix(missing, ".")
	case "tune.cli.max-payload-size":
		missing = "'" + name + "' expects a size argument."
	}
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <size>", Doc: doc, Parse: func(p *Parser, l *Line) {
		if p.need(l, missing) {
			p.size(l, field(&p.spec.Global.Tune), positive)
		}
	}}
}

func sockBuf(name, doc string, field func(*Tune) *int) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <size>", Doc: doc, Parse: func(p *Parser, l *Line) {
		v := field(&p.spec.Global.Tune)
		if *v != 0 {
			p.Warn(l.Pos, "'%s' already specified. Continuing.", name)
			return
		}
		if p.need(l, "'"+name+"' expects an integer argument.") {
			p.size(l, v, false)
		}
	}}
}

func niceRow(name, doc string, field func(*Tune) **int) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <number>", Doc: doc, Parse: func(p *Parser, l *Line) {
		n, ok := parseInt(l.Arg(1), -20, 19)
		if !ok {
			p.Alert(l.Pos, "'%s' only supports values between -20 and 19 inclusive (was given %s)", name, clip(l.Arg(1)))
			return
		}
		*field(&p.spec.Global.Tune) = &n
	}}
}

// need reports text unless the keyword has an argument.
func (p *Parser) need(l *Line, text string) bool {
	if len(l.Words) < 2 || l.Words[1] == "" {
		p.Alert(l.Pos, "%s", text)
		return false
	}
	return true
}

// size reads the argument of a keyword as a size.
func (p *Parser) size(l *Line, v *int, positive bool) {
	n, rest := parseSize(l.Words[1])
	switch {
	case rest != "":
		p.Alert(l.Pos, "unexpected '%s' after size passed to '%s'", clip(rest), l.Words[0])
	case positive && n == 0:
		p.Alert(l.Pos, "'%s' expects a positive integer argument.", l.Words[0])
	default:
		*v = int(n)
	}
}

func (t *textWriter) tune(u *Tune) {
	for _, x := range []struct {
		name     string
		n, unset int
	}{
		{"tune.bufsize", u.BufSize, 0}, {"tune.bufsize.large", u.BufSizeLarge, 0}, {"tune.maxrewrite", u.MaxRewrite, 0}, {"tune.http.maxhdr", u.HTTPMaxHdr, 0},
		{"tune.http.cookielen", u.CookieLen, 0}, {"tune.http.logurilen", u.LogURILen, 0}, {"tune.maxaccept", u.MaxAccept, 0}, {"tune.maxpollevents", u.MaxPollEvents, 0},
		{"tune.rcvbuf.client", u.RcvBufClient, 0}, {"tune.rcvbuf.server", u.RcvBufServer, 0},
		{"tune.rcvbuf.frontend", u.RcvBufFrontend, 0}, {"tune.rcvbuf.backend", u.RcvBufBackend, 0},
		{"tune.sndbuf.client", u.SndBufClient, 0}, {"tune.sndbuf.server", u.SndBufServer, 0},
		{"tune.sndbuf.frontend", u.SndBufFrontend, 0}, {"tune.sndbuf.backend", u.SndBufBackend, 0},
		{"tune.notsent-lowat.client", u.LowatClient, 0}, {"tune.notsent-lowat.server", u.LowatServer, 0},
		{"tune.pipesize", u.PipeSize, 0}, {"tune.cli.max-payload-size", u.CLIMaxPayload, 0},
		{"tune.max-checks-per-thread", u.MaxChecks, 0},
		{"tune.pool-low-fd-ratio", u.PoolLowFD, defaultPoolLow}, {"tune.pool-high-fd-ratio", u.PoolHighFD, defaultPoolHigh},
		{"tune.h1.fe.glitches-threshold", u.ClientGlitches, 0}, {"tune.h1.be.glitches-threshold", u.ServerGlitches, 0},
	} {
		t.number(x.name, x.n, x.unset)
	}
	if u.IdleShared != "" {
		t.line("tune.idle-pool.shared", u.IdleShared)
	}
	t.flag("tune.disable-fast-forward", u.NoFastForward)
	if u.KeepAccepted {
		t.line("tune.listener.multi-queue", "off")
	}
	switch u.Shards {
	case ShardsByThread:
		t.line("tune.listener.default-shards", "by-thread")
	case ShardsByGroup:
		t.line("tune.listener.default-shards", "by-group")
	}
	if u.NiceStartup != nil {
		t.line("tune.renice.startup", itoa(*u.NiceStartup))
	}
	if u.NiceRuntime != nil {
		t.line("tune.renice.runtime", itoa(*u.NiceRuntime))
	}
}

// Defaults of the shares of descriptors that idle connections may take.
const (
	defaultPoolLow  = 20
	defaultPoolHigh = 25
)

// blockedAfter is the default of "warn-blocked-traffic-after".
const blockedAfter = 100 * time.Millisecond
