package worker

import (
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/dump"
	"github.com/sluice-proxy/sluice/internal/features"
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
func (l *load) show() bool { return true }
