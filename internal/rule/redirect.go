package rule

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

type redirectKind uint8

const (
	toLocation redirectKind = iota + 1
	toPrefix
	toScheme
)

// redirect is a compiled redirection (manual 4.2, "redirect").
type redirect struct {
	kind        redirectKind
	target      *sample.Format
	dropQuery   bool
	keepQuery   bool
	appendSlash bool
	ignoreEmpty bool
	noCache     bool // the code lets nobody remember the answer
	cookie      *sample.Format
	reply       *Reply
}

func (d *redirect) Do(c *sample.Ctx, r *Result) Verdict {
	if d.ignoreEmpty {
		if c.Out = d.target.Append(c.Out[:0], c); len(c.Out) == 0 {
			return Continue
		}
	}
	r.Reply = d.reply
	return Respond
}

// append writes the fields that belong to the redirection.
func (d *redirect) append(dst []byte, c *sample.Ctx) []byte {
	dst = append(d.location(append(dst, "location: "...), c), "\r\n"...)
	if d.noCache {
		dst = append(dst, "cache-control: no-cache\r\n"...)
	}
	if d.cookie != nil {
		dst = append(d.cookie.Append(append(dst, "set-cookie: "...), c), "\r\n"...)
	}
	return dst
}

func (d *redirect) location(dst []byte, c *sample.Ctx) []byte {
	var path, query []byte // query with its question mark
	if c.Req != nil {
		path, query = splitTarget(c.Req)
	}
	start := len(dst)
	switch d.kind {
	case toLocation:
		dst = d.target.Append(dst, c)
		if d.keepQuery && len(query) > 1 {
			if bytes.IndexByte(dst[start:], '?') >= 0 {
				query, dst = query[1:], append(dst, '&')
			}
			dst = append(dst, query...)
		}
		return dst
	case toPrefix:
		dst = d.target.Append(dst, c)
		if string(dst[start:]) == "/" {
			dst = dst[:start] // nothing before the original path
		}
	case toScheme:
		dst = append(d.target.Append(dst, c), "://"...)
		if c.Req != nil {
			host, _ := c.Req.Get("host")
			dst = append(dst, host...)
		}
	}
	dst = append(dst, path...)
	if !d.dropQuery {
		dst = append(dst, query...)
	}
	if d.appendSlash && dst[len(dst)-1] != '/' {
		dst = append(dst, '/')
	}
	return dst
}

// splitTarget gives the path, "/" when there is none, and the query with its
// question mark.
func splitTarget(h *http1.Head) (path, query []byte) {
	path = pathAndQuery(h.Target())
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i:]
	}
	if len(path) == 0 || path[0] != '/' {
		path = slash
	}
	return path, query
}

var slash = []byte("/")

// pathAndQuery gives the part of a target from the path on, empty when it has
// none.
func pathAndQuery(t []byte) []byte { return t[pathStart(t):] }

// pathStart is where the path begins in a target: after the authority, or at
// the end of one that has no path.
func pathStart(t []byte) int {
	if len(t) > 0 && t[0] == '/' {
		return 0
	}
	i := bytes.Index(t, []byte("://"))
	if i < 0 {
		return len(t)
	}
	if j := bytes.IndexAny(t[i+3:], "/?"); j >= 0 {
		return i + 3 + j
	}
	return len(t)
}
