package build

import (
	"net/netip"
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Rules and default_backend pass over what is out of service, and what is left
// depends on the section; a rule can ignore that.
func TestSwitchUnpublished(t *testing.T) {
	const text = `
defaults
	mode http
	timeout client 1s
	timeout connect 1s
	timeout server 1s
frontend f
	bind 127.0.0.1:1
	force-be-switch if { src 192.0.2.1 }
	use_backend a if { src 192.0.2.0/24 }
	use_backend %[str(b)]
	default_backend c
frontend g
	bind 127.0.0.1:2
	default_backend d
listen l
	bind 127.0.0.1:3
	default_backend c
	server s 127.0.0.1:9
backend a
	disabled
	server s 127.0.0.1:9
backend b
	server s 127.0.0.1:9
backend c
	server s 127.0.0.1:9
backend d
	server s 127.0.0.1:9
`
	r := mustBuild(t, text, Options{})
	be := map[string]*proxy.Backend{}
	for _, b := range r.Backends {
		be[b.Name] = b
	}
	name := func(frontend int, from string) string {
		x := &sample.Ctx{}
		x.Src = netip.MustParseAddrPort(from)
		if b := r.Frontends[frontend].Choose(x); b != nil {
			return b.Name
		}
		return ""
	}
	for _, step := range []struct {
		off  string // unpublished from now on
		from string
		want [3]string
	}{
		{"", "192.0.2.1:1", [3]string{"a", "d", "c"}},
		{"", "192.0.2.2:1", [3]string{"b", "d", "c"}},
		{"", "198.51.100.1:1", [3]string{"b", "d", "c"}},
		{"b", "192.0.2.2:1", [3]string{"c", "d", "c"}},
		{"c", "192.0.2.2:1", [3]string{"", "d", "l"}},
		{"d", "192.0.2.2:1", [3]string{"", "", "l"}},
		{"l", "192.0.2.1:1", [3]string{"a", "", "l"}},
	} {
		if step.off != "" {
			be[step.off].Unpublished = true
		}
		for i, want := range step.want {
			if got := name(i, step.from); got != want {
				t.Errorf("without %q, frontend %d, from %s: %q, want %q", step.off, i, step.from, got, want)
			}
		}
	}
}
