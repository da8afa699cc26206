package sample

import (
	"cmp"
	"crypto/subtle"
	"errors"
)

// Converters that set variables or read them (manual 7.3.1).

func compileSetVar(a []Arg, _ *Scope) (Eval, error) {
	var conditions []string
	for _, x := range a[1:] {
		conditions = append(conditions, x.Text)
	}
	set, err := ParseAssignment(a[0].Text, conditions...)
	if err != nil {
		return nil, err
	}
	return set.Set, nil // without a value when the variable is not set
}

func compileUnsetVar(a []Arg, _ *Scope) (Eval, error) {
	v, err := ParseVar(a[0].Text)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, s *Sample) bool {
		v.Unset(c)
		return true
	}, nil
}

// variableOf reads an argument that must be a variable.
func variableOf(a Arg) (*Var, error) {
	if a.Text == "" {
		return nil, errors.New("missing variable name")
	}
	v, err := ParseVar(a.Text)
	if err != nil {
		return nil, errors.New("failed to register variable name '" + a.Text + "'")
	}
	return v, nil
}

// withVar compiles a converter that compares the value with that of a variable,
// read as the type to.
func withVar(to Type, compare func(s *Sample, value []byte) bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		v, err := variableOf(a[0])
		if err != nil {
			return nil, err
		}
		return func(c *Ctx, s *Sample) bool {
			mark, with := c.Mark(), c.Borrow()
			ok := v.loadAs(c, with, to) && compare(s, with.Data)
			c.Return()
			c.Release(mark)
			return ok
		}, nil
	}
}

// compareText is strcmp: the difference of the first bytes that differ, else
// which is the longer, as HAProxy has it.
func compareText(s *Sample, value []byte) bool {
	n := min(len(s.Data), len(value))
	for i := range n {
		if d := int64(s.Data[i]) - int64(value[i]); d != 0 {
			return s.setInt(d)
		}
	}
	return s.setInt(int64(cmp.Compare(len(s.Data), len(value))))
}

func compareSecret(s *Sample, value []byte) bool {
	return s.setBool(subtle.ConstantTimeCompare(s.Data, value) == 1)
}

// compileConcat is concat([<start>[,<var>[,<end>]]]).
func compileConcat(a []Arg, _ *Scope) (Eval, error) {
	return joiner(a[1], []byte(a[0].Text), []byte(a[2].Text), false)
}

// compileAddItem is add_item(<delim>[,<var>[,<suff>]]).
func compileAddItem(a []Arg, _ *Scope) (Eval, error) {
	if !a[1].Set && !a[2].Set {
		return nil, errors.New("one of the optional arguments has to be nonempty")
	}
	return joiner(a[1], []byte(a[0].Text), []byte(a[2].Text), true)
}

// joiner appends a text, a variable and another text. For an item, the first is
// a delimiter: it only stands between two texts.
func joiner(name Arg, before, after []byte, item bool) (Eval, error) {
	var v *Var
	if name.Set {
		var err error
		if v, err = variableOf(name); err != nil {
			return nil, err
		}
	}
	return func(c *Ctx, s *Sample) bool {
		value := c.Borrow()
		defer c.Return()
		if v == nil || !v.loadAs(c, value, Str) {
			value.Data = nil
		}
		before := before
		if item && (len(s.Data) == 0 || len(value.Data)+len(after) == 0) {
			before = nil
		}
		b := c.bytes(len(s.Data) + len(before) + len(value.Data) + len(after))
		if b == nil {
			return false
		}
		rest := b[copy(b, s.Data):]
		for _, part := range [][]byte{before, value.Data, after} {
			rest = rest[copy(rest, part):]
		}
		return s.setStr(b)
	}, nil
}

// operand is an argument that is an integer or the name of a variable.
type operand struct {
	v *Var // nil: int
	n int64
}

func number(a Arg) (operand, error) {
	n, used := leadingInt([]byte(a.Text))
	if a.Text != "" && used == len(a.Text) && a.Text != "-" {
		return operand{n: n}, nil
	}
	v, err := ParseVar(a.Text)
	if err != nil {
		return operand{}, errors.New("expects an integer or a variable name")
	}
	return operand{v: v}, nil
}

// load gives the number; false when a variable has none.
func (o operand) load(c *Ctx) (int64, bool) {
	if o.v == nil {
		return o.n, true
	}
	s := c.Borrow()
	ok := o.v.loadAs(c, s, Sint)
	n := s.Int
	c.Return()
	return n, ok
}

// compileBytes is bytes(<offset>[,<length>]). With constants, an offset past the
// end gives an empty piece; what variables say must lie within the input.
func compileBytes(a []Arg, _ *Scope) (Eval, error) {
	off, err := number(a[0])
	if err != nil {
		return nil, err
	}
	if off.v == nil && off.n < 0 {
		return nil, errors.New("expects a non-negative integer")
	}
	length, limited := operand{}, a[1].Set
	if limited {
		if length, err = number(a[1]); err != nil {
			return nil, err
		}
		if length.v == nil && length.n <= 0 {
			return nil, errors.New("expects a positive integer")
		}
	}
	return func(c *Ctx, s *Sample) bool {
		at, ok := off.load(c)
		if !ok || at < 0 {
			return false
		}
		b := s.Data[min(at, int64(len(s.Data))):]
		if limited {
			n, ok := length.load(c)
			if !ok || n < 0 {
				return false
			}
			b = b[:min(n, int64(len(b)))]
		}
		return s.setBin(b)
	}, nil
}
