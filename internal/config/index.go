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
	paren bool // arguments in parentheses follow the last word without a space
}

// fits says whether a line begins with the row.
func (r *indexed) fits(words []string) bool {
	n := len(r.words)
	if len(words) < n {
		return false
	}
	if slices.Equal(r.words, words[:n]) {
		return true
	}
	return r.paren && slices.Equal(r.words[:n-1], words[:n-1]) && strings.HasPrefix(words[n-1], r.words[n-1]+"(")
}

// newIndex indexes tables; where two rows have one name, the earlier table's
// counts.
func newIndex(tables ...Table) index {
	ix := index{}
	for _, t := range tables {
		for i := range t {
			w := strings.Fields(t[i].Name)
			ix[w[0]] = append(ix[w[0]], indexed{&t[i], w, strings.HasPrefix(t[i].Syntax, t[i].Name+"(")})
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
		// What belongs to another kind of proxy is not taken for a shorter row.
		if len(r.words) < n && in&InAnyProxy != 0 && k.In&InAnyProxy != 0 {
			break
		}
		if r.In&in == 0 && in&(InAnyProxy|InGlobal) == 0 {
			continue // rows of other sections tell nothing about these
		}
		if !r.fits(words) {
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
// those that begin with group. They come in order, so that of two names equally
// near the same one is suggested every time.
func (ix index) names(in Sections, group string) func(func(string) bool) {
	if group != "" {
		_, next := ix.next([]string{group}, in)
		return next
	}
	return func(yield func(string) bool) {
		for _, first := range slices.Sorted(maps.Keys(ix)) {
			if slices.ContainsFunc(ix[first], func(r indexed) bool { return r.In&in != 0 }) && !yield(first) {
				return
			}
		}
	}
}

// next returns how many words of a line begin rows of several words of the
// section, and the words that may follow those.
func (ix index) next(words []string, in Sections) (n int, follow func(func(string) bool)) {
	fit := slices.DeleteFunc(slices.Clone(ix[words[0]]), func(r indexed) bool { return r.In&in == 0 || len(r.words) < 2 })
	for n = 1; n < len(words); n++ {
		longer := slices.DeleteFunc(slices.Clone(fit), func(r indexed) bool { return len(r.words) < n+2 || r.words[n] != words[n] })
		if len(longer) == 0 {
			break
		}
		fit = longer
	}
	return n, func(yield func(string) bool) {
		for _, r := range fit {
			if !yield(r.words[n]) {
				return
			}
		}
	}
}
