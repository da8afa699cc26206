//go:build amd64 || arm64

package sys

import (
	"os"
	"syscall"
)

// What the handler of holdSignals reads.
var (
	holdSet     sigset //lint:ignore U1000 read by the handler
	holdProcess int32  //lint:ignore U1000 read by the handler
)

func holdHandler() (handler, restorer uintptr)

const (
	saSiginfo  = 0x4
	saRestorer = 0x4000000
	saOnStack  = 0x8000000
	saRestart  = 0x10000000
)

// holdSignals keeps signals of the process back from now on: they stay pending. (The
// mask of each thread is its own, and the runtime lets nobody set it for all: what a
// function does that syscall.AllThreadsSyscall calls is undone when it returns.) The
// function returned ends that.
func holdSignals(set sigset) (release func(), err error) {
	holdSet, holdProcess = set, int32(os.Getpid())
	handler, restorer := holdHandler()
	former := map[syscall.Signal]*sigaction{}
	release = func() {
		for sig, a := range former {
			_ = setAction(sig, a, nil)
		}
	}
	for sig := syscall.Signal(1); sig <= 64; sig++ {
		if set&(1<<(sig-1)) == 0 {
			continue
		}
		a := &sigaction{handler: handler, restorer: restorer, flags: saSiginfo | saOnStack | saRestart, mask: ^sigset(0)}
		if restorer != 0 {
			a.flags |= saRestorer
		}
		old := &sigaction{}
		if err := setAction(sig, a, old); err != nil {
			release()
			return nil, err
		}
		former[sig] = old
	}
	return release, nil
}
