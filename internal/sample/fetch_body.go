package sample

import (
	"bytes"
	"errors"
)

// Body is what a request's body is asked for.
type Body interface {
	// RequestBody appends what is there of the content.
	RequestBody(dst []byte) []byte
	// RequestSize is the length that the request promises, -1 without one.
	RequestSize() int64
	// ResponseBody and ResponseSize are the same of the answer, while its rules run.
	ResponseBody(dst []byte) []byte
	ResponseSize() int64
}

// body puts what is there of the request's body into the arena.
func (c *Ctx) body() ([]byte, bool) {
	if c.Body == nil {
		return nil, false
	}
	n := len(c.Scratch)
	c.Scratch = c.Body.RequestBody(c.Scratch)
	return c.Scratch[n:len(c.Scratch):len(c.Scratch)], true
}

func fetchBody(c *Ctx, s *Sample) bool {
	b, ok := c.body()
	return ok && s.setBin(b)
}

func fetchBodyLen(c *Ctx, s *Sample) bool {
	m := c.Mark()
	b, ok := c.body()
	c.Release(m)
	return ok && s.setInt(int64(len(b)))
}

func fetchBodySize(c *Ctx, s *Sample) bool {
	if c.Body != nil {
		if n := c.Body.RequestSize(); n >= 0 {
			return s.setInt(n)
		}
	}
	return fetchBodyLen(c, s)
}

// compileBodyParam finds a parameter of a form: the first of the name, or the
// first of all without one.
func compileBodyParam(a []Arg, _ *Scope) (Eval, error) {
	f := &paramFetch{name: a[0].Text, delim: '&', fold: a[1].Text == "i"}
	if a[1].Set && !f.fold {
		return nil, errors.New("expects 'i' as second argument, or nothing")
	}
	return func(c *Ctx, s *Sample) bool {
		b, ok := c.body()
		for ok && len(b) > 0 {
			var item []byte
			item, b, _ = bytes.Cut(b, []byte{'&'})
			name, value, isPair := bytes.Cut(item, []byte{'='})
			if isPair && f.match(name) {
				return s.setStr(value)
			}
		}
		return false
	}, nil
}
