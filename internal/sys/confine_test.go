package sys

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// confined runs as a process of its own, because what it does lasts: it gives
// up new privileges and processes and says what still works.
func confined() {
	if err := NoNewPrivileges(); err != nil {
		fmt.Println("no new privileges:", err)
	}
	if err := ForbidProcesses(); err != nil {
		fmt.Println("forbid:", err)
	}
	err := exec.Command("/bin/true").Run()
	fmt.Println("start:", errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS))
	// Threads are still made: each goroutine keeps one.
	var ready, end sync.WaitGroup
	ready.Add(40)
	end.Add(1)
	for range 40 {
		go func() {
			runtime.LockOSThread()
			ready.Done()
			end.Wait()
		}()
	}
	ready.Wait()
	tasks, _ := os.ReadDir("/proc/self/task")
	fmt.Println("threads:", len(tasks) > 40)
	all := true
	for _, t := range tasks {
		b, _ := os.ReadFile("/proc/self/task/" + t.Name() + "/status")
		all = all && strings.Contains(string(b), "NoNewPrivs:\t1\n") && strings.Contains(string(b), "Seccomp:\t2\n")
	}
	fmt.Println("all:", all)
}

func TestForbidProcesses(t *testing.T) {
	if os.Getenv("SLUICE_TEST_CONFINED") == "1" {
		confined()
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestForbidProcesses$")
	cmd.Env = append(os.Environ(), "SLUICE_TEST_CONFINED=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := strings.TrimSuffix(string(out), "PASS\n"); got != "start: true\nthreads: true\nall: true\n" {
		t.Errorf("%s", out)
	}
}

func TestSetAffinity(t *testing.T) {
	may := Affinity()
	var one CPUMask
	for i, w := range may {
		if w != 0 {
			one[i] = w & -w
			break
		}
	}
	done := make(chan CPUMask)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its CPU
		if err := SetAffinity(one); err != nil {
			t.Error(err)
		}
		done <- Affinity()
	}()
	if got := <-done; got != one {
		t.Errorf("%x, want %x", got, one)
	}
	if err := func() error { runtime.LockOSThread(); defer runtime.UnlockOSThread(); return SetAffinity(CPUMask{}) }(); err == nil {
		t.Error("no CPU at all is accepted")
	}
}
