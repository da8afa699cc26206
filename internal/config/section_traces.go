package config

import (
	"slices"
	"strings"
)

// Traces is a traces section (manual 12.1).
type Traces struct {
	SectionHead
	Lines []*Setting // "trace" lines without the keyword
}

// traceSources are the parts of the reference that can be traced, with the
// verbosities that one has besides "quiet".
var traceSources = []string{"h2", "fcgi", "spop", "acme", "ssl", "h1", "stream", "peers", "check", "applet", "pt", "session", "haterm", "quic", "qmux", "h3", "ring", "tcp", "dns"}

var (
	traceLevels      = []string{"error", "user", "proto", "state", "data", "developer"}
	traceVerbosities = []string{"quiet", "clean", "minimal", "simple", "advanced", "complete"}
	traceCriteria    = []string{"backend", "connection", "frontend", "listener", "nothing", "server", "session", "thread"}
)

var tracesRows = Table{
	{Name: "trace", In: InTraces, Max: -1, Since: "3.1", Syntax: "trace <source> <args...>",
		Doc: "Sets up what is traced of a part of the program.", Parse: of(parseTrace)},
}

func openTraces(p *Parser, l *Line) {
	p.skipSection("traces")
	switch {
	case p.discovery:
	case len(l.Words) > 1:
		p.Alert(l.Pos, "'traces' cannot handle unexpected argument '%s'.", clip(l.Words[1]))
	default:
		p.enter(InTraces, "traces", "traces")
		s := &Traces{SectionHead: SectionHead{Pos: l.Pos}}
		p.other = s
		p.spec.Traces = append(p.spec.Traces, s)
	}
}

func parseTrace(p *Parser, l *Line, s *Traces) {
	list := func(what string, names []string) {
		p.Warn(l.Pos, "'trace': Supported %s: %s.", what, strings.Join(names, ", "))
	}
	source := l.Arg(1)
	switch {
	case source == "":
		list("trace sources", append([]string{"0", "all"}, traceSources...))
		return
	case source == "0" && len(l.Words) == 2:
		p.report(Diagnostic{Level: Notice, Pos: l.Pos, Text: "'trace': All traces now stopped"})
		s.Lines = append(s.Lines, &Setting{l.Pos, l.Words[1:]})
		return
	case source != "all" && !slices.Contains(traceSources, source):
		p.Alert(l.Pos, "No such trace source '%s'", clip(source))
		return
	case len(l.Words) == 2:
		list("commands", traceCommands)
		return
	}
	for i := 2; i < len(l.Words); i += 2 {
		word, value := l.Words[i], l.Arg(i+1)
		var names []string
		what := ""
		switch word {
		case "sink":
			what = "sinks"
		case "level":
			what, names = "trace levels", traceLevels
		case "verbosity":
			what, names = "trace verbosities", traceVerbosities
		case "lock":
			what, names = "lock-on criteria", traceCriteria
		case "follow":
			what, names = "sources to follow", append([]string{"none"}, traceSources...)
		case "event", "start", "stop", "pause":
			what = "events"
		default:
			p.Alert(l.Pos, "Unknown trace keyword '%s'", clip(word))
			return
		}
		if value == "" {
			list(what, names)
			return
		}
		if names == nil || slices.Contains(names, value) {
			continue
		}
		switch word {
		case "level":
			p.Alert(l.Pos, "No such trace level '%s'. Supported trace levels for source %s: %s.", clip(value), source, strings.Join(names, ", "))
			return
		case "follow":
			p.Alert(l.Pos, "No such trace source '%s'", clip(value))
			return
		}
	}
	s.Lines = append(s.Lines, &Setting{l.Pos, l.Words[1:]})
}

var traceCommands = []string{"event", "level", "lock", "follow", "pause", "sink", "start", "stop", "verbosity"}

func (s *Traces) write(t *textWriter) {
	t.section("traces")
	for _, x := range s.Lines {
		t.line(append([]string{"trace"}, x.Words...)...)
	}
}
