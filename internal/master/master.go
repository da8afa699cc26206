// Package master is Sluice's master process: mworker's master with HAProxy's
// words. It reads the files of a configuration but parses of them only what
// the discovery pass needs, and that only before the first worker; it prints
// what happens as the reference does, writes the pidfile and serves the master
// CLI ("-S").
//
// It stays small by construction: nothing of the data plane is reachable from
// here (see deps_test.go at the root).
package master

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/daemon"
	"github.com/sluice-proxy/sluice/internal/hook"
	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/systemd"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// master is the process's state beside mworker's.
type master struct {
	o        *cmdline.Options
	paths    []string // of -f, absolute
	report   *report.Reporter
	m        *mworker.Master
	started  time.Time
	notify   *systemd.Notifier // the service manager, with -Ws; nil otherwise
	store    *systemd.Store    // the manager's copies of the listeners; nil: it keeps none
	launcher *daemon.Launcher  // who waits for READY, with -D; nil otherwise
	loads    loads
	cli      *cliSockets
	slim     slimmer
	programs *programs.Set
	hooks    *hook.Queue
	hookFD   int       // of Rest
	restless time.Time // since when an upgrade waits for clients; of Rest

	mu      sync.Mutex
	first   []config.File     // read before the first load, which takes them
	result  *discovery.Result // of the load in force
	pending *discovery.Result // of the candidate
	pidfile string            // written, "" if none
	former  int               // PID of the worker that was replaced last
	status  int               // of the program that ends the master
	ended   bool              // no worker is left, and none is wanted
	leaving chan struct{}     // closed when the former worker has no listener any more; nil: there is none
}

// Run is the master's whole life; it returns the exit status of the process.
// Signals were caught before it is called; inherited are the listening sockets
// this process was started with, by the address that names them ("fd@5").
func Run(o *cmdline.Options, signals *mworker.Signals, launcher *daemon.Launcher, inherited map[string]int) int {
	stayIdle()
	m := &master{o: o, launcher: launcher, report: report.New(version.String), started: time.Now(), slim: newSlimmer()}
	m.programs = programs.New(m.programEnv, m.program)
	m.hooks = hook.New(m.hookEnded)
	if os.Getpid() == 1 {
		sys.ReapOrphans()
	}
	var stored map[string]int
	if o.Systemd {
		m.notify = systemd.FromEnvironment()
		m.store, stored = systemd.OpenStore(m.notify, inherited)
	}
	m.report.Quiet = o.Silent(false)
	if err := m.resolve(); err != nil {
		m.report.Alertf("%v", err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// How long the first load may take stands in the files.
	reading, read := context.WithTimeout(ctx, firstRead)
	files, err := config.ReadFiles(reading, o.Files) // named as they were given
	read()
	if err != nil {
		m.report.Alertf("%v", err)
		return 1
	}
	m.first = files
	env := config.NewEnv(os.Environ())
	env.Predefine(version.String, "")
	result, diag := discovery.Run(files, env, discovery.Options{})
	if diag.Failed() {
		m.report.Refusal(diag, o.Diagnostics)
		return 1
	}
	m.result, m.pending = result, result
	m.report.Quiet = o.Silent(result.Quiet)
	if status, done := m.detach(); done {
		return status
	}
	if path := m.wantedPID(); path != "" {
		if err := tryPIDFile(path); err != nil {
			m.report.Alertf("[%s.main()] Cannot create pidfile %s", filepath.Base(os.Args[0]), path)
			m.report.Alertf("Fatal error(s) found, exiting.")
			return 1
		}
	}
	// The CLI's sockets come before the first worker: a mistake there must not
	// leave an orphan behind.
	cli, err := m.listen()
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			m.report.Alertf("%s", line)
		}
		return 1
	}
	defer cli.close()
	m.cli = cli
	os.Setenv("HAPROXY_STARTUP_VERSION", env["HAPROXY_STARTUP_VERSION"]) // which workers keep
	var policy mworker.Policy
	apply(result, &policy)
	return m.onMain(func() int {
		m.m, err = mworker.NewMaster(m.options(mworker.Options{
			Env: workerEnv(os.Environ()), Listeners: join(inherited, stored), Signals: signals, Policy: policy,
		}))
		if err != nil {
			m.report.Alertf("%v", err)
			return 1
		}
		for _, fd := range stored {
			sys.Close(fd) // m.m has them
		}
		listVariables(files, cli)
		return m.run()
	})
}

// firstRead is how long the files of the first load may take to read.
const firstRead = 60 * time.Second

// resolve makes the paths independent of the working directory, once.
func (m *master) resolve() error {
	if m.o.Dir != "" {
		if err := os.Chdir(m.o.Dir); err != nil {
			return &changeDirError{m.o.Dir, err}
		}
	}
	for _, p := range m.o.Files {
		abs, err := filepath.Abs(p)
		if err != nil {
			return err
		}
		m.paths = append(m.paths, abs)
	}
	return nil
}

type changeDirError struct {
	dir string
	err error
}

func (e *changeDirError) Error() string {
	return "Could not change to directory " + e.dir + " : " + strerror(e.err)
}

// snapshot reads the files of a load (mworker.Options.Snapshot).
func (m *master) snapshot(ctx context.Context) ([]mworker.File, error) {
	m.mu.Lock()
	files := m.first
	m.first = nil
	m.mu.Unlock()
	if files == nil {
		var err error
		at := func(path string) { mworker.Reading(ctx, m.shown(path)) }
		if files, err = config.ReadFiles(ctx, m.paths, at); err != nil {
			return nil, m.asGiven(err)
		}
	}
	out := make([]mworker.File, len(files))
	for i, f := range files {
		out[i] = mworker.File{Name: m.shown(f.Name), Data: f.Data}
	}
	return out, nil
}

// shown is a file's name as the user wrote it: messages name it so.
func (m *master) shown(path string) string {
	for i, abs := range m.paths {
		if path == abs {
			return m.o.Files[i]
		}
		if rel, err := filepath.Rel(abs, path); err == nil && filepath.IsLocal(rel) {
			return filepath.Join(m.o.Files[i], rel)
		}
	}
	return path
}

// asGiven is an error about files that calls them by the names they were given.
func (m *master) asGiven(err error) error {
	text := err.Error()
	for i, abs := range m.paths {
		text = strings.Replace(text, " "+abs, " "+m.o.Files[i], 1)
	}
	return errors.New(text)
}

// discovered takes a candidate's discovery result in when it is READY.
func (m *master) discovered(_ context.Context, _ int, payload []byte) (func(*mworker.Policy), error) {
	if len(payload) == 0 {
		return nil, nil
	}
	result, err := discovery.Decode(payload)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.pending = result
	m.mu.Unlock()
	return func(p *mworker.Policy) { apply(result, p) }, nil
}

// timeout is a configuration's time as a policy has it.
func timeout(d time.Duration) time.Duration {
	switch d {
	case -1: // not set: the default
		return 0
	case 0:
		return mworker.Never
	}
	return d
}

// apply makes a configuration's wishes the supervisor's policy.
func apply(r *discovery.Result, p *mworker.Policy) {
	p.MaxReloads = 0 // the default
	switch {
	case r.MaxReloads == 0:
		p.MaxReloads = mworker.NoneKept
	case r.MaxReloads > 0:
		p.MaxReloads = r.MaxReloads
	}
	p.ExitOnFailure = r.ExitOnFailure
	p.LoadTimeout = timeout(r.LoadTimeout)
	p.HangTimeout = timeout(r.HangTimeout)
	p.DrainTimeout = timeout(r.Draining.Timeout)
	p.DrainGrace, p.MaxDraining, p.DrainMemory = r.Draining.Grace, r.Draining.Most, r.Draining.Memory
	p.InPlace = r.InPlace
	p.KeptGenerations, p.HistoryBytes = r.History, r.HistorySize
}
