package config

import (
	"slices"
	"strconv"
	"strings"
)

// checkSteps are the steps of a check with their arguments; those of expect are
// longer.
var checkSteps = []struct {
	name, tcp, http, doc string
}{
	{"comment", "<string>", "<string>", "Names the %s check step that follows in messages about it."},
	{"connect", connectSyntax, connectSyntax, "Opens a new connection for the %s check steps that follow."},
	{"expect", expectSyntax, expectSyntax, "Waits for an answer in %s checks and says which ones are good."},
	{"send", "<data> [comment <msg>]", "[meth <method>] [ uri <uri> | uri-lf <fmt> ] [ver <version>] [hdr <name> <fmt>]* [ body <string> | body-lf <fmt> ] [comment <msg>]", "Sends what %s checks ask a server."},
	{"send-binary", "<hexstring> [comment <msg>]", "", "Sends bytes written in hexadecimal within %s checks."},
	{"send-binary-lf", "<hexfmt> [comment <msg>]", "", "Sends bytes that a format gives in hexadecimal within %s checks."},
	{"send-lf", "<fmt> [comment <msg>]", "", "Sends a text made by a format within %s checks."},
	{"set-var", "(<var-name>[,<cond>...]) <expr>", "(<var-name>[,<cond>...]) <expr>", "Sets a variable to the value of an expression within %s checks."},
	{"set-var-fmt", "(<var-name>[,<cond>...]) <fmt>", "(<var-name>[,<cond>...]) <fmt>", "Sets a variable to a text made by a format within %s checks."},
	{"unset-var", "(<var-name>)", "(<var-name>)", "Removes a variable within %s checks."},
}

const (
	connectSyntax = "[default] [port <expr>] [addr <ip>] [send-proxy] [via-socks4] [ssl] [sni <sni>] [alpn <alpn>] [linger] [proto <name>] [comment <msg>]"
	expectSyntax  = "[min-recv <int>] [comment <msg>] [ok-status <st>] [error-status <st>] [tout-status <st>] [on-success <fmt>] [on-error <fmt>] [status-code <expr>] [!] <match> <pattern>"
)

// stepRows makes the rows of the steps of a ruleset. fault says what is wrong
// with a step.
func stepRows(ruleset, protocol string, fault func(step string, l *Line) string, steps func(*CheckSpec) *[]*Setting) (rows Table) {
	for _, s := range checkSteps {
		args := s.tcp
		if ruleset == "http-check" {
			args = s.http
		}
		if args == "" {
			continue
		}
		name := ruleset + " " + s.name
		rows = append(rows, Keyword{Name: name, In: inChecks, Max: -1, Syntax: notation(name, args),
			Doc: strings.Replace(s.doc, "%s", protocol, 1), Parse: func(p *Parser, l *Line) {
				p.addStep(l, ruleset, s.name, fault, steps)
			}})
	}
	return rows
}

func (p *Parser) addStep(l *Line, ruleset, step string, fault func(step string, l *Line) string, steps func(*CheckSpec) *[]*Setting) {
	c, inherited := &p.proxy.Checks, p.inheritedChecks()
	if h, ok := p.other.(*HealthCheck); ok && p.sect == InHealthCheck && !h.takes(p, l, ruleset) {
		return
	}
	list := own(*steps(c), *steps(inherited))
	text := fault(step, l)
	if text == "" && step == "connect" && !connectFirst(list) {
		text = "first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is a 'connect' step in the tcp-check ruleset."
	}
	if missing := missingStep(list, step); text == "" && ruleset == "http-check" && c.Type == "httpchk" && missing != "" {
		text = sprintf("unable to add http-check %s rule at step %d (missing %s rule)..", step, len(list)+1, missing)
	}
	if text != "" {
		p.Alert(l.Pos, "'%s %s' : %s", ruleset, clip(l.Words[1]), text)
		return
	}
	if ruleset == "http-check" && c.Type == "httpchk" && c.TypePos == inherited.TypePos && c.TypePos.IsValid() {
		c.Args = nil // what the defaults say of the request
	}
	*steps(c) = append(slices.Clip(list), &Setting{l.Pos, l.Words[1:]})
}

// Step is the word of a step: "set-var" of "set-var(check.x)".
func (s *Setting) Step() string {
	word, _, _ := strings.Cut(s.Words[0], "(")
	return word
}

// connectFirst says whether a connect step may come next: others than it may not
// come before the first.
func connectFirst(steps []*Setting) bool {
	for _, s := range steps {
		switch s.Step() {
		case "connect":
			return true
		case "comment", "set-var", "set-var-fmt", "unset-var":
		default:
			return false
		}
	}
	return true
}

// missingStep is the step that has to come before another in an HTTP check, ""
// when nothing is missing: a connection carries one request, its answer is waited
// for, and then comes the next connection.
func missingStep(steps []*Setting, next string) string {
	for _, s := range slices.Backward(steps) {
		switch last := s.Step(); {
		case last == "connect" && next == "connect", last == "send" && next == "connect":
			return "expect"
		case last == "connect" && next == "expect":
			return "send"
		case (last == "send" || last == "expect") && next == "send":
			return "connect"
		case last == "connect", last == "send", last == "expect":
			return ""
		}
	}
	return ""
}

// connectFault says what is wrong with a connect step.
func connectFault(ruleset string, l *Line) string {
	for i := 2; i < len(l.Words); i++ {
		word := l.Words[i]
		value := l.Arg(i + 1)
		switch word {
		case "default", "send-proxy", "linger", "ssl", "via-socks4":
			continue
		case "port", "addr", "sni", "alpn", "proto", "comment":
			i++
			if value == "" {
				return map[string]string{"port": "'port' expects a port number or a sample expression as argument..", "addr": "'addr' expects <ipv4|ipv6> as argument..",
					"sni": "'sni' expects a string as argument..", "alpn": "'alpn' : missing the comma-delimited ALPN protocol suite.",
					"proto": "'proto' expects a MUX protocol as argument..", "comment": "'comment' expects a string as argument.."}[word]
			}
		default:
			return "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', 'default' but got '" +
				clip(word) + "' as argument.."
		}
		switch word {
		case "port":
			if n, ok := parseInt(value, -maxInt, maxInt); ok && (n < 1 || n > 65535) {
				return "expects a valid TCP port (from range 1 to 65535) or a sample expression, got " + strconv.Itoa(n) + ".."
			}
		case "proto":
			switch {
			case !slices.Contains([]string{"h1", "h2", "fcgi", "none", "quic", "spop"}, value):
				return "'proto' : unknown MUX protocol '" + clip(value) + "'.."
			case (value == "none") == (ruleset == "http-check"):
				return "'proto' : invalid MUX protocol '" + clip(value) + "' for " + ruleset + "."
			}
		}
	}
	return ""
}

// checkScopes are the scopes of variables that a check can reach.
var checkScopes = []string{"proc", "sess", "psess", "txn", "ptxn", "req", "preq", "res", "pres", "check"}

// varConditions may follow the name of a variable that is set.
var varConditions = []string{"ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"}

func varStepFault(step string, l *Line) string {
	inside, closed := strings.CutSuffix(strings.TrimPrefix(l.Words[1], step), ")")
	name, open := strings.CutPrefix(inside, "(")
	name, conditions, _ := strings.Cut(name, ",")
	scope, rest, _ := strings.Cut(name, ".")
	switch {
	case !open || !closed || name == "":
		return "'" + step + "' : invalid or incomplete action '" + clip(l.Words[1]) +
			"'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'."
	case !slices.Contains(checkScopes, scope) || rest == "":
		return "'" + step + "' : invalid variable name '" + clip(name) +
			"'. A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'."
	}
	for _, c := range strings.Split(conditions, ",") {
		if conditions != "" && !slices.Contains(varConditions, c) {
			return "'" + step + "' : unknown condition \"" + clip(c) + "\"."
		}
	}
	switch {
	case step == "set-var" && len(l.Words) < 3:
		return "'set-var' : missing fetch method."
	case step == "set-var-fmt" && len(l.Words) < 3:
		return "'set-var-fmt' : missing format."
	}
	return ""
}

// expectOptionFault says what is wrong with the value of an option of an expect
// step; known is false when it is none.
func expectOptionFault(word, value string) (text string, known bool) {
	statuses := map[string]string{"ok-status": "'L4OK', 'L6OK', 'L7OK' or 'L7OKC'", "error-status": "'L4CON', 'L6RSP', 'L7RSP' or 'L7STS'", "tout-status": "'L4TOUT', 'L6TOUT' or 'L7TOUT'"}
	switch word {
	case "min-recv":
		n, ok := parseInt(value, -maxInt, maxInt)
		switch {
		case value == "":
			return "'min-recv' expects a integer as argument.", true
		case !ok || n < -1:
			return "'min-recv' expects -1 or an integer from 0 to INT_MAX.", true
		}
	case "comment", "on-success", "on-error":
		if value == "" {
			return "'" + word + "' expects a string as argument.", true
		}
	case "status-code":
		if value == "" {
			return "'status-code' expects an expression as argument.", true
		}
	case "ok-status", "error-status", "tout-status":
		good := statuses[word]
		switch {
		case value == "":
			return "'" + word + "' expects a string as argument.", true
		case !strings.Contains(good, "'"+value+"'") && !(word == "error-status" && value == "L7OKC"):
			return "'" + word + "' only supports " + good + " status (got '" + clip(value) + "')..", true
		}
	default:
		return "", false
	}
	return "", true
}

// checkRules warns of steps of a kind of check that is not the backend's.
func (c *checker) checkRules(p *Proxy) {
	if len(p.Checks.HTTP) > 0 && p.Checks.Type != "httpchk" {
		c.warn(p.Pos, "%s uses http-check rules without 'option httpchk', so the rules are ignored.", p.Title())
	}
	if len(p.Checks.TCP) > 0 && p.Checks.Type != "tcp-check" {
		c.warn(p.Pos, "%s uses tcp-check rules without 'option tcp-check', so the rules are ignored.", p.Title())
	}
}

// ParseCheckAddress reads the address of a connect step; it may have a host to
// look up.
func ParseCheckAddress(s string) (Address, error) {
	a, _, err := parseAddress(s, s, AddressUse{NoPort: true})
	return a, err
}
