package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// delay writes a setting whose value is a delay.
func (t *textWriter) delay(name string, d, unset time.Duration) {
	if d != unset {
		t.line(append(strings.Fields(name), duration(d))...)
	}
}

// proxy writes in what p differs from base, which it begins as.
func (t *textWriter) proxy(p, base *Proxy) {
	if p.Mode != base.Mode {
		t.line("mode", p.Mode.String())
	}
	t.number("id", p.ID, 0)
	t.text("guid", p.GUID)
	t.text("description", p.Description)
	if p.Disabled != base.Disabled {
		t.line(map[bool]string{true: "disabled", false: "enabled"}[p.Disabled])
	}
	for i := 0; i < len(p.Binds); {
		b := p.Binds[i]
		addresses := b.Address.String()
		// The unique names of "guid-prefix" number the addresses of a line.
		for i++; b.GUIDPrefix != "" && i < len(p.Binds) && p.Binds[i].Pos == b.Pos; i++ {
			addresses += "," + p.Binds[i].Address.String()
		}
		t.bind([]string{"bind", addresses}, b)
	}
	t.number("maxconn", p.Maxconn, base.Maxconn)
	t.number("backlog", p.Backlog, base.Backlog)
	for _, n := range timeoutNames {
		t.delay("timeout "+n.name, *n.field(&p.Timeouts), *n.field(&base.Timeouts))
	}
	t.delay("tcp-request inspect-delay", p.InspectRequest, base.InspectRequest)
	t.delay("tcp-response inspect-delay", p.InspectResponse, base.InspectResponse)
	t.logging(p, base)
	t.options(p, base)
	for _, f := range p.ErrorFiles {
		if !slices.Contains(base.ErrorFiles, f) {
			t.errorFile(f)
		}
	}
	t.captures(p)
	t.uniqueID(p, base)
	t.directives("acl", p.ACLs)
	for _, set := range slices.Sorted(maps.Keys(p.Rules)) {
		t.directives(set, p.Rules[set])
	}
	if p.DefaultBackend != base.DefaultBackend {
		t.line("default_backend", p.DefaultBackend)
	}
	t.backend(p, base)
}

func (t *textWriter) errorFile(f *ErrorFile) {
	status := strconv.Itoa(f.Status)
	switch {
	case f.Reply != nil:
		t.line(append([]string{"http-error"}, f.Reply.Words...)...)
	case f.Group != "" && f.Status == 0:
		t.line("errorfiles", f.Group)
	case f.Group != "":
		t.line("errorfiles", f.Group, status)
	case f.Path != "":
		t.line("errorfile", status, f.Path)
	default:
		t.line("errorloc"+strconv.Itoa(f.Redirect), status, f.Location)
	}
}

func (t *textWriter) logging(p, base *Proxy) {
	if !slices.Equal(p.Logs, base.Logs) {
		if len(base.Logs) > 0 {
			t.line("no", "log")
		}
		t.logs(p.Logs)
	}
	if p.LogTag != base.LogTag {
		t.line("log-tag", p.LogTag)
	}
	if !p.sameFormat(base) {
		o := p.Options
		switch {
		case p.LogFormat != nil:
			t.line("log-format", p.LogFormat.Text)
		case o.HTTPSLog:
			t.line("option", "httpslog")
		case o.HTTPLogCLF:
			t.line("option", "httplog", "clf")
		case o.HTTPLog:
			t.line("option", "httplog")
		case o.TCPLogCLF:
			t.line("option", "tcplog", "clf")
		case o.TCPLog:
			t.line("option", "tcplog")
		}
	}
	if f := p.ErrorLogFormat; f != nil && f != base.ErrorLogFormat {
		t.line("error-log-format", f.Text)
	}
	if f := p.LogFormatSD; f != nil && f != base.LogFormatSD {
		t.line("log-format-sd", f.Text)
	}
	if !slices.Equal(p.LogSteps, base.LogSteps) {
		t.line("log-steps", strings.Join(p.LogSteps, ","))
	}
}

func (t *textWriter) options(p, base *Proxy) {
	onOff := func(name string, v, was bool) {
		switch {
		case v && !was:
			t.line("option", name)
		case !v && was:
			t.line("no", "option", name)
		}
	}
	o, was := &p.Options, &base.Options
	onOff("dontlognull", o.DontLogNull, was.DontLogNull)
	onOff("logasap", o.LogASAP, was.LogASAP)
	onOff("log-health-checks", o.LogHealthChecks, was.LogHealthChecks)
	if o.NoAbortOnClose && !was.NoAbortOnClose {
		t.line("no", "option", "abortonclose")
	} else {
		onOff("abortonclose", o.AbortOnClose, was.AbortOnClose)
	}
	if o.Conn != was.Conn {
		t.line("option", [...]string{"http-keep-alive", "http-server-close", "httpclose"}[o.Conn])
	}
	t.conn(&o.ConnOptions, &was.ConnOptions)
	if f := o.ForwardFor; f != nil && f != was.ForwardFor {
		t.line(f.words("forwardfor")...)
	}
	t.way(p, base)
	t.traits(p, base)
	if o.NameHeader != was.NameHeader {
		t.line("http-send-name-header", o.NameHeader)
	}
}

func (t *textWriter) backend(p, base *Proxy) {
	if !slices.Equal(p.Balance.words(), base.Balance.words()) {
		t.line(append([]string{"balance"}, p.Balance.words()...)...)
	}
	t.hashing(p, base)
	t.cookie(p, base)
	t.number("fullconn", p.Fullconn, base.Fullconn)
	t.number("rate-limit sessions", p.SessRate, base.SessRate)
	t.number("retries", p.Retries, base.Retries)
	if p.RetryOn != base.RetryOn {
		t.line(append([]string{"retry-on"}, strings.Fields(p.RetryOn.String())...)...)
	}
	switch {
	case p.Redispatch == base.Redispatch:
	case p.Redispatch == 0:
		t.line("no", "option", "redispatch")
	default:
		t.line("option", "redispatch", strconv.Itoa(p.Redispatch))
	}
	if p.Source != nil && p.Source != base.Source {
		t.line(p.Source.words()...)
	}
	t.reuse(p, base)
	t.checks(&p.Checks, &base.Checks)
	t.states(p, base)
	t.servers(p, base)
}

// servers writes the servers of p and the options for those that follow.
func (t *textWriter) servers(p, base *Proxy) {
	for _, s := range p.Servers {
		t.server(s, &base.DefaultServer)
	}
	// Last, since it holds for the servers that follow it only.
	if w := serverWords(&p.DefaultServer, &base.DefaultServer); w != nil {
		t.line(append([]string{"default-server"}, w...)...)
	}
}

func (t *textWriter) server(s *Server, base *ServerParams) {
	w := []string{"server", s.Name, s.Address.String()}
	if s.ID != 0 {
		w = append(w, "id", strconv.Itoa(s.ID))
	}
	if s.GUID != "" {
		w = append(w, "guid", s.GUID)
	}
	t.line(append(w, serverWords(&s.ServerParams, base)...)...)
}

// serverWords writes in what v differs from base.
func serverWords(v, base *ServerParams) (w []string) {
	flag := func(v, was bool, on, off string) {
		switch {
		case v && !was:
			w = append(w, on)
		case !v && was:
			w = append(w, off)
		}
	}
	number := func(name string, n, was int) {
		if n != was {
			w = append(w, name, strconv.Itoa(n))
		}
	}
	delay := func(name string, d, was time.Duration) {
		if d != was {
			w = append(w, name, duration(d))
		}
	}
	number("weight", v.Weight, base.Weight)
	flag(v.Backup, base.Backup, "backup", "no-backup")
	flag(v.Disabled, base.Disabled, "disabled", "enabled")
	flag(v.Check, base.Check, "check", "no-check")
	flag(v.SendProxy, base.SendProxy, "send-proxy", "no-send-proxy")
	flag(v.SendProxyV2, base.SendProxyV2, "send-proxy-v2", "no-send-proxy-v2")
	if v.Cookie != base.Cookie {
		w = append(w, "cookie", v.Cookie)
	}
	if v.Redir != base.Redir {
		w = append(w, "redir", v.Redir)
	}
	number("maxconn", v.Maxconn, base.Maxconn)
	number("minconn", v.Minconn, base.Minconn)
	number("maxqueue", v.Maxqueue, base.Maxqueue)
	delay("slowstart", v.SlowStart, base.SlowStart)
	if v.HashKey != base.HashKey {
		w = append(w, "hash-key", def(v.HashKey, "id"))
	}
	delay("inter", v.Inter, base.Inter)
	delay("fastinter", v.FastInter, base.FastInter)
	delay("downinter", v.DownInter, base.DownInter)
	number("rise", v.Rise, base.Rise)
	number("fall", v.Fall, base.Fall)
	number("port", v.CheckPort, base.CheckPort)
	number("shard", v.Shard, base.Shard)
	w = append(w, v.Pool.words(&base.Pool)...)
	w = append(w, v.initWords(base)...)
	w = append(w, v.ProxyHeader.words(&base.ProxyHeader)...)
	w = append(w, v.Transport.words(&base.Transport)...)
	if v.LogProto != base.LogProto {
		w = append(w, "log-proto", v.LogProto)
	}
	if v.CheckAddr != nil && v.CheckAddr != base.CheckAddr {
		w = append(w, "addr", v.CheckAddr.String())
	}
	w = append(w, checkWords(&v.ServerChecks, &base.ServerChecks)...)
	return w
}

func def(s, unset string) string {
	if s == "" {
		return unset
	}
	return s
}
