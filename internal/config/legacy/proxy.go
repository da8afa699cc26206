package legacy

import "strings"

var proxyForms = []Form{
	timeoutForm("clitimeout", "client"), timeoutForm("contimeout", "connect"), timeoutForm("srvtimeout", "server"),
	timeoutForm("timeout clitimeout", "client"), timeoutForm("timeout contimeout", "connect"), timeoutForm("timeout srvtimeout", "server"),
	{Name: "timeout appsession", In: AnyProxy, By: "nothing: `appsession` has its own",
		Text:    "the 'appsession' timeout does not exist anymore.",
		Replace: dropped("")},
	{Name: "grace", In: AnyProxy, Tight: true, By: "nothing",
		Text:    "the 'grace' keyword is not supported any more since HAProxy version 2.5.",
		Replace: dropped("The listeners stop at once when a soft stop begins; 'grace' in the global section delays it for all.")},
	{Name: "bind-process", In: AnyProxy, Tight: true, By: "nothing: there is one process; `thread` on bind lines restricts threads",
		Text:    "'bind-process' is not supported anymore.",
		Replace: dropped("All threads serve the section; 'thread' on its bind lines restricts them.")},
	{Name: "redispatch", In: AnyProxy, By: "`option redispatch`",
		Text:    "keyword 'redispatch' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'.",
		Replace: only(1, line("option", "redispatch"))},
	{Name: "block", In: AnyProxy, By: "`http-request deny`",
		Text:    "The 'block' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' which uses the exact same syntax.",
		Replace: ruleOf(renamed(1, "http-request", "deny"))},
	{Name: "monitor-net", In: AnyProxy, By: "`http-request return status 200 if { src NET }`; `tcp-request connection reject if { src NET }` in mode tcp",
		Text:    "'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if { src %s }' instead.",
		Replace: ruleOf(monitorNet)},
	{Name: "mode health", In: AnyProxy, By: "`mode http` and `http-request return status 200`",
		Text:    "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.",
		Replace: ruleOf(modeHealth)},
	{Name: "appsession", In: AnyProxy, By: "`stick-table`, `stick store-response res.cook(NAME)`, `stick match req.cook(NAME)`",
		Text:    "'appsession' is not supported anymore since HAProxy 1.6.",
		Replace: appsession},
	{Name: "dispatch", In: AnyProxy, Tight: true, By: "`server dispatch ADDRESS`, when there is no other server",
		Text:    "support for 'dispatch' was removed in version 3.5. The modern way to do the same is to create a server with the same address, and possibly to assign any extra server a weight of zero if any:\n    server dispatch %s",
		Replace: dispatch},
	{Name: "transparent", In: AnyProxy, Tight: true, By: "`server transparent 0.0.0.0`, when there is no other server",
		Text:    "support for 'transparent' was removed in version 3.5. The modern way to do the same is to create a server with address 0.0.0.0.",
		Replace: transparent},
	{Name: "option transparent", In: AnyProxy, Tight: true, By: "`server transparent 0.0.0.0`, when there is no other server",
		Text:    "support for option 'transparent' was removed in version 3.5.",
		Replace: transparent},
	{Name: "hash-type avalanche", In: AnyProxy, By: "`hash-type map-based sdbm avalanche`",
		Text:    "experimental feature 'hash-type avalanche' is not supported anymore, please use 'hash-type map-based sdbm avalanche' instead.",
		Replace: renamed(2, "hash-type", "map-based", "sdbm", "avalanche")},
	tcpRequestForm("accept"), tcpRequestForm("reject"),
}

func timeoutForm(name, kind string) Form {
	short := name[strings.IndexByte(name, ' ')+1:]
	return Form{Name: name, In: AnyProxy, By: "`timeout " + kind + "`",
		Text:    "the '" + short + "' directive is not supported anymore since HAProxy 2.1. Use 'timeout " + kind + "'.",
		Replace: renamed(strings.Count(name, " ")+1, "timeout", kind)}
}

// tcpRequestForm is "tcp-request accept" and its like, which were the only rules
// of their kind once.
func tcpRequestForm(action string) Form {
	return Form{Name: "tcp-request " + action, In: AnyProxy, By: "`tcp-request connection " + action + "`",
		Text:    "'tcp-request' expects 'inspect-delay', 'connection', or 'content' before '" + action + "'.",
		Replace: renamed(2, "tcp-request", "connection", action)}
}

// only gives the answer to lines of n words.
func only(n int, a Answer) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		if len(w) != n {
			return Answer{Why: "it has too many arguments"}, true
		}
		return a, true
	}
}

// ruleOf is for what is replaced by rules, which anonymous defaults sections
// cannot have.
func ruleOf(f func(Place, []string) (Answer, bool)) func(Place, []string) (Answer, bool) {
	return func(at Place, w []string) (Answer, bool) {
		if at.Section == Defaults {
			return Answer{Why: "what replaces it may not stand in a 'defaults' section: write it into each section that needs it"}, true
		}
		return f(at, w)
	}
}

func monitorNet(at Place, w []string) (Answer, bool) {
	if len(w) != 2 {
		return Answer{Why: "it needs one network"}, true
	}
	if at.Mode != "http" {
		a := line("tcp-request", "connection", "reject", "if", "{", "src", w[1], "}")
		a.Note = "The connections count as denied ones in the statistics."
		return a, true
	}
	a := line("http-request", "return", "status", "200", "if", "{", "src", w[1], "}")
	a.Note = "The checks are logged and counted as requests."
	return a, true
}

func modeHealth(_ Place, w []string) (Answer, bool) {
	return Answer{Lines: [][]string{{"mode", "http"}, {"http-request", "return", "status", "200"}},
		Note: "Whoever checks must speak HTTP: it used to get a bare \"OK\" without 'option httpchk'."}, len(w) == 2
}

// appsession learns the cookie that an application sets, as a stick table does.
func appsession(at Place, w []string) (Answer, bool) {
	cookie, size, hold, learn := "", "", "", false
	for i := 1; i < len(w); i++ {
		switch {
		case i == 1:
			cookie = w[1]
		case w[i] == "len" && i+1 < len(w):
			i++
			size = w[i]
		case w[i] == "timeout" && i+1 < len(w):
			i++
			hold = w[i]
		case w[i] == "request-learn":
			learn = true
		default:
			return Answer{Why: "stick tables have nothing for '" + shown(w[i]) + "'"}, true
		}
	}
	switch {
	case cookie == "" || size == "" || hold == "":
		return Answer{Why: "it needs a cookie, 'len' and 'timeout'"}, true
	case at.Section&(Backend|Listen) == 0:
		return Answer{Why: "stick rules belong into backends"}, true
	case at.Around.has("stick-table") || at.Around.has("stick"):
		return Answer{Why: "the section has a stick table of its own"}, true
	case strings.ContainsAny(cookie, ",)\"' "):
		return Answer{Why: "the cookie's name cannot be an argument"}, true
	}
	a := Answer{Note: "The table holds 100000 sessions; raise 'size' if there can be more.", Lines: [][]string{
		{"stick-table", "type", "string", "len", size, "size", "100k", "expire", hold},
		{"stick", "store-response", "res.cook(" + cookie + ")"},
		{"stick", "match", "req.cook(" + cookie + ")"}}}
	if learn {
		a.Lines = append(a.Lines, []string{"stick", "store-request", "req.cook(" + cookie + ")"})
	}
	return a, true
}

const otherServers = "the section has servers, and which of them serves what would change: give the address to a server, and the others the weight they should have"

func dispatch(at Place, w []string) (Answer, bool) {
	switch {
	case len(w) != 2:
		return Answer{Why: "it needs one address"}, true
	case at.Section == Frontend:
		return Answer{Note: "A frontend has no servers: it had no effect."}, true
	case at.Section == Defaults:
		return Answer{Why: "a server may not stand in a 'defaults' section"}, true
	case at.Around.has("server") || at.Around.has("server-template"):
		return Answer{Why: otherServers}, true
	}
	return line("server", "dispatch", w[1]), true
}

func transparent(at Place, w []string) (Answer, bool) {
	switch {
	case at.No:
		return Answer{}, true
	case at.Section == Frontend:
		return Answer{Note: "A frontend has no servers: it had no effect."}, true
	case at.Section == Defaults:
		return Answer{Why: "a server may not stand in a 'defaults' section"}, true
	case at.Around.has("server") || at.Around.has("server-template"):
		return Answer{Why: otherServers}, true
	}
	return line("server", "transparent", "0.0.0.0"), true
}

// shown makes a word fit for a message.
func shown(s string) string {
	if len(s) > 100 {
		s = s[:100] + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ReplaceAll(s, "\x00", ""))
}
