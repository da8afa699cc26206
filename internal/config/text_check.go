package config

import "slices"

// checks writes how servers are checked where c differs from base.
func (t *textWriter) checks(c, base *CheckSpec) {
	// What comes later overrides: their order counts.
	last := len(c.HTTP) > 0 && c.TypePos.File == c.HTTP[0].Pos.File && c.TypePos.Line > c.HTTP[0].Pos.Line
	if last {
		t.checkRules(c, base)
	}
	if c.Type != "" && (c.TypePos != base.TypePos || !slices.Equal(c.Args, base.Args)) {
		t.line(append([]string{"option", c.Type}, c.Args...)...)
	}
	if !last {
		t.checkRules(c, base)
	}
	if c.Command != base.Command {
		t.line("external-check", "command", c.Command)
	}
	if c.Path != base.Path {
		t.line("external-check", "path", c.Path)
	}
}

// states writes where the states of p's servers come from.
func (t *textWriter) states(p, base *Proxy) {
	if p.LoadState != base.LoadState {
		t.line("load-server-state-from-file", p.LoadState)
	}
	switch {
	case p.StateFile == base.StateFile:
	case p.StateFile == "":
		t.line("server-state-file-name", "use-backend-name")
	default:
		t.line("server-state-file-name", p.StateFile)
	}
}

func (t *textWriter) checkRules(c, base *CheckSpec) {
	if c.DisableOn404 && !base.DisableOn404 {
		t.line("http-check", "disable-on-404")
	}
	if c.SendState && !base.SendState {
		t.line("http-check", "send-state")
	}
	steps := func(ruleset string, list, inherited []*Setting) {
		if len(own(list, inherited)) == 0 {
			return
		}
		for _, s := range list {
			t.line(append([]string{ruleset}, s.Words...)...)
		}
	}
	steps("http-check", c.HTTP, base.HTTP)
	steps("tcp-check", c.TCP, base.TCP)
}
