package config

import (
	"fmt"
	"slices"
	"strings"
)

// LogTarget is a log line (manual 4.2 "log").
type LogTarget struct {
	Pos      Pos
	Global   bool          // "log global": the targets of the global section
	Address  string        // as written
	Addr     Address       // parsed; it may have a Host to resolve
	Facility string        // "local0"
	Level    string        // highest level sent, "debug" when not set
	MinLevel string        // more severe levels are lowered to it, "emerg" when not set
	Format   string        // local, rfc3164, rfc5424, priority, short, timed, iso, raw; "": rfc3164, or the default of the address
	Length   int           // longest line, 1024 when not set
	Sample   []SampleRange // nil: every line
	SampleOf int           // size of a sample, 0 without sampling
	Profile  string        // of the log-profile section that says what is logged; "": none
}

// SampleRange is a part of a log sample, both ends included, from 1.
type SampleRange struct{ Low, High int }

// LogFormat is a log-format line.
type LogFormat struct {
	Pos  Pos
	Text string
}

// LogLevels are the levels of syslog by severity.
var LogLevels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// LogFacilities are the facilities of syslog by number.
var LogFacilities = []string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news",
	"uucp", "cron", "auth2", "ftp", "ntp", "audit", "alert", "cron2",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}

// logLineFormats are the values of "format" (manual 4.2 "log").
var logLineFormats = []string{"local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw"}

// logUse is what log addresses may be.
var logUse = AddressUse{Datagram: true, FD: true, Std: true, NoPort: true, DefaultPort: 514}

var logRows = Table{
	{Name: "log", In: InGlobal | InAnyProxy, Max: -1, No: true, Syntax: "log { global | <target> [len <length>] [format <format>] [sample <ranges>:<sample_size>] <facility> [<level> [<minlevel>]] }", Doc: "Adds a target of log lines.", Parse: parseLog},
	{Name: "log-tag", In: InGlobal | InAnyProxy, Max: -1, Syntax: "log-tag <string>", Doc: "Sets the program's name in log lines.", Parse: func(p *Parser, l *Line) {
		switch {
		case !p.need(l, "'log-tag' expects a tag for use in syslog."):
		case p.proxy != nil:
			p.proxy.LogTag = l.Words[1]
		default:
			p.spec.Global.LogTag = l.Words[1]
		}
	}},
	{Name: "log-send-hostname", In: InGlobal, Max: 1, Syntax: "log-send-hostname [<string>]", Doc: "Sets the host's name in log lines.", Parse: func(p *Parser, l *Line) {
		name := l.Arg(1)
		p.spec.Global.LogSendHostname = &name
	}},
	{Name: "log-format", In: InFrontends | InDefaults, Max: -1, Syntax: "log-format <fmt>", Doc: "Sets the format of log lines.", Parse: func(p *Parser, l *Line) {
		if text, ok := p.oneText(l); ok {
			p.overrides(l, "log-format")
			px := p.proxy
			px.Options.HTTPSLog = false
			px.Options.HTTPLog, px.Options.HTTPLogCLF, px.Options.TCPLog, px.Options.TCPLogCLF = false, false, false, false
			px.LogFormat = &LogFormat{l.Pos, text}
		}
	}},
	{Name: "log-format-sd", In: InFrontends | InDefaults, Max: -1, Syntax: "log-format-sd <fmt>", Doc: "Sets the structured data of log lines in the format of RFC 5424.", Parse: func(p *Parser, l *Line) {
		if text, ok := p.oneText(l); ok {
			p.proxy.LogFormatSD = &LogFormat{l.Pos, text}
		}
	}},
	{Name: "log-steps", In: InFrontends | InDefaults, Max: -1, Since: "3.1", Syntax: "log-steps { all | <step>[,...] }", Doc: "Sets at which moments of a request a line is logged.", Parse: parseLogSteps},
	{Name: "error-log-format", In: InFrontends | InDefaults, Max: -1, Syntax: "error-log-format <fmt>", Doc: "Sets the format of log lines about failed connections.", Since: "2.5",
		Parse: func(p *Parser, l *Line) {
			if text, ok := p.oneText(l); ok {
				p.proxy.ErrorLogFormat = &LogFormat{l.Pos, text}
			}
		}},
}

// oneText returns the only argument.
func (p *Parser) oneText(l *Line) (string, bool) {
	switch {
	case len(l.Words) < 2:
		p.Alert(l.Pos, "%s expects an argument.", l.Words[0])
	case len(l.Words) > 2:
		p.Alert(l.Pos, "%s expects only one argument, don't forget to escape spaces!", l.Words[0])
	default:
		return l.Words[1], true
	}
	return "", false
}

// overrides warns when a log format replaces another of the same defaults
// section, which is hard to see there.
func (p *Parser) overrides(l *Line, name string) {
	px := p.proxy
	if px.Kind != KindDefaults {
		return
	}
	old := ""
	switch o := px.Options; {
	case px.LogFormat != nil:
		old = "log-format"
	case o.HTTPSLog:
		old = "option httpslog"
	case o.HTTPLogCLF:
		old = "option httplog clf"
	case o.HTTPLog:
		old = "option httplog"
	case o.TCPLogCLF:
		old = "option tcplog clf"
	case o.TCPLog:
		old = "option tcplog"
	}
	if old != "" && !(px.From != nil && px.From.sameFormat(px)) {
		p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos,
			Text: "'" + name + "' overrides previous '" + old + "' in 'defaults' section."})
	}
}

func (p *Proxy) sameFormat(q *Proxy) bool {
	a, b := p.Options, q.Options
	return p.LogFormat == q.LogFormat && a.HTTPLog == b.HTTPLog && a.TCPLog == b.TCPLog &&
		a.HTTPLogCLF == b.HTTPLogCLF && a.HTTPSLog == b.HTTPSLog && a.TCPLogCLF == b.TCPLogCLF
}

func parseLog(p *Parser, l *Line) {
	logs := &p.spec.Global.Logs
	orGlobal := ""
	if p.proxy != nil {
		logs, orGlobal = &p.proxy.Logs, "or global"
	}
	fail := func(format string, args ...any) { p.Alert(l.Pos, l.Words[0]+" : "+format, args...) }
	if l.No {
		if len(l.Words) > 1 {
			fail("'no log' does not expect arguments")
			return
		}
		*logs = nil
		return
	}
	if l.Arg(1) == "global" && len(l.Words) == 2 {
		if p.proxy == nil {
			fail("'global' is not supported for a global syslog server")
			return
		}
		*logs = append(*logs, &LogTarget{Pos: l.Pos, Global: true, Address: "global"})
		return
	}
	if len(l.Words) < 3 {
		fail("expects <address> and <facility> %s as arguments", orGlobal)
		return
	}
	t := &LogTarget{Pos: l.Pos, Address: l.Words[1], Level: "debug", MinLevel: "emerg", Length: 1024}
	a, stream, err := p.addressOf(l.Words[1], logUse)
	switch {
	case err != nil:
		fail("%s", err)
		return
	case stream:
		fail("address '%s' is not built yet in this version of Sluice (logs over streams)", clip(l.Words[1]))
		return
	case a.Family == AFUnix && a.Port != 0:
		fail("invalid address '%s'", clip(l.Words[1]))
		return
	}
	t.Addr = a
	i := 2
options:
	for {
		value := l.Arg(i + 1)
		switch l.Arg(i) {
		case "len":
			n, ok := parseInt(value, 80, 65535)
			if !ok {
				fail("invalid log length '%s', must be between 80 and 65535", clip(value))
				return
			}
			t.Length = n
		case "format":
			if !slices.Contains(logLineFormats, value) {
				fail("unknown log format '%s'", clip(value))
				return
			}
			t.Format = value
		case "sample":
			if text := t.parseSample(value); text != "" {
				fail("%s", text)
				return
			}
		case "profile":
			t.Profile = value
		default:
			break options
		}
		i += 2
	}
	switch facility := l.Arg(i); {
	case facility == "":
		fail("expects <address> and <facility> %s as arguments", orGlobal)
		return
	case !slices.Contains(LogFacilities, facility):
		fail("unknown log facility '%s'", clip(facility))
		return
	default:
		t.Facility = facility
	}
	if level := l.Arg(i + 1); level != "" {
		if !slices.Contains(LogLevels, level) {
			fail("unknown optional log level '%s'", clip(level))
			return
		}
		t.Level = level
	}
	if level := l.Arg(i + 2); level != "" {
		if !slices.Contains(LogLevels, level) {
			fail("unknown optional minimum log level '%s'", clip(level))
			return
		}
		t.MinLevel = level
	}
	if extra := l.Arg(i + 3); extra != "" {
		fail("cannot handle unexpected argument '%s'", clip(extra))
		return
	}
	*logs = append(slices.Clip(*logs), t)
}

// parseSample parses "ranges:size" and returns the text of an error.
func (t *LogTarget) parseSample(s string) string {
	ranges, size, ok := strings.Cut(s, ":")
	switch {
	case !ok:
		return "Missing sample size"
	case ranges == "":
		return "no sampling ranges given"
	}
	n, ok := parseInt(size, 1, maxInt)
	if !ok {
		return "wrong sample size '" + clip(size) + "' for sample range '" + clip(ranges) + "'"
	}
	t.Sample = nil
	most := 0
	for _, part := range strings.Split(ranges, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		a, oka := parseInt(low, 1, maxInt)
		b, okb := parseInt(high, 1, maxInt)
		if !oka || !okb || b < a {
			return "wrong sample range '" + clip(part) + "'"
		}
		t.Sample = append(t.Sample, SampleRange{a, b})
		most = max(most, b)
	}
	slices.SortFunc(t.Sample, func(a, b SampleRange) int { return a.Low - b.Low })
	for i := 1; i < len(t.Sample); i++ {
		if t.Sample[i].Low <= t.Sample[i-1].High {
			return "ranges are overlapping"
		}
	}
	if n < most {
		return fmt.Sprintf("sample size %d should be greater or equal to %d the maximum of the high ranges limits", n, most)
	}
	t.SampleOf = n
	return ""
}
