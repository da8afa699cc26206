package sample

import "math"

// Converters on integers (manual 7.3.1).

// withArg compiles a converter that combines the value with its argument, an
// integer or a variable.
func withArg(op func(v, arg int64) int64) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		arg, err := number(a[0])
		if err != nil {
			return nil, err
		}
		if arg.v == nil {
			n := arg.n
			return func(_ *Ctx, s *Sample) bool { return s.setInt(op(s.Int, n)) }, nil
		}
		return func(c *Ctx, s *Sample) bool {
			n, ok := arg.load(c)
			return ok && s.setInt(op(s.Int, n))
		}, nil
	}
}

// unary compiles a converter of an integer to an integer.
func unary(op func(int64) int64) func([]Arg, *Scope) (Eval, error) {
	return from(func(_ *Ctx, s *Sample) bool { return s.setInt(op(s.Int)) })
}

// predicate compiles a converter of an integer to a boolean.
func predicate(op func(int64) bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(_ *Ctx, s *Sample) bool { return s.setBool(op(s.Int)) })
}

// The arithmetic saturates instead of wrapping.

func add(a, b int64) int64 {
	switch c := a + b; {
	case a > 0 && b > 0 && c < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && c >= 0:
		return math.MinInt64
	default:
		return c
	}
}

func sub(a, b int64) int64 {
	if b == math.MinInt64 {
		if a >= 0 {
			return math.MaxInt64
		}
		return a - b
	}
	return add(a, -b)
}

func mul(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	c := a * b
	if c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64) {
		return c
	}
	if (a < 0) == (b < 0) {
		return math.MaxInt64
	}
	return math.MinInt64
}

func div(a, b int64) int64 {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return math.MaxInt64
	}
	return a / b
}

func mod(a, b int64) int64 {
	if b == 0 || b == -1 {
		return 0
	}
	return a % b
}

func neg(a int64) int64 {
	if a == math.MinInt64 {
		return math.MaxInt64
	}
	return -a
}

func and(a, b int64) int64 { return a & b }
func or(a, b int64) int64  { return a | b }
func xor(a, b int64) int64 { return a ^ b }
func cpl(a int64) int64    { return ^a }
func isTrue(a int64) bool  { return a != 0 }
func isFalse(a int64) bool { return a == 0 }
func isOdd(a int64) bool   { return a&1 == 1 }
func isEven(a int64) bool  { return a&1 == 0 }

// compileIif chooses between two constants.
func compileIif(a []Arg, _ *Scope) (Eval, error) {
	yes, no := []byte(a[0].Text), []byte(a[1].Text)
	return func(_ *Ctx, s *Sample) bool {
		if s.Int != 0 {
			return s.setStr(yes)
		}
		return s.setStr(no)
	}, nil
}

func convHtonl(c *Ctx, s *Sample) bool {
	v, b := uint32(s.Int), c.bytes(4)
	b[0], b[1], b[2], b[3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	return s.setBin(b)
}
