package master

import (
	"os"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// listVariables sets the variables that "show env" lists in a master (manual
// 2.3). Workers do not get them: theirs are their own.
func listVariables(files []config.File, cli *cliSockets) {
	var names, sockets []string
	for i := range files {
		names = append(names, files[i].Name)
	}
	for i := range cli.list {
		sockets = append(sockets, cli.list[i].name)
	}
	os.Setenv("HAPROXY_BRANCH", config.Branch)
	os.Setenv("HAPROXY_MWORKER", "1")
	os.Setenv("HAPROXY_CFGFILES", strings.Join(names, ";"))
	os.Setenv("HAPROXY_MASTER_CLI", strings.Join(sockets, ";"))
}
