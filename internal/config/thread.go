package config

import "slices"

// threadRows are the keywords about event loops and their groups.
var threadRows = Table{
	{Name: "nbthread", In: InGlobal, Max: 1, Syntax: "nbthread <number>", Doc: "Sets the number of event loops.", Since: "1.8",
		Parse: func(p *Parser, l *Line) { threadCount(p, l, MaxThreads, &p.spec.Global.NBThread) }},
	{Name: "thread-groups", In: InGlobal, Max: 1, Syntax: "thread-groups <number>", Doc: "Sets the number of groups that the event loops are divided into.", Since: "2.5",
		Parse: func(p *Parser, l *Line) { threadCount(p, l, MaxGroups, &p.spec.Global.NBGroups) }},
	{Name: "thread-group", In: InGlobal, Max: -1, Syntax: "thread-group <group> [<range>...]", Doc: "Enumerates the event loops of a group.", Since: "2.5", Parse: parseThreadGroup},
	{Name: "thread-hard-limit", In: InGlobal, Max: 1, Syntax: "thread-hard-limit <number>", Doc: "Limits the number of event loops, found or configured.",
		Parse: func(p *Parser, l *Line) {
			n, ok := parseInt(l.Arg(1), -maxInt, maxInt)
			switch {
			case !ok:
				p.Alert(l.Pos, "'thread-hard-limit' passed a missing or unparsable integer value in '%s'", clip(l.Arg(1)))
			case n < 1:
				p.Alert(l.Pos, "'thread-hard-limit' value must be at least 1 (was %d)", n)
			default:
				p.spec.Global.HardThreads = n
			}
		}},
	{Name: "max-threads-per-group", In: InGlobal, Max: 1, Syntax: "max-threads-per-group <number>", Doc: "Limits the event loops of a group when the number of groups is open.", Since: "3.3",
		Parse: func(p *Parser, l *Line) {
			n, ok := parseInt(l.Arg(1), 1, MaxGroupThreads)
			if !ok {
				p.Alert(l.Pos, "'max-threads-per-group' value must be an integer between 1 and 64,  got '%s'", clip(l.Arg(1)))
				return
			}
			p.spec.Global.MaxPerGroup = n
		}},
}

func threadCount(p *Parser, l *Line, most int, v *int) {
	n, ok := parseInt(l.Arg(1), -maxInt, maxInt)
	switch {
	case !ok:
		p.Alert(l.Pos, "'%s' passed a missing or unparsable integer value in '%s'", l.Words[0], clip(l.Arg(1)))
	case n < 1 || n > most:
		p.Alert(l.Pos, "'%s' value must be between 1 and %d (was %d)", l.Words[0], most, n)
	default:
		*v = n
	}
}

func parseThreadGroup(p *Parser, l *Line) {
	g := p.spec.Global
	n, ok := parseInt(l.Arg(1), -maxInt, maxInt)
	switch {
	case !ok:
		p.Alert(l.Pos, "'thread-group' passed a missing or unparsable integer value in '%s'", clip(l.Arg(1)))
		return
	case n < 1 || n > MaxGroups:
		p.Alert(l.Pos, "'thread-group' thread-group number must be between 1 and %d (was %d)", MaxGroups, n)
		return
	}
	set := ThreadSet{}
	for _, w := range l.Words[2:] {
		r, err := parseThreadRange(w)
		if err != nil || r.Group != 0 || !digits(w[:1]) {
			p.Alert(l.Pos, "'thread-group %d' passed an unparsable or invalid thread number '%s' (valid range is 1 to %d)", n, clip(w), MaxThreads)
			return
		}
		set = append(set, r)
	}
	for len(g.GroupThreads) < n {
		g.GroupThreads = append(g.GroupThreads, nil)
	}
	if len(g.GroupThreads[n-1]) > 0 {
		p.Warn(l.Pos, "'thread-group %d' was already defined and will be overridden.", n)
	}
	g.GroupThreads[n-1] = nil
	for _, r := range set {
		for i := r.First; i <= r.Last; i++ {
			if old := g.groupOf(i); old != 0 {
				p.Warn(l.Pos, "'thread-group %d': thread %d was previously assigned to thread group %d and will be overridden.", n, i, old)
				g.unassign(old, i)
			}
		}
	}
	if len(set) > 0 {
		g.GroupThreads[n-1] = set
	}
	for last := len(g.GroupThreads); last > 0 && len(g.GroupThreads[last-1]) == 0; last-- {
		g.GroupThreads = g.GroupThreads[:last-1]
	}
	if len(g.GroupThreads) == 0 {
		g.GroupThreads = nil
	}
}

// groupOf is the group that a thread, from 1, was assigned to; 0 without.
func (g *Global) groupOf(thread int) int {
	for i, set := range g.GroupThreads {
		if slices.ContainsFunc(set, func(r ThreadRange) bool { return r.First <= thread && thread <= r.Last }) {
			return i + 1
		}
	}
	return 0
}

// unassign takes a thread out of a group.
func (g *Global) unassign(group, thread int) {
	var left ThreadSet
	for _, r := range g.GroupThreads[group-1] {
		if thread < r.First || thread > r.Last {
			left = append(left, r)
			continue
		}
		if r.First < thread {
			left = append(left, ThreadRange{First: r.First, Last: thread - 1, Step: 1})
		}
		if thread < r.Last {
			left = append(left, ThreadRange{First: thread + 1, Last: r.Last, Step: 1})
		}
	}
	g.GroupThreads[group-1] = left
}

func (t *textWriter) threads(g *Global) {
	t.number("nbthread", g.NBThread, 0)
	t.number("thread-groups", g.NBGroups, 0)
	for i, set := range g.GroupThreads {
		if len(set) == 0 {
			continue
		}
		w := []string{"thread-group", itoa(i + 1)}
		for _, r := range set {
			w = append(w, itoa(r.First)+"-"+itoa(r.Last))
		}
		t.line(w...)
	}
	t.number("thread-hard-limit", g.HardThreads, 0)
	t.number("max-threads-per-group", g.MaxPerGroup, 0)
}
