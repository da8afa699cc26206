package show

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/cpu"
)

// Threads are the event loops of the process: the group of each, from 1, and the
// CPUs that it is bound to, an empty set leaving it to run on any of Allowed.
type Threads struct {
	Groups  []int
	CPUs    []cpu.Set
	Allowed cpu.Set
}

// on is the set on which thread i may run.
func (t *Threads) on(i int) cpu.Set {
	if t.CPUs[i].Len() == 0 {
		return t.Allowed
	}
	return t.CPUs[i]
}

// CPUs prints the processors of the machine, which of them are used, and what
// each thread runs on.
func CPUs(to io.Writer, machine cpu.Topology, t Threads) error {
	w := bufio.NewWriter(to)
	var used cpu.Set
	for i := range t.CPUs {
		used = used.Or(t.on(i))
	}
	writeCPUs(w, machine, used)
	fmt.Fprintf(w, "Thread CPU Bindings:\n  Tgrp/Thr  Tid        CPU set\n")
	first, rank := 0, 1 // of a run of threads alike: its thread, and that thread's place in its group
	for i := range t.CPUs {
		if i+1 < len(t.CPUs) && t.Groups[i+1] == t.Groups[i] && t.CPUs[i+1] == t.CPUs[i] {
			continue
		}
		n, on := i+1-first, t.on(i)
		fmt.Fprintf(w, "  %-9s %-10s %d: %s\n", fmt.Sprintf("%d/%s", t.Groups[i], span(rank, n)), span(first+1, n), on.Len(), on)
		if first, rank = i+1, rank+n; i+1 < len(t.CPUs) && t.Groups[i+1] != t.Groups[i] {
			rank = 1
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func writeCPUs(w io.Writer, t cpu.Topology, allowed cpu.Set) {
	for _, keep := range []bool{true, false} {
		for _, c := range t {
			mark := "[keep]"
			if !keep {
				mark = "[evct]"
			}
			if allowed.Has(c.ID) == keep {
				fmt.Fprintf(w, "%s cpu=%3d pk=%02d no=%02d cl=%03d l3=%03d co=%03d ts=%03d capa=%d\n",
					mark, c.ID, c.Package, c.Node, c.Cluster, c.CCX, c.Core, c.Thread, c.Capacity)
			}
		}
	}
	fmt.Fprintln(w, "CPU clusters:")
	clusters := map[int]cpu.Topology{}
	var order []int
	for _, c := range t {
		if !allowed.Has(c.ID) {
			continue
		}
		if _, ok := clusters[c.Cluster]; !ok {
			order = append(order, c.Cluster)
		}
		clusters[c.Cluster] = append(clusters[c.Cluster], c)
	}
	for _, n := range order {
		cores, capacity := map[int]bool{}, 0
		for _, c := range clusters[n] {
			cores[c.Core] = true
			capacity += c.Capacity
		}
		fmt.Fprintf(w, "  %3d  cpus=%3d cores=%3d capa=%d\n", n, len(clusters[n]), len(cores), capacity)
	}
}

// span is n numbers from first on.
func span(first, n int) string {
	if n == 1 {
		return strconv.Itoa(first)
	}
	return fmt.Sprintf("%d-%d", first, first+n-1)
}
