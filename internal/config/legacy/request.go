package legacy

import "strings"

const reqReplaced = " directive is not supported anymore since HAProxy 2.1. Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead."

var requestForms = []Form{
	rule("reqrep", reqReplaced, "`http-request replace-header` or `replace-pathq`", replaceLine(false, false)),
	rule("reqirep", " directive is not supported anymore since HAProxy 2.1. Use 'http-request replace-header' instead.", "`http-request replace-header` or `replace-pathq`", replaceLine(false, true)),
	rule("reqdel", instead("http-request del-header"), "`http-request del-header`", deleteLine(false)),
	rule("reqidel", instead("http-request del-header"), "`http-request del-header`", deleteLine(false)),
	rule("reqadd", instead("http-request add-header"), "`http-request add-header`", addLine(false)),
	rule("reqdeny", " not supported anymore since HAProxy 2.1. Use 'http-request deny' instead.", "`http-request deny if { … -m reg … }`", whenLine(false, false, "http-request", "deny")),
	rule("reqideny", instead("http-request deny"), "`http-request deny if { … -m reg -i … }`", whenLine(false, true, "http-request", "deny")),
	rule("reqallow", instead("http-request allow"), "`http-request allow if { … }`", whenLine(false, false, "http-request", "allow")),
	rule("reqiallow", instead("http-request allow"), "`http-request allow if { … }`", whenLine(false, true, "http-request", "allow")),
	rule("reqtarpit", instead("http-request tarpit"), "`http-request tarpit if { … }`", whenLine(false, false, "http-request", "tarpit")),
	rule("reqitarpit", instead("http-request tarpit"), "`http-request tarpit if { … }`", whenLine(false, true, "http-request", "tarpit")),
	rule("reqpass", " not supported anymore since HAProxy 2.1.", "nothing that says the same", lost("it kept a line of the request from the rules after it, which no rule does today: give those a condition")),
	rule("reqipass", " directive is not supported anymore since HAProxy 2.1.", "nothing that says the same", lost("it kept a line of the request from the rules after it, which no rule does today: give those a condition")),
	rule("reqsetbe", " directive is not supported anymore. Use 'use_backend' instead.", "`use_backend NAME if { … }`", setBackend(false)),
	rule("reqisetbe", " directive is not supported anymore. Use 'use_backend' instead.", "`use_backend NAME if { … }`", setBackend(true)),
}

var responseForms = []Form{
	rule("rsprep", instead("http-response replace-header"), "`http-response replace-header`", replaceLine(true, false)),
	rule("rspirep", instead("http-response replace-header"), "`http-response replace-header`", replaceLine(true, true)),
	rule("rspdel", " directive is not supported anymore since HAProxy 2.1. Use 'http-response del-header' .", "`http-response del-header`", deleteLine(true)),
	rule("rspidel", instead("http-response del-header"), "`http-response del-header`", deleteLine(true)),
	rule("rspadd", instead("http-response add-header"), "`http-response add-header`", addLine(true)),
	rule("rspdeny", instead("http-response deny"), "`http-response deny if { … }`", whenLine(true, false, "http-response", "deny")),
	rule("rspideny", instead("http-response deny"), "`http-response deny if { … }`", whenLine(true, true, "http-response", "deny")),
}

func rule(name, text, by string, f func(Place, []string) (Answer, bool)) Form {
	return Form{Name: name, In: AnyProxy, Text: "The '" + name + "'" + text, By: by, Replace: ruleOf(f)}
}

func instead(by string) string {
	return " directive is not supported anymore since HAProxy 2.1. Use '" + by + "' instead."
}

// set is the ruleset's keyword.
func set(response bool) string {
	if response {
		return "http-response"
	}
	return "http-request"
}

// arguments splits words after the keyword into n arguments and a condition.
func arguments(w []string, n int) (args, cond []string, why string) {
	if len(w) < n+1 {
		return nil, nil, "it lacks an argument"
	}
	args, cond = w[1:n+1], w[n+1:]
	if len(cond) > 0 && cond[0] != "if" && cond[0] != "unless" {
		return nil, nil, "'" + shown(cond[0]) + "' follows where 'if' or 'unless' may stand: the spaces of an expression need a backslash"
	}
	return args, cond, ""
}

// addLine is "reqadd": its argument is a whole line.
func addLine(response bool) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		args, cond, why := arguments(w, 1)
		if why != "" {
			return Answer{Why: why}, true
		}
		name, value, ok := strings.Cut(args[0], ":")
		value = strings.Trim(value, " \t")
		if !ok || !isToken(name) || strings.ContainsAny(value, "\r\n") || value == "" {
			return Answer{Why: "'" + shown(args[0]) + "' is no single header field"}, true
		}
		a := line(append([]string{set(response), "add-header", name, percent(value)}, cond...)...)
		a.Note = formatNote(value)
		return a, true
	}
}

// deleteLine is "reqdel": fields that an expression matches.
func deleteLine(response bool) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		args, cond, why := arguments(w, 1)
		if why != "" {
			return Answer{Why: why}, true
		}
		words := []string{set(response), "del-header"}
		expr := args[0]
		name, rest, ok := headerOf(expr)
		if ok && strings.Trim(rest, "()$") != "" && strings.Trim(rest, "()$") != ".*" {
			return Answer{Why: "it deletes a field depending on its value: 'http-request replace-value' or a condition may say it"}, true
		}
		if bare, found := strings.CutPrefix(expr, "^"); !ok && found {
			// "^X-Foo" is every field whose name begins so; "^(A|B):" any of them.
			if prefix, plain := plainName(strings.TrimSuffix(bare, ".*")); plain {
				return line(append(append(words, prefix, "-m", "beg"), cond...)...), true
			}
			if list, found := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(bare, ".*"), " "), ":"); found && choice(list) {
				return line(append(append(words, "^"+strings.ToLower(list)+"$", "-m", "reg"), cond...)...), true
			}
		}
		if !ok {
			return Answer{Why: "'" + shown(expr) + "' does not begin with '^' and the name of a field"}, true
		}
		return line(append(append(words, name), cond...)...), true
	}
}

// choice says whether s is a group of names.
func choice(s string) bool {
	s, a := strings.CutPrefix(s, "(")
	s, b := strings.CutSuffix(s, ")")
	if !a || !b {
		return false
	}
	for _, n := range strings.Split(strings.TrimPrefix(s, "?:"), "|") {
		if _, ok := plainName(n); !ok {
			return false
		}
	}
	return true
}

// replaceLine is "reqrep": a line that an expression matches becomes another.
func replaceLine(response, fold bool) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		args, cond, why := arguments(w, 2)
		if why != "" {
			return Answer{Why: why}, true
		}
		expr, by, note := normal(args[0], args[1])
		if alternatives(expr) {
			return Answer{Why: "'" + shown(expr) + "' has alternatives outside of parentheses"}, true
		}
		if strings.ContainsAny(by, "\r\n") {
			return Answer{Why: "it makes several lines of one"}, true
		}
		if name, rest, ok := headerOf(expr); ok {
			a := replaceField(response, fold, name, rest, by, cond)
			if note != "" && a.Why == "" {
				a.Note = strings.TrimSpace(note + " " + a.Note)
			}
			return a, true
		}
		if !response {
			return replaceTarget(fold, expr, by, cond), true
		}
		return Answer{Why: "'" + shown(expr) + "' does not begin with '^' and the name of a field: nothing rewrites a status line"}, true
	}
}

func replaceField(response, fold bool, name, rest, by string, cond []string) Answer {
	to, value, ok := strings.Cut(by, ":")
	value = strings.Trim(value, " \t")
	switch {
	case !ok || !strings.EqualFold(to, name):
		return Answer{Why: "it gives the line another name: use 'set-header' with the new one and 'del-header'"}
	case value == "":
		return Answer{Why: "it leaves an empty field: use 'del-header'"}
	case !valid("^" + rest):
		return Answer{Why: "'" + shown(rest) + "' is no expression for a value"}
	case strings.Contains(value, `\0`):
		return Answer{Why: "it repeats the whole line in the value"}
	}
	a := line(append([]string{set(response), "replace-header", name, insensitive(fold, "^"+rest), percent(value)}, cond...)...)
	a.Note = formatNote(value)
	return a
}

// replaceTarget is a rewritten request line, of which the target may change.
func replaceTarget(fold bool, expr, by string, cond []string) Answer {
	ambiguous := Answer{Why: "'" + shown(expr) + "' cannot be told as one of method, target or header field"}
	parts, ok := requestLine(expr)
	if !ok {
		return ambiguous
	}
	to := strings.Split(by, " ")
	if len(to) != len(parts) {
		return Answer{Why: "the new line '" + shown(by) + "' does not have the parts of the old one"}
	}
	n := groups(parts[0])
	target, new := parts[1], to[1]
	switch {
	case !anyMethod(parts[0]) && methods(parts[0]) == nil:
		return Answer{Why: "'" + shown(parts[0]) + "' is no method"}
	case !(n == 1 && to[0] == `\1`) && !(n == 0 && to[0] == parts[0]):
		return Answer{Why: "it changes the method"}
	case len(parts) == 3 && !anyVersion(parts[2]):
		return Answer{Why: "'" + shown(parts[2]) + "' is not any version"}
	case len(parts) == 2 && !carried(target, new, n):
		return Answer{Why: "the version of the request would be lost: the expression does not end in '(.*)' or the new line not in its number"}
	}
	new, ok = shift(new, n)
	if !ok || !valid("^"+target) || new == "" {
		return ambiguous
	}
	action := "replace-pathq"
	if strings.Contains(target, "://") || strings.HasPrefix(target, "http") {
		action = "replace-uri"
	}
	if !anyMethod(parts[0]) {
		words := append([]string{"{", "method"}, methods(parts[0])...)
		if cond, ok = and(append(words, "}"), cond); !ok {
			return Answer{Why: "its 'unless' cannot be joined with the method"}
		}
	}
	a := line(append([]string{"http-request", action, insensitive(fold, "^"+target), percent(new)}, cond...)...)
	a.Note = formatNote(new)
	return a
}

// carried says whether what follows the target, the version, comes back at the
// end of the new line by the last group.
func carried(target, by string, before int) bool {
	if !strings.HasSuffix(strings.TrimSuffix(target, "$"), "(.*)") {
		return false
	}
	n := before + groups(target)
	return n <= 9 && strings.HasSuffix(by, `\`+string(rune('0'+n)))
}

func insensitive(fold bool, expr string) string {
	if fold {
		return "(?i)" + expr
	}
	return expr
}
