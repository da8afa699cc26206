package master

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// commands is the master CLI's own table (management guide 9.4).
func (m *master) commands() line.Table {
	return append(slices.Concat(line.Common(), m.reloadCommands(), m.generationCommands(), m.diffCommands(), m.drainCommands()), line.Table{
		m.crashesCommand(),
		{Words: []string{"show", "proc"}, Help: "show processes status", Level: line.LevelOperator, Master: true, Run: m.showProc},
		{Words: []string{"_loadstatus"}, Help: "report the outcome of the latest load", Level: line.LevelOperator, Master: true, Hidden: true, Run: m.loadStatus},
		{Words: []string{"show", "startup-logs"}, Help: "report logs emitted during HAProxy startup", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { s.WriteLines(string(m.m.StartupLog())) }},
		{Words: []string{"show", "version"}, Help: "show version of the current process", Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { s.Info(version.String) }},
		{Words: []string{"show", "env"}, Args: "[var]", Help: "dump environment variables known to the process", Level: line.LevelOperator, Master: true, Run: m.showEnv},
		{Words: []string{"show", "cli", "sockets"}, Help: "dump list of cli sockets", Master: true,
			Run: func(*line.Session, []string, []byte) {}}, // the reference lists none on the master
	}...)
}

func (m *master) showProc(s *line.Session, args []string, _ []byte) {
	now := time.Now()
	switch {
	case len(args) == 0 || args[0] == "debug":
		s.WriteString(showProc(now, version.String, m.m.Info(), m.m.Workers(), m.programs.List(), len(args) > 0))
	case args[0] == "json":
		p := m.procJSON()
		p.write(s)
	default:
		s.Err("'show proc' only supports 'debug' or 'json' as argument")
	}
}

// loadStatus repeats the answer of the latest reload.
func (m *master) loadStatus(s *line.Session, _ []string, _ []byte) {
	ok := "1"
	if m.m.Info().LastLoadFailed {
		ok = "0"
	}
	s.WriteString("Success=" + ok + "\n--\n")
	s.WriteLines(string(m.m.StartupLog()))
}

func (m *master) showEnv(s *line.Session, args []string, _ []byte) {
	env := m.environment()
	if len(args) == 0 {
		s.WriteLines(strings.Join(env, "\n"))
		return
	}
	for _, e := range env {
		if strings.HasPrefix(e, args[0]+"=") {
			s.WriteLines(e)
			return
		}
	}
	s.Err("Variable not found")
}

// Find implements line.Router.
func (m *master) Find(prefix string) (line.Peer, bool) {
	if prefix == "" || prefix == "master" {
		return self{m}, true
	}
	if pid, ok := strings.CutPrefix(prefix, "!"); ok {
		n, err := strconv.Atoi(pid)
		return m.worker(func(w mworker.WorkerInfo) bool { return err == nil && n > 0 && w.PID == n })
	}
	switch n, err := strconv.Atoi(prefix); {
	case err != nil:
	case n == 0:
		return self{m}, true
	case n == 1:
		// The serving worker. Its predecessor, which still drains, is another one: it
		// is meant only when the whole service drains.
		stopping := m.m.Info().Stopping
		return m.worker(func(w mworker.WorkerInfo) bool { return !w.Leaving || stopping })
	}
	return nil, false
}

// worker is the youngest one that can be talked to and is wanted.
func (m *master) worker(wanted func(mworker.WorkerInfo) bool) (line.Peer, bool) {
	for _, w := range slices.Backward(m.m.Workers()) {
		if w.PID > 0 && w.State != mworker.Loading && w.State != mworker.Failed && wanted(w) {
			return peer{m, w}, true
		}
	}
	return nil, false
}

// self is the master as a target of commands.
type self struct{ m *master }

func (p self) Local() bool { return true }
func (p self) Prompt() string {
	if p.m.m.Info().LastLoadFailed {
		return "master[ReloadFailed]"
	}
	return "master"
}
func (p self) Uptime() (time.Duration, bool) { return time.Since(p.m.started), true }
func (p self) Dial() (io.ReadWriteCloser, error) {
	return nil, mworker.ErrNoWorker
}

// peer is a worker as a target of commands.
type peer struct {
	m *master
	w mworker.WorkerInfo
}

func (p peer) Local() bool    { return false }
func (p peer) Prompt() string { return strconv.Itoa(p.w.PID) }
func (p peer) Uptime() (time.Duration, bool) {
	for _, w := range p.m.m.Workers() {
		if w.PID == p.w.PID {
			return time.Since(w.Started), true
		}
	}
	return 0, false
}
func (p peer) Dial() (io.ReadWriteCloser, error) {
	c, err := p.m.m.Session(p.w.PID, "admin")
	if err != nil {
		return nil, err
	}
	return c, nil
}

// session serves one client of the master CLI. If it was suspended it returns the
// state, which another call takes up again.
func (m *master) session(c *client, level line.Level, suspension *line.Suspension, resume *line.State) (state *line.State) {
	table := m.commands()
	_ = line.Serve(c, line.Config{ // how a client left is nobody's concern
		Table:  append(table, m.debugCommands(table)...),
		Router: m,
		Level:  level,
		Idle:   cliIdle,
		Uptime: func() time.Duration { return time.Since(m.started) },

		Suspension: suspension,
		Save:       func(s *line.State) { state = s },
		Resume:     resume,
		OnPanic: func(command string, v any, stack []byte) {
			m.report.Warningf("command '%s' of the master CLI failed: %v\n%s", command, v, bytes.TrimSpace(stack))
		},
	})
	return state
}
