package optionsets

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A message is what two proxies must deliver alike: chunk sizes are not part of it.
type message struct {
	start   string
	fields  []string // with names in lower case
	raw     []string // the fields as they came
	body    string
	framing string // what ended the body: "", "length", "chunks", "close", "tunnel"
	whole   bool
}

func (m *message) get(name string) string {
	for _, f := range m.fields {
		if n, v, _ := strings.Cut(f, ":"); n == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func (m *message) drop(name string) {
	m.raw = slices.DeleteFunc(m.raw, func(f string) bool { return strings.HasPrefix(strings.ToLower(f), name+":") })
}

func (m *message) has(name, token string) bool {
	for _, f := range m.fields {
		if n, v, _ := strings.Cut(f, ":"); n == name && strings.Contains(strings.ToLower(v), token) {
			return true
		}
	}
	return false
}

// String shows the fields in the order of their names: those of one name keep theirs.
func (m *message) String() string {
	f := slices.Clone(m.raw)
	slices.SortStableFunc(f, func(a, b string) int {
		a, _, _ = strings.Cut(strings.ToLower(a), ":")
		b, _, _ = strings.Cut(strings.ToLower(b), ":")
		return strings.Compare(a, b)
	})
	body := m.body
	if len(body) > 200 {
		body = fmt.Sprintf("%s...%d", body[:100], len(body))
	}
	end := ""
	if !m.whole {
		body, _, _ = strings.Cut(body, "<trailer")
		end = " (cut)"
	}
	return fmt.Sprintf("%s %q %s %q%s", m.start, f, m.framing, body, end)
}

// head reads a start line and fields; nil when they are not complete. rest is what
// follows them.
func head(b []byte) (m *message, rest []byte) {
	text, rest, ok := bytes.Cut(b, []byte("\r\n\r\n"))
	if !ok {
		return nil, b
	}
	lines := strings.Split(string(text), "\r\n")
	m = &message{start: lines[0]}
	for _, l := range lines[1:] {
		name, value, _ := strings.Cut(l, ":")
		m.raw = append(m.raw, l)
		m.fields = append(m.fields, strings.ToLower(name)+":"+value)
	}
	return m, rest
}

// take reads the body of m from b, and gives what is left; whole tells whether it
// was all there. over: nothing more will come.
func (m *message) take(b []byte, over bool) (rest []byte) {
	switch m.framing {
	case "":
		m.whole = true
		return b
	case "length":
		n, _ := strconv.Atoi(m.get("content-length"))
		m.body = string(b[:min(n, len(b))])
		m.whole = len(b) >= n
		return b[min(n, len(b)):]
	case "chunks":
		return m.chunks(b)
	}
	m.body, m.whole = string(b), over
	return nil
}

func (m *message) chunks(b []byte) []byte {
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok {
			return nil
		}
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if err != nil {
			m.body += fmt.Sprintf("<bad chunk %q>", line)
			return nil
		}
		if n == 0 {
			for {
				line, after, ok := bytes.Cut(rest, []byte("\r\n"))
				if !ok {
					return nil
				}
				rest = after
				if len(line) == 0 {
					m.whole = true
					return rest
				}
				m.body += fmt.Sprintf("<trailer %s>", line)
			}
		}
		m.body += string(rest[:min(int(n), len(rest))])
		if len(rest) < int(n)+2 {
			return nil
		}
		b = rest[n+2:]
	}
}

// answers reads what a client got to requests of the given methods. final counts
// those that are whole and no 1xx.
func answers(b []byte, methods []string, over bool) (list []string, final int) {
	for len(b) > 0 {
		m, rest := head(b)
		if m == nil {
			return append(list, fmt.Sprintf("no head: %q", hide(string(b)))), final
		}
		method := "GET"
		if final < len(methods) {
			method = methods[final]
		}
		f := strings.Fields(m.start)
		code := 0
		if len(f) > 1 {
			code, _ = strconv.Atoi(f[1])
		}
		interim := code >= 100 && code < 200 && code != 101
		switch {
		case interim, method == "HEAD", code == 204, code == 304:
		case code == 101, method == "CONNECT" && code/100 == 2:
			m.framing = "tunnel"
		case m.has("transfer-encoding", "chunked"):
			m.framing = "chunks"
		case m.get("content-length") != "":
			m.framing = "length"
		default:
			m.framing = "close"
		}
		b = m.take(rest, over)
		if strings.HasPrefix(m.body, "<html><body><h1>") { // HAProxy 2.6 sends these pages as they are written
			for i, f := range m.raw {
				name, value, _ := strings.Cut(f, ":")
				m.raw[i] = strings.ToLower(name) + ":" + value
			}
		}
		if code == 413 || code == 419 || m.get("location") == "/bad" { // HAProxy sends a page for a bad request as it is
			m.drop("connection")
		}
		list = append(list, hide(m.String()))
		if m.whole && !interim {
			final++
		}
		if !m.whole {
			return list, final
		}
	}
	return list, final
}

var hidden = []struct {
	re   *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`_port=\d+`), "_port=PORT"},
	{regexp.MustCompile(`PROXY TCP4 (\S+) (\S+) \d+ \d+`), "PROXY TCP4 $1 $2 PORT PORT"},
}

// hide takes out what differs between any two runs.
func hide(s string) string {
	for _, h := range hidden {
		s = h.re.ReplaceAllString(s, h.text)
	}
	return s
}
