package rule

import (
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// exprError is a fault in the expression that an action takes. In tcp-request
// rules its text stands alone, as in the reference.
type exprError struct{ error }

// Unwrap gives the fault itself.
func (e exprError) Unwrap() error { return e.error }

// expr compiles the expression that words begin with. After a word that ends with
// a comma the next one belongs to it.
func (p *actionParser) expr(words []string) (*sample.Expr, []string, error) {
	return p.exprFor("", words)
}

// exprFor is expr for an action that goes by name where its fetch does not fit.
func (p *actionParser) exprFor(name string, words []string) (*sample.Expr, []string, error) {
	text, used := "", 0
	for used < len(words) && (used == 0 || strings.HasSuffix(text, ",")) {
		text += words[used]
		used++
	}
	e, rest, err := sample.ParseExpr(text, p.scope())
	switch {
	case err != nil:
	case rest != "":
		err = fmt.Errorf("unexpected '%s' after expression '%s'", rest, e.Text)
	case !e.Fetch.Use.At(p.place):
		if name == "" {
			name = e.Text
		}
		err = fmt.Errorf("fetch method '%s' extracts information from '%s', none of which is available here", name, e.Fetch.Use)
	}
	if err != nil {
		return nil, nil, exprError{err}
	}
	return e, words[used:], nil
}

// evalInt computes an expression as an integer.
func evalInt(e *sample.Expr, c *sample.Ctx) (int64, bool) {
	mark := c.Mark()
	s := c.Borrow()
	ok := e.Eval(c, s) && sample.Cast(c, s, sample.Sint)
	v := s.Int
	c.Return()
	c.Release(mark)
	return v, ok
}
