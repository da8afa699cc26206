package config

import (
	"slices"
	"strings"
)

// tcpCheckWords name the steps of a TCP check in messages.
const tcpCheckWords = "'comment', 'connect', 'send', 'send-binary', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'."

// tcpStepFault says what is wrong with a step of a TCP check (manual 4.2
// "tcp-check …").
func tcpStepFault(step string, l *Line) string {
	switch step {
	case "comment":
		if len(l.Words) < 3 {
			return "expects a string as argument."
		}
	case "connect":
		return connectFault("tcp-check", l)
	case "send", "send-lf", "send-binary", "send-binary-lf":
		return tcpSendFault(step, l)
	case "expect":
		return tcpExpectFault(l)
	default:
		return varStepFault(step, l)
	}
	return ""
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
		if text, known := expectOptionFault(word, value); known {
			if text != "" {
				return text
			}
			continue
		}
		switch {
		case !slices.Contains(tcpMatches, word):
			return "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', '[!]binary-lf' or comment but got '" +
				clip(word) + "' as argument.."
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
	}
	if !found {
		return "expects at least a matching pattern as arguments."
	}
	return ""
}
