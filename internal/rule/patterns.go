package rule

import (
	"errors"
	"io/fs"

	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Patterns are those of a file, which can be read again.
type Patterns struct {
	Files []string // the name by which the file is read
	ref   *pattern.Reference
}

// Prepare makes the patterns anew, of what the file holds now. Everything that looks
// them up finds the new ones, all at once, when swap has been called.
func (p *Patterns) Prepare(read func(name string) ([]byte, error)) (swap func(), err error) {
	data, err := read(p.Files[0])
	if err != nil && !(p.ref.Optional && errors.Is(err, fs.ErrNotExist)) {
		return nil, pattern.Unreadable(p.ref.Name, err)
	}
	return p.ref.Reload(data)
}

// lists are those of the configuration.
func (k *Compiler) lists() *pattern.Registry {
	if k.Lists == nil {
		k.Lists = &pattern.Registry{}
	}
	return k.Lists
}

// open gives the view of a list or a map. Loaded hears of it when it is read from a
// file for the first time.
func (k *Compiler) open(name string, u pattern.Use) (*pattern.View, error) {
	known := k.lists().Lookup(name) != nil
	v, err := k.Lists.Open(name, u, k.ReadFile)
	if err != nil || pattern.ParseSource(name).Virtual {
		return v, err
	}
	r := v.Reference()
	if known { // whoever notes which line reads what is to know of this one as well
		_, _ = k.ReadFile(r.Name)
	} else if k.Loaded != nil {
		at := r.Name
		if k.FileName != nil {
			at = k.FileName(at)
		}
		k.Loaded(&Patterns{Files: []string{at}, ref: r})
	}
	return v, nil
}

// Lists gives the lists and maps of a configuration, by what its Spec keeps of them.
func Lists(of any) *pattern.Registry {
	if k, ok := of.(*kept); ok {
		return &k.lists
	}
	return &pattern.Registry{}
}

// kept is what a Spec keeps for the lines that are compiled: its lists, and the
// expressions of its ACLs, each once.
type kept struct {
	lists pattern.Registry
	exprs map[string]*sample.Expr
}

func newKept() any { return &kept{exprs: map[string]*sample.Expr{}} }

// share gives the expression that the configuration has already with this text, or
// keeps e. Rules that ask the same then look at the same memory: in a long list of
// them that is what takes the time.
func (k *Compiler) share(text string, e *sample.Expr) *sample.Expr {
	if k.exprs == nil {
		return e
	}
	if known := k.exprs[text]; known != nil {
		return known
	}
	k.exprs[text] = e
	return e
}
