package config

import (
	"slices"
	"strings"
)

// StatusRange is a range of HTTP statuses, both ends included.
type StatusRange struct{ Low, High int }

// httpStepFault says what is wrong with a step of an HTTP check (manual 4.2
// "http-check …").
func httpStepFault(step string, l *Line) string {
	switch step {
	case "comment":
		if len(l.Words) < 3 {
			return "expects a string as argument."
		}
	case "connect":
		return connectFault("http-check", l)
	case "send":
		return httpSendFault(l)
	case "expect":
		return httpExpectFault(l)
	default:
		return varStepFault(step, l)
	}
	return ""
}

func httpSendFault(l *Line) string {
	var method, uri, version string
	for i := 2; i < len(l.Words); i += 2 {
		w, v := l.Words[i], l.Arg(i+1)
		switch w {
		case "meth", "uri", "uri-lf", "ver", "body", "body-lf", "comment":
			if v == "" {
				return "'" + w + "' expects a string as argument.."
			}
		case "hdr":
			value := l.Arg(i + 2)
			i++
			switch {
			case v == "" || value == "":
				return "'hdr' expects <name> and <value> as arguments."
			case !isToken(v) || strings.ContainsAny(value, "\r\n\x00"):
				return "invalid header '" + clip(v) + "'."
			}
		default:
			return "expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '" + clip(w) + "' as argument.."
		}
		switch w {
		case "meth":
			method = v
		case "uri":
			uri = v
		case "ver":
			version = v
		}
	}
	return requestLineFault(method, uri, version)
}

func httpExpectFault(l *Line) string {
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
		text := ""
		switch word {
		case "status":
			if value != "" {
				_, text = ParseStatusList(value)
			}
		case "rstatus", "rstring":
			text = regexFault(value)
		case "string", "string-lf":
		case "hdr", "fhdr":
			var n int
			if n, text = headerMatchFault(word, l.Words[i+1:]); text == "" {
				i += n - 1
				value = "set"
			}
		default:
			return "'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr or comment but got '" + clip(word) + "' as argument.."
		}
		switch {
		case found:
			return "only one pattern expected."
		case text != "":
			return strings.TrimSuffix(text, ".") + "."
		case value == "":
			return "'" + word + "' expects a <pattern> as argument."
		}
		found = true
	}
	if !found {
		return "expects at least a matching pattern as arguments."
	}
	return ""
}

// headerMatches are the methods of "-m" of hdr and fhdr.
var headerMatches = []string{"str", "beg", "end", "sub", "reg"}

// headerMatchFault says what is wrong with the words after hdr or fhdr, and how
// many of them belong to it.
func headerMatchFault(word string, words []string) (n int, text string) {
	at := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	pattern := func(missing string) string {
		format, regex := strings.HasSuffix(at(n), "-lf"), false
		n++
		if at(n) == "-m" {
			switch m := at(n + 1); {
			case m == "":
				return "'" + word + "' : '-m' expects at a matching pattern ('str', 'beg', 'end', 'sub' or 'reg')."
			case !slices.Contains(headerMatches, m):
				return "'" + word + "' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got '" + clip(m) + "')."
			default:
				regex = m == "reg"
			}
			n += 2
		}
		switch {
		case format && regex:
			return "'" + word + "': log-format string is not supported with a regex matching method."
		case at(n) == "":
			return missing
		case regex && regexFault(at(n)) != "":
			return regexFault(at(n))
		}
		n++
		return ""
	}
	missing := "'" + word + "' expects at the name keyword as first argument followed by a pattern."
	if at(0) != "name" && at(0) != "name-lf" {
		return 0, missing
	}
	if text = pattern(missing); text != "" {
		return n, text
	}
	if at(n) == "value" || at(n) == "value-lf" {
		text = pattern("'" + word + "' expect a pattern with the value keyword.")
	}
	return n, text
}

// ParseStatusList parses "200,300-399" and returns the text of an error.
func ParseStatusList(s string) ([]StatusRange, string) {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != ',' && c != '-' {
			return nil, "invalid character '" + string(c) + "' in the list of status codes."
		}
	}
	var list []StatusRange
	for _, part := range strings.Split(s, ",") {
		if part == "" {
			continue
		}
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		a, oka := parseInt(low, 0, 1<<20)
		b, okb := parseInt(high, 0, 1<<20)
		if !oka || !okb || b < a {
			return nil, "invalid range of status codes '" + clip(part) + "'."
		}
		list = append(list, StatusRange{a, b})
	}
	if list == nil {
		return nil, "no status code in '" + clip(s) + "'."
	}
	return list, ""
}
