package rule

import (
	"bytes"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Reply is an answer that a rule gives in place of a server.
type Reply struct {
	Status int
	// ErrorPage: the answer is the proxy's own page for Status (errorfile or the
	// built-in one), which the caller knows. Nothing else of the reply counts.
	ErrorPage bool
	// Challenge: the error page asks for a name and a password, those of Realm; "": of
	// the proxy whose rule it is.
	Challenge bool
	Realm     string

	group       string // http-errors section that has the page, "" for none
	contentType string
	body        *sample.Format // nil: none
	fields      []replyField
	redirect    *redirect
	raw         *rawReply // a whole message from a file
}

type replyField struct {
	name  string // lower case
	value *sample.Format
}

// Append writes the answer, head and body, as it goes to an HTTP/1 client. head
// leaves the body out (HEAD); close announces the end of the connection, as
// must be when Closes says so.
func (y *Reply) Append(dst []byte, c *sample.Ctx, head, close bool) []byte {
	if y.raw != nil {
		return y.raw.append(dst, head, close)
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(y.Status), 10)
	dst = append(append(dst, ' '), reason(y.Status)...)
	dst = append(dst, "\r\n"...)
	for i := range y.fields {
		f := &y.fields[i]
		begin := len(dst)
		dst = append(append(dst, f.name...), ": "...)
		n := len(dst)
		if dst = f.value.Append(dst, c); len(dst) == n { // fields without a value are left out, as in the reference
			dst = dst[:begin]
			continue
		}
		dst = append(dst, "\r\n"...)
	}
	var body []byte
	if y.body != nil {
		c.Out = y.body.Append(c.Out[:0], c)
		body = c.Out
	}
	if y.Status != 204 { // RFC 9110 8.6
		dst = append(dst, "content-length: "...)
		dst = append(strconv.AppendInt(dst, int64(len(body)), 10), "\r\n"...)
	}
	if len(body) > 0 && y.contentType != "" {
		dst = append(append(append(dst, "content-type: "...), y.contentType...), "\r\n"...)
	}
	if y.redirect != nil {
		dst = y.redirect.append(dst, c)
	}
	if close {
		dst = append(dst, "connection: close\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	if head {
		return dst
	}
	return append(dst, body...)
}

// Closes says whether the connection must end after the answer whatever the
// client asked for.
func (y *Reply) Closes() bool { return y.raw != nil && !y.raw.keeps }

// reason gives the phrase for a status, by its class when it has none.
func reason(status int) string {
	if s := http1.StatusText(status); s != "" {
		return s
	}
	switch status / 100 {
	case 1:
		return "Informational"
	case 2:
		return "Success"
	case 3:
		return "Redirection"
	case 4:
		return "Client Error"
	case 5:
		return "Server Error"
	}
	return "Other"
}

// answer is return and deny.
type answer struct {
	verdict Verdict
	reply   *Reply
}

func (a *answer) Do(_ *sample.Ctx, r *Result) Verdict {
	r.Reply = a.reply
	return a.verdict
}

// rawReply is a whole message read from a file: sent as it is, field names in
// lower case, but for what it says of the connection, which is the client's and ours.
type rawReply struct {
	head, body []byte // head: without the empty line
	keeps      bool   // the client knows where it ends, and it does not close
	old        bool   // HTTP/1.0, which ends without a word
}

func (r *rawReply) append(dst []byte, head, close bool) []byte {
	if len(r.head) == 0 { // an empty file: silence
		return dst
	}
	dst = append(dst, r.head...)
	if close && !r.old {
		dst = append(dst, "connection: close\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	if head {
		return dst
	}
	return append(dst, r.body...)
}

// parseRaw reads the file of an "errorfile" argument; at is where it is wrong.
func parseRaw(data []byte) (r *rawReply, at int, ok bool) {
	var h http1.Head
	h.Reset()
	n, err := h.ParseResponse(data, nil, http1.MethodGet)
	if fault, is := err.(*http1.Error); is {
		return nil, fault.Pos, false
	}
	if n == 0 {
		return nil, 0, false
	}
	r = &rawReply{body: data[n:], keeps: h.KeepAlive && (h.ContentLength >= 0 || h.Chunked), old: h.Minor == 0}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	r.head = append(append(r.head, bytes.TrimRight(line, "\r")...), "\r\n"...)
	for i := range h.Len() {
		name := bytes.ToLower(h.Name(i))
		if len(name) == 0 || string(name) == "connection" || string(name) == "keep-alive" {
			continue
		}
		r.head = append(append(r.head, name...), ": "...)
		r.head = append(append(r.head, h.Value(i)...), "\r\n"...)
	}
	return r, 0, h.ContentLength < 0 || h.ContentLength == int64(len(r.body))
}
