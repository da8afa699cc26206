package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Cond is a condition: alternatives of terms that must all hold (manual 7.2).
type Cond struct {
	unless bool
	suites [][]term
	// only is the test that decides alone, as most do, and flip says that it does so by
	// not matching; see settle.
	only *test
	flip bool
}

// settle finds out, once all ACLs are declared, whether one test decides alone.
func (c *Cond) settle() {
	if len(c.suites) == 1 && len(c.suites[0]) == 1 {
		if t := c.suites[0][0]; len(t.acl.tests) == 1 {
			c.only, c.flip = t.acl.tests[0], t.negate != c.unless
		}
	}
}

type term struct {
	acl    *ACL
	negate bool
}

// True evaluates the condition; terms from left to right, and no further than
// needed. An empty condition never holds, and its "unless" always does.
func (c *Cond) True(x *sample.Ctx) bool {
	if c.only != nil && x.Why == nil {
		return c.only.match(x) != c.flip
	}
	for _, s := range c.suites {
		if all(s, x) {
			return !c.unless
		}
	}
	return c.unless
}

func all(terms []term, x *sample.Ctx) bool {
	for i := range terms {
		t := &terms[i]
		if x.Why != nil {
			t.opened(x)
		}
		yes := t.acl.True(x) != t.negate
		if x.Why != nil {
			closed(x, answerOf(yes))
		}
		if !yes {
			return false
		}
	}
	return true
}

// Cond compiles a condition from its first word, "if" or "unless", on. The
// error is in the reference's words.
func (k *Compiler) Cond(words []string) (*Cond, error) {
	c := &Cond{unless: words[0] == "unless"}
	open, negate := false, false // an alternative was begun; the next term is negated
	for words = words[1:]; len(words) > 0; words = words[1:] {
		w := words[0]
		if w == "||" || w == "or" {
			open, negate = false, false
			continue
		}
		bare := strings.TrimLeft(w, "!")
		if (len(w)-len(bare))%2 == 1 {
			negate = !negate
		}
		if bare == "" {
			continue
		}
		var a *ACL
		if bare == "{" {
			n := slices.Index(words, "}")
			if n < 0 {
				return nil, errors.New("missing closing '}' in condition")
			}
			a = &ACL{}
			if err := k.Test(a, words[1:n]); err != nil {
				return nil, err
			}
			words = words[n:]
		} else if a = k.lookup(bare); a == nil {
			if notBuilt(bare) {
				return nil, fmt.Errorf("pre-defined ACL '%s' is known but not built yet", bare)
			}
			return nil, fmt.Errorf("no such ACL : '%s'", bare)
		}
		if !open {
			c.suites, open = append(c.suites, nil), true
		}
		last := &c.suites[len(c.suites)-1]
		*last, negate = append(*last, term{a, negate}), false
	}
	return c, nil
}

// mismatch is an ACL that cannot work, or not fully, where a condition is used.
type mismatch struct {
	acl     *ACL
	keyword string
	never   bool // no test of the ACL can work
}

// check finds the first ACL of the condition with tests that cannot work at
// place; nil when there is none.
func (c *Cond) check(place sample.Place) *mismatch {
	for _, s := range c.suites {
		for _, t := range s {
			bad, word := 0, ""
			for _, x := range t.acl.tests {
				if !x.expr.Fetch.Use.At(place) {
					if bad++; word == "" {
						word = x.word
					}
				}
			}
			if bad > 0 {
				return &mismatch{t.acl, word, bad == len(t.acl.tests)}
			}
		}
	}
	return nil
}

// text says so in the reference's words; in, when set, names the ruleset.
func (m *mismatch) text(place sample.Place, in string) string {
	if in != "" {
		in = " in '" + in + "'"
	}
	switch {
	case m.acl.Name == "":
		return fmt.Sprintf("anonymous acl will never match%s because it uses keyword '%s' which is incompatible with '%s'", in, m.keyword, place)
	case m.never:
		return fmt.Sprintf("acl '%s' will never match%s because it only involves keywords that are incompatible with '%s'", m.acl.Name, in, place)
	}
	return fmt.Sprintf("acl '%s' involves keywords '%s' which is incompatible with '%s'", m.acl.Name, m.keyword, place)
}
