package sample

import (
	"bytes"
	"encoding/base64"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// Credentials of a request (manual 7.3.6, http_auth_*; RFC 7617, RFC 6750).

// credentials cuts the field that carries them.
func credentials(h *http1.Head, field string) (scheme, rest []byte, ok bool) {
	i := h.Find(field, 0)
	if i < 0 {
		return nil, nil, false
	}
	v := h.Value(i)
	n := bytes.IndexByte(v, ' ')
	if n <= 0 {
		return nil, nil, false
	}
	return v[:n], bytes.TrimLeft(v[n:], " "), true
}

// authField names the field that authenticates a request: who takes us for a proxy
// was asked by one, and answers so (RFC 9110 11.7.2).
func (c *Ctx) authField() string {
	if c.Proxied {
		return "proxy-authorization"
	}
	return "authorization"
}

// Basic decodes the user and the password of basic authentication into the scratch
// arena; they end at a null byte.
func (c *Ctx) Basic() (user, password []byte, ok bool) {
	if c.Req == nil {
		return nil, nil, false
	}
	scheme, rest, ok := credentials(c.Req, c.authField())
	if !ok || !bytes.EqualFold(scheme, basic) {
		return nil, nil, false
	}
	b := c.bytes(base64.StdEncoding.DecodedLen(len(rest)))
	if b == nil {
		return nil, nil, false
	}
	n, err := base64.StdEncoding.Decode(b, rest)
	if err != nil {
		return nil, nil, false
	}
	b = c.keep(b, n)
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.Cut(b, []byte{':'})
}

var basic, bearer = []byte("Basic"), []byte("Bearer")

func fetchAuthUser(c *Ctx, s *Sample) bool {
	user, _, ok := c.Basic()
	return ok && s.setStr(user)
}

func fetchAuthPass(c *Ctx, s *Sample) bool {
	_, password, ok := c.Basic()
	return ok && s.setStr(password)
}

// fetchAuthType gives the scheme, of those that are known.
func fetchAuthType(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	scheme, _, ok := credentials(c.Req, c.authField())
	switch {
	case !ok:
	case bytes.EqualFold(scheme, basic):
		_, _, ok = c.Basic()
		return ok && s.setStr(basic)
	case bytes.EqualFold(scheme, bearer):
		return s.setStr(bearer)
	}
	return false
}

func compileAuthBearer(a []Arg, _ *Scope) (Eval, error) {
	field := lowerText(a[0].Text)
	return func(c *Ctx, s *Sample) bool {
		if c.Req == nil {
			return false
		}
		name := field
		if name == "" {
			name = c.authField()
		}
		scheme, token, ok := credentials(c.Req, name)
		return ok && bytes.EqualFold(scheme, bearer) && s.setStr(token)
	}, nil
}

func lowerText(s string) string { return string(appendLower(nil, []byte(s))) }
