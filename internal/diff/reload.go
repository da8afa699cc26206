package diff

import (
	"maps"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Reload is what becomes of connections and state when a new worker takes over
// with the new configuration.
type Reload struct {
	// Kept sockets go on with the connections that wait in them. Opened ones are
	// new, Closed ones refuse from the commit on. They are named by what only a new
	// socket can change: address, namespace, interface, v6only, v4v6, transparent.
	Kept   []string `json:"kept_sockets"`
	Opened []string `json:"opened_sockets"`
	Closed []string `json:"closed_sockets"`
	// Drained are the frontends of the old configuration: the connections that they
	// have go on in the old worker until they end.
	Drained []string `json:"drained_frontends"`
	// States are the backends whose servers begin in the state that a file has of
	// them; the others begin as configured.
	States []string `json:"states_from_file"`
	// Anew is what a new worker begins with nothing of, whatever the difference.
	Anew []string `json:"begins_anew"`
}

var anew = []string{"counters", "queues", "idle connections to servers", "what was changed at run time"}

func (c *comparison) reload() Reload {
	was, is := sockets(c.old.Spec), sockets(c.new.Spec)
	r := Reload{Kept: []string{}, Opened: []string{}, Closed: []string{}, Drained: []string{}, States: []string{}, Anew: anew}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if is[key] {
			r.Kept = append(r.Kept, key)
		} else {
			r.Closed = append(r.Closed, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if !was[key] {
			r.Opened = append(r.Opened, key)
		}
	}
	for _, p := range c.old.Spec.Proxies {
		if p.Kind.IsFrontend() && !p.Disabled && len(p.Binds) > 0 {
			r.Drained = append(r.Drained, title(p))
		}
	}
	for _, p := range c.new.Spec.Proxies {
		if p.Kind.IsBackend() && len(p.Servers) > 0 && (p.LoadState == "local" || p.LoadState == "global") {
			r.States = append(r.States, title(p))
		}
	}
	return r
}

// sockets are the keys of all listening sockets.
func sockets(s *config.Spec) map[string]bool {
	keys := map[string]bool{}
	for _, p := range s.Proxies {
		if !p.Disabled {
			for _, b := range p.Binds {
				keys[b.SocketKey()] = true
			}
		}
	}
	for _, b := range s.Global.StatsSockets {
		keys[b.SocketKey()] = true
	}
	return keys
}
