package diff

import (
	"fmt"
	"io"
	"strings"
)

// WriteShort writes the difference in a few lines: what changed by kind, with
// names, and what becomes of the sockets.
func (d *Difference) WriteShort(w io.Writer) error {
	p := printer{w: w}
	if d.Same {
		p.line("No difference.")
		return p.err
	}
	type group struct {
		verb Verb
		kind Kind
	}
	var order []group
	names := map[group][]string{}
	for i := range d.Changes {
		ch := &d.Changes[i]
		g := group{ch.Verb, ch.Kind}
		if names[g] == nil {
			order = append(order, g)
		}
		names[g] = append(names[g], ch.label())
	}
	for _, g := range order {
		p.line("%s %s: %s", count(len(names[g]), string(g.kind)), g.verb, some(names[g]))
	}
	r := &d.Reload
	p.line("sockets: %d kept, %d opened, %d closed", len(r.Kept), len(r.Opened), len(r.Closed))
	return p.err
}

// label is a short name of what changed.
func (ch *Change) label() string {
	_, section, named := strings.Cut(ch.Section, " ")
	if !named {
		section = ch.Section
	}
	switch {
	case ch.Kind == Section:
		return ch.Section
	case ch.Kind == Content:
		return ch.Name
	case ch.Fields != nil:
		return fmt.Sprintf("%s/%s (%s)", section, ch.Name, strings.Join(ch.Fields, ", "))
	case ch.Kind == Server:
		return section + "/" + ch.Name
	}
	return fmt.Sprintf("%s (%s)", ch.Name, ch.Section)
}
