package sample

import "errors"

// What only the expressions of health checks have: the answer's bytes.

var errNotBuilt = errors.New("known but not built here yet")

// inCheck lets a fetch be compiled for health checks only.
func inCheck(compile func([]Arg) (Eval, error)) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		if sc == nil || !sc.Check {
			return nil, errNotBuilt
		}
		return compile(a)
	}
}

func compileResLen([]Arg) (Eval, error) {
	return func(c *Ctx, s *Sample) bool { return s.setInt(int64(len(c.ResPayload))) }, nil
}

// compileResPayload takes a[1] bytes at offset a[0], or all that follow when
// a[1] is 0.
func compileResPayload(a []Arg) (Eval, error) {
	off, n := a[0].Int, a[1].Int
	return func(c *Ctx, s *Sample) bool {
		size := int64(len(c.ResPayload))
		if off < 0 || n < 0 || off > size || n > size-off {
			return false
		}
		end := off + n
		if n == 0 {
			end = size
		}
		return s.setBin(c.ResPayload[off:end])
	}, nil
}
