package sample

// Arguments of converters that may be variables.

// variable finds a variable's value as text.
func variable(name string, _ *Scope) (bytesOf, error) {
	v, err := ParseVar(name)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx) ([]byte, bool) {
		s := c.Borrow()
		ok := v.loadAs(c, s, Str)
		text := s.Data
		c.Return()
		return text, ok
	}, nil
}

// setter stores text in a variable.
func setter(name string, _ *Scope) (func(*Ctx, []byte), error) {
	set, err := ParseAssignment(name)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, text []byte) { set.Set(c, &Sample{Type: Str, Data: text}) }, nil
}

// textOrVariable compiles an argument that stands for itself, or for the value of
// the variable that it names.
func textOrVariable(a Arg, sc *Scope) (value bytesOf, isVar bool, err error) {
	if isVariable(a.Text) {
		value, err = variable(a.Text, sc)
		return value, true, err
	}
	text := []byte(a.Text)
	return func(*Ctx) ([]byte, bool) { return text, true }, false, nil
}

// isVariable says whether a text is the name of a variable.
func isVariable(s string) bool {
	_, err := checkVar(s)
	return err == nil
}
