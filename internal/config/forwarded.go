package config

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Forwarded is "option forwarded": what servers are told in a field of RFC 7239.
type Forwarded struct {
	Proto                          bool
	Host, By, ByPort, For, ForPort ForwardedPart
	Pos                            Pos
}

// ForwardedPart is one parameter or a half of one.
type ForwardedPart struct {
	On   bool
	Expr string // "": what it usually is
}

// forwardedParts are the parameters in the order of the manual.
var forwardedParts = []struct {
	name string
	part func(f *Forwarded) *ForwardedPart
}{
	{"host", func(f *Forwarded) *ForwardedPart { return &f.Host }},
	{"by", func(f *Forwarded) *ForwardedPart { return &f.By }},
	{"by_port", func(f *Forwarded) *ForwardedPart { return &f.ByPort }},
	{"for", func(f *Forwarded) *ForwardedPart { return &f.For }},
	{"for_port", func(f *Forwarded) *ForwardedPart { return &f.ForPort }},
}

// wayRows are the settings by which servers learn of what is in front of the
// proxy, and monitors of the proxy itself (manual 4.2).
var wayRows = Table{
	{Name: "option forwarded", In: InBackends | InDefaults, Max: -1, No: true, Default: true, Since: "2.8", Syntax: "option forwarded [ proto ] [ host | host-expr <expr> ] [ by | by-expr <expr> ] [ by_port | by_port-expr <expr> ] [ for | for-expr <expr> ] [ for_port | for_port-expr <expr> ]",
		Doc: "Tells servers about the client in a Forwarded header field.", Parse: parseForwarded},
	{Name: "option originalto", In: InAnyProxy, Max: -1, Syntax: "option originalto [ except <network> ] [ header <name> ]", Doc: "Tells servers the address that the client connected to in a header field.", Parse: func(p *Parser, l *Line) {
		if f := p.addressField(l, "x-original-to", false); f != nil {
			p.proxy.Options.OriginalTo = f
		}
	}},
	boolOption("checkcache", InBackends, "Blocks responses that may be cached although they set a cookie.", func(o *ProxyOptions) *bool { return &o.CheckCache }),
	{Name: "monitor-uri", In: InFrontends | InDefaults, Max: 1, Syntax: "monitor-uri <uri>", Doc: "Answers requests for a path in place of the servers, to tell that the proxy works.", Parse: func(p *Parser, l *Line) {
		if p.need(l, "'monitor-uri' expects an URI.") {
			p.proxy.MonitorURI = l.Words[1]
		}
	}},
}

func parseForwarded(p *Parser, l *Line) {
	o := &p.proxy.Options
	if l.No || l.Default {
		o.Forwarded = nil
		return
	}
	f := &Forwarded{Pos: l.Pos}
	if len(l.Words) == 2 {
		f.Proto, f.For.On = true, true
	}
	names := []string{"proto"}
	for _, x := range forwardedParts {
		names = append(names, x.name, x.name+"-expr")
	}
words:
	for i := 2; i < len(l.Words); i++ {
		word := l.Words[i]
		if word == "proto" {
			f.Proto = true
			continue
		}
		for _, x := range forwardedParts {
			switch word {
			case x.name:
				*x.part(f) = ForwardedPart{On: true}
				continue words
			case x.name + "-expr":
				if i++; l.Arg(i) == "" {
					p.alertTight(l.Pos, "'%s' expects <expr> as argument.", word)
					return
				}
				*x.part(f) = ForwardedPart{true, l.Words[i]}
				continue words
			}
		}
		p.Alert(l.Pos, "'option forwarded' only supports optional values: 'proto', 'host', 'host-expr', 'by', 'by-expr', 'by_port', 'by_port-expr', 'for', 'for-expr', 'for_port' and 'for_port-expr'.%s", nearest.Hint(word, slices.Values(names)))
		return
	}
	for _, x := range []struct {
		name       string
		node, port *ForwardedPart
	}{{"by", &f.By, &f.ByPort}, {"for", &f.For, &f.ForPort}} {
		if x.port.On && !x.node.On {
			p.Warn(l.Pos, "'option forwarded' : '%s_port-expr' will be ignored because both '%s' and '%s-expr' are unset", x.name, x.name, x.name)
			*x.port = ForwardedPart{}
		}
	}
	if o.Forwarded = f; !f.Proto && !f.Host.On && !f.By.On && !f.For.On { // there is nothing to say
		o.Forwarded = nil
	}
}

// words are those of a line "option forwarded".
func (f *Forwarded) words() []string {
	w := []string{"option", "forwarded"}
	if f.Proto {
		w = append(w, "proto")
	}
	for _, x := range forwardedParts {
		switch part := x.part(f); {
		case part.Expr != "":
			w = append(w, x.name+"-expr", part.Expr)
		case part.On:
			w = append(w, x.name)
		}
	}
	return w
}

// way writes these settings where p differs from base.
func (t *textWriter) way(p, base *Proxy) {
	o, was := &p.Options, &base.Options
	switch f := o.Forwarded; {
	case f != nil && f != was.Forwarded:
		t.line(f.words()...)
	case f == nil && was.Forwarded != nil:
		t.line("no", "option", "forwarded")
	}
	if f := o.OriginalTo; f != nil && f != was.OriginalTo {
		t.line(f.words("originalto")...)
	}
	if p.MonitorURI != base.MonitorURI {
		t.line("monitor-uri", p.MonitorURI)
	}
	if o.CheckCache != was.CheckCache {
		w := []string{"option", "checkcache"}
		if !o.CheckCache {
			w = append([]string{"no"}, w...)
		}
		t.line(w...)
	}
}
