package config

import "time"

// Draining limits the workers that finish what they had begun after a reload.
type Draining struct {
	Timeout time.Duration `json:"timeout"`          // mworker-drain-timeout; 0: never, -1: not set
	Grace   time.Duration `json:"grace,omitempty"`  // its second argument; 0: not set
	Most    int           `json:"most,omitempty"`   // mworker-max-draining; 0: no limit
	Memory  int64         `json:"memory,omitempty"` // mworker-drain-memory, in bytes; 0: no limit
}

// DefaultDrainTimeout is how long a worker may drain where nothing says so. Nearly
// every connection has ended by then; what has not is more likely forgotten.
const DefaultDrainTimeout = 24 * time.Hour

func parseDrainTimeout(p *Parser, l *Line) {
	g := &p.spec.Global.Draining
	globalTime(p, l, &g.Timeout)
	if l.Arg(2) == "" {
		return
	}
	d, err := p.delay(l.Words[2], time.Millisecond)
	if err != nil || d == 0 {
		p.Alert(l.Pos, "'%s' expects a time of grace above 0, not '%s'.", l.Words[0], clip(l.Words[2]))
		return
	}
	g.Grace = d
}

func parseMaxDraining(p *Parser, l *Line) {
	n, ok := parseInt(l.Arg(1), 0, maxInt)
	if !ok {
		p.Alert(l.Pos, "'%s' expects a number of workers, or 0 for no limit.", l.Words[0])
		return
	}
	p.spec.Global.Draining.Most = n
}

// minDrainMemory: no worker gets by with less than some megabytes.
const minDrainMemory = 1 << 20

func parseDrainMemory(p *Parser, l *Line) {
	size, rest := parseBytes(l.Arg(1))
	if rest != "" || l.Arg(1) == "" || size > 0 && size < minDrainMemory {
		p.Alert(l.Pos, "'%s' expects a size of at least 1m, or 0 for no limit.", l.Words[0])
		return
	}
	p.spec.Global.Draining.Memory = size
}

// draining writes the canonical lines.
func (t *textWriter) draining(d *Draining) {
	if d.Grace > 0 {
		t.line("mworker-drain-timeout", duration(d.Timeout), duration(d.Grace))
	} else {
		t.delay("mworker-drain-timeout", d.Timeout, -1)
	}
	t.number("mworker-max-draining", d.Most, 0)
	t.number("mworker-drain-memory", int(d.Memory), 0)
}
