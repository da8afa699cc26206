package sample

import "net/netip"

// VarSet holds the variables of one scope of one session, stream or check: those
// that are set stand in a row, and a sparse index leads from the slot of a name
// to its place there. Setting, finding and forgetting a variable cost the same
// however many names the configuration has, and an emptied set keeps its memory
// for the next user.
type VarSet struct {
	scope VarScope
	up    *VarSet // what is used here is used there, too; nil: of the process
	used  int64   // bytes, with those of the sets below; 0 while nothing is bounded
	index []uint32
	set   []setVar
}

type setVar struct {
	v    *Var
	typ  Type
	int  int64
	ip   netip.Addr
	data []byte // own bytes
}

// Init makes s a set of a scope whose memory counts in that of up as well.
func (s *VarSet) Init(scope VarScope, up *VarSet) { s.scope, s.up = scope, up }

// Scope is the one whose variables s holds.
func (s *VarSet) Scope() VarScope { return s.scope }

// find gives the place of v, nil while it is not set.
func (s *VarSet) find(v *Var) *setVar {
	if int(v.slot) < len(s.index) {
		if i := s.index[v.slot]; int(i) < len(s.set) && s.set[i].v == v {
			return &s.set[i]
		}
	}
	return nil
}

// place gives the place of v after making one.
func (s *VarSet) place(v *Var) *setVar {
	if e := s.find(v); e != nil {
		return e
	}
	for int(v.slot) >= len(s.index) {
		s.index = append(s.index, 0)
	}
	n := len(s.set)
	s.index[v.slot] = uint32(n)
	if n < cap(s.set) {
		s.set = s.set[:n+1] // with the bytes of who had the place before
	} else {
		s.set = append(s.set, setVar{})
	}
	e := &s.set[n]
	e.v, e.data = v, e.data[:0]
	return e
}

// put stores a value. One that does not fit into the memory that variables may
// take leaves the variable unset.
func (s *VarSet) put(v *Var, from *Sample) bool {
	if varLimits.bounded {
		was := int64(0)
		if e := s.find(v); e != nil {
			was = cost(e.typ, e.data)
		}
		if !s.account(cost(from.Type, from.Data) - was) {
			s.drop(v)
			return false
		}
	}
	e := s.place(v)
	e.typ, e.int, e.ip = from.Type, from.Int, from.IP
	if hasData(from.Type) {
		e.data = append(e.data[:0], from.Data...) // which may be a part of it
		from.Data = e.data
	} else {
		e.data = e.data[:0]
	}
	return true
}

// drop forgets a variable. The last of the row takes its place.
func (s *VarSet) drop(v *Var) {
	e := s.find(v)
	if e == nil {
		return
	}
	if varLimits.bounded {
		s.account(-cost(e.typ, e.data))
	}
	last := len(s.set) - 1
	*e, s.set[last] = s.set[last], *e
	s.index[e.v.slot] = s.index[v.slot]
	s.set = s.set[:last]
}

// keepData is how many bytes of a value an emptied place keeps for the next one.
const keepData = 4096

// Clear forgets all variables, whose scope then is the one given.
func (s *VarSet) Clear(scope VarScope) {
	s.scope = scope
	if len(s.set) == 0 {
		return
	}
	for i := range s.set {
		e := &s.set[i]
		if varLimits.bounded {
			s.account(-cost(e.typ, e.data))
		}
		if cap(e.data) > keepData {
			e.data = nil
		}
	}
	s.set = s.set[:0]
}

func (e *setVar) load(to *Sample) {
	to.Type, to.Int, to.IP, to.Data = e.typ, e.int, e.ip, e.data
}

// hasData says whether the value of a type is in Data.
func hasData(t Type) bool { return t == Str || t == Bin || t == Meth }
