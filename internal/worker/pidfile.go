package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

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

// openPidfile opens the file while this process may still do so: it will be in
// its chroot and without privileges when it serves. What the file says is left
// alone until write. A path of "" gives nil.
func openPidfile(path string) (*pidFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	return &pidFile{f}, err
}

type pidFile struct{ f *os.File }

// write puts this process's id in place of what was there.
func (p *pidFile) write() error {
	if p == nil {
		return nil
	}
	defer p.f.Close()
	if err := p.f.Truncate(0); err != nil && !errors.Is(err, syscall.EINVAL) { // "-p /dev/stdout"
		return err
	}
	_, err := p.f.Write(pidLine())
	return err
}

func pidLine() []byte { return append(strconv.AppendInt(nil, int64(os.Getpid()), 10), '\n') }

// readFiles reads the configuration for a process without a master.
func readFiles(o *cmdline.Options, r *report.Reporter) ([]config.File, bool) {
	if o.Dir != "" {
		if err := os.Chdir(o.Dir); err != nil {
			r.Alertf("Could not change to directory %s : %s", o.Dir, strerror(err))
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
