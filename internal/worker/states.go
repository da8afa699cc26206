package worker

import (
	"strconv"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
)

// restoreStates gives servers the states that files keep (manual 4.2,
// "load-server-state-from-file"). Nothing that is wrong with a file keeps the
// configuration from loading.
func (l *load) restoreStates() {
	files := map[string][]check.State{}
	now := time.Now()
	for _, be := range l.run.Backends {
		path := l.spec.StatePath(be.Spec)
		if path == "" {
			continue
		}
		states, read := files[path]
		if !read {
			states = l.readStates(path, be.Spec.LoadState)
			files[path] = states
		}
		for _, s := range states {
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

// readStates reads a state file; one that is not there has no states.
func (l *load) readStates(path, kind string) []check.State {
	word := "global"
	if kind == config.StateLocal {
		word = "local"
	}
	data, err := l.readFile(path)
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
