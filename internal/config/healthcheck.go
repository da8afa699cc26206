package config

import (
	"slices"
	"strings"
)

// CheckSpec is how the servers of a backend are checked.
type CheckSpec struct {
	HTTP    bool // option httpchk
	HTTPPos Pos  // where it stands

	Method  string // "" when not set, which is OPTIONS
	URI     string // "" when not set, which is "/"
	Version string // "" when not set, which is HTTP/1.0
	Headers []CheckHeader
	Body    string
	SendPos Pos // where "http-check send" stands

	// Expect is nil without "http-check expect": then 2xx and 3xx are good.
	Expect *CheckExpect
}

// CheckHeader is a field of "http-check send hdr".
type CheckHeader struct{ Name, Value string }

// CheckExpect is "http-check expect status".
type CheckExpect struct {
	Pos    Pos
	Not    bool // "!"
	Status []StatusRange
}

// StatusRange is a range of HTTP statuses, both ends included.
type StatusRange struct{ Low, High int }

const httpCheckWords = "'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'."

var checkRows = Table{
	{Name: "option httpchk", In: InBackends | InDefaults, Max: -1, Syntax: "option httpchk [ <uri> | <method> <uri> [<version> [<host>]] ]", Doc: "Checks servers by HTTP requests.", Parse: parseHTTPChk},
	groupRow(InAnyProxy|InHealthCheck, "http-check", "", "'http-check' only supports "+httpCheckWords+" but got '%s'"),
	{Name: "http-check expect", In: InBackends | InDefaults, Max: -1, Syntax: "http-check expect [min-recv <int>] [comment <msg>] [ok-status <st>] [error-status <st>] [tout-status <st>] [on-success <fmt>] [on-error <fmt>] [status-code <expr>] [!] <match> <pattern>", Doc: "Sets what a good answer to a check is.", Parse: parseCheckExpect},
	{Name: "http-check send", In: InBackends | InDefaults, Max: -1, Syntax: "http-check send [meth <method>] [ uri <uri> | uri-lf <fmt> ] [ver <version>] [hdr <name> <fmt>]* [ body <string> | body-lf <fmt> ] [comment <msg>]", Doc: "Sets the request of a check.", Parse: parseCheckSend},
}

// parseHTTPChk parses "option httpchk", "… URI", "… METHOD URI" and
// "… METHOD URI VERSION".
func parseHTTPChk(p *Parser, l *Line) {
	var method, uri, version string
	switch len(l.Words) {
	case 2:
	case 3:
		uri = l.Words[2]
	case 4:
		method, uri = l.Words[2], l.Words[3]
	default:
		method, uri, version = l.Words[2], l.Words[3], l.Words[4]
	}
	fail := func(format string, args ...any) { p.Alert(l.Pos, "'option httpchk' : "+format, args...) }
	switch {
	case strings.ContainsAny(version, "\r\n"):
		fail("hiding headers or body at the end of the version string is unsupported.Use 'http-check send' directive instead..")
		return
	case len(l.Words) > 5:
		fail("cannot handle unexpected argument '%s'.", clip(l.Words[5]))
		return
	}
	if text := requestLineFault(method, uri, version); text != "" {
		fail("%s", text)
		return
	}
	c := &p.proxy.Checks
	inherited := p.inheritedChecks()
	if c.SendPos == inherited.SendPos {
		c.forgetSend()
	}
	if c.Expect == inherited.Expect {
		c.Expect = nil
	}
	c.HTTP, c.HTTPPos = true, l.Pos
	if method != "" {
		c.Method = method
	}
	if uri != "" {
		c.URI = uri
	}
	if version != "" {
		c.Version = version
	}
}

// inheritedChecks are those of the section's defaults. What a section says of the
// request itself replaces all that they say of it.
func (p *Parser) inheritedChecks() CheckSpec {
	if p.proxy.From == nil {
		return CheckSpec{}
	}
	return p.proxy.From.Checks
}

// forgetSend makes the request the default one again.
func (c *CheckSpec) forgetSend() {
	c.Method, c.URI, c.Version, c.Headers, c.Body, c.SendPos = "", "", "", nil, "", Pos{}
}

// requestLineFault says what keeps a check's request from being sent; "" when
// nothing does. Empty parts are not set.
func requestLineFault(method, uri, version string) string {
	switch {
	case method != "" && !isToken(method):
		return "invalid method '" + clip(method) + "'."
	case strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "invalid character in URI '" + clip(uri) + "'."
	case version != "" && version != "HTTP/1.0" && version != "HTTP/1.1":
		return "unsupported version '" + clip(version) + "', only 'HTTP/1.0' and 'HTTP/1.1' are."
	}
	return ""
}

func parseCheckExpect(p *Parser, l *Line) {
	fail := func(format string, args ...any) { p.Alert(l.Pos, "'http-check expect' : "+format, args...) }
	if len(l.Words) < 3 {
		fail("expects at least a matching pattern as arguments.")
		return
	}
	e := &CheckExpect{Pos: l.Pos}
	for i := 2; i < len(l.Words); i++ {
		w := l.Words[i]
		if w == "!" {
			e.Not = true
			i++
			w = l.Arg(i)
		} else if rest, ok := strings.CutPrefix(w, "!"); ok {
			e.Not, w = true, rest
		}
		switch w {
		case "status":
			i++
			if e.Status != nil {
				fail("only one pattern expected.")
				return
			}
			if i >= len(l.Words) {
				fail("'status' expects a <pattern> as argument.")
				return
			}
			list, text := parseStatusList(l.Words[i])
			if text != "" {
				fail("%s", text)
				return
			}
			e.Status = list
		case "comment", "min-recv", "string", "rstring", "string-lf", "rstatus", "hdr", "fhdr", "ok-status", "error-status",
			"tout-status", "on-success", "on-error", "status-code":
			fail("'%s' is not built yet in this version of Sluice.", w)
			return
		default:
			fail("'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr or comment but got '%s' as argument..", clip(w))
			return
		}
	}
	p.proxy.Checks.Expect = e
}

// parseStatusList parses "200,300-399" and returns the text of an error.
func parseStatusList(s string) ([]StatusRange, string) {
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

func parseCheckSend(p *Parser, l *Line) {
	fail := func(format string, args ...any) { p.Alert(l.Pos, "'http-check send' : "+format, args...) }
	c, inherited := p.proxy.Checks, p.inheritedChecks()
	if c.SendPos.IsValid() && c.SendPos != inherited.SendPos || c.Expect != nil && c.Expect != inherited.Expect {
		// Two requests in a row need an "http-check connect" between them.
		fail("unable to add http-check send rule at step 2 (missing connect rule)..")
		return
	}
	if c.HTTPPos == inherited.HTTPPos {
		c.forgetSend()
	}
	c.SendPos, c.Headers, c.Body, c.Expect = l.Pos, nil, "", nil
	for i := 2; i < len(l.Words); i += 2 {
		w, v := l.Words[i], l.Arg(i+1)
		switch w {
		case "uri-lf", "body-lf", "comment":
			fail("'%s' is not built yet in this version of Sluice.", w)
			return
		case "meth", "uri", "ver", "body":
			if v == "" {
				fail("'%s' expects a string as argument..", w)
				return
			}
		}
		switch w {
		case "meth":
			c.Method = v
		case "uri":
			c.URI = v
		case "ver":
			c.Version = v
		case "body":
			c.Body = v
		case "hdr":
			value := l.Arg(i + 2)
			i++
			switch name := strings.ToLower(v); {
			case v == "" || value == "":
				fail("'hdr' expects <name> and <value> as arguments.")
				return
			case !isToken(v) || strings.ContainsAny(value, "\r\n\x00"):
				fail("invalid header '%s'.", clip(v))
				return
			case strings.Contains(value, "%["):
				fail("'%s' : expressions are not built yet in this version of Sluice.", clip(value))
				return
			case slices.Contains([]string{"content-length", "transfer-encoding"}, name):
				// Ignored, as the manual 4.2 says: they follow from the body.
			default:
				c.Headers = append(c.Headers, CheckHeader{v, value})
			}
		default:
			fail("expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '%s' as argument..", clip(w))
			return
		}
	}
	if text := requestLineFault(c.Method, c.URI, c.Version); text != "" {
		fail("%s", text)
		return
	}
	p.proxy.Checks = c
}
