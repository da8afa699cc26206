package config

// obsoleteRows are keywords that the language had once. They say what replaces
// them.
var obsoleteRows = Table{
	goneTight("grace", InAnyProxy, "the 'grace' keyword is not supported any more since HAProxy version 2.5."),
	goneTight("bind-process", InAnyProxy, "'bind-process' is not supported anymore."),
	gone("clitimeout", InAnyProxy, "the 'clitimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout client'."),
	gone("contimeout", InAnyProxy, "the 'contimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout connect'."),
	gone("srvtimeout", InAnyProxy, "the 'srvtimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout server'."),
	gone("appsession", InAnyProxy, "'appsession' is not supported anymore since HAProxy 1.6."),
	gone("block", InAnyProxy, "The 'block' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' which uses the exact same syntax."),
	gone("reqadd", InAnyProxy, "The 'reqadd' directive is not supported anymore since HAProxy 2.1. Use 'http-request add-header' instead."),
	gone("rspadd", InAnyProxy, "The 'rspadd' directive is not supported anymore since HAProxy 2.1. Use 'http-response add-header' instead."),
	gone("reqrep", InAnyProxy, reqReplaced("reqrep")), gone("reqirep", InAnyProxy, reqReplaced("reqirep")),
	gone("reqdel", InAnyProxy, "The 'reqdel' directive is not supported anymore since HAProxy 2.1. Use 'http-request del-header' instead."),
	gone("reqidel", InAnyProxy, "The 'reqidel' directive is not supported anymore since HAProxy 2.1. Use 'http-request del-header' instead."),
	gone("reqdeny", InAnyProxy, "The 'reqdeny' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' instead."),
	gone("reqideny", InAnyProxy, "The 'reqideny' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' instead."),
	gone("reqallow", InAnyProxy, "The 'reqallow' directive is not supported anymore since HAProxy 2.1. Use 'http-request allow' instead."),
	gone("reqiallow", InAnyProxy, "The 'reqiallow' directive is not supported anymore since HAProxy 2.1. Use 'http-request allow' instead."),
	gone("reqtarpit", InAnyProxy, "The 'reqtarpit' directive is not supported anymore since HAProxy 2.1. Use 'http-request tarpit' instead."),
	gone("reqitarpit", InAnyProxy, "The 'reqitarpit' directive is not supported anymore since HAProxy 2.1. Use 'http-request tarpit' instead."),
	gone("rsprep", InAnyProxy, "The 'rsprep' directive is not supported anymore since HAProxy 2.1. Use 'http-response replace-header' instead."),
	gone("rspirep", InAnyProxy, "The 'rspirep' directive is not supported anymore since HAProxy 2.1. Use 'http-response replace-header' instead."),
	gone("rspdel", InAnyProxy, "The 'rspdel' directive is not supported anymore since HAProxy 2.1. Use 'http-response del-header' instead."),
	gone("rspidel", InAnyProxy, "The 'rspidel' directive is not supported anymore since HAProxy 2.1. Use 'http-response del-header' instead."),
	gone("rspdeny", InAnyProxy, "The 'rspdeny' directive is not supported anymore since HAProxy 2.1. Use 'http-response deny' instead."),
	gone("rspideny", InAnyProxy, "The 'rspideny' directive is not supported anymore since HAProxy 2.1. Use 'http-response deny' instead."),
	gone("nbproc", InGlobal, "nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on multi-processor machines if available."),
	goneTight("option forceclose", InAnyProxy, "option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed."),
	goneTight("option http-tunnel", InAnyProxy, "option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed."),
	goneTight("option http_proxy", InAnyProxy, "option 'http_proxy' is not supported any more since HAProxy 2.5. This option stopped working in HAProxy 1.9 and usually had nasty side effects. It can be more reliably implemented with combinations of 'http-request set-dst' and 'http-request set-uri', and even 'http-request do-resolve' if DNS resolution is desired."),
	{Name: "monitor-net", In: InAnyProxy, Max: -1, Doc: "No longer exists.", Parse: func(p *Parser, l *Line) {
		p.Alert(l.Pos, "'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if { src %s }' instead.", clip(l.Arg(1)))
	}},
}

func reqReplaced(name string) string {
	return "The '" + name + "' directive is not supported anymore since HAProxy 2.1. Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead."
}

func gone(name string, in Sections, text string) Keyword {
	return Keyword{Name: name, In: in, Max: -1, No: true, Default: true, Doc: "No longer exists.",
		Parse: func(p *Parser, l *Line) { p.Alert(l.Pos, "%s", text) }}
}

func goneTight(name string, in Sections, text string) Keyword {
	return Keyword{Name: name, In: in, Max: -1, No: true, Default: true, Doc: "No longer exists.",
		Parse: func(p *Parser, l *Line) { p.alertTight(l.Pos, "%s", text) }}
}
