package config

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// tcpSteps are the steps of a TCP check.
var tcpSteps = []string{"comment", "connect", "send", "send-lf", "send-binary", "send-binary-lf", "expect", "set-var-fmt", "set-var", "unset-var"}

// tcpCheckWords name the steps of a TCP check in messages.
const tcpCheckWords = "'comment', 'connect', 'send', 'send-binary', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'."

// parseTCPCheck checks a "tcp-check" line (manual 4.2 "tcp-check …"), which is
// kept as written.
func parseTCPCheck(p *Parser, l *Line, c *HealthCheck) {
	step, _, _ := strings.Cut(l.Arg(1), "(")
	text, known := tcpStepFault(step, l)
	switch {
	case !known:
		p.Alert(l.Pos, "'tcp-check' only supports %s but got '%s'%s", tcpCheckWords, clip(l.Arg(1)), nearest.Hint(step, slices.Values(tcpSteps)))
		return
	case c.Type != "" && c.Type != "tcp-check":
		p.Alert(l.Pos, "unable to configure 'tcp-check' rule for '%s' healthcheck", checkProtocol(c.Type))
		return
	case c.Proxy.Checks.rules():
		p.Alert(l.Pos, "cannot mix 'tcp-check' and 'http-check' rules")
		return
	case text == "" && step == "connect" && !c.connectFirst():
		text = "first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is a 'connect' step in the tcp-check ruleset."
	}
	if text != "" {
		p.Alert(l.Pos, "'tcp-check %s' : %s", clip(l.Arg(1)), text)
		return
	}
	c.TCPRules = append(c.TCPRules, &Setting{l.Pos, l.Words[1:]})
}

// connectFirst says whether a connect step may come next: others than it may not
// come before the first.
func (c *HealthCheck) connectFirst() bool {
	for _, r := range c.TCPRules {
		switch word, _, _ := strings.Cut(r.Words[0], "("); word {
		case "connect":
			return true
		case "comment", "set-var", "set-var-fmt", "unset-var":
		default:
			return false
		}
	}
	return true
}

// tcpStepFault says what is wrong with a step, "" when nothing is; known is false
// when there is no such step.
func tcpStepFault(step string, l *Line) (text string, known bool) {
	switch step {
	case "comment":
		if len(l.Words) < 3 {
			return "expects a string as argument.", true
		}
	case "connect":
		return tcpConnectFault(l), true
	case "send", "send-lf", "send-binary", "send-binary-lf":
		return tcpSendFault(step, l), true
	case "expect":
		return tcpExpectFault(l), true
	case "set-var", "set-var-fmt", "unset-var":
		return tcpVarFault(step, l), true
	default:
		return "", false
	}
	return "", true
}

func tcpSendFault(step string, l *Line) string {
	data, what := l.Arg(2), "string"
	if step == "send-binary" {
		what = "binary string"
	}
	switch {
	case data == "":
		return "'" + what + "' expects a " + step + " as argument."
	case step == "send-binary" && hexFault(data) != "":
		return "'" + clip(data) + "' invalid binary string (" + hexFault(data) + ")."
	case len(l.Words) > 3 && l.Words[3] != "comment":
		return "expects 'comment' but got '" + clip(l.Words[3]) + "' as argument.."
	case len(l.Words) == 4:
		return "'comment' expects a string as argument.."
	case len(l.Words) > 5:
		return "expects 'comment' but got '" + clip(l.Words[5]) + "' as argument.."
	}
	return ""
}

// hexFault says what keeps s from being bytes in hexadecimal.
func hexFault(s string) string {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return "an hex digit is expected (found '" + string(rune(c)) + "')"
		}
	}
	if len(s)%2 != 0 {
		return "an even number of hex digits is expected"
	}
	return ""
}

func tcpConnectFault(l *Line) string {
	for i := 2; i < len(l.Words); i++ {
		switch word := l.Words[i]; word {
		case "default", "send-proxy", "via-socks4", "ssl", "linger":
		case "port", "addr", "sni", "alpn", "proto", "comment":
			i++
			if i < len(l.Words) {
				continue
			}
			return "'" + word + "' expects " + map[string]string{"port": "a port number or a sample expression", "addr": "an address",
				"sni": "a sample expression", "alpn": "a list of protocols", "proto": "a protocol name", "comment": "a string"}[word] + " as argument.."
		default:
			return "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', 'default' but got '" +
				clip(word) + "' as argument.."
		}
	}
	return ""
}

// tcpMatches are the patterns of "tcp-check expect", each perhaps after a "!".
var tcpMatches = []string{"string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"}

func tcpExpectFault(l *Line) string {
	if len(l.Words) < 3 {
		return "expects at least a matching pattern as arguments."
	}
	found := false
	for i := 2; i < len(l.Words); i += 2 {
		word := l.Words[i]
		if word == "!" {
			i++
			word = l.Arg(i)
		} else {
			word = strings.TrimPrefix(word, "!")
		}
		value := l.Arg(i + 1)
		switch {
		case slices.Contains(tcpMatches, word):
			switch {
			case found:
				return "only one pattern expected."
			case value == "":
				return "'" + word + "' expects a <pattern> as argument."
			case word == "binary" && hexFault(value) != "":
				return "invalid binary string (" + hexFault(value) + ")."
			case word == "rstring" || word == "rbinary":
				if text := regexFault(value); text != "" {
					return text + "."
				}
			}
			found = true
		case slices.Contains([]string{"min-recv", "comment", "ok-status", "error-status", "tout-status", "on-success", "on-error", "status-code"}, word):
			if value == "" {
				return "'" + word + "' expects a string as argument."
			}
		default:
			return "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', '[!]binary-lf' or comment but got '" +
				clip(word) + "' as argument.."
		}
	}
	if !found {
		return "expects at least a matching pattern as arguments."
	}
	return ""
}

// checkScopes are the scopes of variables that a check can reach.
var checkScopes = []string{"proc", "sess", "psess", "txn", "ptxn", "req", "preq", "res", "pres", "check"}

func tcpVarFault(step string, l *Line) string {
	inside, closed := strings.CutSuffix(strings.TrimPrefix(l.Words[1], step), ")")
	name, open := strings.CutPrefix(inside, "(")
	name, _, _ = strings.Cut(name, ",")
	scope, rest, _ := strings.Cut(name, ".")
	switch {
	case !open || !closed || name == "":
		return "'" + step + "' : invalid or incomplete action '" + clip(l.Words[1]) +
			"'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'."
	case !slices.Contains(checkScopes, scope) || rest == "":
		return "'" + step + "' : invalid variable name '" + clip(name) +
			"'. A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'."
	case step == "set-var" && len(l.Words) < 3:
		return "'set-var' : missing fetch method."
	case step == "set-var-fmt" && len(l.Words) < 3:
		return "'set-var-fmt' : missing format."
	}
	return ""
}
