package config

// laxRows are the settings that let messages pass that break the rules of HTTP (manual 3.1 and 4.2). The two options are traits.
var laxRows = Table{
	{Name: "h1-accept-payload-with-any-method", In: InGlobal, Since: "2.7", Doc: "Takes HTTP/1.0 requests with a body whatever their method.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.H1AnyPayload = true }},
	{Name: "h1-do-not-close-on-insecure-transfer-encoding", In: InGlobal, Since: "3.1", Doc: "Keeps connections open after messages with both a length and a transfer encoding.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.H1KeepInsecure = true }},
	oldLaxOption(InFrontends, "http-request", func(t *Traits) *bool { return &t.LaxRequest }),
	oldLaxOption(InBackends, "http-response", func(t *Traits) *bool { return &t.LaxResponse }),
}

// oldLaxOption is the old name of the option about what ("http-request",
// "http-response").
func oldLaxOption(in Sections, what string, field func(*Traits) *bool) Keyword {
	old, by := "accept-invalid-"+what, "accept-unsafe-violations-in-"+what
	return Keyword{Name: "option " + old, In: in | InDefaults, No: true, Doc: "Is the old name of \"option " + by + "\".", Parse: func(p *Parser, l *Line) {
		p.warnTight(l.Pos, "option '%s' is deprecated. please use 'option %s' if absolutely needed.", old, by)
		*field(&p.proxy.Options.Traits) = !l.No
	}}
}
