package diff

import (
	"cmp"
	"slices"
	"sort"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
)

// item is a line that is compared.
type item struct {
	// key is what two lines have in common that are versions of one. Where there is
	// none, the lines between the same neighbours are.
	key    string
	text   string
	pos    config.Pos // invalid: nowhere
	server *config.Server
}

// edit is a difference between two lists; on one side there may be nothing.
type edit struct {
	verb     Verb
	old, new *item
	place    int // in the new list
}

// pair are the indices of one item in both lists.
type pair struct{ old, new int }

// compare returns what has become of old. Only ordered lists can have items that
// moved: as few as possible.
func compare(old, new []item, ordered bool) []edit {
	first := 0
	for first < len(old) && first < len(new) && old[first].text == new[first].text {
		first++
	}
	old, new = old[first:], new[first:]
	for len(old) > 0 && len(new) > 0 && old[len(old)-1].text == new[len(new)-1].text {
		old, new = old[:len(old)-1], new[:len(new)-1]
	}
	if len(old) == 0 && len(new) == 0 {
		return nil
	}
	m := &matching{old: old, new: new, inOld: make([]bool, len(old)), inNew: make([]bool, len(new))}
	m.match(func(_ int, i *item) string { return i.text }, func(_ int, i *item) string { return i.text })
	keyed := func(_ int, i *item) string { return i.key }
	m.match(keyed, keyed)
	moved := map[pair]bool{}
	if ordered {
		moved = m.outOfOrder()
		m.matchBetween(moved)
	}
	return m.edits(moved)
}

// matching are two lists and which items of them are one.
type matching struct {
	old, new     []item
	pairs        []pair
	inOld, inNew []bool // has a partner
}

// match pairs the items without a partner that have the same name, in order. ""
// is no name.
func (m *matching) match(nameOld, nameNew func(int, *item) string) {
	waiting := map[string][]int{}
	for i := range m.old {
		if name := nameOld(i, &m.old[i]); name != "" && !m.inOld[i] {
			waiting[name] = append(waiting[name], i)
		}
	}
	for j := range m.new {
		name := nameNew(j, &m.new[j])
		if w := waiting[name]; len(w) > 0 && !m.inNew[j] {
			waiting[name] = w[1:]
			m.pairs = append(m.pairs, pair{w[0], j})
			m.inOld[w[0]], m.inNew[j] = true, true
		}
	}
	slices.SortFunc(m.pairs, func(a, b pair) int { return cmp.Compare(a.new, b.new) })
}

// outOfOrder returns the pairs that must have moved: all but a longest series of
// pairs that are in order on both sides.
func (m *matching) outOfOrder() map[pair]bool {
	tails := []int{} // pairs that end the best series of each length
	before := make([]int, len(m.pairs))
	for i, p := range m.pairs {
		n := sort.Search(len(tails), func(n int) bool { return m.pairs[tails[n]].old >= p.old })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	moved := make(map[pair]bool, len(m.pairs)-len(tails))
	for _, p := range m.pairs {
		moved[p] = true
	}
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			delete(moved, m.pairs[i])
		}
	}
	return moved
}

// matchBetween pairs the items without a key that stand between the same pairs.
func (m *matching) matchBetween(moved map[pair]bool) {
	gapOld, gapNew := make([]int, len(m.old)), make([]int, len(m.new))
	for _, p := range m.pairs {
		if !moved[p] {
			gapOld[p.old], gapNew[p.new] = 1, 1
		}
	}
	sum := func(gaps []int) func(int, *item) string {
		for i := 1; i < len(gaps); i++ {
			gaps[i] += gaps[i-1]
		}
		return func(i int, it *item) string {
			if it.key != "" {
				return ""
			}
			return strconv.Itoa(gaps[i])
		}
	}
	m.match(sum(gapOld), sum(gapNew))
}

// edits lists the differences in the order of the new list.
func (m *matching) edits(moved map[pair]bool) []edit {
	var list []edit
	partner := make([]int, len(m.old))
	for _, p := range m.pairs {
		partner[p.old] = p.new
		o, n := &m.old[p.old], &m.new[p.new]
		if o.text != n.text {
			list = append(list, edit{Changed, o, n, p.new})
		}
		if moved[p] {
			list = append(list, edit{Moved, o, n, p.new})
		}
	}
	last := -1
	for i := range m.old {
		if m.inOld[i] {
			last = partner[i]
			continue
		}
		list = append(list, edit{Removed, &m.old[i], nil, last})
	}
	for j := range m.new {
		if !m.inNew[j] {
			list = append(list, edit{Added, nil, &m.new[j], j})
		}
	}
	slices.SortStableFunc(list, func(a, b edit) int { return cmp.Compare(a.place, b.place) })
	return list
}
