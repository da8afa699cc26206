package pattern

import "slices"

// alike are entries that a table has no need of: an earlier one has the same key there,
// which is the one that is found ("10.1.2.3/8" after "10.0.0.0/8"). They wait until it
// is removed. Only the writer looks.
type alike[K comparable] struct{ waiting map[K][]*Entry }

func (a *alike[K]) add(k K, e *Entry) {
	if a.waiting == nil {
		a.waiting = map[K][]*Entry{}
	}
	a.waiting[k] = append(a.waiting[k], e)
}

// next takes out the one that has waited longest; nil: there is none.
func (a *alike[K]) next(k K) *Entry {
	list := a.waiting[k]
	if len(list) == 0 {
		return nil
	}
	a.keep(k, list[1:])
	return list[0]
}

func (a *alike[K]) remove(k K, e *Entry) bool {
	list := a.waiting[k]
	i := slices.Index(list, e)
	if i >= 0 {
		a.keep(k, slices.Delete(list, i, i+1))
	}
	return i >= 0
}

func (a *alike[K]) keep(k K, list []*Entry) {
	if len(list) == 0 {
		delete(a.waiting, k)
		return
	}
	a.waiting[k] = list
}

// addNet puts the entry of a network or a number into a table.
func addNet(t *table[network], wait *alike[prefix], k prefix, e *Entry) {
	if findNet(t, k) != nil {
		wait.add(k, e)
		return
	}
	t.add(&network{k, e})
}

// removeNet takes it out; false: it was not there.
func removeNet(t *table[network], wait *alike[prefix], k prefix, e *Entry) bool {
	n := findNet(t, k)
	if n == nil || n.e != e {
		return wait.remove(k, e)
	}
	if next := wait.next(k); next != nil {
		t.add(&network{k, next}) // before the other goes: readers always find one
	}
	t.remove(n)
	return true
}

func findNet(t *table[network], k prefix) *network {
	for c := t.find(k.hash()); ; {
		if n := c.next(); n == nil || n.prefix == k {
			return n
		}
	}
}

// addWord puts the entry of a word into the index's own table.
func (x *index) addWord(text string, e *Entry) {
	if x.findWord(text) != nil {
		x.wordsAlike.add(text, e)
		return
	}
	x.words.add(&word{text, e})
}

func (x *index) removeWord(text string, e *Entry) {
	w := x.findWord(text)
	if w == nil || w.e != e {
		x.wordsAlike.remove(text, e)
		return
	}
	if next := x.wordsAlike.next(text); next != nil {
		x.words.add(&word{text, next})
	}
	x.words.remove(w)
}

func (x *index) findWord(text string) *word {
	for c := x.words.find(x.words.hash(&word{text: text})); ; {
		if w := c.next(); w == nil || w.text == text {
			return w
		}
	}
}
