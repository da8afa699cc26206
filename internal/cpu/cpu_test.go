package cpu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSet(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "0-3": "0-3", "3,2,1,0": "0-3", "5-3": "3-5", "0,2,4-5": "0,2,4-5", "": "", "7,": "7", "1020-": "1020-1023", "63-64": "63-64",
	} {
		s, err := ParseRanges(text)
		if err != nil || s.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, s, err, want)
		}
		if n := len(s.List()); n != s.Len() {
			t.Errorf("%q: %d listed of %d", text, n, s.Len())
		}
	}
	for text, want := range map[string]string{
		"x": "'x' is not a CPU range.", "-1": "'-1' is not a CPU range.", "1-x": "'1-x' is not a CPU range.", "1024": "supports CPU numbers from 0 to 1023.",
		"0-99999999999999999999": "supports CPU numbers from 0 to 1023.", "1,node": "'node' is not a CPU range.", "1 2": "'1 2' is not a CPU range.",
	} {
		if _, err := ParseRanges(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	a, b := Of(1, 2, 100), Of(2, 100, 1023, -1, 1024)
	if got := a.And(b).String() + " " + a.Or(b).String() + " " + a.Minus(b).String(); got != "2,100 1-2,100,1023 1" {
		t.Error(got)
	}
	if b.Has(-1) || b.Has(1024) || !b.Has(1023) {
		t.Error("numbers beyond the set")
	}
}

// tree makes the files of a machine: for each CPU its node, package, core
// siblings, cache siblings and capacity.
func tree(online string, nodes map[int]string, cpus []string) fstest.MapFS {
	m := fstest.MapFS{"cpu/online": file(online)}
	for n, list := range nodes {
		m[fmt.Sprintf("node/node%d/cpulist", n)] = file(list)
	}
	m["node/online"] = file("0")
	for i, c := range cpus {
		f := strings.Fields(c) // package, thread siblings, cache siblings, capacity
		d := fmt.Sprintf("cpu/cpu%d/", i)
		m[d+"topology/physical_package_id"] = file(f[0])
		m[d+"topology/thread_siblings_list"] = file(f[1])
		m[d+"cache/index0/level"] = file("1")
		m[d+"cache/index0/shared_cpu_list"] = file(f[1])
		m[d+"cache/index1/level"] = file("3")
		m[d+"cache/index1/shared_cpu_list"] = file(f[2])
		if len(f) > 3 {
			m[d+"cpu_capacity"] = file(f[3])
		}
	}
	return m
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s + "\n")} }

// Two sockets of two cores with two threads each.
func twoSockets() Topology {
	return Read(tree("0-7", map[int]string{0: "0-1,4-5", 1: "2-3,6-7"}, []string{
		"0 0,4 0-1,4-5", "0 1,5 0-1,4-5", "1 2,6 2-3,6-7", "1 3,7 2-3,6-7",
		"0 0,4 0-1,4-5", "0 1,5 0-1,4-5", "1 2,6 2-3,6-7", "1 3,7 2-3,6-7"}))
}

// Two fast cores with two threads each, four slow ones, one cache.
func hybrid() Topology {
	return Read(tree("0-7", map[int]string{0: "0-7"}, []string{
		"0 0-1 0-7 1024", "0 0-1 0-7 1024", "0 2-3 0-7 1024", "0 2-3 0-7 1024",
		"0 4 0-7 600", "0 5 0-7 600", "0 6 0-7 600", "0 7 0-7 600"}))
}

func TestRead(t *testing.T) {
	for i, c := range twoSockets() {
		node := i / 2 % 2
		want := CPU{ID: i, Node: node, Package: node, Cluster: node, CCX: node, Core: i % 4, Thread: i / 4, Capacity: 1}
		if c != want {
			t.Errorf("CPU %d: %+v, want %+v", i, c, want)
		}
	}
	h := hybrid()
	if h[3].Thread != 1 || h[3].Cluster != 0 || h[4].Cluster != 1 || h[4].CCX != 0 || h[7].Core != 5 {
		t.Errorf("%+v", h)
	}
	bare := Read(fstest.MapFS{"cpu/online": file("0,2")})
	if len(bare) != 2 || bare[1].ID != 2 || bare[0].Core == bare[1].Core || bare[0].Cluster != bare[1].Cluster {
		t.Errorf("without a topology: %+v", bare)
	}
	for _, m := range []fstest.MapFS{{}, {"cpu/online": file("")}, {"cpu/online": file("junk")}} {
		if got := Read(m); len(got) != 0 {
			t.Errorf("%v: %v", m, got)
		}
	}
}

func TestQuota(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  float64 // 0: none
	}{
		"none":        {map[string]string{"proc/self/cgroup": "0::/"}, 0},
		"v2 max":      {map[string]string{"proc/self/cgroup": "0::/a", "sys/fs/cgroup/a/cpu.max": "max 100000"}, 0},
		"v2":          {map[string]string{"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/b/cpu.max": "250000 100000"}, 2.5},
		"v2 parent":   {map[string]string{"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/b/cpu.max": "max 100000", "sys/fs/cgroup/a/cpu.max": "50000 100000"}, 0.5},
		"v2 least":    {map[string]string{"proc/self/cgroup": "0::/a", "sys/fs/cgroup/a/cpu.max": "400000 100000", "sys/fs/cgroup/cpu.max": "300000 100000"}, 3},
		"v1":          {map[string]string{"proc/self/cgroup": "4:cpu,cpuacct:/x\n3:memory:/x", "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "150000", "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000"}, 1.5},
		"v1 none":     {map[string]string{"proc/self/cgroup": "4:cpu:/x", "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000"}, 0},
		"v1 outside":  {map[string]string{"proc/self/cgroup": "4:cpu,cpuacct:/docker/ab", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, 2},
		"hybrid":      {map[string]string{"proc/self/cgroup": "0::/u\n1:cpu:/", "sys/fs/cgroup/unified/u/cpu.max": "100000", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000"}, 1},
		"junk":        {map[string]string{"proc/self/cgroup": "junk\n::\n0::/../../etc", "sys/fs/cgroup/etc/cpu.max": "NaN 1", "sys/fs/cgroup/cpu.max": "100000 0"}, 1},
		"other group": {map[string]string{"proc/self/cgroup": "4:cpuset:/", "sys/fs/cgroup/cpuset/cpu.cfs_quota_us": "100000"}, 0},
	} {
		m := fstest.MapFS{}
		for n, text := range c.files {
			m[n] = file(text)
		}
		got, ok := Quota(m)
		if ok != (c.want > 0) || ok && got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, ok, c.want)
		}
	}
}

// show is a plan as "group:CPUs" for each run of alike threads.
func show(p *Plan) string {
	var parts []string
	for i, s := range p.CPUs {
		g := 0
		if p.Groups != nil {
			g = p.Groups[i]
		}
		parts = append(parts, fmt.Sprintf("%d:%s", g, s))
	}
	return strings.Join(parts, " ")
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name  string
		t     Topology
		quota float64
		r     Request
		want  string
	}{
		{"one cache is one group and is left to the kernel", Plain(Of(0, 1)), 0, Request{PerGroup: 16}, "1: 1:"},
		{"a quota limits", Plain(Of(0, 1, 2, 3)), 1.5, Request{PerGroup: 16}, "1: 1:"},
		{"a small quota is one thread", Plain(Of(0, 1)), 0.1, Request{}, "1:"},
		{"a hard limit", Plain(Of(0, 1, 2)), 0, Request{Hard: 2}, "1: 1:"},
		{"nbthread", Plain(Of(0)), 0, Request{Threads: 3}, "0: 0: 0:"},
		{"nbthread above the hard limit", Plain(Of(0)), 0, Request{Threads: 3, Hard: 2}, "0: 0:"},
		{"a quota leaves nbthread alone", Plain(Of(0)), 1, Request{Threads: 2}, "0: 0:"},
		{"a group a cache", twoSockets(), 0, Request{PerGroup: 16}, "1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 2:2-3,6-7 2:2-3,6-7 2:2-3,6-7 2:2-3,6-7"},
		{"within a quota", twoSockets(), 5, Request{PerGroup: 16}, "1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 2:2-3,6-7"},
		{"a thread a core", twoSockets(), 0, Request{PerGroup: 16, OneEach: true}, "1:0,4 1:1,5 2:2,6 2:3,7"},
		{"a thread a core, each on one", twoSockets(), 0, Request{PerGroup: 16, OneEach: true, Affinity: "per-thread"}, "1:0 1:1 2:2 2:3"},
		{"per-thread", twoSockets(), 4, Request{Affinity: "per-thread"}, "1:0 1:1 1:4 1:5"},
		{"per-core", twoSockets(), 3, Request{Affinity: "per-core"}, "1:0,4 1:1,5 1:0,4"},
		{"per-ccx", twoSockets(), 0, Request{Policy: FindPolicy("group-by-2-ccx"), Affinity: "per-ccx"},
			"1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 1:0-1,4-5 1:2-3,6-7 1:2-3,6-7 1:2-3,6-7 1:2-3,6-7"},
		{"small groups", Plain(Of(0, 1, 2)), 0, Request{PerGroup: 2}, "1:0 2:1-2 2:1-2"},
		{"small groups, loose", Plain(Of(0, 1, 2)), 0, Request{PerGroup: 2, Affinity: "per-group", Loose: true}, "1:0-2 2:0-2 2:0-2"},
		{"none", twoSockets(), 0, Request{Policy: FindPolicy("none"), PerGroup: 16}, "0: 0: 0: 0: 0: 0: 0: 0:"},
		{"fast cores only", hybrid(), 0, Request{PerGroup: 16}, "1:0-3 1:0-3 1:0-3 1:0-3"},
		{"slow cores only", hybrid(), 0, Request{PerGroup: 16, Policy: FindPolicy("efficiency")}, "1:4-7 1:4-7 1:4-7 1:4-7"},
		{"the smallest cluster", hybrid(), 0, Request{PerGroup: 16, Policy: FindPolicy("resource")}, "1:4-7 1:4-7 1:4-7 1:4-7"},
		{"clusters", hybrid(), 0, Request{Policy: FindPolicy("group-by-cluster")}, "1:0-3 1:0-3 1:0-3 1:0-3 2:4-7 2:4-7 2:4-7 2:4-7"},
		{"the first node", twoSockets(), 0, Request{Policy: FindPolicy("first-usable-node")}, "0:0-1,4-5 0:0-1,4-5 0:0-1,4-5 0:0-1,4-5"},
		{"not when narrowed before", twoSockets(), 0, Request{Policy: FindPolicy("first-usable-node"), Narrowed: true}, "0: 0: 0: 0: 0: 0: 0: 0:"},
		{"thread-groups given", twoSockets(), 0, Request{Groups: 2}, "0: 0: 0: 0: 0: 0: 0: 0:"},
		{"confined", Plain(Of(1)), 0, Request{Threads: 2, Confine: true}, "0:1 0:1"},
		{"nothing is known", nil, 0, Request{}, "1:"},
	} {
		p := Make(c.t, c.quota, c.r)
		if got := show(p); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
		if forced := c.r.Hard > 0 && c.r.Threads > c.r.Hard; p.Forced != forced {
			t.Errorf("%s: forced %v", c.name, p.Forced)
		}
	}
}

func TestManyGroups(t *testing.T) {
	var all Set
	for i := range Max {
		all.Add(i)
	}
	p := Make(Plain(all), 0, Request{PerGroup: 1})
	if p.Threads() != 1024 || slices.Max(p.Groups) != maxGroups {
		t.Errorf("%d threads, %d groups", p.Threads(), slices.Max(p.Groups))
	}
}

func FuzzParseRanges(f *testing.F) {
	for _, s := range []string{"0-3,7", "1-", "5-3", "1023", "9999999999999999999999"} {
		for i := range s {
			f.Add(s[:i])
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseRanges(text)
		if err != nil {
			return
		}
		if again, err := ParseRanges(s.String()); err != nil || again != s {
			t.Errorf("%q: %s, then %s, %v", text, s, again, err)
		}
	})
}
