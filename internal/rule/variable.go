package rule

import (
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// setVar is set-var and set-var-fmt. An expression without a value changes
// nothing.
type setVar struct {
	set    sample.Assignment
	expr   *sample.Expr   // nil: format
	format *sample.Format // gives a string
}

func (a *setVar) Do(c *sample.Ctx, _ *Result) Verdict {
	mark, s := c.Mark(), c.Borrow()
	if a.expr == nil {
		c.Out = a.format.Append(c.Out[:0], c)
		s.Type, s.Data = sample.Str, c.Out
		a.set.Set(c, s)
	} else if a.expr.Eval(c, s) {
		a.set.Set(c, s)
	}
	c.Return()
	c.Release(mark)
	return Continue
}

type unsetVar struct{ v *sample.Var }

func (a unsetVar) Do(c *sample.Ctx, _ *Result) Verdict {
	a.v.Unset(c)
	return Continue
}

func parseSetVar(p *actionParser, words []string) (Action, []string, error) {
	a, err := p.assignment("set-var")
	if err != nil {
		return nil, nil, err
	}
	e, rest, err := p.exprFor(p.word, words)
	return &setVar{set: a, expr: e}, rest, err
}

func parseSetVarFmt(p *actionParser, words []string) (Action, []string, error) {
	a, err := p.assignment("set-var-fmt")
	if err != nil {
		return nil, nil, err
	}
	text := ""
	if len(words) > 0 {
		text, words = words[0], words[1:]
	}
	f, err := p.format(text, sample.TextStyle)
	if err != nil {
		return nil, nil, exprError{err}
	}
	return &setVar{set: a, format: f}, words, nil
}

func parseUnsetVar(p *actionParser, words []string) (Action, []string, error) {
	a, err := p.assignment("unset-var")
	if err != nil {
		return nil, nil, err
	}
	return unsetVar{a.Var()}, words, nil
}

// assignment reads what the action's own word says in its parentheses.
func (p *actionParser) assignment(keyword string) (sample.Assignment, error) {
	const want = "Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'"
	if !strings.HasPrefix(p.word, keyword+"(") {
		return sample.Assignment{}, exprError{fmt.Errorf("invalid or incomplete action '%s'. %s", p.word, want)}
	}
	name, conditions, ok := sample.VarWord(p.word, keyword)
	if !ok {
		return sample.Assignment{}, exprError{fmt.Errorf("incomplete argument after action '%s'. %s", p.word, want)}
	}
	if keyword == "unset-var" && len(conditions) > 0 {
		return sample.Assignment{}, exprError{fmt.Errorf("unset-var does not expect parameters after the variable name. Only \"set-var\" and \"set-var-fmt\" manage conditions")}
	}
	a, err := sample.ParseAssignment(name, conditions...)
	if err != nil {
		return a, exprError{err}
	}
	return a, nil
}
