package config

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cpu"
)

// CPUs is what the global section says about CPUs (manual 3.1).
type CPUs struct {
	Maps     []CPUMap // in order: a later one replaces what it overlaps
	Policy   string   // cpu-policy; "": the default
	OneEach  bool     // threads-per-core 1
	Affinity string   // cpu-affinity; "": automatic
	Loose    bool     // per-group loose
	Reset    bool     // cpu-set reset
	Limits   []CPULimit
	NoNUMA   bool // no numa-cpu-mapping
}

// CPUMap is a cpu-map line.
type CPUMap struct {
	Pos             Pos
	Auto            bool // the n-th thread, or group, gets the n-th CPU
	Groups, Threads Mask64
	CPUs            cpu.Set
}

// Mask64 is a set of numbers from 1 to 64.
type Mask64 uint64

// CPULimit is a part of cpu-set: "drop-node 1".
type CPULimit struct {
	Only bool   // keep those only; else leave those out
	What string // cpu, node, cluster, core, thread
	Set  cpu.Set
}

var cpuRows = Table{
	{Name: "cpu-map", In: InGlobal, Max: -1, Syntax: "cpu-map [auto:]<thread-group>[/<thread-set>] <cpu-set>[,...] [...]",
		Doc: "Binds event loops to CPUs.", Parse: parseCPUMap},
	{Name: "cpu-policy", In: InGlobal, Max: 3, Syntax: "cpu-policy <policy> [threads-per-core 1 | auto]", Since: "3.2",
		Doc: "Chooses the CPUs to use and how they make groups of event loops.", Parse: parseCPUPolicy},
	{Name: "cpu-set", In: InGlobal, Max: -1, Syntax: "cpu-set <directive>...", Since: "3.2",
		Doc: "Limits the CPUs to use by their place in the machine.", Parse: parseCPUSet},
	{Name: "cpu-affinity", In: InGlobal, Max: 2, Syntax: "cpu-affinity <affinity>", Since: "3.3",
		Doc: "Says how narrowly event loops are bound to CPUs.", Parse: parseCPUAffinity},
	{Name: "numa-cpu-mapping", In: InGlobal, No: true, Since: "2.4", Doc: "Lets \"cpu-policy\" look at the machine's topology.",
		Parse: func(p *Parser, l *Line) { p.spec.Global.CPU.NoNUMA = l.No }},
}

func parseCPUMap(p *Parser, l *Line) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "cpu-map expects a thread group number  ('all', 'odd', 'even', a number from 1 to 64 or a range),  followed by a list of CPU ranges with numbers from 0 to 63.")
		return
	}
	m := CPUMap{Pos: l.Pos, Threads: ^Mask64(0)}
	where := l.Words[1]
	if rest, ok := strings.CutPrefix(where, "auto:"); ok {
		m.Auto, where = true, rest
	}
	groups, threads, inGroup := strings.Cut(where, "/")
	var err error
	if m.Groups, err = parseMask(groups); err == nil && inGroup {
		m.Threads, err = parseMask(threads)
	}
	for _, w := range l.Words[2:] {
		var s cpu.Set
		if err == nil {
			s, err = cpu.ParseRanges(w)
			m.CPUs = m.CPUs.Or(s)
		}
	}
	if err == nil && m.Auto && bits.OnesCount64(uint64(m.Groups)) > 1 && inGroup && bits.OnesCount64(uint64(m.Threads)) > 1 {
		err = fmt.Errorf("'%s': 'auto:' supports a range of groups or a range of threads, not both.", clip(l.Words[1]))
	}
	if err != nil {
		p.Alert(l.Pos, "cpu-map : %s", err)
		return
	}
	p.spec.Global.CPU.Maps = append(p.spec.Global.CPU.Maps, m)
}

// parseMask parses "all", "odd", "even", "3", "3-5" or "3-".
func parseMask(s string) (Mask64, error) {
	switch s {
	case "all":
		return ^Mask64(0), nil
	case "odd":
		return 0x5555555555555555, nil
	case "even":
		return 0xaaaaaaaaaaaaaaaa, nil
	}
	low, high, isRange := strings.Cut(s, "-")
	if !isRange {
		high = low
	}
	if low != "" && !digits(low) || high != "" && !digits(high) || s == "" {
		return 0, fmt.Errorf("'%s' is not a valid number/range.", clip(s))
	}
	a, aok := parseInt(low, 1, 64)
	b, bok := 64, true
	if high != "" {
		b, bok = parseInt(high, 1, 64)
	}
	if !aok || !bok {
		return 0, fmt.Errorf("'%s' is not a valid number/range. It supports numbers from 1 to 64.\n", clip(s))
	}
	if a > b {
		a, b = b, a
	}
	return ^Mask64(0) << (a - 1) & (^Mask64(0) >> (64 - b)), nil
}

// Has tells whether the number n is in the set.
func (m Mask64) Has(n int) bool { return n >= 1 && n <= 64 && m>>(n-1)&1 != 0 }

// ranges is the set as cpu-map notes it.
func (m Mask64) notation() string {
	switch m {
	case ^Mask64(0):
		return "all"
	case 0x5555555555555555:
		return "odd"
	case 0xaaaaaaaaaaaaaaaa:
		return "even"
	}
	low, n := bits.TrailingZeros64(uint64(m))+1, bits.OnesCount64(uint64(m))
	if n == 1 {
		return itoa(low)
	}
	return itoa(low) + "-" + itoa(low+n-1)
}

func itoa(n int) string { return strconv.Itoa(n) }

func parseCPUPolicy(p *Parser, l *Line) {
	c := &p.spec.Global.CPU
	name := l.Arg(1)
	if cpu.FindPolicy(name) == nil {
		var known []string
		for _, row := range cpu.Policies {
			known = append(known, "'"+row.Name+"' ("+row.Doc+")")
		}
		last := len(known) - 1
		p.Alert(l.Pos, "'cpu-policy' passed an unknown CPU policy '%s'. Supported values are: %s and %s.", clip(name), strings.Join(known[:last], ", "), known[last])
		return
	}
	if len(l.Words) > 2 && l.Words[2] != "threads-per-core" {
		p.Alert(l.Pos, "'cpu-policy' passed an unknown keyword '%s', the only known values are threads-per-core", clip(l.Words[2]))
		return
	}
	if v := l.Arg(3); len(l.Words) > 2 && v != "1" && v != "auto" {
		p.Alert(l.Pos, "'cpu-policy' passed an unknown value '%s' to keyword 'threads-per-core', known values are 1 or auto", clip(v))
		return
	}
	c.Policy, c.OneEach = name, l.Arg(3) == "1"
}

// cpuSetWords are the directives of cpu-set in the order of their message.
var cpuSetWords = []string{"reset", "only-cpu", "drop-cpu", "only-node", "drop-node", "only-cluster", "drop-cluster", "only-core", "drop-core", "only-thread", "drop-thread"}

func parseCPUSet(p *Parser, l *Line) {
	c := &p.spec.Global.CPU
	known := "(only '" + strings.Join(cpuSetWords, "', '") + "' supported)."
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'cpu-set' requires a directive and an optional value %s", known)
		return
	}
	for i := 1; i < len(l.Words); i++ {
		w := l.Words[i]
		if w == "reset" {
			c.Reset = true
			continue
		}
		if !slices.Contains(cpuSetWords, w) {
			p.Alert(l.Pos, "'cpu-set' passed an unknown directive '%s' %s", clip(w), known)
			return
		}
		if i++; i >= len(l.Words) || l.Words[i] == "" {
			p.Alert(l.Pos, "'cpu-set %s': missing CPU set\n.", w)
			return
		}
		set, err := cpu.ParseRanges(l.Words[i])
		if err != nil {
			p.Alert(l.Pos, "'cpu-set %s': %s\n.", w, err)
			return
		}
		mode, what, _ := strings.Cut(w, "-")
		c.Limits = append(c.Limits, CPULimit{mode == "only", what, set})
	}
}

func parseCPUAffinity(p *Parser, l *Line) {
	c := &p.spec.Global.CPU
	name, option := l.Arg(1), l.Arg(2)
	switch name {
	case "per-core", "per-thread", "per-ccx", "auto":
		if option != "" {
			p.Alert(l.Pos, "'%s' provided with unknown optional argument '%s'. ", name, clip(option))
			return
		}
	case "per-group":
		if option != "" && option != "auto" && option != "loose" {
			p.Alert(l.Pos, "'per-group' provided with unknown optional argument '%s'.  Known values are : loose auto", clip(option))
			return
		}
	default:
		p.Alert(l.Pos, "'cpu-affinity' parsed an unknown directive '%s'. Known values are : per-core per-group per-thread per-ccx auto", clip(name))
		return
	}
	c.Affinity, c.Loose = name, option == "loose"
	if name == "auto" {
		c.Affinity = ""
	}
}

// Bind applies the cpu-map lines to the threads of a partition: the CPUs of
// each, an empty set where no line says any.
func (c *CPUs) Bind(groups ThreadGroups) []cpu.Set {
	sets := make([]cpu.Set, len(groups))
	number := map[int]int{} // threads seen, by group
	type place struct{ group, thread int }
	places := make([]place, len(groups))
	for i, g := range groups {
		number[g]++
		places[i] = place{g, number[g]}
	}
	for _, m := range c.Maps {
		cpus := m.CPUs.List()
		byGroup := m.Auto && bits.OnesCount64(uint64(m.Groups)) > 1
		for i, at := range places {
			if !m.Groups.Has(at.group) || !m.Threads.Has(at.thread) {
				continue
			}
			if !m.Auto {
				sets[i] = m.CPUs
				continue
			}
			rank := bits.OnesCount64(uint64(m.Threads) & (1<<(at.thread-1) - 1))
			if byGroup {
				rank = bits.OnesCount64(uint64(m.Groups) & (1<<(at.group-1) - 1))
			}
			if rank < len(cpus) {
				sets[i] = cpu.Of(cpus[rank])
			}
		}
	}
	return sets
}

func (t *textWriter) cpus(c *CPUs) {
	for _, m := range c.Maps {
		where := m.Groups.notation() + "/" + m.Threads.notation()
		if m.Auto {
			where = "auto:" + where
		}
		if m.Auto && m.Threads == ^Mask64(0) && bits.OnesCount64(uint64(m.Groups)) > 1 {
			where = "auto:" + m.Groups.notation()
		}
		t.line("cpu-map", where, m.CPUs.String())
	}
	if c.Policy != "" {
		w := []string{"cpu-policy", c.Policy}
		if c.OneEach {
			w = append(w, "threads-per-core", "1")
		}
		t.line(w...)
	}
	switch {
	case c.Loose:
		t.line("cpu-affinity", c.Affinity, "loose")
	case c.Affinity != "":
		t.line("cpu-affinity", c.Affinity)
	}
	if c.Reset {
		t.line("cpu-set", "reset")
	}
	for _, l := range c.Limits {
		mode := "drop-"
		if l.Only {
			mode = "only-"
		}
		t.line("cpu-set", mode+l.What, l.Set.String())
	}
	if c.NoNUMA {
		t.line("no", "numa-cpu-mapping")
	}
}
