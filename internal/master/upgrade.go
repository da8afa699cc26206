package master

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/hook"
	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/systemd"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// legacy is what a master hands over to the program that takes its place, beside what
// mworker does. Members are only ever added; what means something else gets another
// name.
type legacy struct {
	Format   int                 `json:"format"`
	Version  string              `json:"version"` // of the program that wrote it
	Paths    []string            `json:"paths"`
	Result   json.RawMessage     `json:"discovered"`
	PIDFile  string              `json:"pidfile,omitempty"`
	Former   int                 `json:"former,omitempty"`
	Status   int                 `json:"status,omitempty"`
	Loads    savedLoads          `json:"loads"`
	Sockets  []savedSocket       `json:"sockets"`
	Sessions []savedSession      `json:"sessions,omitempty"`
	Store    *systemd.StoreState `json:"fdstore,omitempty"`
	Programs programs.State      `json:"programs"`
	Hooks    hook.State          `json:"hooks"`
}

const legacyFormat = 1

// savedSocket is a listener of "-S".
type savedSocket struct {
	FD      int        `json:"fd"`
	Level   line.Level `json:"level"`
	Name    string     `json:"name"`
	Path    string     `json:"path,omitempty"`
	Metrics bool       `json:"metrics,omitempty"`
}

// savedSession is a client of the master CLI. State is nil for one that waits for a
// place.
type savedSession struct {
	FD     int         `json:"fd"`
	Level  line.Level  `json:"level"`
	State  *line.State `json:"state,omitempty"`
	Tunnel int         `json:"tunnel,omitempty"` // the connection of State.Tunnel
}

// savedLoads is loads.
type savedLoads struct {
	Began    time.Time     `json:"began"`
	Success  time.Time     `json:"success"`
	Duration time.Duration `json:"duration"`
	Crashes  int           `json:"crashes"`
}

func (l *loads) save() savedLoads {
	l.mu.Lock()
	defer l.mu.Unlock()
	return savedLoads{l.began, l.success, l.duration, l.crashes}
}

func (l *loads) restore(v savedLoads) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.began, l.success, l.duration, l.crashes = v.Began, v.Success, v.Duration, v.Crashes
}

// decodeLegacy reads a legacy, maybe of another version of the program.
func decodeLegacy(b []byte) (*legacy, *discovery.Result, error) {
	v := &legacy{}
	if err := json.Unmarshal(b, v); err != nil {
		return nil, nil, fmt.Errorf("the state of the former master: %w", err)
	}
	if v.Format != legacyFormat {
		return nil, nil, fmt.Errorf("the state of the former master has format %d, this program reads %d", v.Format, legacyFormat)
	}
	result, err := discovery.Decode(v.Result)
	if err != nil {
		return nil, nil, fmt.Errorf("the state of the former master: %w", err)
	}
	if err := v.Hooks.Check(); err != nil {
		return nil, nil, fmt.Errorf("the state of the former master: %w", err)
	}
	for _, s := range v.Sockets {
		if s.FD < 3 || s.Level > line.LevelAdmin {
			return nil, nil, fmt.Errorf("the state of the former master: listener %q", s.Name)
		}
	}
	for _, s := range v.Sessions {
		if s.FD < 3 || s.Level > line.LevelAdmin || s.State != nil && s.State.Tunnel != nil && s.Tunnel < 3 {
			return nil, nil, errors.New("the state of the former master: a session without its connection")
		}
	}
	return v, result, nil
}

// Understands reports whether a state is one that Resume can go on with.
func Understands(state []byte) error {
	_, _, err := decodeLegacy(state)
	return err
}

// Rest implements mworker.Upgrader.
func (m *master) Rest() (state []byte, fds []int, err error) {
	if m.restless.IsZero() {
		m.restless = time.Now()
	}
	sockets, sessions, err := m.cli.rest(restTime, time.Since(m.restless) > restLimit)
	if err != nil {
		return nil, nil, err
	}
	m.restless = time.Time{}
	hooks, err := m.hooks.Rest()
	if m.hookFD = 0; hooks.Running != nil {
		m.hookFD = hooks.Running.FD
	}
	if err != nil {
		return nil, nil, err
	}
	v := legacy{Format: legacyFormat, Version: version.String, Paths: m.paths, Loads: m.loads.save(), Sockets: sockets, Sessions: sessions,
		Store: m.store.State(), Programs: m.programs.Rest(), Hooks: hooks}
	m.mu.Lock()
	v.PIDFile, v.Former, v.Status = m.pidfile, m.former, m.status
	v.Result, err = m.result.Encode()
	m.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range sockets {
		fds = append(fds, s.FD)
	}
	for _, s := range sessions {
		if fds = append(fds, s.FD); s.Tunnel > 0 {
			fds = append(fds, s.Tunnel)
		}
	}
	if m.hookFD > 0 {
		fds = append(fds, m.hookFD)
	}
	state, err = json.Marshal(v)
	return state, fds, err
}

const (
	// restTime is how long clients' commands may take to end before the upgrade is put
	// off, and restLimit after which time they are not waited for any more.
	restTime  = 2 * time.Second
	restLimit = 30 * time.Second
)

// Resume implements mworker.Upgrader.
func (m *master) Resume(error) {
	if m.hookFD > 0 {
		sys.Close(m.hookFD)
		m.hookFD = 0
	}
	m.hooks.Resume()
	m.programs.Resume()
	m.cli.resume(m)
}

// Resume is Run for a process that ran another program before, and goes on as what it
// was.
func Resume(o *cmdline.Options, signals *mworker.Signals, from *mworker.Legacy) int {
	stayIdle()
	m := &master{o: o, report: report.New(version.String), slim: newSlimmer()}
	m.programs = programs.New(m.programEnv, m.program)
	m.hooks = hook.New(m.hookEnded)
	m.report.Started()
	v, result, err := decodeLegacy(from.State)
	if err != nil {
		m.report.Alertf("%v", err)
		return 1
	}
	m.paths, m.result, m.pidfile, m.former, m.status = v.Paths, result, v.PIDFile, v.Former, v.Status
	m.report.Quiet = o.Silent(result.Quiet)
	m.loads.restore(v.Loads)
	if o.Systemd {
		m.notify = systemd.FromEnvironment()
		m.store = systemd.RestoreStore(m.notify, v.Store)
	}
	return m.onMain(func() int {
		var err error
		if m.m, err = mworker.NewMaster(m.options(mworker.Options{Legacy: from, Signals: signals})); err != nil {
			m.report.Alertf("%v", err)
			return 1
		}
		m.started = m.m.Info().Started
		if m.cli, err = m.reopen(v.Sockets, v.Sessions); err != nil {
			m.report.Warningf("%v", err)
		}
		defer m.cli.close()
		m.programs.Restore(v.Programs)
		m.hooks.Restore(v.Hooks)
		if os.Getpid() == 1 {
			sys.ReapOrphans() // not before every child of ours is known
		}
		return m.run()
	})
}

// options completes what mworker needs to know.
func (m *master) options(o mworker.Options) mworker.Options {
	o.Snapshot, o.Discovered, o.Kept, o.Observer = m.snapshot, m.discovered, m.kept(), m.observe
	if sys.MainServed() {
		o.Upgrader = m
	}
	return o
}

// onMain runs f while the main thread starts what has to be started there, and
// executes what takes this program's place.
func (m *master) onMain(f func() int) int {
	if !sys.IsMainThread() {
		return f() // which is then never replaced
	}
	done := make(chan struct{})
	serve := sys.PrepareMain()
	code := 0
	go func() {
		defer close(done)
		code = f()
	}()
	serve(done)
	runtime.UnlockOSThread()
	return code
}

// run is the life of a master that has all it needs.
func (m *master) run() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	m.cli.serve(m)
	go m.progress(ctx.Done())
	go reapStrays(ctx.Done())
	code := m.m.Run(ctx)
	m.hooks.Close()
	code = m.endPrograms(code)
	m.mu.Lock()
	path := m.pidfile
	m.mu.Unlock()
	if path != "" {
		removePIDFile(path, os.Getpid())
	}
	return code
}

// reopen makes the listeners and clients of the former program ours.
func (m *master) reopen(sockets []savedSocket, sessions []savedSession) (*cliSockets, error) {
	s := newCLISockets()
	var failed error
	for _, o := range sockets {
		one, err := o.open(m)
		if err != nil {
			failed = fmt.Errorf("cannot go on to listen on %s: %w", o.Name, err)
			continue
		}
		s.list = append(s.list, one)
	}
	for _, o := range sessions {
		r, err := o.open()
		if err != nil {
			failed = fmt.Errorf("cannot go on with a client of the master CLI: %w", err)
			continue
		}
		s.rested = append(s.rested, r)
	}
	return s, failed
}

func (o savedSocket) open(m *master) (s cliSocket, err error) {
	f := os.NewFile(uintptr(o.FD), "master CLI")
	defer f.Close() // FileListener has a duplicate of its own
	s = cliSocket{level: o.Level, name: o.Name, path: o.Path}
	if s.l, err = net.FileListener(f); err != nil {
		return s, err
	}
	if o.Metrics {
		s.metrics = metricsServer(m.metricsPage())
	}
	if o.Path != "" {
		s.id, _ = os.Lstat(o.Path) // nil: it is somebody else's by now
	}
	return s, nil
}

func (o savedSession) open() (r rested, err error) {
	r = rested{level: o.Level, state: o.State}
	if r.conn, err = connOf(o.FD); err != nil {
		return r, err
	}
	if o.State != nil && o.State.Tunnel != nil {
		c, err := connOf(o.Tunnel)
		if err != nil {
			return r, err
		}
		o.State.Tunnel.Conn = c
	}
	return r, nil
}

func connOf(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "client")
	defer f.Close()
	return net.FileConn(f)
}

// upgraded says that this process runs another program now.
func (m *master) upgraded() {
	m.report.Noticef("The master goes on as %s.", version.String)
	if path := m.wantedPID(); path != "" && m.pidfile == "" {
		m.keepPID(path)
	}
	m.notify.Ready()
}
