package sample

import (
	"bytes"
	"errors"
)

// paramFetch finds parameters in the target of a request (manual 7.3.6,
// url_param): after the first delimiter, separated by '&', ';' or it.
type paramFetch struct {
	name  string // "": any
	delim byte   // where the parameters begin
	fold  bool
}

func compileParamFetch(a []Arg, _ *Scope) (Eval, error) {
	f, err := newParamFetch(a)
	return f.fetch, err
}

func compileParamVal(a []Arg, _ *Scope) (Eval, error) {
	f, err := newParamFetch(a)
	return func(c *Ctx, s *Sample) bool {
		if !f.fetch(c, s) {
			return false
		}
		return s.setInt(int64(wrapInt(s.Data)))
	}, err
}

func newParamFetch(a []Arg) (*paramFetch, error) {
	f := &paramFetch{name: a[0].Text, delim: '?', fold: a[2].Text == "i"}
	if a[1].Set {
		f.delim = a[1].Text[0]
	}
	if a[2].Set && !f.fold {
		return nil, errors.New("expects 'i' as third argument, or nothing")
	}
	return f, nil
}

// fetch gives the first parameter of the name, or each in turn.
func (f *paramFetch) fetch(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	t := c.Req.Target()
	i := bytes.IndexByte(t, f.delim)
	if i < 0 {
		return false
	}
	if s.it.all && s.it.begun {
		i = s.it.off - 1
	}
	v, end, ok := f.next(t, i+1)
	s.it.more = ok && s.it.all
	s.it.begun, s.it.off = true, end
	return ok && s.setStr(v)
}

// next gives the value of the parameter at or after offset i of t, and where to
// go on.
func (f *paramFetch) next(t []byte, i int) (value []byte, end int, ok bool) {
	for i < len(t) {
		end = i
		for end < len(t) && t[end] != '&' && t[end] != ';' && t[end] != f.delim {
			end++
		}
		name, value, isPair := bytes.Cut(t[i:end], []byte{'='})
		i = end + 1
		if isPair && f.match(name) {
			return value, i, true
		}
	}
	return nil, i, false
}

func (f *paramFetch) match(name []byte) bool {
	if f.name == "" || string(name) == f.name {
		return true
	}
	return f.fold && len(name) == len(f.name) && bytes.EqualFold(name, []byte(f.name))
}
