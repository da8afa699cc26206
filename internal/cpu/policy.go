package cpu

import "slices"

// Policy says which of the usable CPUs serve and how they are grouped (manual
// 3.1 "cpu-policy").
type Policy struct {
	Name string // as in the manual
	Doc  string
	// By is what makes a group, Per how many of them; nil: one group of all.
	By  func(CPU) int
	Per int
	// Choose leaves CPUs out; nil: none.
	Choose func(Topology) Topology
}

func byCCX(c CPU) int     { return c.CCX }
func byCluster(c CPU) int { return c.Cluster }

// Policies are the rows, the default first after "none".
var Policies = []Policy{
	{Name: "none", Doc: "use all available CPUs"},
	{Name: "performance", Doc: "make one thread group per perf. core cluster", By: byCCX, Per: 1, Choose: fast},
	{Name: "group-by-ccx", Doc: "make one thread group per CCX", By: byCCX, Per: 1},
	{Name: "group-by-2-ccx", Doc: "make one thread group per 2 CCX", By: byCCX, Per: 2},
	{Name: "group-by-3-ccx", Doc: "make one thread group per 3 CCX", By: byCCX, Per: 3},
	{Name: "group-by-4-ccx", Doc: "make one thread group per 4 CCX", By: byCCX, Per: 4},
	{Name: "group-by-cluster", Doc: "make one thread group per core cluster", By: byCluster, Per: 1},
	{Name: "group-by-2-clusters", Doc: "make one thread group per 2 core clusters", By: byCluster, Per: 2},
	{Name: "group-by-3-clusters", Doc: "make one thread group per 3 core clusters", By: byCluster, Per: 3},
	{Name: "group-by-4-clusters", Doc: "make one thread group per 4 core clusters", By: byCluster, Per: 4},
	{Name: "efficiency", Doc: "make one thread group per eff. core cluster", By: byCCX, Per: 1, Choose: efficient},
	{Name: "resource", Doc: "make one thread group from the smallest cluster", By: byCluster, Per: 1, Choose: smallest},
	{Name: "first-usable-node", Doc: "use only first usable node if nbthreads not set", Choose: firstNode},
}

// DefaultPolicy is the one in force when none is set.
const DefaultPolicy = "performance"

// FindPolicy returns the row of that name, nil without.
func FindPolicy(name string) *Policy {
	if i := slices.IndexFunc(Policies, func(p Policy) bool { return p.Name == name }); i >= 0 {
		return &Policies[i]
	}
	return nil
}

// speeds returns the distinct capacities, the highest first.
func speeds(t Topology) []int {
	var list []int
	for _, c := range t {
		list = append(list, c.Capacity)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	slices.Reverse(list)
	return list
}

// fast leaves out cores whose speed is below 80 % of the next faster ones'.
func fast(t Topology) Topology {
	s := speeds(t)
	for i := 1; i < len(s); i++ {
		if s[i]*100 < s[i-1]*80 {
			least := s[i-1]
			return t.Only(t.Set(func(c CPU) bool { return c.Capacity >= least }))
		}
	}
	return t
}

// efficient leaves out cores whose speed is more than 25 % above that of the
// next slower ones.
func efficient(t Topology) Topology {
	s := speeds(t)
	for i := len(s) - 1; i > 0; i-- {
		if s[i-1]*100 > s[i]*125 {
			most := s[i]
			return t.Only(t.Set(func(c CPU) bool { return c.Capacity <= most }))
		}
	}
	return t
}

// smallest keeps the cluster with the least to offer.
func smallest(t Topology) Topology {
	total := map[int]int{}
	best := -1
	for _, c := range t {
		total[c.Cluster] += c.Capacity
	}
	for _, c := range t {
		if best < 0 || total[c.Cluster] < total[best] {
			best = c.Cluster
		}
	}
	return t.Only(t.Set(func(c CPU) bool { return c.Cluster == best }))
}

// firstNode keeps the CPUs of the first node that has any.
func firstNode(t Topology) Topology {
	if len(t) == 0 {
		return t
	}
	node := t[0].Node
	for _, c := range t {
		node = min(node, c.Node)
	}
	return t.Only(t.Set(func(c CPU) bool { return c.Node == node }))
}
