package legacy

import "strings"

var checkForms = []Form{
	{Name: "option httpchk", In: AnyProxy, By: "headers and body after the version: `http-check send hdr NAME VALUE body TEXT`",
		Text:    "'option httpchk' : hiding headers or body at the end of the version string is unsupported.Use 'http-check send' directive instead..",
		Replace: httpchk},
}

func httpchk(at Place, w []string) (Answer, bool) {
	if len(w) < 5 || !strings.ContainsAny(w[4], "\r\n") {
		return Answer{}, false
	}
	switch {
	case at.No:
		return Answer{Why: "it cannot be negated"}, true
	case len(w) > 5:
		return Answer{Why: "'" + shown(w[5]) + "' follows: the spaces of a header need a backslash"}, true
	case at.Around.has("http-check send"):
		return Answer{Why: "the section has an 'http-check send' of its own"}, true
	}
	text := strings.ReplaceAll(w[4], "\r\n", "\n")
	if strings.Contains(text, "\r") {
		return Answer{Why: "it has a '\\r' without '\\n'"}, true
	}
	version, text, _ := strings.Cut(text, "\n")
	head, body, _ := strings.Cut("\n"+text, "\n\n")
	send := []string{"http-check", "send"}
	for _, field := range strings.Split(strings.Trim(head, "\n"), "\n") {
		if field == "" {
			continue
		}
		name, value, ok := strings.Cut(field, ":")
		value = strings.Trim(value, " \t")
		if !ok || !isToken(name) || value == "" {
			return Answer{Why: "'" + shown(field) + "' is no header field"}, true
		}
		switch strings.ToLower(name) {
		case "connection", "content-length", "transfer-encoding":
			continue // a check sets them itself
		}
		send = append(send, "hdr", name, percent(value))
	}
	if body != "" {
		send = append(send, "body", body)
	}
	a := line("option", "httpchk", w[2], w[3], version)
	a.Note = formatNote(text)
	if len(send) > 2 {
		a.Lines = append(a.Lines, send)
	}
	return a, true
}

// percent makes text fit for where formats are allowed. The name of a variable
// has no such sign, and its default is text like any other.
func percent(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// formatNote is about variables in text that has become a format.
func formatNote(words ...string) string {
	for _, w := range words {
		if Variable(w) {
			return "In the value of a variable a '%' would begin a format now: write it twice."
		}
	}
	return ""
}

// isToken says whether s can be a header field's name (RFC 9110 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}
