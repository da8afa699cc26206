package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// frontend makes the running frontend of p and its listeners.
func (b *builder) frontend(p *config.Proxy, id int) {
	fe := &proxy.Frontend{
		Name: p.Name, ID: id, HTTP: p.Mode == config.ModeHTTP, Spec: p,
		Timeouts: timeouts(&p.Timeouts), MaxConn: int64(b.maxconn(p)),
		ForwardFor: p.Options.ForwardFor, CloseClient: p.Options.Conn == config.ConnClose,
		ServerClose: p.Options.Conn == config.ConnServerClose, OwnConns: p.SessionConns,
		ConnOptions: clientOptions(&p.Options.ConnOptions),
		SmartAccept: p.Options.SmartAccept || p.Mode == config.ModeHTTP && !p.Options.NoSmartAccept, IdleOnResponse: p.Options.IdleCloseOnResponse, ContStats: p.Options.ContStats,
		DontLogNull: p.Options.DontLogNull, LogASAP: p.Options.LogASAP,
		Pages: b.pages(p), Loops: make([]proxy.Counters, b.r.Threads),
	}
	fe.SessRate.Max = int64(p.SessRate)
	fe.TCPConnection, fe.TCPSession, fe.TCPContent = b.rules(p, "tcp-request connection"), b.rules(p, "tcp-request session"), b.rules(p, "tcp-request content")
	fe.InspectRequest = int64(p.InspectRequest)
	// A frontend in TCP mode obeys them once a session goes on as HTTP.
	fe.HTTPRequest, fe.HTTPResponse = b.rules(p, "http-request"), b.rules(p, "http-response")
	fe.HTTPAfter = b.rules(p, "http-after-response")
	fe.Redirect = b.rules(p, "redirect")
	fe.Output, fe.Traits = b.output(p), p.Options.Traits
	fe.Choose = b.chooser(p)
	if cases := rule.CollectSwitch(p); cases.AsksUsers() {
		fe.Pending = cases.Pending
	}
	b.uniqueID(p, fe)
	fe.ReqCaptures, fe.ResCaptures = proxy.NewCaptures(p.ReqCaptures), proxy.NewCaptures(p.ResCaptures)
	fe.CaptureCookie = p.CaptureCookie
	if fe.CaseClient {
		fe.CaseAdjust = b.spec.Global.CaseAdjust
	}
	fe.OriginalTo = p.Options.OriginalTo
	fe.MonitorURI, fe.MonitorFail = p.MonitorURI, rule.CollectTests(p, "monitor fail")
	b.listeners(p, fe)
	b.r.Frontends = append(b.r.Frontends, fe)
}

// maxconn is the frontend's own limit, or the process's.
func (b *builder) maxconn(p *config.Proxy) int {
	switch {
	case p.Maxconn > 0:
		return p.Maxconn
	case b.o.ProxyMaxConn > 0:
		return b.o.ProxyMaxConn
	}
	return int(b.r.MaxConn)
}

// chooser compiles "use_backend" and "default_backend".
func (b *builder) chooser(p *config.Proxy) func(*sample.Ctx) *proxy.Backend {
	var def *proxy.Backend
	switch {
	case p.DefaultBackend != "":
		if def = b.be[p.DefaultBackend]; def == nil && b.spec.Find(p.DefaultBackend, false) == nil {
			b.alert(p.DefaultBackPos, "unable to find required default_backend: '%s'.", p.DefaultBackend)
		}
	case p.Kind.IsBackend():
		def = b.be[p.Name]
	}
	return b.switcher(p, def)
}
