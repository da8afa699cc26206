package config

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Traits are options about what passes and what is logged (manual 4.2).
type Traits struct {
	CaseClient, CaseServer        bool // h1-case-adjust-bogus-client, -server
	BufferRequest                 bool
	DropRequestTrailers           bool
	DropResponseTrailers          bool
	IgnoreProbes                  bool
	UseProxyHeader                bool
	LaxRequest, LaxResponse       bool // accept-unsafe-violations-in-http-request, -response
	DontLogNormal, SeparateErrors bool
	DisableH2Upgrade              bool // nothing is upgraded yet
	SmallBuffers                  SmallBuffers
	HeaderNames                   HeaderNames // http-restrict-req-hdr-names
}

// HeaderNames is what becomes of requests whose header names have anything but
// letters, digits and hyphens.
type HeaderNames uint8

// The policies.
const (
	PreserveNames HeaderNames = iota
	DeleteNames
	RejectNames
)

var nameWords = []string{"preserve", "delete", "reject"}

// traits are the options that are on or off.
var traits = []struct {
	name  string
	in    Sections
	doc   string
	field func(t *Traits) *bool
}{
	{"accept-unsafe-violations-in-http-request", InFrontends, "Takes requests that break the rules of HTTP, as the manual lists them.", func(t *Traits) *bool { return &t.LaxRequest }},
	{"accept-unsafe-violations-in-http-response", InBackends, "Takes responses that break the rules of HTTP, as the manual lists them.", func(t *Traits) *bool { return &t.LaxResponse }},
	{"disable-h2-upgrade", InFrontends, "Does not change to HTTP/2 when a plain connection begins with its preface, as Sluice never does yet.", func(t *Traits) *bool { return &t.DisableH2Upgrade }},
	{"dontlog-normal", InFrontends, "Logs only what did not go well.", func(t *Traits) *bool { return &t.DontLogNormal }},
	{"h1-case-adjust-bogus-client", InFrontends, "Writes header names to clients in the case that h1-case-adjust sets.", func(t *Traits) *bool { return &t.CaseClient }},
	{"h1-case-adjust-bogus-server", InBackends, "Writes header names to servers in the case that h1-case-adjust sets.", func(t *Traits) *bool { return &t.CaseServer }},
	{"http-buffer-request", InProxies, "Waits for the body before rules look at a request.", func(t *Traits) *bool { return &t.BufferRequest }},
	{"http-drop-request-trailers", InBackends, "Removes the trailers of requests.", func(t *Traits) *bool { return &t.DropRequestTrailers }},
	{"http-drop-response-trailers", InFrontends, "Removes the trailers of responses.", func(t *Traits) *bool { return &t.DropResponseTrailers }},
	{"http-ignore-probes", InFrontends, "Neither logs nor answers connections that end without a request.", func(t *Traits) *bool { return &t.IgnoreProbes }},
	{"http-use-proxy-header", InFrontends, "Heeds and writes Proxy-Connection, too, in requests that take the frontend for a proxy.", func(t *Traits) *bool { return &t.UseProxyHeader }},
	{"log-separate-errors", InFrontends, "Logs what did not go well with a higher severity.", func(t *Traits) *bool { return &t.SeparateErrors }},
}

var traitRows = append(traitFlags(), Keyword{Name: "option http-restrict-req-hdr-names", In: InAnyProxy, Max: 1, Since: "2.6", Syntax: "option http-restrict-req-hdr-names { preserve | delete | reject }",
	Doc: "Sets what becomes of header names with anything but letters, digits and hyphens.", Parse: func(p *Parser, l *Line) {
		const expects = "option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option."
		word := l.Arg(2)
		i := slices.Index(nameWords, word)
		switch {
		case word == "":
			p.Alert(l.Pos, "missing parameter. "+expects)
		case i < 0:
			p.Alert(l.Pos, "invalid parameter '%s'. "+expects+"%s", clip(word), nearest.Hint(word, slices.Values(nameWords)))
		default:
			p.proxy.Options.Traits.HeaderNames = HeaderNames(i)
		}
	}})

func traitFlags() (t Table) {
	for _, x := range traits {
		field := x.field
		t = append(t, boolOption(x.name, x.in, x.doc, func(o *ProxyOptions) *bool { return field(&o.Traits) }))
	}
	return t
}

// traits writes the options in which p differs from base.
func (t *textWriter) traits(p, base *Proxy) {
	o, was := &p.Options.Traits, &base.Options.Traits
	for _, x := range traits {
		switch v := *x.field(o); {
		case v == *x.field(was):
		case v:
			t.line("option", x.name)
		default:
			t.line("no", "option", x.name)
		}
	}
	t.smallBuffers(o.SmallBuffers, was.SmallBuffers)
	if o.HeaderNames != was.HeaderNames {
		t.line("option", "http-restrict-req-hdr-names", nameWords[o.HeaderNames])
	}
}
