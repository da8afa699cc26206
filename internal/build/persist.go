package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// persistence sets by what clients stay with a server.
func (b *builder) persistence(be *proxy.Backend, p *config.Proxy) {
	be.DynamicCookie.Key = p.CookieKey
	if be.HTTP {
		be.DynamicCookie.On = p.Cookie != nil && p.Cookie.Dynamic
		for i, s := range be.Servers {
			s.Redir = p.Servers[i].Redir
			be.Recookie(s, p.Servers[i].Cookie)
		}
		if p.Cookie != nil {
			be.Cookie = proxy.NewCookie(p.Cookie, be.Servers)
		}
	} else {
		be.RDPCookie = p.RDPCookie
	}
	be.ForcePersist = rule.CollectTests(p, "force-persist")
	be.IgnorePersist = rule.CollectTests(p, "ignore-persist")
	be.UseServer = b.useServer(be, p)
	be.Stays = be.Cookie != nil || be.RDPCookie != "" || be.UseServer != nil
}

// useServer compiles the use-server rules.
func (b *builder) useServer(be *proxy.Backend, p *config.Proxy) func(*sample.Ctx, func(*proxy.Server) bool) *proxy.Server {
	cases := rule.CollectUseServer(p)
	if len(cases) == 0 {
		return nil
	}
	be.Index()
	for _, c := range cases {
		switch srv := be.Named(c.Name); {
		case c.Dynamic != nil:
		case srv != nil:
			srv.Referenced = true
		default:
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: c.Pos,
				Text: "backend '" + p.Name + "' : unable to find server '" + c.Name + "' referenced in a 'use-server' rule."})
		}
	}
	return func(x *sample.Ctx, ok func(*proxy.Server) bool) *proxy.Server {
		for from := 0; ; from++ {
			var c *rule.Case
			var name []byte
			if c, from, name = cases.Select(x, from); c == nil {
				return nil
			}
			srv := be.Named(c.Name)
			if c.Dynamic != nil {
				srv = be.Named(string(name))
			}
			if srv != nil && ok(srv) {
				return srv
			}
		}
	}
}
