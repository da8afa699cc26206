package diff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// others compares the sections that are neither global nor proxies.
func (c *comparison) others() {
	was, is := othersOf(c.old.Spec), othersOf(c.new.Spec)
	for _, name := range is.order {
		b := is.of[name]
		a, ok := was.of[name]
		if !ok {
			c.changes = append(c.changes, Change{Verb: Added, Kind: Section, Section: name, Name: b.Name, New: name, NewAt: b.Pos.String()})
			continue
		}
		c.other(name, a, b)
	}
	for _, name := range was.order {
		if _, ok := is.of[name]; !ok {
			a := was.of[name]
			c.changes = append(c.changes, Change{Verb: Removed, Kind: Section, Section: name, Name: a.Name, Old: name, OldAt: a.Pos.String()})
		}
	}
}

type otherSections struct {
	order []string
	of    map[string]config.OtherSection
}

// othersOf names the sections; those that have no name, or the same, are
// numbered.
func othersOf(s *config.Spec) otherSections {
	list := otherSections{of: map[string]config.OtherSection{}}
	times := map[string]int{}
	for o := range s.Others() {
		name := strings.TrimSpace(o.Keyword + " " + o.Name)
		if times[name]++; times[name] > 1 {
			name += " #" + strconv.Itoa(times[name])
		}
		list.order = append(list.order, name)
		list.of[name] = o
	}
	return list
}

// other compares two versions of a section. The canonical form has its lines in a
// fixed order as far as the language leaves it open.
func (c *comparison) other(name string, old, new config.OtherSection) {
	if slices.Equal(old.Lines, new.Lines) {
		return
	}
	inOrder := old.Keyword != "userlist" && old.Keyword != "http-errors"
	several := map[string]bool{} // words that begin more than one line
	for _, lines := range [][]string{old.Lines, new.Lines} {
		seen := map[string]bool{}
		for _, l := range lines {
			w, _, _ := strings.Cut(l, " ")
			several[w] = several[w] || seen[w]
			seen[w] = true
		}
	}
	c.list(Setting, name, nil, compare(byWord(c.old, old, several), byWord(c.new, new, several), inOrder))
}

// byWord makes items of a section's lines. What two versions of a line have in
// common is their first word or, where several begin with it, their first two.
func byWord(s *Side, o config.OtherSection, several map[string]bool) []item {
	list := make([]item, 0, len(o.Lines))
	of := map[string][]int{}
	for i, l := range o.Lines {
		words := strings.SplitN(l, " ", 3)
		key := words[0]
		if several[key] && len(words) > 1 {
			key += " " + words[1]
		}
		list = append(list, item{key: key, text: l})
		of[words[0]] = append(of[words[0]], i)
	}
	for w, at := range of {
		for n, pos := range fit(s.places.find(o.Pos, w), len(at)) {
			list[at[n]].pos = pos
		}
	}
	return list
}
