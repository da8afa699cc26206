package diff

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Difference is what two configurations do not have in common.
type Difference struct {
	Same    bool     `json:"same"`
	Changes []Change `json:"changes"` // global, other sections, proxies, files
	Reload  Reload   `json:"reload"`
	InPlace InPlace  `json:"in_place"`
}

// comparison is a Difference in the making.
type comparison struct {
	old, new *Side
	changes  []Change
	shared   map[inherited]int // inherited changes already listed, and where
}

// Compare returns what differs in two configurations that were read without
// errors. It takes time in proportion to their size.
func Compare(old, new *Side) *Difference {
	c := &comparison{old: old, new: new, changes: []Change{}, shared: map[inherited]int{}}
	c.global(old.Spec.Global, new.Spec.Global)
	c.others()
	c.proxies()
	c.files()
	c.group()
	return &Difference{Same: len(c.changes) == 0, Changes: c.changes, Reload: c.reload(), InPlace: c.inPlace()}
}

// group brings the changes of one section together, those of defaults sections
// before those of their heirs.
func (c *comparison) group() {
	place := map[string]int{}
	for _, ch := range c.changes {
		if _, known := place[ch.Section]; known {
			continue
		}
		switch {
		case ch.Section == "global":
			place[ch.Section] = -2
		case ch.Affects != nil && ch.Kind != Content:
			place[ch.Section] = -1
		default:
			place[ch.Section] = len(place)
		}
	}
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(place[a.Section], place[b.Section]), cmp.Compare(a.Section, b.Section))
	})
}

// global compares the global sections.
func (c *comparison) global(old, new *config.Global) {
	c.settings("global", nil, old.Settings(), new.Settings(), func(s *Side, keyword string, n int) []config.Pos {
		return fit(s.places.find(config.Pos{}, keyword), n)
	})
	c.list(Log, "global", nil, compare(logs(old.Logs), logs(new.Logs), false))
	sockets := func(g *config.Global) (list []item) {
		for _, b := range g.StatsSockets {
			list = append(list, item{key: b.Address.String(), text: "stats socket" + b.Line()[len("bind"):], pos: b.Pos})
		}
		return list
	}
	c.list(Bind, "global", nil, compare(sockets(old), sockets(new), false))
}

// files compares what is in the files that both sides name.
func (c *comparison) files() {
	for _, name := range slices.Sorted(maps.Keys(c.old.Files)) {
		a, b := c.old.Files[name], c.new.Files[name]
		if b == nil || a.same(b) {
			continue // the line that names it no more has been listed
		}
		ch := Change{Verb: Changed, Kind: Content, Name: name, OldAt: a.Readers[0].Pos.String(), NewAt: b.Readers[0].Pos.String()}
		if a.err == nil {
			ch.Old = "sha256:" + hex.EncodeToString(a.Hash[:])
		} else {
			ch.Verb = Added
		}
		if b.err == nil {
			ch.New = "sha256:" + hex.EncodeToString(b.Hash[:])
		} else {
			ch.Verb = Removed
		}
		for _, r := range b.Readers {
			if home := c.new.places.home(r.Pos); !slices.Contains(ch.Affects, home) {
				ch.Affects = append(ch.Affects, home)
			}
		}
		c.changes = append(c.changes, ch)
	}
}

// list adds the edits of one kind in a section. p is the section's proxy, if it
// is one.
func (c *comparison) list(kind Kind, section string, p *config.Proxy, edits []edit) {
	for _, e := range edits {
		ch := Change{Verb: e.verb, Kind: kind, Section: section, proxy: p}
		var homes []string
		note := func(i *item, side *Side, text, at *string, server **config.Server) {
			if i == nil {
				return
			}
			ch.Name, *text, *server = i.key, i.text, i.server
			if i.pos.IsValid() {
				*at = i.pos.String()
				homes = append(homes, side.places.home(i.pos))
			}
		}
		note(e.old, c.old, &ch.Old, &ch.OldAt, &ch.oldServer)
		note(e.new, c.new, &ch.New, &ch.NewAt, &ch.newServer)
		if ch.oldServer != nil && ch.newServer != nil && e.verb == Changed {
			ch.Fields = fields(ch.oldServer, ch.newServer)
		}
		if e.verb == Moved {
			ch.Old = "" // it is the same
		}
		c.add(ch, homes)
	}
}

// inherited is what a change says that several proxies inherit.
type inherited struct {
	verb                        Verb
	kind                        Kind
	old, new, oldAt, newAt, key string
}

// add lists a change. One that stands elsewhere than in the section of its proxy
// comes from a defaults section and is listed once for all who inherit it.
func (c *comparison) add(ch Change, homes []string) {
	if ch.proxy == nil || len(homes) == 0 || slices.Contains(homes, ch.Section) {
		c.changes = append(c.changes, ch)
		return
	}
	key := inherited{ch.Verb, ch.Kind, ch.Old, ch.New, ch.OldAt, ch.NewAt, ch.Name}
	i, again := c.shared[key]
	if !again {
		i = len(c.changes)
		c.shared[key] = i
		heir := ch.Section
		ch.Section, ch.Affects = homes[len(homes)-1], []string{heir}
		c.changes = append(c.changes, ch)
		return
	}
	c.changes[i].Affects = append(c.changes[i].Affects, ch.Section)
}
