package sys

import (
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// started holds the processes of Start that were not waited for yet. It is locked
// while one starts: until it is in the map it must not be taken for an orphan.
var started = struct {
	sync.Mutex
	pids map[int]bool
}{pids: map[int]bool{}}

// ReapOrphans reaps, from now on, the children that this process did not start:
// as process 1 of a container it is given the orphans of others, which would stay
// as zombies. Every child of the process has to come from Start.
func ReapOrphans() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for {
			reapOrphans()
			<-ended
		}
	}()
}

func reapOrphans() {
	started.Lock()
	defer started.Unlock()
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list) // the thread may have ended
		for _, f := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(f); err == nil && !started.pids[pid] {
				_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil) // one that lives is left alone
			}
		}
	}
}

// reaped forgets a process of Start.
func reaped(pid int) {
	started.Lock()
	delete(started.pids, pid)
	started.Unlock()
}
