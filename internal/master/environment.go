package master

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
)

// listed are the variables that the master sets for "show env".
var listed = []string{"HAPROXY_BRANCH", "HAPROXY_MWORKER", "HAPROXY_CFGFILES", "HAPROXY_MASTER_CLI"}

// listVariables sets the variables that "show env" lists in a master (manual
// 2.3). Workers do not get them: theirs are their own.
func listVariables(files []config.File, cli *cliSockets) {
	var names, sockets []string
	for i := range files {
		names = append(names, files[i].Name)
	}
	for _, s := range cli.ofCLI() {
		sockets = append(sockets, s.name)
	}
	slices.Reverse(sockets) // the reference has the last -S first
	os.Setenv("HAPROXY_BRANCH", config.Branch)
	os.Setenv("HAPROXY_MWORKER", "1")
	os.Setenv("HAPROXY_CFGFILES", strings.Join(names, ";"))
	os.Setenv("HAPROXY_MASTER_CLI", strings.Join(sockets, ";"))
}

// environment is the master's environment as the configuration in force wants it
// (setenv, presetenv, unsetenv, resetenv): computed from the one it was started
// with, so that a line which a reload removes has no effect any more.
func (m *master) environment() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return withChanges(os.Environ(), m.result)
}

func withChanges(env []string, r *discovery.Result) []string {
	changed := func(name string) bool {
		_, set := r.SetEnv[name]
		return !slices.Contains(listed, name) && (set || slices.Contains(r.UnsetEnv, name))
	}
	env = slices.DeleteFunc(env, func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return changed(name)
	})
	for _, name := range slices.Sorted(maps.Keys(r.SetEnv)) {
		if changed(name) {
			env = append(env, name+"="+r.SetEnv[name])
		}
	}
	return env
}
