package mworker

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func TestStartServeStop(t *testing.T) {
	a := address(t)
	r := newRig(t, "version 9.9\nlog hello\ndiscover x\nlisten "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.mustAsk(a, 1, pid)
	ws := r.m.Workers()
	if len(ws) != 1 || ws[0].PID != pid || ws[0].State != Ready || ws[0].Version != "9.9" || ws[0].Listeners != 1 || !ws[0].Current {
		t.Errorf("workers: %+v", ws)
	}
	if info := r.m.Info(); info.Generation != 1 || info.Listeners != 1 || info.Loading || info.Reloads != 0 {
		t.Errorf("master: %+v", info)
	}
	if log := string(r.m.StartupLog()); log != "hello\n" {
		t.Errorf("startup log %q", log)
	}
	cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if string(cmdline) != os.Args[0]+"\x00worker\x00" {
		t.Errorf("argv of the worker: %q", cmdline)
	}
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if strings.TrimSpace(string(comm)) != "mworker.test" {
		t.Errorf("name of the worker: %q", comm)
	}
	r.m.Signal(syscall.SIGTERM)
	r.end(0)
	gone(t, pid, time.Second)
	refusedWithin(t, a, time.Second)
}

func TestWorkerDescriptors(t *testing.T) {
	r := newRig(t, "", nil)
	pid := r.wait(EventReady).Worker.PID
	r.reload("log again")
	next := r.wait(EventReady).Worker.PID
	for _, p := range []int{pid, next} {
		open, err := sys.OpenDescriptors(p)
		if err != nil {
			continue // the first has drained
		}
		sockets := 0
		for _, to := range open {
			if strings.HasPrefix(to, "socket:") {
				sockets++
			}
			if strings.Contains(to, "memfd") || strings.Contains(to, "pidfd") {
				t.Errorf("worker %d holds %s", p, to)
			}
		}
		if sockets > 2 { // the control channel, and the startup channel being closed
			t.Errorf("worker %d: %v", p, open)
		}
	}
}

func TestFirstLoadFails(t *testing.T) {
	for _, c := range []struct {
		config string
		code   int
	}{
		{"exit 3", 3}, {"exit 0", 1}, {"kill KILL", 137}, {"kill TERM", 143},
		{"junk\nhang", 1}, {"refuse", 1}, {"missing", 1},
	} {
		t.Run(c.config, func(t *testing.T) {
			r := newRig(t, c.config, nil)
			e := r.wait(EventFailed)
			if !e.First {
				t.Error("not reported as the first load")
			}
			r.end(c.code)
		})
	}
}

func TestDrain(t *testing.T) {
	a := address(t)
	r := newRig(t, "linger\nlisten "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGUSR1)
	refusedWithin(t, a, time.Second)
	r.wait(EventRetired)
	if ws := r.m.Workers(); len(ws) != 1 || ws[0].State != Draining || !ws[0].Leaving {
		t.Errorf("%+v", ws)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	r.end(137) // not what the soft stop had in mind
}

func TestDrainDuringLoad(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	r.wait(EventReady)
	r.set("deaf\nphase waiting\nhang")
	res := r.m.Reload(ReloadSoft)
	r.wait(EventPhase)
	r.m.Signal(syscall.SIGUSR1)
	refusedWithin(t, a, time.Second)
	if got := r.result(res); got.OK {
		t.Errorf("%+v", got)
	}
	r.end(0)
}

func TestPauseAndResume(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGTTOU)
	refusedWithin(t, a, patience)
	if ws := r.m.Workers(); ws[0].State != Paused {
		t.Errorf("%+v", ws)
	}
	r.m.Signal(syscall.SIGTTIN)
	r.wait(EventResumed)
	for deadline := time.Now().Add(patience); ; {
		if _, p, err := ask(a, "hello"); err == nil && p == pid {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not resumed")
		}
	}
}

func TestStopKillsTheDeaf(t *testing.T) {
	r := newRig(t, "deaf", func(o *Options) { o.Policy.StopTimeout = 50 * time.Millisecond })
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGTERM)
	r.wait(EventUnresponsive)
	r.end(0)
	gone(t, pid, time.Second)
}

func TestSession(t *testing.T) {
	r := newRig(t, "", nil)
	pid := r.wait(EventReady).Worker.PID
	if _, err := r.m.Session(pid+1, "admin"); err != ErrNoWorker {
		t.Errorf("a stranger: %v", err)
	}
	for range 3 {
		c, err := r.m.Session(pid, "operator")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "show info")
		c.SetDeadline(time.Now().Add(patience))
		b, err := io.ReadAll(c)
		c.Close()
		if want := fmt.Sprintf("operator %d show info", pid); string(b) != want || err != nil {
			t.Errorf("%q %v", b, err)
		}
	}
}
