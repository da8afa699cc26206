package master

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/mworker"
)

// replacePrograms starts the programs of the configuration that now serves. A
// worker that was only started again changes nothing for them.
func (m *master) replacePrograms(e mworker.Event) {
	if e.Respawn {
		return
	}
	m.mu.Lock()
	list, change := m.result.Programs, programs.Change{First: e.First, Hard: e.Hard, MaxReloads: m.result.MaxReloads, ExitOnFailure: m.result.ExitOnFailure}
	m.mu.Unlock()
	if change.MaxReloads < 0 { // not set
		change.MaxReloads = mworker.DefaultMaxReloads
	}
	m.programs.Replace(list, change)
}

// stopPrograms tells programs what the master was told.
func (m *master) stopPrograms(signal string) {
	m.programs.Stop(map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "USR1": syscall.SIGUSR1}[signal])
}

// exitOnFailure begins the end that a failure of the serving worker or of a
// program is, where the configuration wants that.
func (m *master) exitOnFailure() {
	m.report.Alertf("exit-on-failure: killing every processes with SIGTERM")
	m.programs.Stop(syscall.SIGTERM)
}

// endPrograms ends what is left when the workers have, and returns the status to
// exit with.
func (m *master) endPrograms(code int) int {
	m.programs.End()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.status != 0 {
		code = m.status
	}
	if m.ended {
		m.report.Warningf("All workers exited. Exiting... (%d)", code)
	}
	return code
}

// program prints what happens to programs. It runs on a goroutine of theirs.
func (m *master) program(e programs.Event) {
	r := m.report
	switch e.Kind {
	case programs.Started:
		r.Noticef("New program '%s' (%d) forked", e.Name, e.PID)
	case programs.Unstartable:
		r.Alertf("Cannot execute %s: %s", e.Command, strerror(e.Err))
	case programs.Exited:
		if e.Former {
			r.Warningf("Former program '%s' (%d) %v", e.Name, e.PID, e.Status)
		} else {
			r.Alertf("Current program '%s' (%d) %v", e.Name, e.PID, e.Status)
		}
	case programs.Restarting:
		r.Warningf("The program '%s' will be started again in %v.", e.Name, e.Delay)
	case programs.Unresponsive:
		r.Warningf("The program '%s' (%d) did not end in time and was killed.", e.Name, e.PID)
	case programs.Failed:
		m.mu.Lock()
		if m.status == 0 {
			m.status = e.Status.Code
		}
		m.mu.Unlock()
		m.m.Signal(syscall.SIGTERM)
	}
}

// failure is the status of the program that ends the master; 0: none does.
func (m *master) failure() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status
}

// programEnv is the environment of programs: that of the master, as the
// configuration wants it, and its name among peers.
func (m *master) programEnv() []string {
	env := withoutSockets(m.environment())
	m.mu.Lock()
	peer := m.result.LocalPeer
	m.mu.Unlock()
	if m.o.LocalPeer != "" {
		peer = m.o.LocalPeer
	}
	if peer == "" {
		peer, _ = os.Hostname()
	}
	return append(env, "HAPROXY_LOCALPEER="+peer)
}

// showPrograms writes the rows of "show proc" that are about programs; row writes
// one.
func showPrograms(b *strings.Builder, now time.Time, list []programs.Info, row func(cols ...string)) {
	if len(list) == 0 {
		return
	}
	b.WriteString("# programs\n")
	old := false
	for _, former := range []bool{false, true} {
		for _, p := range list {
			if p.Former != former {
				continue
			}
			if former && !old {
				b.WriteString("# old programs\n")
				old = true
			}
			row(fmt.Sprint(p.PID), p.Name, fmt.Sprint(p.Reloads), uptime(now.Sub(p.Started)), "-")
		}
	}
}
