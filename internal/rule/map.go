package rule

import (
	"errors"
	"strings"

	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// changeList is add-acl, del-acl, set-map and del-map: it changes the list or the
// map of a name. When the configuration refers to none of that name, or when the new
// entry is not one that its users understand, nothing is done, as in the reference.
type changeList struct {
	lists      *pattern.Registry
	name       string
	key, value *sample.Format // value nil: a list, or an entry to be deleted
	remove     bool
}

func (a *changeList) Do(c *sample.Ctx, _ *Result) Verdict {
	r := a.lists.Lookup(a.name)
	if r == nil {
		return Continue
	}
	mark := c.Mark()
	c.Out = a.key.Append(c.Out[:0], c)
	key := string(c.Out)
	switch {
	case a.remove:
		_ = r.Delete(key) // it may not be there
	case a.value == nil:
		_ = r.Set(key, "")
	default:
		c.Out = a.value.Append(c.Out[:0], c)
		_ = r.Set(key, string(c.Out))
	}
	c.Release(mark)
	return Continue
}

// parseChangeList reads what follows the action of a name: the formats of the key and,
// for set-map, of the value.
func parseChangeList(keyword string) parseFunc {
	remove, valued := strings.HasPrefix(keyword, "del-"), keyword == "set-map"
	return func(p *actionParser, words []string) (Action, []string, error) {
		name, ok := strings.CutPrefix(p.word, keyword+"(")
		name, closed := strings.CutSuffix(name, ")")
		if !ok || !closed {
			return nil, nil, errors.New("expects the name of a file in parentheses")
		}
		a := &changeList{lists: p.lists(), name: name, remove: remove}
		var err error
		switch {
		case valued && len(words) < 2:
			return nil, nil, errors.New("expects exactly 2 arguments")
		case len(words) < 1:
			return nil, nil, errors.New("expects exactly 1 arguments")
		}
		if a.key, err = p.format(words[0], sample.TextStyle); err == nil && valued {
			a.value, err = p.format(words[1], sample.TextStyle)
			words = words[1:]
		}
		return a, words[1:], err
	}
}
