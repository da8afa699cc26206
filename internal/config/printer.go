package config

import (
	"fmt"
	"io"
)

// Printer writes diagnostics to a terminal or log as the reference does:
//
//	[ALERT]    (123) : config : parsing [f.cfg:3] : …
//
// Before the first warning or alert it tells the version and the path of the
// program, once.
type Printer struct {
	W       io.Writer
	PID     int
	Version string
	Path    string
	Quiet   bool // -q: nothing but alerts
	Diag    bool // -dD: show Diag messages
	told    bool
}

// Print writes one message.
func (p *Printer) Print(level Level, text string) {
	switch {
	case level == Diag && !p.Diag, p.Quiet && level != Alert:
		return
	case level != Notice && !p.told:
		p.told = true
		if p.Version != "" && !p.Quiet {
			p.write("NOTICE", "haproxy version is "+p.Version)
			p.write("NOTICE", "path to executable is "+p.Path)
		}
	}
	p.write(level.String(), text)
}

func (p *Printer) write(tag, text string) {
	fmt.Fprintf(p.W, "%-11s(%d) : %s\n", "["+tag+"]", p.PID, text)
}

// Report writes all messages of a load and, after errors, that the
// configuration cannot be used.
func (p *Printer) Report(d *Diagnostics) {
	for _, m := range d.List {
		p.Print(m.Level, m.String())
	}
	if last := d.Verdict(); last != "" {
		p.Print(Alert, last)
	}
}
