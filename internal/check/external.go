package check

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Program is a health check by a program (manual 4.2, "external-check command").
type Program struct {
	Path  string
	Args  []string // proxy's address and port, server's address and port
	Env   func() []string
	Limit time.Duration // "timeout check", or the interval
}

// killGrace is how long a program that was told to end may take to do so.
const killGrace = time.Second

// Run runs the program: it ends well when the server does.
func (p *Program) Run() Result {
	ctx, cancel := context.WithTimeout(context.Background(), p.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, p.Args...)
	// It and what it started are a group of their own, to be ended together.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killGrace
	cmd.Env = p.Env()
	cmd.Dir = string(filepath.Separator)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Result{Status: "PROCTOUT"}
	case err == nil:
		return Result{Status: "PROCOK"}
	case errors.As(err, &exit) && exit.Exited():
		return Result{Status: "PROCERR", Code: exit.ExitCode()}
	case errors.As(err, &exit):
		return Result{Status: "PROCERR", Code: -1}
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return Result{Status: "PROCERR", Code: -1, Info: reason(err)}
	}
	return Result{Status: "SOCKERR", Info: reason(err)}
}
