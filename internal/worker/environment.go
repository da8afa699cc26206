package worker

import (
	"os"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// listVariables sets the variables that "show env" lists but that no
// configuration can use, since they come of it (manual 2.3).
func listVariables(files []config.File, g *config.Global) {
	var names, sockets []string
	for i := range files {
		names = append(names, files[i].Name)
	}
	for _, b := range g.StatsSockets {
		sockets = append(sockets, b.Address.Prefixed())
	}
	os.Setenv("HAPROXY_CFGFILES", strings.Join(names, ";"))
	os.Setenv("HAPROXY_CLI", strings.Join(sockets, ";"))
}
