package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Cookie is how a cookie brings clients back to their server (manual 4.2,
// "cookie").
type Cookie struct {
	Name                      string
	Mode                      CookieMode
	Indirect, NoCache         bool
	PostOnly, Preserve        bool
	HTTPOnly, Secure, Dynamic bool
	Domains, Attrs            []string
	MaxIdle, MaxLife          int // seconds; 0: none
	Pos                       Pos
}

// CookieMode is what is done to a persistence cookie.
type CookieMode uint8

// The modes.
const (
	CookieLearn   CookieMode = iota // servers set it, with the value of their line
	CookieRewrite                   // servers set it, the value is replaced
	CookieInsert                    // servers do not know it
	CookiePrefix                    // a cookie of the servers carries it in front
)

var cookieModes = []string{"", "rewrite", "insert", "prefix"}

// cookieFlag is an option of a cookie without an argument.
type cookieFlag struct {
	name  string
	field func(c *Cookie) *bool
}

var cookieFlags = []cookieFlag{
	{"indirect", func(c *Cookie) *bool { return &c.Indirect }},
	{"nocache", func(c *Cookie) *bool { return &c.NoCache }},
	{"postonly", func(c *Cookie) *bool { return &c.PostOnly }},
	{"preserve", func(c *Cookie) *bool { return &c.Preserve }},
	{"httponly", func(c *Cookie) *bool { return &c.HTTPOnly }},
	{"secure", func(c *Cookie) *bool { return &c.Secure }},
	{"dynamic", func(c *Cookie) *bool { return &c.Dynamic }},
}

// cookieRows are the settings of persistence by cookies (manual 4.2).
var cookieRows = Table{
	{Name: "cookie", In: InBackends | InDefaults, Max: -1, Syntax: "cookie <name> [ rewrite | insert | prefix ] [ indirect ] [ nocache ] [ postonly ] [ preserve ] [ httponly ] [ secure ] [ domain <domain> ]* [ maxidle <idle> ] [ maxlife <life> ] [ dynamic ] [ attr <value> ]*",
		Doc: "Makes clients return to their server by a cookie.", Parse: parseCookie},
	{Name: "dynamic-cookie-key", In: InBackends | InDefaults, Max: 1, Since: "1.8", Syntax: "dynamic-cookie-key <string>", Doc: "Sets the secret from which cookies of servers are computed.", Parse: func(p *Parser, l *Line) {
		if p.need(l, "'dynamic-cookie-key' expects <secret_key> as argument.") {
			p.proxy.CookieKey = l.Words[1]
		}
	}},
	{Name: "capture cookie", In: InFrontends, Max: 3, Syntax: "capture cookie <name> len <length>", Doc: "Keeps a cookie for the logs.", Parse: parseCaptureCookie},
	{Name: "persist", In: InBackends | InDefaults, Max: -1, Group: true, Parse: parsePersist},
	{Name: "persist rdp-cookie", In: InBackends | InDefaults, Max: -1, Since: "1.4", Syntax: "persist rdp-cookie(<name>)", Doc: "Keeps clients of remote desktops with their server.", Parse: parsePersist},
}

func parseCookie(p *Parser, l *Line) {
	if !p.need(l, "'cookie' expects <cookie_name> as argument.") {
		return
	}
	c := &Cookie{Name: l.Words[1], Pos: l.Pos}
	modes := 0
	for i := 2; i < len(l.Words); i++ {
		word := l.Words[i]
		if m := slices.Index(cookieModes, word); m > 0 {
			c.Mode = CookieMode(m)
			modes++
			continue
		}
		if k := slices.IndexFunc(cookieFlags, func(f cookieFlag) bool { return f.name == word }); k >= 0 {
			*cookieFlags[k].field(c) = true
			continue
		}
		i++
		if !p.cookieOption(l, c, word, l.Arg(i)) {
			return
		}
	}
	switch {
	case modes > 1:
		if slices.Contains(l.Words[2:], "rewrite") && c.Indirect {
			p.Alert(l.Pos, "cookie 'rewrite' and 'indirect' modes are incompatible.")
		}
		p.Alert(l.Pos, "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.")
		return
	case c.Mode == CookieRewrite && c.Indirect:
		p.Alert(l.Pos, "cookie 'rewrite' and 'indirect' modes are incompatible.")
		return
	case c.Preserve && c.Mode != CookieInsert && !c.Indirect:
		p.Alert(l.Pos, "cookie 'preserve' requires at least 'insert' or 'indirect'.")
		return
	}
	p.proxy.Cookie = c
}

// cookieOption reads an option with an argument.
func (p *Parser) cookieOption(l *Line, c *Cookie, name, value string) bool {
	switch name {
	case "domain":
		if value == "" {
			p.alertTight(l.Pos, "'domain' expects <domain> as argument.")
			return false
		}
		if !strings.Contains(strings.TrimPrefix(value, "."), ".") {
			p.warnTight(l.Pos, "domain '%s' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3).", clip(value))
		}
		if i := strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' }); i >= 0 {
			p.alertTight(l.Pos, "character '%%x%02X' is not permitted in domain name.", value[i])
			return false
		}
		c.Domains = append(slices.Clip(c.Domains), value)
	case "attr":
		if value == "" {
			p.alertTight(l.Pos, "'attr' expects <value> as argument.")
			return false
		}
		if i := strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' }); i >= 0 {
			p.alertTight(l.Pos, "character '%%x%02X' is not permitted in attribute value.", value[i])
			return false
		}
		c.Attrs = append(slices.Clip(c.Attrs), value)
	case "maxidle", "maxlife":
		what, to := "idletime", &c.MaxIdle
		if name == "maxlife" {
			what, to = "lifetime", &c.MaxLife
		}
		if value == "" {
			p.alertTight(l.Pos, "'%s' expects <%s> in seconds as argument.", name, what)
			return false
		}
		d, err := p.delay(value, time.Second)
		switch {
		case err == errTimerOverflow:
			p.alertTight(l.Pos, "timer overflow in argument <%s> to <%s>, maximum value is 2147483647 s (~68 years).", clip(value), name)
			return false
		case err != nil:
			p.alertTight(l.Pos, "%s in argument to <%s>.", err, name)
			return false
		}
		*to = int((d + time.Second - 1) / time.Second)
	default:
		names := append([]string{"domain", "attr", "maxidle", "maxlife"}, cookieModes[1:]...)
		for _, f := range cookieFlags {
			names = append(names, f.name)
		}
		p.Alert(l.Pos, "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', 'maxidle', 'dynamic', 'maxlife' and 'attr' options.%s", nearest.Hint(name, slices.Values(names)))
		return false
	}
	return true
}

// words are those of a line "cookie".
func (c *Cookie) words() []string {
	w := []string{"cookie", c.Name}
	if c.Mode != CookieLearn {
		w = append(w, cookieModes[c.Mode])
	}
	for _, f := range cookieFlags {
		if *f.field(c) {
			w = append(w, f.name)
		}
	}
	for _, d := range c.Domains {
		w = append(w, "domain", d)
	}
	if c.MaxIdle > 0 {
		w = append(w, "maxidle", itoa(c.MaxIdle))
	}
	if c.MaxLife > 0 {
		w = append(w, "maxlife", itoa(c.MaxLife))
	}
	for _, a := range c.Attrs {
		w = append(w, "attr", a)
	}
	return w
}

// parsePersist reads the form with a name in parentheses, which is one word.
func parsePersist(p *Parser, l *Line) {
	name, ok := strings.CutPrefix(l.Arg(1), "rdp-cookie(")
	name, closed := strings.CutSuffix(name, ")")
	switch {
	case l.Arg(1) == "rdp-cookie":
		p.proxy.RDPCookie = "msts"
	case l.Arg(1) == "":
		p.Alert(l.Pos, "missing persist method.")
	case !ok:
		p.Alert(l.Pos, "unknown persist method.%s", nearest.Hint(l.Arg(1), slices.Values([]string{"rdp-cookie"})))
	case !closed || name == "":
		p.Alert(l.Pos, "persist rdp-cookie(name)' requires an rdp cookie name.")
	default:
		p.proxy.RDPCookie = name
	}
}

// CookieCapture keeps the cookie whose name begins so, up to a length.
type CookieCapture struct {
	Name string
	Len  int
}

func parseCaptureCookie(p *Parser, l *Line) {
	if l.Arg(2) == "" || l.Arg(3) != "len" || l.Arg(4) == "" {
		p.Alert(l.Pos, "'capture' expects 'cookie' <cookie_name> 'len' <len>.")
		return
	}
	n, ok := parseInt(l.Arg(4), 0, maxInt)
	if !ok {
		p.Alert(l.Pos, "'capture' expects 'cookie' <cookie_name> 'len' <len>.")
		return
	}
	most := p.spec.Global.CookieLen()
	if n > most {
		p.Warn(l.Pos, "truncating capture length to %d bytes.", most)
	}
	p.proxy.CaptureCookie = &CookieCapture{l.Arg(2), min(n, most)}
}

// defaultCookieLen is what is kept of a cookie for logs, at most.
const defaultCookieLen = 62

// CookieLen is the largest length of captured cookies in bytes
// (tune.http.cookielen counts a terminating null byte).
func (g *Global) CookieLen() int {
	if g.Tune.CookieLen > 0 {
		return g.Tune.CookieLen - 1
	}
	return defaultCookieLen
}

// cookie writes the settings of persistence in which p differs from base.
func (t *textWriter) cookie(p, base *Proxy) {
	if c := p.Cookie; c != nil && c != base.Cookie {
		t.line(c.words()...)
	}
	if p.CookieKey != base.CookieKey {
		t.line("dynamic-cookie-key", p.CookieKey)
	}
	if c := p.CaptureCookie; c != nil {
		t.line("capture", "cookie", c.Name, "len", itoa(c.Len))
	}
	if p.RDPCookie != base.RDPCookie {
		t.line("persist", "rdp-cookie("+p.RDPCookie+")")
	}
}

// serverPersistence are the options of server lines about persistence.
var serverPersistence = []serverOption{
	{name: "cookie", args: 1, syntax: "cookie <value>", doc: "Sets the value that stands for the server in cookies.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'cookie' expects <value> as argument.")
		}
		s.Cookie = a[0]
		return nil
	}},
	{name: "redir", args: 1, syntax: "redir <prefix>", doc: "Sends clients to the server by a redirection.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'redir' expects <prefix> as argument.")
		}
		s.Redir = a[0]
		return nil
	}},
}

// cookieIgnored warns of cookies without HTTP.
func (c *checker) cookieIgnored(p *Proxy) {
	if p.Cookie != nil && (p.From == nil || p.From.Cookie != p.Cookie) {
		c.warn(p.Cookie.Pos, "cookie will be ignored for %s (needs 'mode http').", p.Title())
	}
	for _, s := range p.Servers {
		if s.Cookie != "" {
			c.warn(s.Pos, "%s : ignoring cookie for server '%s' as HTTP mode is disabled.", p.Title(), s.Name)
		}
	}
}
