package cpu

import "math"

// Request is what a configuration says about threads and CPUs.
type Request struct {
	Threads  int // "nbthread"; 0: as many as fit
	Groups   int // "thread-groups"; 0: as the policy says
	Hard     int // "thread-hard-limit"; 0: none
	PerGroup int // most threads of a group when the number of groups is open
	Policy   *Policy
	OneEach  bool   // "threads-per-core 1"
	Affinity string // "cpu-affinity": per-core, per-group, per-thread, per-ccx; "" is automatic
	Loose    bool   // "per-group loose"
	Narrowed bool   // the process was restricted to some CPUs before it started
	Confine  bool   // the CPUs are fewer than the process may use: keep to them
}

// Plan is how the threads of a process are grouped and bound.
type Plan struct {
	Groups []int // of each thread, from 1; nil: as "thread-groups" divides them
	CPUs   []Set // of each thread; an empty set leaves it unbound
	Forced bool  // the hard limit is below Threads of the Request
}

// Threads is the number of threads.
func (p *Plan) Threads() int { return len(p.CPUs) }

// team is a group before its threads are counted.
type team struct {
	cpus Topology
	all  Set // of the list it was split from
	want int // threads
}

// Make plans the threads for the usable CPUs of t, of whose time the process
// gets that of quota CPUs (0: no limit).
func Make(t Topology, quota float64, r Request) *Plan {
	p := &Plan{}
	if r.Policy == nil {
		r.Policy = FindPolicy(DefaultPolicy)
	}
	before := len(t)
	t = usable(t, r)
	r.Confine = r.Confine || len(t) < before
	fixed := r.Threads > 0
	if !fixed && r.Policy.By != nil && r.Groups == 0 {
		p.group(teams(t, r), capacityFor(t, quota, r), r)
		return p
	}
	n := r.Threads
	if !fixed {
		n = capacityFor(t, quota, r)
	} else if r.Hard > 0 && n > r.Hard {
		n, p.Forced = r.Hard, true
	}
	p.CPUs = make([]Set, max(n, 1))
	if r.Confine || r.Affinity != "" || r.OneEach {
		bind(p.CPUs, t, r)
	}
	return p
}

// usable applies the policy's choice and "threads-per-core".
func usable(t Topology, r Request) Topology {
	if choose := r.Policy.Choose; choose != nil && r.Threads == 0 &&
		!(r.Policy.Name == "first-usable-node" && r.Narrowed) {
		t = choose(t)
	}
	return t
}

// capacityFor is how many threads the CPUs, the quota and the hard limit make.
func capacityFor(t Topology, quota float64, r Request) int {
	n := len(t)
	if r.OneEach {
		n = cores(t)
	}
	if quota > 0 {
		n = min(n, int(math.Ceil(quota)))
	}
	if r.Hard > 0 {
		n = min(n, r.Hard)
	}
	return min(max(n, 1), 1024)
}

func cores(t Topology) int {
	seen := map[int]bool{}
	for _, c := range t {
		seen[c.Core] = true
	}
	return len(seen)
}

// teams divides the CPUs as the policy says, and what is too large for a group
// into equal parts.
func teams(t Topology, r Request) []team {
	var order []int
	by := map[int]Topology{}
	for _, c := range t {
		k := r.Policy.By(c)
		if _, ok := by[k]; !ok {
			order = append(order, k)
		}
		by[k] = append(by[k], c)
	}
	var list []team
	for i := 0; i < len(order); i += max(r.Policy.Per, 1) {
		var whole Topology
		for _, k := range order[i:min(len(order), i+max(r.Policy.Per, 1))] {
			whole = append(whole, by[k]...)
		}
		all := whole.Set(func(CPU) bool { return true })
		n := len(whole)
		if r.OneEach {
			n = cores(whole)
		}
		parts := 1
		if r.PerGroup > 0 {
			parts = (n + r.PerGroup - 1) / r.PerGroup
		}
		for k := range parts {
			part := whole[k*len(whole)/parts : (k+1)*len(whole)/parts]
			list = append(list, team{part, all, (k+1)*n/parts - k*n/parts})
		}
	}
	return list
}

// maxGroups is how many groups there can be.
const maxGroups = 32

// group gives each team its threads until there are n.
func (p *Plan) group(list []team, n int, r Request) {
	for i, g := range list {
		number := min(i+1, maxGroups)
		want := min(g.want, n-len(p.CPUs))
		if want <= 0 {
			break
		}
		sets := make([]Set, want)
		if len(list) > 1 || r.Confine || r.Affinity != "" || r.OneEach {
			bindGroup(sets, g, r)
		}
		for _, s := range sets {
			p.CPUs, p.Groups = append(p.CPUs, s), append(p.Groups, number)
		}
	}
	if len(p.CPUs) == 0 {
		p.CPUs, p.Groups = make([]Set, 1), []int{1}
	}
}

func bind(sets []Set, t Topology, r Request) {
	bindGroup(sets, team{cpus: t, all: t.Set(func(CPU) bool { return true })}, r)
}

// bindGroup binds the threads of a group as "cpu-affinity" says.
func bindGroup(sets []Set, g team, r Request) {
	if len(g.cpus) == 0 {
		return
	}
	of := func(same func(a, b CPU) bool) {
		list := leaders(g.cpus, r.OneEach)
		for i := range sets {
			c := list[i%len(list)]
			sets[i] = g.cpus.Set(func(o CPU) bool { return same(c, o) })
		}
	}
	switch {
	case r.Affinity == "per-thread":
		of(func(a, b CPU) bool { return a.ID == b.ID })
	case r.Affinity == "per-core", r.Affinity == "" && r.OneEach:
		of(func(a, b CPU) bool { return a.Core == b.Core })
	case r.Affinity == "per-ccx":
		of(func(a, b CPU) bool { return a.CCX == b.CCX })
	default:
		all := g.cpus.Set(func(CPU) bool { return true })
		if r.Loose {
			all = g.all
		}
		for i := range sets {
			sets[i] = all
		}
	}
}

// leaders are the CPUs that get threads: all, or one of each core.
func leaders(t Topology, oneEach bool) Topology {
	if !oneEach {
		return t
	}
	seen := map[int]bool{}
	var list Topology
	for _, c := range t {
		if !seen[c.Core] {
			seen[c.Core] = true
			list = append(list, c)
		}
	}
	return list
}
