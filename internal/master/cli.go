package master

import (
	"bytes"
	"io"
	"net"
	"os"
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
	return append(append(line.Common(), m.reloadCommands()...), line.Table{
		m.crashesCommand(),
		{Words: []string{"show", "proc"}, Help: "show processes status", Level: line.LevelOperator, Master: true, Run: m.showProc},
		{Words: []string{"show", "startup-logs"}, Help: "report logs emitted during HAProxy startup", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { s.Write(m.m.StartupLog()) }},
		{Words: []string{"show", "version"}, Help: "show version of the current process", Master: true,
			Run: func(s *line.Session, _ []string, _ []byte) { s.Info(version.String) }},
		{Words: []string{"show", "env"}, Args: "[var]", Help: "dump environment variables known to the process", Level: line.LevelOperator, Master: true, Run: showEnv},
		{Words: []string{"show", "cli", "sockets"}, Help: "dump list of cli sockets", Level: line.LevelOperator, Master: true,
			Run: func(*line.Session, []string, []byte) {}}, // the reference lists none on the master
	}...)
}

func (m *master) showProc(s *line.Session, args []string, _ []byte) {
	if len(args) > 0 {
		s.Err("'show proc' takes no argument in this version")
		return
	}
	s.WriteString(showProc(time.Now(), version.String, m.m.Info(), m.m.Workers()))
}

func showEnv(s *line.Session, args []string, _ []byte) {
	env := os.Environ()
	if len(args) == 0 {
		s.WriteString(strings.Join(env, "\n") + "\n")
		return
	}
	for _, e := range env {
		if strings.HasPrefix(e, args[0]+"=") {
			s.WriteString(e + "\n")
			return
		}
	}
	s.Err("Variable not found")
}

// Find implements line.Router.
func (m *master) Find(prefix string) (line.Peer, bool) {
	switch {
	case prefix == "" || prefix == "0" || prefix == "master":
		return self{m}, true
	case prefix == "1":
		return m.current()
	case strings.HasPrefix(prefix, "!"):
		pid, err := strconv.Atoi(prefix[1:])
		if err != nil || pid <= 0 {
			return nil, false
		}
		for _, w := range m.m.Workers() {
			if w.PID == pid && w.State != mworker.Loading && w.State != mworker.Failed {
				return peer{m, w}, true
			}
		}
	}
	return nil, false
}

// current is the serving worker, or the youngest that still drains.
func (m *master) current() (line.Peer, bool) {
	ws := m.m.Workers()
	slices.Reverse(ws)
	for _, leaving := range []bool{false, true} {
		for _, w := range ws {
			if w.PID > 0 && w.Leaving == leaving && w.State != mworker.Loading && w.State != mworker.Failed {
				return peer{m, w}, true
			}
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

// session serves one client of the master CLI.
func (m *master) session(c net.Conn, level line.Level) {
	defer c.Close()
	_ = line.Serve(c, line.Config{ // how a client left is nobody's concern
		Table:  m.commands(),
		Router: m,
		Level:  level,
		Idle:   cliIdle,
		Uptime: func() time.Duration { return time.Since(m.started) },
		OnPanic: func(command string, v any, stack []byte) {
			m.report.Warningf("command '%s' of the master CLI failed: %v\n%s", command, v, bytes.TrimSpace(stack))
		},
	})
}

// cliIdle drops a client of the master CLI that says nothing: it would hold its
// place for ever.
const cliIdle = time.Hour
