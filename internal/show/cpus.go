package show

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cpu"
)

// CPUs prints the processors of the machine, which of them this process may use,
// and what the threads run on.
func CPUs(w io.Writer, threads int) error {
	allowed, err := allowedCPUs("/proc/self/status")
	if err != nil {
		return err
	}
	topology := cpu.Read(os.DirFS("/sys/devices/system"))
	if len(topology) == 0 {
		topology = cpu.Plain(allowed)
	}
	b := bufio.NewWriter(w)
	writeCPUs(b, topology, allowed, threads)
	return b.Flush()
}

func writeCPUs(w io.Writer, t cpu.Topology, allowed cpu.Set, threads int) {
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
	fmt.Fprintf(w, "Thread CPU Bindings:\n  Tgrp/Thr  Tid        CPU set\n  %-9s %-10s %d: %s\n\n", "1/"+upTo(threads), upTo(threads), allowed.Len(), allowed)
}

func upTo(n int) string {
	if n == 1 {
		return "1"
	}
	return fmt.Sprintf("1-%d", n)
}

// allowedCPUs reads the set of CPUs from a file like /proc/self/status.
func allowedCPUs(status string) (cpu.Set, error) {
	f, err := os.Open(status)
	if err != nil {
		return cpu.Set{}, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if list, ok := strings.CutPrefix(s.Text(), "Cpus_allowed_list:"); ok {
			return cpu.ParseRanges(strings.TrimSpace(list))
		}
	}
	return cpu.Set{}, fmt.Errorf("%s does not tell the processors of this process", status)
}
