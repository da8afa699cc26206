// Package daemon detaches the process ("-D", "daemon"). A Go program cannot
// fork, so the launching process starts the same executable once more in a
// session of its own, waits until that one reports that it serves, and ends
// with status 0; or with the other's status if it fails first.
package daemon

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// variable tells the detached process the descriptor on which its launcher
// waits.
const variable = "SLUICE_LAUNCHER_FD"

// Launcher is who waits for the detached process; nil when nobody does.
type Launcher struct{ f *os.File }

// Inherited returns the launcher of a detached process, nil in any other. It
// takes the variable out of the environment.
func Inherited() *Launcher {
	v := os.Getenv(variable)
	if v == "" {
		return nil
	}
	os.Unsetenv(variable)
	fd, err := strconv.Atoi(v)
	if err != nil || fd < 3 {
		return nil
	}
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return nil // a variable that was left over from somebody else
	}
	syscall.CloseOnExec(fd)
	return &Launcher{os.NewFile(uintptr(fd), "launcher")}
}

// Launch starts the detached process and waits for its report. It returns the
// PID, and the exit status for the launching process: 0 once the other serves.
func Launch() (pid, status int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, 1, err
	}
	defer r.Close()
	exe, err := os.Executable()
	if err != nil {
		return 0, 1, err
	}
	cmd := exec.Command(exe)
	cmd.Args = os.Args
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{w}
	cmd.Env = append(os.Environ(), variable+"=3")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return 0, 1, err
	}
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2} {
		sys.DefaultAction(sig) // from here on this process is nothing but one that waits
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		return cmd.Process.Pid, 0, nil
	} else if !errors.Is(err, io.EOF) {
		return cmd.Process.Pid, 1, err
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err == nil {
		return cmd.Process.Pid, 0, nil
	} else if !errors.As(err, &exit) {
		return cmd.Process.Pid, 1, err
	}
	if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
		return cmd.Process.Pid, 128 + int(ws.Signal()), nil
	}
	return cmd.Process.Pid, exit.ExitCode(), nil
}

// Ready tells the launcher that the process serves, and lets go of the
// terminal.
func (l *Launcher) Ready() {
	if l == nil || l.f == nil {
		return
	}
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			_ = syscall.Dup3(int(null.Fd()), fd, 0) // what cannot be let go of is kept
		}
		null.Close()
	}
	_, _ = l.f.Write([]byte{1}) // a launcher that was killed needs no answer
	l.f.Close()
	l.f = nil
}
