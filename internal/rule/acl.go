package rule

import (
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// ACL is a named set of tests; it matches when one of them does. A condition
// keeps the ACL itself, so that tests added after it count as well.
type ACL struct {
	Name  string // "" for an anonymous one
	tests []*test

	mentioned bool // by a test or a condition
	nested    int  // how many ACLs its tests go through, one inside the other
}

// True evaluates the tests in the order they were declared.
func (a *ACL) True(c *sample.Ctx) bool {
	for _, t := range a.tests {
		if c.Why != nil {
			t.begun(c, a)
		}
		yes := t.match(c)
		if c.Why != nil {
			t.ended(c, a, answerOf(yes))
		}
		if yes {
			return true
		}
	}
	return false
}

// test compares the values of one expression with patterns: those of each file it
// names, and its own.
type test struct {
	expr   *sample.Expr
	own    *pattern.View   // the patterns of the line
	files  []*pattern.View // those of files, which come first
	method pattern.Method
	groups bool // the patterns are groups of the user that the expression gives

	word     string   // the fetch as written, for messages
	words    []string // the whole test, for explanations
	place    pattern.Place
	mentions *mentions // of the line
}

// match looks at every value the expression has until one matches.
func (t *test) match(c *sample.Ctx) bool {
	if t.groups {
		return t.grouped(c)
	}
	mark, s := c.Mark(), c.Borrow()
	found, none := false, true
	for s.All(); t.expr.Next(c, s); {
		none = false
		if found = t.compare(c, s); found || !s.More() {
			break
		}
		c.Release(mark)
	}
	c.Return()
	c.Release(mark)
	if none && c.Why != nil {
		c.Why.Missing(t.expr.Text)
	}
	return found
}

func (t *test) compare(c *sample.Ctx, s *sample.Sample) bool {
	if !sample.Cast(c, s, inputOf(t.method)) {
		return false
	}
	switch t.method {
	case pattern.Found:
		return true
	case pattern.Bool:
		return s.Int != 0
	}
	for _, v := range t.files {
		if t.has(c, v, s) {
			return true
		}
	}
	return t.has(c, t.own, s)
}

func (t *test) has(c *sample.Ctx, v *pattern.View, s *sample.Sample) bool {
	e := lookup(v, s)
	if e != nil && c.Why != nil {
		t.hit(c, v, e)
	}
	return e != nil
}

// lookup finds the entry for a sample of the type that the view's method reads.
func lookup(v *pattern.View, s *sample.Sample) *pattern.Entry {
	switch v.Method {
	case pattern.Int:
		return v.Int(s.Int)
	case pattern.IP:
		return v.Addr(s.IP)
	}
	return v.Bytes(s.Data)
}

// inputOf is the type a match method reads (matrix of manual 7.1).
func inputOf(m pattern.Method) sample.Type {
	switch m {
	case pattern.Found:
		return sample.Any
	case pattern.Bool:
		return sample.Bool
	case pattern.Int:
		return sample.Sint
	case pattern.IP:
		return sample.Addr
	case pattern.Bin:
		return sample.Bin
	}
	return sample.Str
}

// defaultMethod is what a type is compared with when nothing else is said.
func defaultMethod(t sample.Type) (pattern.Method, bool) {
	switch t {
	case sample.Bool:
		return pattern.Bool, true
	case sample.Sint:
		return pattern.Int, true
	case sample.Addr, sample.IPv4, sample.IPv6:
		return pattern.IP, true
	case sample.Str, sample.Meth:
		return pattern.Str, true
	}
	return 0, false
}
