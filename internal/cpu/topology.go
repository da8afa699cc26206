package cpu

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// CPU is a hardware thread and where it sits. Numbers of clusters, caches and
// cores are those of the process, from 0 in the order of their first CPU: the
// kernel's own repeat from package to package.
type CPU struct {
	ID       int
	Node     int // NUMA node, as the kernel numbers it
	Package  int
	Cluster  int // cores alike and close
	CCX      int // CPUs that share their last level cache
	Core     int
	Thread   int // rank among the hardware threads of its core
	Capacity int // relative speed of its core
}

// Topology is the CPUs of a machine, by number.
type Topology []CPU

// Read reads a topology from a tree like /sys/devices/system. What the tree
// does not tell is filled in so that each CPU is a core of one cluster. Nothing
// readable at all makes an empty topology.
func Read(tree fs.FS) Topology {
	online, err := ParseRanges(text(tree, "cpu/online"))
	if err != nil || online.Len() == 0 {
		return nil
	}
	nodes := map[int]int{}
	if list, err := fs.ReadDir(tree, "node"); err == nil {
		for _, e := range list {
			n, err := strconv.Atoi(strings.TrimPrefix(e.Name(), "node"))
			if err != nil {
				continue
			}
			cpus, _ := ParseRanges(text(tree, path.Join("node", e.Name(), "cpulist")))
			for _, id := range cpus.List() {
				nodes[id] = n
			}
		}
	}
	var t Topology
	clusters, caches, cores := map[string]int{}, map[string]int{}, map[string]int{}
	for _, id := range online.List() {
		dir := "cpu/cpu" + strconv.Itoa(id)
		c := CPU{ID: id, Node: nodes[id], Package: max(value(tree, dir+"/topology/physical_package_id"), 0)}
		siblings := text(tree, dir+"/topology/thread_siblings_list")
		if siblings == "" {
			siblings = strconv.Itoa(id)
		}
		c.Core = numbered(cores, siblings)
		if set, err := ParseRanges(siblings); err == nil {
			for _, s := range set.List() {
				if s < id && online.Has(s) {
					c.Thread++
				}
			}
		}
		c.Capacity = capacity(tree, dir)
		llc := lastLevelCache(tree, dir)
		if llc == "" {
			llc = text(tree, dir+"/topology/die_cpus_list")
		}
		c.CCX = numbered(caches, strconv.Itoa(c.Node)+" "+strconv.Itoa(c.Package)+" "+llc)
		// Cores of another speed are another cluster, even behind one cache.
		c.Cluster = numbered(clusters, strconv.Itoa(c.CCX)+" "+strconv.Itoa(c.Capacity))
		t = append(t, c)
	}
	return t
}

// lastLevelCache names the CPUs that share the largest cache of the CPU in dir,
// a cache of level 3 or higher.
func lastLevelCache(tree fs.FS, dir string) string {
	level, shared := 2, ""
	for i := range 10 {
		d := dir + "/cache/index" + strconv.Itoa(i)
		l := value(tree, d+"/level")
		if l < 0 {
			break
		}
		if l > level {
			level, shared = l, text(tree, d+"/shared_cpu_list")
		}
	}
	return shared
}

// capacity is the speed of a core: the kernel's own measure where it has one,
// else its frequency, rounded so that small differences between equal cores do
// not show.
func capacity(tree fs.FS, dir string) int {
	if n := value(tree, dir+"/cpu_capacity"); n > 0 {
		return n
	}
	for _, name := range []string{"/acpi_cppc/nominal_perf", "/cpufreq/scaling_max_freq", "/cpufreq/cpuinfo_max_freq"} {
		n := value(tree, dir+name)
		if n > 10000 { // kHz
			n /= 100_000
		}
		if n > 0 {
			return (n + 1) / 2 * 2
		}
	}
	return 1
}

func numbered(m map[string]int, key string) int {
	n, ok := m[key]
	if !ok {
		n = len(m)
		m[key] = n
	}
	return n
}

// text is the content of a file without its line feed, "" when there is none.
func text(tree fs.FS, name string) string {
	b, err := fs.ReadFile(tree, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// value is the number in a file, -1 when there is none.
func value(tree fs.FS, name string) int {
	n, err := strconv.Atoi(text(tree, name))
	if err != nil {
		return -1
	}
	return n
}

// Set returns the CPUs of t for which keep holds.
func (t Topology) Set(keep func(CPU) bool) Set {
	var s Set
	for _, c := range t {
		if keep(c) {
			s.Add(c.ID)
		}
	}
	return s
}

// Only returns the part of t that is in s.
func (t Topology) Only(s Set) Topology {
	var part Topology
	for _, c := range t {
		if s.Has(c.ID) {
			part = append(part, c)
		}
	}
	return part
}

// Plain is the topology of CPUs about which nothing is known but their numbers.
func Plain(s Set) Topology {
	var t Topology
	for _, id := range s.List() {
		t = append(t, CPU{ID: id, Core: id, Capacity: 1})
	}
	return t
}
