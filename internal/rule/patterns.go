package rule

import "github.com/sluice-proxy/sluice/internal/sample"

// Patterns are the patterns of one test, which can be read again.
type Patterns struct {
	Files []string // that they come from, in the order in which they are read
	t     *test
	words []string
	scope sample.Scope
}

// Prepare makes the patterns anew, of what the files hold now. The test has them
// when swap has been called, which must be while nobody looks anything up.
func (p *Patterns) Prepare(read func(name string) ([]byte, error)) (swap func(), err error) {
	n := 0
	k := &Compiler{Scope: p.scope, ReadFile: func(string) ([]byte, error) {
		n++
		return read(p.Files[n-1])
	}}
	k.Scope.Refer = func(*sample.Reference) {} // the expression of this time is thrown away
	again := testParser{k: k}
	if err := again.parse(p.words); err != nil {
		return nil, err
	}
	return func() { p.t.set = again.t.set }, nil
}
