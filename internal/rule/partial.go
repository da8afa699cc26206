package rule

import "github.com/sluice-proxy/sluice/internal/sample"

// Answer is what a condition says of a message that may not be complete.
type Answer uint8

// The answers in the order of their truth.
const (
	No Answer = iota
	Unknown
	Yes
)

// Test evaluates the condition where more of the message may come: Unknown, when
// that could change the answer.
func (c *Cond) Test(x *sample.Ctx) Answer {
	best := No
	for _, s := range c.suites {
		best = max(best, least(s, x))
		if best == Yes {
			break
		}
	}
	if c.unless {
		return Yes - best
	}
	return best
}

// least is the answer of terms that must all hold.
func least(terms []term, x *sample.Ctx) Answer {
	worst := Yes
	for i := range terms {
		t := &terms[i]
		if x.Why != nil {
			t.opened(x)
		}
		a := t.acl.test(x)
		if t.negate {
			a = Yes - a
		}
		if x.Why != nil {
			closed(x, a)
		}
		if worst = min(worst, a); worst == No {
			break
		}
	}
	return worst
}

func (a *ACL) test(c *sample.Ctx) Answer {
	best := No
	for _, t := range a.tests {
		c.Unknown = false
		if c.Why != nil {
			t.begun(c, a)
		}
		answer := No
		switch {
		case t.match(c):
			answer = Yes
		case c.Unknown || c.Undecided(t.expr.Fetch):
			answer = Unknown
		}
		if c.Why != nil {
			t.ended(c, a, answer)
		}
		if best = max(best, answer); best == Yes {
			return Yes
		}
	}
	c.Unknown = false
	return best
}
