package sys

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Child is a process started by Start, held by pidfd, so that a signal or a
// wait can never reach a stranger that got the same PID.
type Child struct {
	PID int
	f   *os.File // the pidfd, registered with the runtime's poller
	rc  syscall.RawConn

	group   sync.Mutex
	grouped bool // it leads a process group, which is there until it is reaped
}

// Spec says what to start. Files become descriptors 0, 1, 2 ... of the child;
// they are duplicated raw, without touching their blocking mode.
type Spec struct {
	Path  string // executed as it is: no search in $PATH
	Argv  []string
	Env   []string
	Dir   string // "": the caller's
	Files []int
	// As is who the process runs as; nil: as the caller.
	As *syscall.Credential
	// DieWith, unless 0, is sent to it when the thread that started it ends: the
	// caller must hold that thread for as long as the process is wanted.
	DieWith syscall.Signal
	// Session gives the process a session and a process group of its own. What is
	// left of the group is killed when the process is reaped.
	Session bool
}

// maxChildFiles bounds Spec.Files. An executable that is named by a descriptor has
// one above the files: see OpenPath and DuplicateAbove.
const (
	maxChildFiles   = 1 << 14
	usualChildFiles = 16
)

// Start runs a new process. The child has default signal dispositions for
// everything the caller catches, and no signal blocked.
func Start(s Spec) (*Child, error) {
	if len(s.Files) > maxChildFiles {
		return nil, errors.New("sys: too many files for a child")
	}
	files := make([]uintptr, len(s.Files))
	for i, fd := range s.Files {
		files[i] = uintptr(fd)
	}
	pidfd, pid := -1, 0
	path, done, err := aboveFiles(s.Path, s.Files)
	if err != nil {
		return nil, err
	}
	defer done()
	started.Lock()
	OnMain(func() {
		// Signals that were held back for this program to take over (ExecuteAs) still are
		// on its threads, where os/signal does not need them. A child would never get them.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var none, old sigset
		if err = maskThread(unix.SIG_SETMASK, &none, &old); err != nil {
			return
		}
		defer maskThread(unix.SIG_SETMASK, &old, nil)
		pid, err = syscall.ForkExec(path, s.Argv, &syscall.ProcAttr{
			Dir: s.Dir, Env: s.Env, Files: files,
			Sys: &syscall.SysProcAttr{PidFD: &pidfd, Credential: s.As, Pdeathsig: s.DieWith, Setsid: s.Session},
		})
	})
	if err == nil {
		started.pids[pid] = true
	}
	started.Unlock()
	if err != nil {
		return nil, &os.PathError{Op: "exec", Path: s.Path, Err: err}
	}
	return hold(pid, pidfd, s.Session)
}

// aboveFiles returns the path by which a child finds an executable that is named by
// a descriptor. Before it executes, the child moves descriptors about: files to their
// numbers; those in the way of others, and the pipe by which it reports, to numbers
// above the highest of all. The executable must be in neither place.
func aboveFiles(path string, files []int) (above string, done func(), err error) {
	number, named := strings.CutPrefix(path, descriptorDir)
	fd, conv := strconv.Atoi(number)
	if !named || conv != nil {
		return path, func() {}, nil
	}
	highest, moves := len(files), 1
	for i, f := range files {
		if highest = max(highest, f); f < i {
			moves++
		}
	}
	if fd >= len(files) && (fd <= highest || fd > highest+moves) {
		return path, func() {}, nil
	}
	dup, err := DuplicateAbove(fd, highest+moves+1)
	if err != nil {
		return "", nil, err
	}
	return DescriptorPath(dup), func() { Close(dup) }, nil
}

// AdoptChild holds a child that this process started before it executed another
// program.
func AdoptChild(pid int) (*Child, error) {
	started.Lock()
	started.pids[pid] = true
	started.Unlock()
	return hold(pid, -1, false)
}

// AdoptSession is AdoptChild for one that was started with Spec.Session.
func AdoptSession(pid int) (*Child, error) {
	c, err := AdoptChild(pid)
	if err == nil {
		c.grouped = true
	}
	return c, err
}

func hold(pid, pidfd int, grouped bool) (*Child, error) {
	c := &Child{PID: pid, grouped: grouped}
	var err error
	if pidfd < 0 {
		pidfd, err = unix.PidfdOpen(pid, 0) // safe: the child is not reaped yet
	}
	if err == nil {
		err = unix.SetNonblock(pidfd, true) // makes os.NewFile use the poller
	}
	if err == nil {
		c.f = os.NewFile(uintptr(pidfd), "pidfd")
		c.rc, err = c.f.SyscallConn()
	}
	if err != nil {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
		reaped(pid)
		if c.f != nil {
			c.f.Close()
		}
		return nil, os.NewSyscallError("pidfd", err)
	}
	return c, nil
}

// Signal sends a signal; os.ErrProcessDone when the process has ended.
func (c *Child) Signal(sig syscall.Signal) (err error) {
	cerr := c.rc.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), sig, nil, 0) })
	if cerr != nil || errors.Is(err, unix.ESRCH) {
		return os.ErrProcessDone
	}
	return os.NewSyscallError("pidfd_send_signal", err)
}

// Wait is Await and Reap.
func (c *Child) Wait() (code int, sig syscall.Signal, err error) {
	defer c.Reap()
	return c.Await()
}

// KillGroup kills the process and all of its group, if it has one of its own.
func (c *Child) KillGroup() {
	c.group.Lock()
	defer c.group.Unlock()
	if c.grouped {
		_ = syscall.Kill(-c.PID, syscall.SIGKILL) // nobody is left: that was to be
	}
}

// Reap lets go of a process that has ended, and closes the pidfd.
func (c *Child) Reap() {
	c.KillGroup() // its number belongs to the group only until the process is reaped
	c.group.Lock()
	c.grouped = false
	c.group.Unlock()
	_ = c.rc.Control(func(fd uintptr) {
		for unix.Waitid(unix.P_PIDFD, int(fd), nil, unix.WEXITED|unix.WNOHANG, nil) == unix.EINTR {
		}
	})
	reaped(c.PID)
	c.f.Close()
}

// Await waits for the process to end, and leaves it as a zombie: until Reap, whoever
// executes this process anew can still ask how it ended. Of code and sig one is
// meaningful: sig is not zero when a signal ended the process. It holds no thread
// while waiting.
func (c *Child) Await() (code int, sig syscall.Signal, err error) {
	// struct siginfo as waitid(2) fills it: code at 8, status at 24 on every
	// 64-bit Linux.
	var info unix.Siginfo
	var e error
	err = c.rc.Read(func(fd uintptr) bool {
		for {
			info = unix.Siginfo{}
			e = unix.Waitid(unix.P_PIDFD, int(fd), &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
			if e == unix.EINTR {
				continue
			}
			return e != unix.EAGAIN && (e != nil || info.Signo != 0)
		}
	})
	if err == nil {
		err = os.NewSyscallError("waitid", e)
	}
	if err != nil {
		return 0, 0, err
	}
	status := siginfoStatus(&info)
	if info.Code == cldExited {
		return status, 0, nil
	}
	return 0, syscall.Signal(status), nil
}
