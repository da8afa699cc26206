package worker

import (
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/cpu"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// threads is how the event loops of a configuration are grouped and bound.
type threads struct {
	groups config.ThreadGroups
	cpus   []cpu.Set // of each; an empty set leaves it to the kernel
}

// machine is what the number and the places of threads depend on.
type machine struct {
	cpus  cpu.Topology // all that there are
	mine  cpu.Set      // those this process may use
	quota float64      // CPUs whose time it gets; 0: no limit
}

func thisMachine() machine {
	m := machine{mine: sys.Affinity()}
	m.cpus = cpu.Read(os.DirFS("/sys/devices/system"))
	if len(m.cpus) == 0 {
		m.cpus = cpu.Plain(m.mine)
	}
	m.quota, _ = cpu.Quota(os.DirFS("/"))
	if m.quota > cpu.Max {
		m.quota = 0
	}
	return m
}

// plan works out the event loops that a global section wants on a machine. What
// is wrong with it is added to d.
func plan(g *config.Global, m machine, d *config.Diagnostics) *threads {
	say := func(level config.Level, format string, args ...any) {
		d.Add(config.Diagnostic{Level: level, Form: config.FormBare, Text: fmt.Sprintf(format, args...)})
	}
	all := m.cpus.Set(func(cpu.CPU) bool { return true })
	may := m.mine
	if g.CPU.Reset {
		may = all
	}
	use := limited(m.cpus.Only(may), g.CPU.Limits)
	if len(use) == 0 {
		say(config.Warning, "'cpu-set' leaves no CPU to run on. It is ignored.")
		use = m.cpus.Only(m.mine)
	}
	policy := cpu.FindPolicy(g.CPU.Policy)
	if len(g.CPU.Maps) > 0 || g.CPU.NoNUMA && policy == nil {
		policy = cpu.FindPolicy("none") // who maps by hand wants no other hand in it
	}
	p := cpu.Make(use, m.quota, cpu.Request{
		Threads: g.NBThread, Groups: max(g.NBGroups, len(g.GroupThreads)), Hard: g.HardThreads, PerGroup: g.PerGroup(),
		Policy: policy, OneEach: g.CPU.OneEach, Affinity: g.CPU.Affinity, Loose: g.CPU.Loose,
		Narrowed: m.mine != all, Confine: g.CPU.Reset || len(use) < m.mine.Len(),
	})
	if p.Forced {
		say(config.Warning, "nbthread forced to a higher value (%d) than the configured thread-hard-limit (%d), enforcing the limit. Please fix either value to remove this warning.", g.NBThread, g.HardThreads)
	}
	t := &threads{groups: p.Groups, cpus: p.CPUs}
	if most := g.NBGroups * config.MaxGroupThreads; most > 0 && len(t.cpus) > most {
		say(config.Warning, "nbthread (%d) is more than what %d thread-groups hold: reduced to %d.", len(t.cpus), g.NBGroups, most)
		t.cpus, t.groups = t.cpus[:most], nil
	}
	if t.groups == nil {
		t.groups = g.ThreadGroups(len(t.cpus))
		if wrong := g.GroupFault(len(t.cpus)); wrong != "" {
			say(config.Alert, "%s", wrong)
		}
	}
	if len(g.CPU.Maps) > 0 {
		t.mapped(g, may, say)
	}
	return t
}

// mapped applies cpu-map and warns of maps that make things worse.
func (t *threads) mapped(g *config.Global, may cpu.Set, say func(config.Level, string, ...any)) {
	var all cpu.Set
	bound, first, firstNot := 0, -1, -1
	for i, s := range g.CPU.Bind(t.groups) {
		if usable := s.And(may); s.Len() > 0 && usable.Len() == 0 {
			say(config.Warning, "'cpu-map' binds thread %d to CPUs %s, none of which this process may use. It stays unbound.", i+1, s)
			s = usable
		}
		if s.Len() == 0 {
			if firstNot < 0 {
				firstNot = i
			}
			continue
		}
		if first < 0 {
			first = i
		}
		bound++
		all = all.Or(s)
		t.cpus[i] = s
	}
	n := len(t.cpus)
	switch {
	case bound > 0 && bound < n:
		say(config.Warning, "Found %d thread(s) mapped to a CPU and %d thread(s) not mapped to any CPU. This will result in some threads being randomly assigned to the same CPU, which will occasionally cause severe performance degradation. First thread bound is %d and first thread not bound is %d. Please either bind all threads or none (maybe some cpu-map directives are missing?).",
			bound, n-bound, first, firstNot)
	case bound > all.Len():
		say(config.Warning, "This configuration binds %d threads to a total of %d CPUs via cpu-map directives. This means that some threads will compete for the same CPU, which will cause severe performance degradation. Please fix either the 'cpu-map' directives or set the global 'nbthread' value accordingly.", bound, all.Len())
	}
}

// limited applies cpu-set.
func limited(t cpu.Topology, limits []config.CPULimit) cpu.Topology {
	for _, l := range limits {
		t = t.Only(t.Set(func(c cpu.CPU) bool {
			n := map[string]int{"cpu": c.ID, "node": c.Node, "cluster": c.Cluster, "core": c.Core, "thread": c.Thread}[l.What]
			return l.Set.Has(n) == l.Only
		}))
	}
	return t
}
