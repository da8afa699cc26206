package config

// httpOnlyOptions are the options that do nothing in TCP mode, in the order in
// which they are warned of.
var httpOnlyOptions = []struct {
	name string
	in   Sections
	on   func(*ProxyOptions) bool
}{
	{"checkcache", InBackends, func(o *ProxyOptions) bool { return o.CheckCache }},
	{"http-buffer-request", InProxies, func(o *ProxyOptions) bool { return o.Traits.BufferRequest }},
	{"http-drop-request-trailers", InBackends, func(o *ProxyOptions) bool { return o.Traits.DropRequestTrailers }},
	{"http-drop-response-trailers", InFrontends, func(o *ProxyOptions) bool { return o.Traits.DropResponseTrailers }},
	{"http-ignore-probes", InFrontends, func(o *ProxyOptions) bool { return o.Traits.IgnoreProbes }},
	{"idle-close-on-response", InFrontends, func(o *ProxyOptions) bool { return o.IdleCloseOnResponse }},
	{"prefer-last-server", InBackends, func(o *ProxyOptions) bool { return o.PreferLastServer }},
	{"accept-unsafe-violations-in-http-request", InFrontends, func(o *ProxyOptions) bool { return o.Traits.LaxRequest }},
	{"accept-unsafe-violations-in-http-response", InBackends, func(o *ProxyOptions) bool { return o.Traits.LaxResponse }},
	{"http-use-proxy-header", InFrontends, func(o *ProxyOptions) bool { return o.Traits.UseProxyHeader }},
	{"http-pretend-keepalive", InBackends, func(o *ProxyOptions) bool { return o.PretendKeepAlive }},
	{"http-no-delay", InProxies, func(o *ProxyOptions) bool { return o.NoDelay }},
	{"disable-h2-upgrade", InFrontends, func(o *ProxyOptions) bool { return o.Traits.DisableH2Upgrade }},
}

// idleOptions warns of options of p without effect in TCP mode. Those that came
// from a defaults section count, as in the reference, but not of the other side.
func (c *checker) idleOptions(p *Proxy) {
	for _, x := range httpOnlyOptions {
		if side := x.in&InFrontend != 0 && p.Kind.IsFrontend() || x.in&InBackend != 0 && p.Kind.IsBackend(); side && x.on(&p.Options) {
			c.warn(p.Pos, "'option %s' ignored for %s as it requires HTTP mode.", x.name, p.Title())
		}
	}
}
