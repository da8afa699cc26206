package config

// Tune are the tune.* settings (manual 3.2); 0 is not set unless stated
// otherwise.
type Tune struct {
	BufSize        int // 16384 when not set
	MaxRewrite     int // 1024 when not set, at most half of BufSize
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

// maxBufSize is the largest tune.bufsize that HTTP can be used with.
const maxBufSize = 256 << 20

var tuneRows = Table{
	{Name: "tune.bufsize", In: InGlobal, Max: 1, Doc: "Sets the size of buffers in bytes.",
		Parse: func(p *Parser, l *Line) {
			if p.need(l, "'tune.bufsize' expects an integer argument") {
				p.size(l, &p.spec.Global.Tune.BufSize, true)
			}
		}},
	{Name: "tune.maxrewrite", In: InGlobal, Max: 1, Doc: "Reserves bytes of a buffer for rewriting headers.",
		Parse: func(p *Parser, l *Line) {
			tuneInt(p, l, &p.spec.Global.Tune.MaxRewrite, 0, maxBufSize, "'tune.maxrewrite' expects a positive integer argument.")
		}},
	{Name: "tune.http.maxhdr", In: InGlobal, Max: 1, Doc: "Sets the largest number of header fields of a message.",
		Parse: func(p *Parser, l *Line) {
			tuneInt(p, l, &p.spec.Global.Tune.HTTPMaxHdr, 1, 32767, "'tune.http.maxhdr' expects a numeric value between 1 and 32767")
		}},
	{Name: "tune.maxaccept", In: InGlobal, Max: 1, Doc: "Sets how many connections a listener accepts in a row; -1 sets no limit.",
		Parse: func(p *Parser, l *Line) {
			if p.need(l, "'tune.maxaccept' expects an integer argument") {
				tuneInt(p, l, &p.spec.Global.Tune.MaxAccept, -1, maxInt, "'tune.maxaccept' expects an integer argument")
			}
		}},
	{Name: "tune.maxpollevents", In: InGlobal, Max: 1, Doc: "Sets how many events one poll returns.",
		Parse: func(p *Parser, l *Line) {
			tuneInt(p, l, &p.spec.Global.Tune.MaxPollEvents, 0, 1<<20, "'tune.maxpollevents' expects an integer argument.")
		}},
	sockBuf("tune.rcvbuf.client", "Sets the kernel's receive buffer of client connections.", func(t *Tune) *int { return &t.RcvBufClient }),
	sockBuf("tune.rcvbuf.server", "Sets the kernel's receive buffer of server connections.", func(t *Tune) *int { return &t.RcvBufServer }),
	sockBuf("tune.rcvbuf.frontend", "Sets the kernel's receive buffer of datagram sockets on the client side.", func(t *Tune) *int { return &t.RcvBufFrontend }),
	sockBuf("tune.rcvbuf.backend", "Sets the kernel's receive buffer of datagram sockets on the server side.", func(t *Tune) *int { return &t.RcvBufBackend }),
	sockBuf("tune.sndbuf.client", "Sets the kernel's send buffer of client connections.", func(t *Tune) *int { return &t.SndBufClient }),
	sockBuf("tune.sndbuf.server", "Sets the kernel's send buffer of server connections.", func(t *Tune) *int { return &t.SndBufServer }),
	sockBuf("tune.sndbuf.frontend", "Sets the kernel's send buffer of datagram sockets on the client side.", func(t *Tune) *int { return &t.SndBufFrontend }),
	sockBuf("tune.sndbuf.backend", "Sets the kernel's send buffer of datagram sockets on the server side.", func(t *Tune) *int { return &t.SndBufBackend }),
}

func sockBuf(name, doc string, field func(*Tune) *int) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Doc: doc, Parse: func(p *Parser, l *Line) {
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

func tuneInt(p *Parser, l *Line, v *int, lo, hi int, text string) {
	if !p.need(l, "'"+l.Words[0]+"' expects an integer argument.") {
		return
	}
	n, ok := parseInt(l.Words[1], lo, hi)
	if !ok {
		p.Alert(l.Pos, "%s", text)
		return
	}
	*v = n
}
