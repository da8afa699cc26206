package pattern

import "errors"

// generation is the whole content of a reference at one version. Readers see a
// single change of it at once, and another generation all at once.
type generation struct {
	version uint32
	entries list[*Entry]
	live    int
	keys    *table[word]
	slab    []Entry  // for the next lines of a file
	indexes []*index // one a view, in the order of Reference.views
}

func newGeneration(version uint32, views []*View) *generation {
	g := &generation{version: version, keys: newTable(hashWord)}
	for _, v := range views {
		g.indexes = append(g.indexes, newIndex(v.Method, v.Fold, g.keys))
	}
	return g
}

// maxTwins bounds how often one key may be there: each addition passes over those
// before it.
const maxTwins = 4096

var errTwins = errors.New("too many entries with this key")

// add inserts a pattern that every view understands; nothing is done when one does not.
func (g *generation) add(e *Entry, views []*View, op operator) error {
	var room [4]parsed
	list := room[:0]
	for i, v := range views {
		p, err := v.parse(e, op)
		if err != nil {
			return err
		}
		if i == 0 && cap(list) < len(views) {
			list = make([]parsed, 0, len(views))
		}
		list = append(list, p)
	}
	h := hashWord(&e.word)
	n := 0
	for c := g.keys.find(h); c.next() != nil; {
		if n++; n > maxTwins {
			return errTwins
		}
	}
	g.keys.add(&e.word)
	g.entries.add(e)
	g.live++
	for i, x := range g.indexes {
		x.add(e, &list[i])
	}
	return nil
}

// join gives a new view the entries that are there.
func (g *generation) join(v *View) (bad *Entry, err error) {
	x := newIndex(v.Method, v.Fold, g.keys)
	for _, e := range g.entries.items() {
		p, err := v.parse(e, opNone)
		if err != nil {
			return e, err
		}
		x.add(e, &p)
	}
	g.indexes = append(g.indexes, x)
	return nil, nil
}

func (g *generation) remove(e *Entry, views []*View) {
	e.gone.Store(true)
	g.keys.remove(&e.word)
	g.live--
	for i, v := range views {
		if p, err := v.parse(e, opNone); err == nil {
			g.indexes[i].remove(e, &p)
		}
	}
	g.entries.removed(func(e *Entry) bool { return !e.gone.Load() })
}

// twins gives the entries of a key, in their order.
func (g *generation) twins(key string) (list []*Entry) {
	w := word{text: key}
	for c := g.keys.find(hashWord(&w)); ; {
		w := c.next()
		if w == nil {
			return list
		}
		if w.text == key && !w.e.gone.Load() {
			list = append(list, w.e)
		}
	}
}
