package build

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// hub prepares what all logs have in common, and the targets of the global
// section.
func (b *builder) hub() {
	g := b.spec.Global
	o := logs.Options{Tag: g.LogTag, Report: b.o.Report, SendBuf: g.Tune.SndBufBackend}
	if g.LogSendHostname != nil {
		o.SendHostname, o.HostnameText = true, *g.LogSendHostname
	}
	b.r.Hub = logs.NewHub(o)
	b.profiles()
	var err error
	if b.globalLogs, err = b.r.Hub.Targets(g.Logs, nil); err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormConfig, Text: err.Error()})
	}
	if len(b.globalLogs) > 0 {
		b.r.Log = b.r.Hub.Output(logs.OutputSpec{Targets: b.globalLogs})
	}
}

// output is what p logs to; nil when it logs nowhere.
func (b *builder) output(p *config.Proxy) *logs.Output {
	if o, ok := b.r.Outputs[p]; ok {
		return o
	}
	targets, err := b.r.Hub.Targets(p.Logs, b.globalLogs)
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormConfig, Text: err.Error()})
		return nil
	}
	// Compiled although nothing may be logged: what is wrong is wrong at once,
	// and not on the day a target is added.
	spec := logs.OutputSpec{Targets: targets, Tag: p.LogTag, Format: b.format(p), Error: b.errorFormat(p), Structured: b.structured(p), Steps: p.LogSteps}
	var o *logs.Output
	if len(targets) > 0 {
		o = b.r.Hub.Output(spec)
	}
	b.r.Outputs[p] = o
	return o
}

// format is the proxy's log format: its own, that of an option, or the default.
func (b *builder) format(p *config.Proxy) *logs.Format {
	o := &p.Options
	switch {
	case p.LogFormat != nil:
		f, err := logs.Compile(p.LogFormat.Text, p.LogFormat.Pos, logs.Traffic, b.logScope(p, p.LogFormat.Pos, "log-format"))
		if err != nil {
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.LogFormat.Pos, Text: err.Error()})
		}
		return f
	case o.HTTPSLog && p.Mode == config.ModeHTTP:
		return logs.HTTPS()
	case o.HTTPLogCLF:
		return logs.HTTPCLF()
	case o.HTTPLog && p.Mode == config.ModeHTTP:
		return logs.HTTP()
	case o.TCPLogCLF:
		return logs.TCPCLF()
	case o.TCPLog, o.HTTPLog, o.HTTPSLog: // httplog makes no sense in TCP mode: the reference falls back too
		return logs.TCP()
	}
	return logs.Default(strings.ToUpper(p.Mode.String()))
}

func (b *builder) errorFormat(p *config.Proxy) *logs.Format {
	if p.ErrorLogFormat == nil {
		return nil
	}
	f, err := logs.Compile(p.ErrorLogFormat.Text, p.ErrorLogFormat.Pos, logs.Traffic, b.logScope(p, p.ErrorLogFormat.Pos, "log-format"))
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.ErrorLogFormat.Pos, Text: err.Error()})
	}
	return f
}

// structured is the proxy's "log-format-sd"; nil without one.
func (b *builder) structured(p *config.Proxy) *logs.Format {
	if p.LogFormatSD == nil {
		return nil
	}
	f, err := logs.Compile(p.LogFormatSD.Text, p.LogFormatSD.Pos, logs.Structured, b.logScope(p, p.LogFormatSD.Pos, "log-format-sd"))
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.LogFormatSD.Pos, Text: err.Error()})
	}
	return f
}

// profiles compiles the log-profile sections.
func (b *builder) profiles() {
	m := map[string]*logs.Profile{}
	for _, f := range b.spec.LogProfiles {
		p, err := logs.NewProfile(f)
		if err != nil {
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: f.Pos, Text: err.Error()})
			continue
		}
		m[f.Name] = p
	}
	b.r.Hub.SetProfiles(m)
}

// logScope has a format's expressions refer to proxies and servers.
func (b *builder) logScope(p *config.Proxy, pos config.Pos, where string) *sample.Scope {
	return &sample.Scope{ACL: rule.ACLs(p), Refer: func(r *sample.Reference) {
		b.spec.References = append(b.spec.References, config.Reference{Pos: pos, In: p, Where: "sample fetch keyword '" + r.Keyword + "' in " + where + " string", What: r})
	}}
}
