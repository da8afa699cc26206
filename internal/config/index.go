package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// index finds rows by the first words of a line.
type index map[string][]indexed

type indexed struct {
	*Keyword
	words []string
}

// newIndex indexes tables; where two rows have one name, the earlier table's
// counts.
func newIndex(tables ...Table) index {
	ix := index{}
	for _, t := range tables {
		for i := range t {
			w := strings.Fields(t[i].Name)
			ix[w[0]] = append(ix[w[0]], indexed{&t[i], w})
		}
	}
	for _, rows := range ix {
		slices.SortStableFunc(rows, func(a, b indexed) int { return cmp.Compare(len(b.words), len(a.words)) })
	}
	return ix
}

// ownRows is the index of this package's rows, which every parse shares.
var ownRows = sync.OnceValue(func() index { return newIndex(Rows()...) })

// rowsOf indexes tables and the rows of this package after them.
func rowsOf(tables []Table) index {
	if len(tables) == 0 {
		return ownRows()
	}
	return newIndex(append(slices.Clone(tables), Rows()...)...)
}

// find returns the row with the most words that begins the line, and how many
// words that are. ok is false when the row may not stand in the section.
func (ix index) find(words []string, in Sections) (k *Keyword, n int, ok bool) {
	for _, r := range ix[words[0]] {
		if len(r.words) < n {
			break
		}
		if r.In&in == 0 && in&(InAnyProxy|InGlobal) == 0 {
			continue // rows of other sections tell nothing about these
		}
		if len(words) < len(r.words) || !slices.Equal(r.words, words[:len(r.words)]) {
			continue
		}
		if r.In&in != 0 {
			return r.Keyword, len(r.words), true
		}
		// Of rows that may not stand here, the one of a like section tells more, and
		// hides shorter ones that may.
		switch like := in&InAnyProxy != 0 && r.In&InAnyProxy != 0; {
		case like && n == 0:
			k, n = r.Keyword, len(r.words)
		case k == nil:
			k = r.Keyword
		}
	}
	return k, n, false
}

// names yields the first words of the rows of a section, or the second words of
// those that begin with group.
func (ix index) names(in Sections, group string) func(func(string) bool) {
	return func(yield func(string) bool) {
		if group != "" {
			for _, r := range ix[group] {
				if r.In&in != 0 && len(r.words) > 1 && !yield(r.words[1]) {
					return
				}
			}
			return
		}
		// In order, so that of two names equally near the same one is suggested
		// every time.
		for _, first := range slices.Sorted(maps.Keys(ix)) {
			if slices.ContainsFunc(ix[first], func(r indexed) bool { return r.In&in != 0 }) && !yield(first) {
				return
			}
		}
	}
}
