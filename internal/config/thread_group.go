package config

// ThreadGroups is a partition of the threads of a process: the group of each,
// from 1 (manual 3.1 "thread-groups").
type ThreadGroups []int

// Count returns the number of groups.
func (g ThreadGroups) Count() int {
	n := 0
	for _, v := range g {
		n = max(n, v)
	}
	return n
}

// Of returns the threads of a group, from 0, in order.
func (g ThreadGroups) Of(group int) []int {
	var list []int
	for i, v := range g {
		if v == group {
			list = append(list, i)
		}
	}
	return list
}

// ThreadGroups partitions that many threads as "thread-groups" and
// "thread-group" say: who is not assigned goes to the groups that are not, in
// equal shares of neighbours.
func (g *Global) ThreadGroups(threads int) ThreadGroups {
	groups := max(g.NBGroups, len(g.GroupThreads), 1)
	part := make(ThreadGroups, threads)
	var open []int // groups that were given no threads
	for n := 1; n <= groups; n++ {
		if n > len(g.GroupThreads) || len(g.GroupThreads[n-1]) == 0 {
			open = append(open, n)
			continue
		}
		for _, r := range g.GroupThreads[n-1] {
			for i := r.First; i <= min(r.Last, threads); i++ {
				part[i-1] = n
			}
		}
	}
	left := 0
	for _, n := range part {
		if n == 0 {
			left++
		}
	}
	if len(open) == 0 {
		open = []int{groups} // every thread serves
	}
	open = open[:min(len(open), max(left, 1))]
	next := 0
	for i, n := range part {
		if n == 0 {
			part[i] = open[next*len(open)/left]
			next++
		}
	}
	return part
}
