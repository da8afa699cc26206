package sample

import (
	"bytes"
	"slices"
	"sync"
)

// Vars is what a context has of the sets of each scope; nil where it has none.
// The variables of scope "proc" are with their names.
type Vars [varScopes]*VarSet

// Load puts the value of v into s; false while it has none here.
func (v *Var) Load(c *Ctx, s *Sample) bool {
	if v.Scope == VarProc {
		p := v.value.Load()
		if p == nil {
			return false
		}
		s.Type, s.Int, s.IP, s.Data = p.Type, p.Int, p.IP, p.Data
		return true
	}
	set := c.Vars[v.Scope]
	if set == nil {
		return false
	}
	e := set.find(v)
	if e == nil {
		return false
	}
	e.load(s)
	return true
}

// loadAs is Load with a cast; the value stays what it is.
func (v *Var) loadAs(c *Ctx, s *Sample, to Type) bool { return v.Load(c, s) && cast(c, s, to) }

// Unset forgets the value of v.
func (v *Var) Unset(c *Ctx) {
	if v.Scope == VarProc {
		v.setProcess(nil)
	} else if set := c.Vars[v.Scope]; set != nil {
		set.drop(v)
	}
}

// store sets v to s if all of the conditions hold. The value moves into the
// variable: s then has the variable's bytes, for its own may have been those of a
// variable that was overwritten. Whether v was set is said: it is not, either,
// outside of its scope and when there is no more memory for variables.
func (v *Var) store(c *Ctx, s *Sample, on VarConditions) bool {
	if v.Scope == VarProc {
		// Whether a variable of the process may be set must not change meanwhile.
		process.Lock()
		defer process.Unlock()
	}
	if on != 0 {
		var old Sample
		if !on.hold(s, &old, v.Load(c, &old), v.Scope == VarProc) {
			return false
		}
	}
	if v.Scope == VarProc {
		v.replace(s)
		return true
	}
	set := c.Vars[v.Scope]
	return set != nil && set.put(v, s)
}

// process makes who sets variables of the process one after the other. Who reads
// them takes no lock: a value never changes, another takes its place.
var process sync.Mutex

func (v *Var) setProcess(s *Sample) {
	process.Lock()
	defer process.Unlock()
	v.replace(s)
}

func (v *Var) replace(s *Sample) {
	old := v.value.Load()
	if s != nil && old != nil && same(old, s) {
		return
	}
	if varLimits.bounded {
		n := int64(0)
		if old != nil {
			n -= cost(old.Type, old.Data)
		}
		if s != nil {
			n += cost(s.Type, s.Data)
		}
		if !accountProcess(n) {
			accountProcess(n - cost(s.Type, s.Data))
			s = nil
		}
	}
	if s == nil {
		v.value.Store(nil)
		return
	}
	value := &Sample{Type: s.Type, Int: s.Int, IP: s.IP}
	if hasData(s.Type) {
		value.Data = slices.Clone(s.Data)
	}
	v.value.Store(value)
}

func same(a, b *Sample) bool {
	return a.Type == b.Type && (hasData(a.Type) || a.Int == b.Int && a.IP == b.IP) && (!hasData(a.Type) || bytes.Equal(a.Data, b.Data))
}
