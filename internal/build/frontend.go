package build

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// frontend makes the running frontend of p and its listeners.
func (b *builder) frontend(p *config.Proxy, id int) {
	fe := &proxy.Frontend{
		Name: p.Name, ID: id, HTTP: p.Mode == config.ModeHTTP, Spec: p,
		Timeouts: timeouts(&p.Timeouts), MaxConn: int64(b.maxconn(p)),
		ForwardFor: p.Options.ForwardFor, CloseClient: p.Options.Conn == config.ConnClose,
		DontLogNull: p.Options.DontLogNull, LogASAP: p.Options.LogASAP,
		Pages: b.pages(p), Loops: make([]proxy.Counters, b.r.Threads),
	}
	fe.TCPConnection, fe.TCPContent = b.rules(p, "tcp-request connection"), b.rules(p, "tcp-request content")
	if fe.HTTP {
		fe.HTTPRequest, fe.HTTPResponse = b.rules(p, "http-request"), b.rules(p, "http-response")
	}
	fe.Redirect = b.rules(p, "redirect")
	fe.Output = b.output(p)
	fe.Choose = b.chooser(p)
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

func (b *builder) listeners(p *config.Proxy, fe *proxy.Frontend) {
	used := map[int]bool{}
	for _, bind := range p.Binds {
		used[bind.ID] = true
	}
	next := 1
	for _, bind := range p.Binds {
		id := bind.ID
		if id == 0 {
			for used[next] {
				next++
			}
			id = next
			used[id] = true
		}
		name := bind.Name
		if name == "" {
			name = fmt.Sprintf("sock-%d", id)
		}
		ln := &proxy.Listener{Name: name, ID: id, Key: ListenerKey(bind), Bind: bind, Frontend: fe, FD: -1, MaxConn: int64(bind.Maxconn)}
		fe.Listeners = append(fe.Listeners, ln)
		b.r.Listeners = append(b.r.Listeners, ln)
	}
}

// ListenerKey names a listening socket for the master's store: the address, and
// everything that only a new socket can change.
func ListenerKey(bind *config.Bind) string {
	k := bind.Address.String()
	if bind.Interface != "" {
		k += " interface " + bind.Interface
	}
	if bind.V6Only {
		k += " v6only"
	}
	if bind.V4V6 {
		k += " v4v6"
	}
	if bind.Transparent {
		k += " transparent"
	}
	if bind.MSS > 0 {
		k += fmt.Sprintf(" mss %d", bind.MSS)
	}
	if bind.DeferAccept {
		k += " defer-accept"
	}
	if bind.TFO {
		k += " tfo"
	}
	return k
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
