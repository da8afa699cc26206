package worker

import (
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/dump"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/show"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// dump is what shows the lines of the configuration while they are read ("-dC");
// nil when nobody asked.
func (l *load) dump() func(config.Pos, []string) {
	if l.o.Dump == nil {
		return nil
	}
	return dump.New(os.Stdout, l.o.Dump.Key, l.o.Dump.Lines, features.Tables()...).Line
}

// show does what the command line asks for once the configuration is understood.
// False: it was reported why that failed.
func (l *load) show() bool {
	if err := show.Keywords(os.Stdout, l.o.Keywords); err != nil {
		l.report.Alertf("-dK: %v", err)
		return false
	}
	if l.o.ShowCPUs {
		if err := show.CPUs(os.Stdout, thisMachine().cpus, show.Threads{Groups: l.threads.groups, CPUs: l.threads.cpus, Allowed: sys.Affinity()}); err != nil {
			l.report.Alertf("-dc: %v", err)
			return false
		}
	}
	if l.o.Archive != "" {
		if err := show.Archive(l.o.Archive); err != nil {
			l.report.Alertf("Cannot create output file to dump dependencies: %s.", strerror(err))
			return false
		}
	}
	return true
}
