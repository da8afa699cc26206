package config

import "fmt"

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

// defaultPerGroup is "max-threads-per-group" when it is not set.
const defaultPerGroup = 16

// PerGroup is the most threads of a group while their number is open.
func (g *Global) PerGroup() int {
	if g.MaxPerGroup > 0 {
		return g.MaxPerGroup
	}
	return defaultPerGroup
}

// ThreadGroups partitions that many threads as "thread-groups", "thread-group"
// and "max-threads-per-group" say: who is not assigned goes to the groups that
// are not, in equal shares of neighbours.
func (g *Global) ThreadGroups(threads int) ThreadGroups {
	part, _ := g.partition(threads)
	return part
}

// GroupFault says what is wrong with the groups for that many threads, ""
// when nothing is. ThreadGroups then still gives every thread a group.
func (g *Global) GroupFault(threads int) string {
	_, wrong := g.partition(threads)
	return wrong
}

func (g *Global) partition(threads int) (ThreadGroups, string) {
	groups := max(g.NBGroups, len(g.GroupThreads))
	if groups == 0 {
		groups = min((threads+g.PerGroup()-1)/g.PerGroup(), MaxGroups)
	}
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
	wrong := ""
	switch {
	case len(open) > left && groups > 1:
		wrong = fmt.Sprintf("More unassigned thread-groups (%d) than threads (%d). Please reduce thread-groups", len(open), left)
	case len(open) == 0 && left > 0:
		wrong = fmt.Sprintf("Remaining unassigned threads found (%d) because all groups are in use. Please increase 'thread-groups', reduce 'nbthreads' or remove or extend 'thread-group' enumerations.", left)
		open = []int{groups}
	}
	next := 0
	for i, n := range part {
		if n == 0 {
			part[i] = open[next*len(open)/left]
			next++
		}
	}
	return part, wrong
}
