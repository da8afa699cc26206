package worker

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/version"
)

func pidfile(o *cmdline.Options, l *load) string {
	if o.Pidfile != "" {
		return o.Pidfile
	}
	return l.result.PIDFile
}

func pidLine() []byte { return append(strconv.AppendInt(nil, int64(os.Getpid()), 10), '\n') }

// readFiles reads the configuration for a process without a master.
func readFiles(o *cmdline.Options, r *report.Reporter) ([]config.File, bool) {
	if o.Dir != "" {
		if err := os.Chdir(o.Dir); err != nil {
			r.Alertf("Cannot change directory to %s : %v", o.Dir, err)
			return nil, false
		}
	}
	files, err := config.ReadFiles(context.Background(), o.Files)
	if err != nil {
		r.Alertf("%v", err)
		return nil, false
	}
	return files, true
}

// DiscoverIn runs the discovery pass on the files, relative to dir; nil when
// they cannot be read or are wrong, which the load itself will report.
func DiscoverIn(dir string, paths []string) *discovery.Result {
	at := make([]string, len(paths))
	for i, p := range paths {
		if at[i] = p; dir != "" && !filepath.IsAbs(p) {
			at[i] = filepath.Join(dir, p)
		}
	}
	files, err := config.ReadFiles(context.Background(), at)
	if err != nil {
		return nil
	}
	env := config.NewEnv(os.Environ())
	env.Predefine(version.String, "")
	result, diag := discovery.Run(files, env, discovery.Options{})
	if diag.Failed() {
		return nil
	}
	return result
}
