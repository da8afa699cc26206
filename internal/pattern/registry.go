package pattern

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Registry holds the lists and maps of one configuration. It is filled while the
// configuration is read, and only looked into afterwards.
type Registry struct {
	refs   []*Reference
	byName map[string]*Reference
}

// Place is the line of the configuration that refers to a list or a map.
type Place struct {
	File string
	Line int
}

// Source is a name as manual 2.7 says: a file, which must be there ("file@" or
// nothing), which may be there ("opt@"), or none ("virt@").
type Source struct {
	Name              string // by which lines share it
	Virtual, Optional bool
}

// ParseSource reads such a name.
func ParseSource(text string) Source {
	switch {
	case strings.HasPrefix(text, "virt@"):
		return Source{Name: text, Virtual: true}
	case strings.HasPrefix(text, "opt@"):
		return Source{Name: text[len("opt@"):], Optional: true}
	}
	return Source{Name: strings.TrimPrefix(text, "file@")}
}

// Use is how a line refers to a list or a map.
type Use struct {
	Place  Place
	Map    bool // the entries have values
	Method Method
	Fold   bool
	Out    Output
}

// Open gives the view that a line asks for of the list or the map of a name; its
// file is read when the name comes up first.
func (g *Registry) Open(name string, u Use, read func(file string) ([]byte, error)) (*View, error) {
	src := ParseSource(name)
	r := g.byName[src.Name]
	fresh := r == nil
	switch {
	case fresh:
		r = NewReference(src.Name)
		r.Shown, r.Map, r.Optional = name, u.Map, src.Optional
		if !src.Virtual {
			r.Shown = strings.TrimPrefix(name, "file@")
		}
	case r.Map != u.Map:
		return nil, fmt.Errorf("The file \"%s\" is already used as %s column file and cannot be used by as %s column file.", src.Name, columns(r.Map), columns(u.Map))
	}
	v, err := r.View(u.Method, u.Fold, u.Out)
	if err != nil {
		return nil, err
	}
	if fresh && !src.Virtual {
		data, err := []byte(nil), fs.ErrNotExist
		if src.Name != "" && read != nil {
			data, err = read(src.Name)
		}
		switch {
		case err == nil:
			if err := r.ReadFile(data); err != nil {
				return nil, err
			}
		case !src.Optional || !errors.Is(err, fs.ErrNotExist):
			return nil, Unreadable(src.Name, err)
		}
	}
	by := "acl"
	if u.Map {
		by = "map"
	}
	r.used = append(r.used, fmt.Sprintf("by %s at file '%s' line %d", by, u.Place.File, u.Place.Line))
	r.ByACL = r.ByACL || u.Out == NoValue
	if fresh {
		if g.byName == nil {
			g.byName = map[string]*Reference{}
		}
		g.byName[src.Name] = r
		g.refs = append(g.refs, r)
	}
	return v, nil
}

func columns(isMap bool) string {
	if isMap {
		return "two"
	}
	return "one"
}

// Own makes a list for the patterns that one rule gives itself, by the word the
// rule tests. An id below 0 is chosen later.
func (g *Registry) Own(word string, id int, u Use) (*View, error) {
	if id >= 0 && slices.ContainsFunc(g.refs, func(r *Reference) bool { return r.ID == id }) {
		return nil, errors.New("the id is already used")
	}
	r := NewReference("")
	r.ID, r.ByACL = id, true
	r.used = []string{fmt.Sprintf("acl '%s' file '%s' line %d", word, u.Place.File, u.Place.Line)}
	g.refs = append(g.refs, r)
	return r.View(u.Method, u.Fold, NoValue)
}

// Number gives those without an id the lowest ones that are free.
func (g *Registry) Number() {
	taken := map[int]bool{}
	for _, r := range g.refs {
		taken[r.ID] = true
	}
	id := 0
	for _, r := range g.refs {
		if r.ID >= 0 {
			continue
		}
		for taken[id] {
			id++
		}
		r.ID, taken[id] = id, true
	}
	slices.SortStableFunc(g.refs, func(a, b *Reference) int { return cmp.Compare(a.ID, b.ID) })
}

// All lists them by id.
func (g *Registry) All() []*Reference { return g.refs }

// Lookup finds one by its name, written as in the configuration; nil: nobody refers to it.
func (g *Registry) Lookup(name string) *Reference { return g.byName[ParseSource(name).Name] }

// Description says what the reference is, in the words of the runtime API.
func (r *Reference) Description() string {
	if r.Name == "" {
		return strings.Join(r.used, ", ")
	}
	return fmt.Sprintf("pattern loaded from file '%s' used %s", r.Shown, strings.Join(r.used, ", "))
}
