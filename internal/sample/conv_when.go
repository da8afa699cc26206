package sample

import (
	"errors"
	"fmt"
	"strings"
)

// whenConditions are the keywords of "when" but acl (manual 7.3.1).
var whenConditions = []struct {
	name  string
	holds func(a Actor) bool
}{
	{"stopping", func(a Actor) bool { _, stopping := a.Process(); return stopping }},
	{"normal", func(a Actor) bool { return a.Fact(FactTroubled) == 0 }},
	{"error", func(a Actor) bool { return a.Fact(FactTroubled) != 0 }},
	{"forwarded", func(a Actor) bool { return a.Fact(FactForwarded) != 0 }},
	// Pages, redirections and answers of rules are no applet's; statistics, caches
	// and Lua services would be, and are not built.
	{"toapplet", func(Actor) bool { return false }},
	{"processed", func(a Actor) bool { return a.Fact(FactForwarded) != 0 }},
}

// compileWhen passes its input on while a condition of the stream holds.
func compileWhen(a []Arg, sc *Scope) (Eval, error) {
	name, negate := strings.CutPrefix(a[0].Text, "!")
	if name == "acl" {
		return compileWhenACL(a[1].Text, negate, sc)
	}
	var names []string
	for _, w := range whenConditions {
		if w.name == name {
			return func(c *Ctx, _ *Sample) bool { return c.Stream != nil && w.holds(c.Stream) != negate }, nil
		}
		names = append(names, w.name)
	}
	return nil, fmt.Errorf("expects a supported keyword among {%s,acl} but got '%s'", strings.Join(names, ","), name)
}

func compileWhenACL(name string, negate bool, sc *Scope) (Eval, error) {
	switch {
	case name == "":
		return nil, errors.New("'acl' selector requires an extra argument with the ACL name")
	case sc == nil || sc.ACL == nil:
		return nil, errors.New("there are no ACLs here")
	}
	acl, err := sc.ACL([]string{name})
	if err != nil {
		return nil, fmt.Errorf("ACL '%s' not found", name)
	}
	return func(c *Ctx, _ *Sample) bool {
		s := c.Borrow()
		holds := acl(c, s) && s.Int != 0
		c.Return()
		return holds != negate
	}, nil
}
