package rule

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// part is a part of the request line.
type part uint8

const (
	partMethod part = iota
	partPath
	partPathq
	partQuery
	partURI
)

// setPart is set-method, set-path, set-pathq, set-query and set-uri.
type setPart struct {
	part  part
	value *sample.Format
}

func (a *setPart) Do(c *sample.Ctx, r *Result) Verdict {
	h := c.Req
	if h == nil {
		return Continue
	}
	t := h.Target()
	start := pathStart(t)
	end := len(t) // of the path
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		end = i
	}
	b := c.Out[:0]
	switch a.part {
	case partMethod:
		b = a.value.Append(b, c)
		if c.Out = b; !fits(c, h, len(b)) {
			return r.unfit()
		}
		h.SetMethod(b)
		return Continue
	case partPath, partPathq:
		if start < len(t) || bytes.IndexByte(t, ':') >= 0 {
			b = append(b, t[:start]...) // scheme and authority stay
		}
		b = a.value.Append(b, c)
		if a.part == partPath {
			b = append(b, t[end:]...)
		}
	case partQuery:
		b = append(append(b, t[:end]...), '?')
		n := len(b)
		if b = a.value.Append(b, c); len(b) == n && end == len(t) {
			b = b[:n-1] // no mark is added for nothing
		}
	case partURI:
		b = a.value.Append(b, c)
	}
	if c.Out = b; !fits(c, h, len(b)) {
		return r.unfit()
	}
	h.SetTarget(b)
	if a.part == partURI {
		setHost(c, b)
	}
	return Continue
}

// setHost makes the Host field agree with the authority of an absolute target.
func setHost(c *sample.Ctx, target []byte) {
	i := bytes.Index(target, []byte("://"))
	if i <= 0 || target[0] == '/' {
		return
	}
	if host := target[i+3 : pathStart(target)]; len(host) > 0 {
		c.Req.Set(hostName, host)
	}
}

var hostName = []byte("host")

// replacePart is replace-path, replace-pathq and replace-uri: what matches is
// wholly replaced.
type replacePart struct {
	part part
	re   sample.Regexp
	repl *sample.Format
}

func (a *replacePart) Do(c *sample.Ctx, r *Result) Verdict {
	h := c.Req
	if h == nil {
		return Continue
	}
	t := h.Target()
	from, to := 0, len(t)
	if a.part != partURI {
		if from = pathStart(t); from == len(t) {
			return Continue // no path to replace
		}
		if i := bytes.IndexByte(t, '?'); i >= 0 && a.part == partPath {
			to = i
		}
	}
	v := t[from:to]
	loc := a.re.FindSubmatchIndex(v)
	if loc == nil {
		return Continue
	}
	c.Out = a.repl.Append(c.Out[:0], c)
	b := append([]byte(nil), t[:from]...)
	b = sample.ExpandRegexp(b, c.Out, v, loc)
	b = append(b, t[to:]...)
	if !fits(c, h, len(b)) {
		return r.unfit()
	}
	h.SetTarget(b)
	if a.part == partURI {
		setHost(c, b)
	}
	return Continue
}

// setStatus is set-status.
type setStatus struct {
	status int
	reason []byte
}

func (a *setStatus) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Res != nil {
		c.Res.SetStatus(a.status, a.reason)
	}
	return Continue
}
