package build

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestConnNames(t *testing.T) {
	const intro = "'server b/x' : error detected while parsing sni or pool-conn-name expressions : "
	for expr, want := range map[string]string{
		"req.hdr(host),lower": "",
		"src":                 "",
		"foo":                 intro + "unknown fetch method 'foo'.",
		"res.hdr(x)":          intro + "fetch method 'res.hdr(x)' extracts information from 'HTTP response headers', none of which is available here..",
	} {
		spec := parse(t, "backend b\n mode http\n server x 127.0.0.1:80 pool-conn-name "+expr+"\n server y 127.0.0.1:81 pool-conn-name "+expr+"\n", nil)
		var d config.Diagnostics
		r := Build(spec, Options{Resolve: lookUp}, &d)
		got := ""
		for _, m := range d.List {
			if m.Level == config.Alert {
				got = m.Text
				break
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
		if want != "" {
			continue
		}
		be := r.Backends[0]
		if a, b := be.Servers[0], be.Servers[1]; len(be.ConnNames) != 1 || a.ConnName != 1 || b.ConnName != 1 || !a.Keyed {
			t.Errorf("%s: %d expressions, servers have %d and %d, keyed: %v", expr, len(be.ConnNames), a.ConnName, b.ConnName, a.Keyed)
		}
	}
}
