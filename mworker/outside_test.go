package mworker

import (
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// Real signals to a master in a process of its own, and its exit codes.
func TestSignals(t *testing.T) {
	for _, c := range []struct {
		sig  syscall.Signal
		code int
	}{{syscall.SIGTERM, 0}, {syscall.SIGINT, 130}, {syscall.SIGUSR1, 0}} {
		t.Run(c.sig.String(), func(t *testing.T) {
			a := address(t)
			o := newOutside(t, "listen "+a)
			pid, _ := o.wait(EventReady)
			syscall.Kill(o.pid, syscall.SIGQUIT) // nothing
			syscall.Kill(o.pid, syscall.SIGPIPE)
			syscall.Kill(o.pid, c.sig)
			if code := o.end(); code != c.code {
				t.Errorf("rc %d, want %d", code, c.code)
			}
			gone(t, pid, time.Second)
		})
		t.Run(c.sig.String()+" while loading", func(t *testing.T) {
			o := newOutside(t, "phase x\nhang")
			o.wait(EventPhase)
			syscall.Kill(o.pid, c.sig)
			pid, _ := o.wait(EventFailed)
			if code := o.end(); code != c.code {
				t.Errorf("rc %d, want %d", code, c.code)
			}
			gone(t, pid, time.Second)
		})
	}
}

func TestReloadSignals(t *testing.T) {
	a := address(t)
	o := newOutside(t, "listen "+a)
	o.wait(EventReady)
	for _, sig := range []syscall.Signal{syscall.SIGUSR2, syscall.SIGHUP} {
		syscall.Kill(o.pid, sig)
		pid, _ := o.wait(EventReady)
		o.wait(EventFormerExited) // until it has the drain, it may accept as well
		if _, p, err := ask(a, "hello"); err != nil || p != pid {
			t.Errorf("%v: answered by %d, want %d (%v)", sig, p, pid, err)
		}
	}
	os.Remove(o.file)
	syscall.Kill(o.pid, syscall.SIGUSR2)
	o.wait(EventFailed)
	if _, _, err := ask(a, "hello"); err != nil {
		t.Error(err)
	}
}

func TestFirstLoadStatus(t *testing.T) {
	o := newOutside(t, "exit 7")
	if code := o.end(); code != 7 {
		t.Errorf("rc %d", code)
	}
}

// A master that is killed takes every worker with it, also one that loads and
// one that drains.
func TestMasterKilled(t *testing.T) {
	a := address(t)
	o := newOutside(t, "linger\ndeaf\nlisten "+a)
	draining, _ := o.wait(EventReady)
	o.write("deaf\nlisten " + a)
	syscall.Kill(o.pid, syscall.SIGUSR2)
	serving, _ := o.wait(EventReady)
	o.write("deaf\nphase x\nhang")
	syscall.Kill(o.pid, syscall.SIGUSR2)
	loading, _ := o.wait(EventPhase)
	syscall.Kill(o.pid, syscall.SIGKILL)
	for _, pid := range []int{draining, serving, loading} {
		gone(t, pid, 2*time.Second)
	}
	// A process may be a zombie while its last thread still closes descriptors.
	for end := time.Now().Add(time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", a, time.Second)
		if err != nil {
			break
		}
		c.Close()
		if time.Now().After(end) {
			t.Fatal("somebody still listens")
		}
	}
}

// A flag that somebody exported by accident must not make a worker.
func TestStrayFlag(t *testing.T) {
	for _, value := range []string{"", "x", "1:3:4", "1:3:4:5", "1:0:1:2", "9:3:4:5", "1:-3:99:3"} {
		t.Setenv(channelVariable, value)
		w, err := Inherited()
		if w != nil || err != nil {
			t.Errorf("%q: %v %v", value, w, err)
		}
		if _, still := os.LookupEnv(channelVariable); still {
			t.Errorf("%q: the flag stays in the environment", value)
		}
	}
}

// Before Run there is nothing to stop: the process ends as one does that catches
// nothing, but also as PID 1, where a signal without a handler is lost.
func TestSignalsBeforeRun(t *testing.T) {
	t.Setenv("MWORKER_TEST_EARLY", "1")
	for sig, code := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGABRT: 134, syscall.SIGSEGV: 139} {
		o := newOutside(t, "")
		o.wait(EventReloading)
		syscall.Kill(o.pid, syscall.SIGUSR2) // held
		syscall.Kill(o.pid, sig)
		if got := o.end(); got != code {
			t.Errorf("%v: rc %d, want %d", sig, got, code)
		}
	}
}

// A hundred SIGUSR2 in a row: merged, and no connection lost.
func TestSignalStorm(t *testing.T) {
	a := address(t)
	o := newOutside(t, "listen "+a)
	o.wait(EventReady)
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for range 100 {
			syscall.Kill(o.pid, syscall.SIGUSR2)
			time.Sleep(time.Millisecond)
		}
	}()
	for n := 0; ; n++ {
		if _, _, err := ask(a, "hello"); err != nil {
			t.Fatalf("connection %d: %v", n, err)
		}
		select {
		case <-stop:
			syscall.Kill(o.pid, syscall.SIGTERM)
			if code := o.end(); code != 0 {
				t.Errorf("rc %d", code)
			}
			return
		default:
		}
	}
}
