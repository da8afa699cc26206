package pattern

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Reference is a list or a map that has a name or a number: the patterns of a file,
// of a name without a file (virt@), or those that one rule gives. Everything that
// refers to it shares its entries (manual 2.7). Methods that change it take turns;
// those who look up through a View never wait.
type Reference struct {
	Name     string // as the runtime API names it; "" for the patterns of a rule
	Shown    string // the name as it is first written: "opt@list"
	ID       int
	Map      bool // entries have values
	ByACL    bool // an ACL refers to it
	Optional bool // the file need not be there
	used     []string

	mu      sync.Mutex
	views   []*View
	current atomic.Pointer[generation]
	next    uint32 // the newest version that was prepared
	pending map[uint32]*generation
	ids     uint64
}

// NewReference makes an empty one.
func NewReference(name string) *Reference {
	r := &Reference{Name: name, Shown: name, ID: -1, pending: map[uint32]*generation{}}
	r.current.Store(newGeneration(0, nil))
	return r
}

// firstID keeps the names of entries away from small numbers, which people try.
const firstID = 1 << 20

// View gives the view of a method, which is made if it is not there: any number of
// uses share it. When an entry
// does not suit it, the error says at which line. It is for the time before entries
// are looked up.
func (r *Reference) View(m Method, fold bool, out Output) (*View, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.views {
		if v.Method == m && v.Fold == fold && v.Out == out {
			return v, nil // who asks the same looks into the same index
		}
	}
	v := &View{Method: m, Fold: fold, Out: out, ref: r, slot: len(r.views)}
	if e, err := r.current.Load().join(v); err != nil {
		return nil, fmt.Errorf("%w at line %d of file '%s'", err, e.line, r.Name)
	}
	v.now.Store(r.current.Load().indexes[v.slot])
	r.views = append(r.views, v)
	return v, nil
}

// Views lists the views in the order in which they were made.
func (r *Reference) Views() []*View {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.views[:len(r.views):len(r.views)]
}

// Version is one of the versions of a reference; Current the one that is looked up.
const Current = -1

// Faults of what the runtime API asks for, in the reference's words.
var (
	ErrFuture  = errors.New("Version number in the future, please use 'prepare %s' before.")
	ErrRange   = errors.New("Version number out of range.")
	ErrNoKey   = errors.New("Key not found.")
	ErrNoEntry = errors.New("entry not found.")
	ErrNoID    = errors.New("key or pattern not found.")
)

// generation finds a version; nil: it has no entries and nobody prepared it.
func (r *Reference) generation(version int64) *generation {
	cur := r.current.Load()
	if version < 0 || uint32(version) == cur.version {
		return cur
	}
	return r.pending[uint32(version)]
}

// publish makes g the generation that is looked up.
func (r *Reference) publish(g *generation) {
	r.current.Store(g)
	for i, v := range r.views {
		v.now.Store(g.indexes[i])
	}
}

// Add appends an entry to a version.
func (r *Reference) Add(version int64, key, value string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.generation(version)
	if g == nil {
		v := uint32(version)
		if int32(r.next-v) < 0 {
			return ErrFuture
		}
		if int32(v-r.current.Load().version) <= 0 {
			return nil // of the past: nobody could ever see it
		}
		g = newGeneration(v, r.views)
		r.pending[v] = g
	}
	return r.append(g, key, value, 0, opNone)
}

func (r *Reference) append(g *generation, key, value string, line int32, op operator) error {
	e := &Entry{line: line}
	if line > 0 { // entries of files go together, and so take less room
		if len(g.slab) == 0 {
			g.slab = make([]Entry, 128)
		}
		e, g.slab = &g.slab[0], g.slab[1:]
		e.line = line
	}
	e.text, e.e = key, e
	if r.Map {
		e.first = value
	}
	r.ids++
	e.id = firstID + r.ids
	return g.add(e, r.views, op)
}

// Set gives all entries of a key another value, or appends one (actions "set-map"
// and "add-acl").
func (r *Reference) Set(key, value string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.current.Load()
	if twins := g.twins(key); len(twins) > 0 {
		return r.assign(twins, value)
	}
	return r.append(g, key, value, 0, opNone)
}

// Change gives all entries of a key another value.
func (r *Reference) Change(key, value string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	twins := r.current.Load().twins(key)
	if len(twins) == 0 {
		return ErrNoEntry
	}
	return r.assign(twins, value)
}

// ChangeID gives one entry another value.
func (r *Reference) ChangeID(id uint64, value string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, _ := r.byID(id)
	if e == nil {
		return ErrNoID
	}
	return r.assign([]*Entry{e}, value)
}

func (r *Reference) assign(list []*Entry, value string) error {
	if !r.Map {
		return nil
	}
	for _, v := range r.views {
		if err := v.check(value); err != nil {
			return err
		}
	}
	for _, e := range list {
		e.value.Store(&value)
	}
	return nil
}

// Delete removes all entries of a key.
func (r *Reference) Delete(key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.current.Load()
	twins := g.twins(key)
	if len(twins) == 0 {
		return ErrNoKey
	}
	for _, e := range twins {
		g.remove(e, r.views)
	}
	return nil
}

// DeleteID removes one entry, of whatever version.
func (r *Reference) DeleteID(id uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, g := r.byID(id)
	if e == nil {
		return ErrNoKey
	}
	g.remove(e, r.views)
	return nil
}

func (r *Reference) byID(id uint64) (*Entry, *generation) {
	find := func(g *generation) *Entry {
		for _, e := range g.entries.items() {
			if e.id == id && !e.gone.Load() {
				return e
			}
		}
		return nil
	}
	g := r.current.Load()
	if e := find(g); e != nil {
		return e, g
	}
	for _, g := range r.pending {
		if e := find(g); e != nil {
			return e, g
		}
	}
	return nil, nil
}

// Clear forgets the entries of a version.
func (r *Reference) Clear(version int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cur := r.current.Load()
	if version < 0 || uint32(version) == cur.version {
		r.publish(newGeneration(cur.version, r.views))
		return
	}
	delete(r.pending, uint32(version))
}

// Prepare allocates a version, to be filled and committed.
func (r *Reference) Prepare() uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	return r.next
}

// Commit has a version looked up from now on, all of it at once, and forgets those
// before it.
func (r *Reference) Commit(version uint32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	cur := r.current.Load().version
	if int32(version-cur) <= 0 || int32(r.next-version) < 0 {
		return ErrRange
	}
	g := r.pending[version]
	if g == nil {
		g = newGeneration(version, r.views)
	}
	for v := range r.pending {
		if int32(v-version) <= 0 {
			delete(r.pending, v)
		}
	}
	r.publish(g)
	return nil
}

// Entries lists those of a version that are there now.
func (r *Reference) Entries(version int64) []*Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if g := r.generation(version); g != nil {
		return g.entries.items()
	}
	return nil
}

// Gone says whether the entry was removed.
func (e *Entry) Gone() bool { return e.gone.Load() }

// Figures are the versions in use and to come, and the number of entries of all of
// them, each counted once for every view, as the reference counts its patterns.
func (r *Reference) Figures() (current, next uint32, entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.current.Load()
	entries = g.live
	for _, p := range r.pending {
		entries += p.live
	}
	return g.version, r.next, entries * len(r.views)
}
