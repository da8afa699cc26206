package worker

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// patterns are what is made of files and can be made again, see rule.Patterns.
type patterns interface {
	Prepare(read func(name string) ([]byte, error)) (swap func(), err error)
}

var _ patterns = (*rule.Patterns)(nil)

// loadPatterns gives everything that was made of a file the patterns that it holds
// now.
func (c *change) loadPatterns(op *diff.Operation) error {
	found := false
	for _, f := range c.s.run.Spec.PatternFiles {
		if !slices.Contains(f.Names, op.File) {
			continue
		}
		p, ok := f.What.(patterns)
		if !ok {
			return errors.New("what it holds cannot be exchanged")
		}
		swap, err := p.Prepare(func(name string) ([]byte, error) {
			if data, ok := c.p.Files[name]; ok {
				return data, nil
			}
			return nil, fs.ErrNotExist
		})
		if err != nil {
			return err
		}
		c.inside = append(c.inside, swap)
		found = true
	}
	if !found {
		return errors.New("nothing is made of it")
	}
	return nil
}
