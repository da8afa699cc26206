package sample

import "errors"

// Arguments of converters that are variables.

// variable finds a variable's value as text.
func variable(name string, _ *Scope) (bytesOf, error) {
	return nil, errors.New("variables are not built yet ('" + name + "')")
}

// setter stores text in a variable.
func setter(name string, _ *Scope) (func(*Ctx, []byte), error) {
	return nil, errors.New("variables are not built yet ('" + name + "')")
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
