package legacy

var optionForms = []Form{
	{Name: "option forceclose", In: AnyProxy, Tight: true, By: "`option httpclose`",
		Text:    "option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed.",
		Replace: optionRenamed("httpclose")},
	{Name: "option http-tunnel", In: AnyProxy, Tight: true, By: "nothing",
		Text:    "option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed.",
		Replace: dropped("Every request of a connection is looked at, not the first alone.")},
	{Name: "option http-use-htx", In: AnyProxy, By: "nothing: there is no other way",
		Text:    "option 'http-use-htx' does not exist anymore, please just remove it.",
		Replace: dropped("")},
	{Name: "option http_proxy", In: AnyProxy, Tight: true, By: "nothing that says the same",
		Text:    "option 'http_proxy' is not supported any more since HAProxy 2.5. This option stopped working in HAProxy 1.9 and usually had nasty side effects. It can be more reliably implemented with combinations of 'http-request set-dst' and 'http-request set-uri', and even 'http-request do-resolve' if DNS resolution is desired.",
		Replace: httpProxy},
	{Name: "option tcpsplice", In: AnyProxy, By: "`option splice-auto`",
		Text:    "option 'tcpsplice' does not exist anymore. Use 'option splice-auto'.",
		Replace: optionRenamed("splice-auto")},
	{Name: "option independant-streams", In: AnyProxy, By: "`option independent-streams`",
		Text:    "option 'independant-streams' is now spelt 'independent-streams'.",
		Replace: optionRenamed("independent-streams")},
}

func optionRenamed(name string) func(Place, []string) (Answer, bool) {
	return func(at Place, w []string) (Answer, bool) {
		if len(w) > 2 {
			return Answer{Why: "it has an argument"}, true
		}
		if at.No {
			return line("no", "option", name), true
		}
		return line("option", name), true
	}
}

func httpProxy(at Place, _ []string) (Answer, bool) {
	if at.No {
		return Answer{}, true
	}
	return Answer{Why: "it depends on what the servers of the section should be"}, true
}
