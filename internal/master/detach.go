package master

import (
	"errors"
	"slices"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/daemon"
)

// detach goes to the background where that is wanted. done is true in the
// launching process, which ends with the status.
func (m *master) detach() (status int, done bool) {
	if m.o.Systemd && m.result.Daemon {
		m.report.Warningf("config : 'daemon' is not compatible with -Ws (master-worker mode for systemd), ignoring.")
	}
	if !m.o.Daemon && !m.result.Daemon || m.o.InForeground() || m.launcher != nil {
		return 0, false
	}
	pid, status, err := daemon.Launch()
	if err != nil {
		m.report.Alertf("Cannot start the daemon: %v", err)
		return 1, true
	}
	if status != 0 {
		m.report.Alertf("Process %d exited with code %d (Exit)", pid, status)
	}
	return status, true
}

// signalOld tells the processes named by -sf and -st to leave, now that this
// one serves.
func (m *master) signalOld() {
	for _, pid := range m.o.Finish {
		_ = syscall.Kill(pid, syscall.SIGUSR1) // it may be gone already
	}
	for _, pid := range m.o.Terminate {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
}

// workerEnv is the environment of workers: ours, and that they have a master.
func workerEnv(env []string) []string {
	out := slices.DeleteFunc(withoutSockets(env), func(e string) bool { return strings.HasPrefix(e, "HAPROXY_MWORKER=") })
	return append(out, "HAPROXY_MWORKER=1")
}

// withoutSockets is an environment without what tells this process alone of the sockets
// that the service manager has passed to it (sd_listen_fds(3)): a child that took the
// variables for its own would find something else under those numbers.
func withoutSockets(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains([]string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"}, name)
	})
}

// strerror is an error's plainest words, as strerror(3) has them.
func strerror(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	s := errno.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}
