package check

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// request sends an HTTP request. Its fields are in lower case, as the reference
// sends them.
func (r *run) request(q *request) (Result, bool) {
	data, method := q.compose(&r.ctx, r.state())
	r.method, r.answer = http1.LookupMethod([]byte(method)), answer{}
	return r.write(data)
}

// state is the line of "http-check send-state".
func (r *run) state() string {
	if !r.script.sendState || r.spec.State == nil {
		return ""
	}
	return r.spec.State()
}

// compose makes the bytes of the request.
func (q *request) compose(c *sample.Ctx, state string) (data []byte, method string) {
	method, version, uri := q.method, q.version, []byte("/")
	if method == "" {
		method = "OPTIONS"
	}
	if version == "" {
		version = "HTTP/1.0"
	}
	if q.uri != nil {
		if u := q.uri.Append(nil, c); len(u) > 0 {
			uri = clean(u)
		}
	}
	var fields []byte
	connection := false
	for _, f := range q.fields {
		v := f.value.Append(nil, c)
		if len(v) == 0 {
			continue
		}
		if f.name == "host" {
			uri = authority(uri, v)
		}
		connection = connection || f.name == "connection"
		fields = append(append(append(append(fields, f.name...), ": "...), v...), "\r\n"...)
	}
	if state != "" {
		fields = append(append(append(fields, "x-haproxy-server-state: "...), state...), "\r\n"...)
	}
	var body []byte
	if q.body != nil {
		body = q.body.Append(nil, c)
	}
	// Who gets a PUT without a length may wait for a body.
	if len(body) > 0 || method == "PUT" || method == "POST" || method == "PATCH" {
		fields = append(strconv.AppendInt(append(fields, "content-length: "...), int64(len(body)), 10), "\r\n"...)
	}
	if version == "HTTP/1.1" && !connection {
		fields = append(fields, "connection: close\r\n"...)
	}
	data = append(data, method+" "...)
	data = append(append(data, uri...), " "+version+"\r\n"...)
	data = append(append(data, fields...), "\r\n"...)
	return append(data, body...), method
}

// clean removes what would end the request line.
func clean(uri []byte) []byte {
	return bytes.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f {
			return -1
		}
		return c
	}, uri)
}

// authority puts the value of Host into an absolute URI.
func authority(uri, host []byte) []byte {
	i := bytes.Index(uri, []byte("://"))
	if i < 0 || uri[0] == '/' {
		return uri
	}
	rest := uri[i+3:]
	if j := bytes.IndexAny(rest, "/?#"); j >= 0 {
		rest = rest[j:]
	} else {
		rest = nil
	}
	return append(append(append([]byte(nil), uri[:i+3]...), host...), rest...)
}

// answer is what came after a request.
type answer struct {
	head   *http1.Head
	start  []byte // the head's bytes, which head points into
	follow http1.Body
	body   []byte
	faulty bool // the body's framing is broken
}

func (a *answer) known() *http1.Head { return a.head }

func (a *answer) status() int {
	if a.head == nil {
		return 0
	}
	return a.head.Status
}

// readHead waits for the head of the answer; intermediate ones are passed over.
func (r *run) readHead() (ok bool) {
	limits := http1.Limits{MaxHead: r.most(), Lax: r.spec.Lax}
	h := &http1.Head{}
	h.Reset()
	for {
		n, err := h.ParseResponse(r.buf, &limits, r.method)
		switch {
		case err != nil:
			return false
		case n > 0 && (h.Status >= 200 || h.Status == 101): // after 101 comes no more HTTP
			start := bytes.Clone(r.buf[:n])
			h.Rebase(start)
			r.answer = answer{head: h, start: start}
			r.answer.follow.Reset(h.ResponseBody(r.method), h.ContentLength)
			r.buf = r.buf[n:]
			r.ctx.Res = h
			r.take()
			return true
		case n > 0: // 1xx: the answer is still to come
			r.buf = r.buf[n:]
			h.Reset()
		case !r.more():
			return false
		}
	}
}

// take moves what came of the body to where it is looked at.
func (r *run) take() {
	a := &r.answer
	for len(r.buf) > 0 && !a.follow.Done() && !a.faulty {
		data, n, err := a.follow.Payload(r.buf)
		a.body = append(a.body, data...)
		if err != nil {
			a.faulty = true
		}
		if n == 0 {
			break
		}
		r.buf = r.buf[n:]
	}
}

// expectHTTP looks at the answer to a request.
func (r *run) expectHTTP(e *expect) (Result, bool) {
	a := &r.answer
	if a.head == nil && !r.readHead() {
		if r.broken != nil {
			return r.lost(r.broken, e.timeoutStatus), true
		}
		return Result{Status: "SOCKERR"}, true
	}
	if r.script.disableOn404 && a.head.Status == 404 && (r.spec.down == nil || !r.spec.down()) {
		return Result{Status: "L7OKC", Code: 404}, true
	}
	switch {
	case e.status != nil, e.rstatus, e.header != nil:
		if e.ofHead(a.head, &r.ctx) == e.not {
			return r.bad(e, string(a.head.Reason())), true
		}
		return r.good(e), false
	}
	return r.expectBody(e)
}

// ofHead matches what a step wants of status or fields.
func (e *expect) ofHead(h *http1.Head, c *sample.Ctx) bool {
	switch {
	case e.rstatus:
		return e.regex.MatchString(strconv.Itoa(h.Status))
	case e.header != nil:
		return e.header.in(h, c)
	}
	for _, s := range e.status {
		if h.Status >= s.Low && h.Status <= s.High {
			return true
		}
	}
	return false
}

func (r *run) expectBody(e *expect) (Result, bool) {
	a := &r.answer
	text := e.text
	if e.format != nil {
		text = e.format.Append(nil, &r.ctx)
	}
	for {
		final := r.eof || a.follow.Done() || len(a.body) >= r.most()
		if a.faulty {
			return r.bad(e, "TCPCHK did not match "+e.unmatched+" at step "+r.number()), true
		}
		if len(a.body) >= e.size(text) || final {
			found := len(a.body) > 0
			if e.regex != nil {
				found = found && e.regex.Match(a.body)
			} else {
				found = found && bytes.Contains(a.body, text)
			}
			switch {
			case found && !e.not:
				return r.good(e), false
			case found:
				return r.bad(e, "HTTP check matched unwanted content"), true
			case final && len(a.body) == 0:
				return r.bad(e, "HTTP content check could not find a response body"), true
			case (final || e.minRecv == 0) && e.not:
				return r.good(e), false
			case final || e.minRecv == 0:
				return r.bad(e, "HTTP content check did not match"), true
			}
		}
		if !r.more() && r.broken != nil {
			return r.lost(r.broken, e.timeoutStatus), true
		}
		r.take()
	}
}

// headerMatch is "hdr" or "fhdr" of an expect step.
type headerMatch struct {
	name, value *matcher // value nil: the field's presence is enough
	full        bool     // commas are data
}

type matcher struct {
	method string // str, beg, end, sub, reg
	fold   bool
	text   []byte
	format *sample.Format
	regex  sample.Regexp
}

// fixed is the text to look for, at this moment.
func (m *matcher) fixed(c *sample.Ctx) []byte {
	if m.format != nil {
		return m.format.Append(nil, c)
	}
	return m.text
}

func (m *matcher) match(v, text []byte) bool {
	if m.fold {
		v, text = bytes.ToLower(v), bytes.ToLower(text)
	}
	switch m.method {
	case "beg":
		return bytes.HasPrefix(v, text)
	case "end":
		return bytes.HasSuffix(v, text)
	case "sub":
		return bytes.Contains(v, text)
	case "reg":
		return m.regex.Match(v)
	}
	return bytes.Equal(v, text)
}

func (m *headerMatch) in(h *http1.Head, c *sample.Ctx) bool {
	name := m.name.fixed(c)
	var value []byte
	if m.value != nil {
		value = m.value.fixed(c)
	}
	for i := range h.Len() {
		if !m.name.match(h.Name(i), name) {
			continue
		}
		if m.value == nil {
			return true
		}
		if m.full {
			if m.value.match(h.Value(i), value) {
				return true
			}
			continue
		}
		for part := range strings.SplitSeq(string(h.Value(i)), ",") {
			if m.value.match([]byte(strings.TrimSpace(part)), value) {
				return true
			}
		}
	}
	return false
}
