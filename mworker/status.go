package mworker

import (
	"fmt"
	"syscall"
)

// Status is how a process ended: an exit code, or 128 plus a signal's number.
type Status struct {
	Code   int            // what a shell would show
	Signal syscall.Signal // 0 unless a signal ended the process
}

func exitStatus(code int, sig syscall.Signal) Status {
	if sig != 0 {
		return Status{Code: 128 + int(sig), Signal: sig}
	}
	return Status{Code: code}
}

// Name returns "Exit", or the signal in the words of strsignal(3).
func (s Status) Name() string {
	if s.Signal == 0 {
		return "Exit"
	}
	if name, ok := signalNames[s.Signal]; ok {
		return name
	}
	return fmt.Sprintf("Unknown signal %d", int(s.Signal))
}

// String returns for example "exited with code 137 (Killed)".
func (s Status) String() string {
	return fmt.Sprintf("exited with code %d (%s)", s.Code, s.Name())
}

// signalNames are the texts of the C library, which scripts know from log
// lines; syscall.Signal.String has its own.
var signalNames = map[syscall.Signal]string{
	syscall.SIGHUP: "Hangup", syscall.SIGINT: "Interrupt", syscall.SIGQUIT: "Quit",
	syscall.SIGILL: "Illegal instruction", syscall.SIGTRAP: "Trace/breakpoint trap",
	syscall.SIGABRT: "Aborted", syscall.SIGBUS: "Bus error",
	syscall.SIGFPE: "Floating point exception", syscall.SIGKILL: "Killed",
	syscall.SIGUSR1: "User defined signal 1", syscall.SIGSEGV: "Segmentation fault",
	syscall.SIGUSR2: "User defined signal 2", syscall.SIGPIPE: "Broken pipe",
	syscall.SIGALRM: "Alarm clock", syscall.SIGTERM: "Terminated",
	syscall.SIGSTKFLT: "Stack fault", syscall.SIGXCPU: "CPU time limit exceeded",
	syscall.SIGXFSZ: "File size limit exceeded", syscall.SIGVTALRM: "Virtual timer expired",
	syscall.SIGPROF: "Profiling timer expired", syscall.SIGIO: "I/O possible",
	syscall.SIGPWR: "Power failure", syscall.SIGSYS: "Bad system call",
}
