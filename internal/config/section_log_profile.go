package config

import (
	"slices"
	"strings"
)

// LogProfile is a log-profile section (manual 8.3.5).
type LogProfile struct {
	SectionHead
	LogTag string
	Steps  []*LogStep // one for a step
}

// LogStep is an "on" line.
type LogStep struct {
	Pos    Pos
	Step   string
	Drop   bool
	Format string
	SD     string // structured data
}

// logSteps are the steps that every stream has; ruleLogSteps those at which
// "do-log" may stand.
var (
	logSteps     = []string{"accept", "request", "connect", "response", "close", "error", "any"}
	ruleLogSteps = []string{"http-req", "http-res", "http-after-res", "tcp-req-conn", "tcp-req-sess", "tcp-req-cont", "tcp-res-cont", "quic-init"}
)

var logProfileRows = Table{
	{Name: "log-tag", In: InLogProfile, Max: -1, Since: "3.1", Syntax: "log-tag <string>",
		Doc: "Sets the program's name in log lines.", Parse: of(func(p *Parser, l *Line, f *LogProfile) {
			switch {
			case len(l.Words) > 2:
				p.Alert(l.Pos, "'log-tag' cannot handle unexpected argument '%s'.", clip(l.Words[2]))
			case p.need(l, "'log-tag' expects a tag for use in syslog."):
				f.LogTag = l.Words[1]
			}
		})},
	{Name: "on", In: InLogProfile, Max: -1, Since: "3.1", Syntax: "on <step> [drop] [format <fmt>] [sd <sd_fmt>]",
		Doc: "Sets what is logged at a step.", Parse: of(parseLogStep)},
}

func openLogProfile(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InLogProfile, FormParsing, "missing name for log-profile section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: log-profile section '%s' has the same name as another log-profile section declared at %s.", l.Pos, h.Name, old)
		return
	}
	f := &LogProfile{SectionHead: h}
	p.other = f
	p.spec.LogProfiles = append(p.spec.LogProfiles, f)
}

func parseLogStep(p *Parser, l *Line, f *LogProfile) {
	s := &LogStep{Pos: l.Pos, Step: l.Arg(1)}
	if !slices.Contains(logSteps, s.Step) && !slices.Contains(ruleLogSteps, s.Step) {
		p.alertTight(l.Pos, "'on' expects a log step.\n"+
			"expected values are: 'accept', 'request', 'connect', 'response', 'close', 'error' or 'any'.\n"+
			"Or one of the additional log steps: '%s'.", strings.Join(ruleLogSteps, "', '"))
		return
	}
	if len(l.Words) < 3 {
		s.words(p, l)
		return
	}
	for i := 2; i < len(l.Words); i++ {
		switch w := l.Words[i]; {
		case w == "drop" && !s.Drop:
			s.Drop = true
		case w == "format" || w == "sd":
			i++
			if i >= len(l.Words) {
				p.Alert(l.Pos, "'on %s %s' expects a logformat string.", s.Step, w)
				return
			}
			if w == "format" {
				s.Format = l.Words[i]
			} else {
				s.SD = l.Words[i]
			}
		default:
			s.words(p, l)
			return
		}
	}
	f.Steps = slices.DeleteFunc(f.Steps, func(o *LogStep) bool { return o.Step == s.Step })
	f.Steps = append(f.Steps, s)
}

func (s *LogStep) words(p *Parser, l *Line) {
	p.Alert(l.Pos, "'on %s' expects 'drop', 'format' or 'sd'.", s.Step)
}

func (f *LogProfile) write(t *textWriter) {
	t.section("log-profile", f.Name)
	t.text("log-tag", f.LogTag)
	for _, s := range f.Steps {
		w := []string{"on", s.Step}
		if s.Drop {
			w = append(w, "drop")
		}
		if s.Format != "" {
			w = append(w, "format", s.Format)
		}
		if s.SD != "" {
			w = append(w, "sd", s.SD)
		}
		t.line(w...)
	}
}
