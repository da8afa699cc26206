package worker

import (
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
)

// restoreStates gives servers the states that files keep (manual 4.2,
// "load-server-state-from-file"). Nothing that is wrong with a file keeps the
// configuration from loading.
func (l *load) restoreStates() {
	now := time.Now()
	for _, be := range l.run.Backends {
		path := l.spec.StatePath(be.Spec)
		if path == "" {
			continue
		}
		for _, s := range l.statesOf(path, be.Spec.LoadState) {
			if s["be_name"] != be.Name && (be.Spec.ID == 0 || s["be_id"] != strconv.Itoa(be.ID)) {
				continue
			}
			for i, srv := range be.Servers {
				spec := be.Spec.Servers[i]
				if s["srv_name"] != srv.Name && (spec.ID == 0 || s["srv_id"] != strconv.Itoa(srv.ID)) {
					continue
				}
				if text := check.Restore(srv, spec, s, now); text != "" {
					l.report.Warningf("server-state application failed for server '%s/%s', %s", be.Name, srv.Name, text)
					continue
				}
				l.run.States[srv] = s
			}
		}
	}
}

// lastAddr is the address that a state file has for a server whose name is to be
// resolved ("init-addr last"). One of another name does not count: the configuration
// has changed.
func (l *load) lastAddr(p *config.Proxy, srv *config.Server) (netip.Addr, bool) {
	path := l.spec.StatePath(p)
	if path == "" {
		return netip.Addr{}, false
	}
	for _, s := range l.statesOf(path, p.LoadState) {
		if s["be_name"] != p.Name || s["srv_name"] != srv.Name || s["srv_fqdn"] != srv.Host {
			continue
		}
		ip, err := netip.ParseAddr(s["srv_addr"])
		if f := srv.Address.Family; err != nil || f == config.AFIPv4 && !ip.Is4() || f == config.AFIPv6 && ip.Is4() {
			return netip.Addr{}, false
		}
		return ip, true
	}
	return netip.Addr{}, false
}

// statesOf reads a state file, once.
func (l *load) statesOf(path, kind string) []check.State {
	states, read := l.states[path]
	if !read {
		states = l.readStates(path, kind)
		if l.states == nil {
			l.states = map[string][]check.State{}
		}
		l.states[path] = states
	}
	return states
}

// readStates reads a state file; one that is not there has no states.
func (l *load) readStates(path, kind string) []check.State {
	word := "global"
	if kind == config.StateLocal {
		word = "local"
	}
	done := l.place.busy("reading " + path)
	data, err := os.ReadFile(path) // not of the generation: it is what the servers were like
	done()
	if err != nil {
		return nil
	}
	states, corrupted, versioned := check.ParseStates(data)
	if !versioned {
		l.report.Warningf("config: Can't get version of the %s server state file '%s'.", word, path)
	}
	for _, line := range corrupted {
		l.report.Warningf("config: corrupted %s server state file '%s' at line %d.", word, path, line)
	}
	return states
}
