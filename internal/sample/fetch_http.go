package sample

import (
	"bytes"
	"errors"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// Fetches on the start line of a message (manual 7.3.6).

func methodNumber(name []byte) http1.Method { return http1.LookupMethod(name) }

// fetchMethod gives the method as it was received: "set-method" does not change one
// that is known by name.
func fetchMethod(c *Ctx, s *Sample) bool {
	h, received := c.Req, c.ReqMethod // the latter alone in a log
	switch {
	case h == nil && len(received) == 0:
		return false
	case h == nil || len(received) > 0 && !bytes.Equal(received, h.MethodName()):
		if n := methodNumber(received); h == nil || n != http1.MethodOther {
			s.Type, s.Int, s.Data = Meth, int64(n), received
			return true
		}
	}
	s.Type, s.Int, s.Data = Meth, int64(h.Method), h.MethodName()
	return true
}

var version = [...][]byte{[]byte("1.0"), []byte("1.1")}

func versionOf(h *http1.Head, s *Sample) bool {
	return h != nil && int(h.Minor) < len(version) && s.setStr(version[h.Minor])
}

func fetchReqVer(c *Ctx, s *Sample) bool { return versionOf(c.Req, s) }
func fetchResVer(c *Ctx, s *Sample) bool { return versionOf(c.Res, s) }

func fetchStatus(c *Ctx, s *Sample) bool { return c.Res != nil && s.setInt(int64(c.Res.Status)) }

func fetchFirst(c *Ctx, s *Sample) bool { return (c.Req != nil || c.Res != nil) && s.setBool(c.First) }

// fetchIsHTTP is true or has no value: what is no HTTP yet may become it.
func fetchIsHTTP(c *Ctx, s *Sample) bool { return c.Req != nil && s.setBool(true) }

// pathq gives what follows the authority: path and query; nil for "*" and for
// the authority form of CONNECT, which have no path.
func pathq(h *http1.Head) []byte {
	t := h.Target()
	if len(t) > 0 && t[0] == '/' {
		return t
	}
	i := bytes.Index(t, slashes)
	if i < 0 {
		return nil
	}
	t = t[i+3:]
	if j := bytes.IndexAny(t, "/?"); j >= 0 {
		return t[j:]
	}
	return root
}

var slashes, root = []byte("://"), []byte("/")

// PathAndQuery is the target of a request without scheme and host.
func PathAndQuery(h *http1.Head) []byte { return pathq(h) }

func path(h *http1.Head) []byte {
	p := pathq(h)
	if i := bytes.IndexByte(p, '?'); i >= 0 {
		return p[:i]
	}
	return p
}

func fetchURL(c *Ctx, s *Sample) bool { return c.Req != nil && s.setStr(c.Req.Target()) }

func fetchPath(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	p := path(c.Req)
	return p != nil && s.setStr(p)
}

func fetchPathq(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	p := pathq(c.Req)
	return p != nil && s.setStr(p)
}

func compileQuery(a []Arg, _ *Scope) (Eval, error) {
	if a[0].Set && a[0].Text != "with_qm" {
		return nil, errors.New("supported options are: 'with_qm'")
	}
	withMark := a[0].Set
	return func(c *Ctx, s *Sample) bool {
		if c.Req == nil {
			return false
		}
		t := c.Req.Target()
		i := bytes.IndexByte(t, '?')
		if i < 0 {
			return false
		}
		if q := t[i:]; withMark && len(q) > 1 {
			return s.setStr(q)
		}
		return s.setStr(t[i+1:])
	}, nil
}

// compileBase joins the first Host field and the path, with the query for
// baseq.
func compileBase(query bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		if c.Req == nil {
			return false
		}
		host, _ := c.Req.Get("host")
		p := pathq(c.Req)
		if !query {
			p = path(c.Req)
		}
		if len(host) == 0 {
			return p != nil && s.setStr(p)
		}
		b := c.bytes(len(host) + len(p))
		if b == nil {
			return false
		}
		copy(b[copy(b, host):], p)
		return s.setStr(b)
	})
}
