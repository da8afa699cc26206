package mworker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// patience is how long a test waits for what must happen.
const patience = 15 * time.Second

// rig runs a master within the test process; its workers are real processes.
type rig struct {
	t      *testing.T
	m      *Master
	code   chan int
	mu     sync.Mutex
	cond   *sync.Cond
	config string
	gate   chan struct{} // closed: snapshots pass
	events []Event
	reads  int // Snapshot calls begun
	seen   int
}

func newRig(t *testing.T, config string, adjust func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, config: config, code: make(chan int, 1)}
	r.cond = sync.NewCond(&r.mu)
	o := Options{
		Snapshot: func(ctx context.Context) ([]File, error) {
			r.mu.Lock()
			text, gate := r.config, r.gate
			r.reads++
			r.cond.Broadcast()
			r.mu.Unlock()
			if gate != nil {
				select {
				case <-gate:
				case <-ctx.Done():
				}
			}
			if text == "missing" {
				return nil, errors.New("no such file")
			}
			return []File{{Name: "test.cfg", Data: []byte(text)}}, nil
		},
		Observer: func(e Event) {
			r.mu.Lock()
			r.events = append(r.events, e)
			r.cond.Broadcast()
			r.mu.Unlock()
		},
		Args:    []string{os.Args[0], "worker"},
		Signals: noSignals(),
		Policy:  Policy{StopTimeout: 2 * time.Second},
	}
	if adjust != nil {
		adjust(&o)
	}
	m, err := NewMaster(o)
	if err != nil {
		t.Fatal(err)
	}
	r.m = m
	go func() { r.code <- m.Run(context.Background()) }()
	t.Cleanup(func() {
		r.m.Signal(syscall.SIGTERM)
		select {
		case <-r.code:
		case <-time.After(patience):
			t.Error("the master did not stop")
		}
	})
	return r
}

// noSignals leaves the test process its own signal handling.
func noSignals() *Signals {
	return &Signals{wake: make(chan struct{}, 1), quit: make(chan struct{})}
}

// wait returns the next event of a kind after those that earlier calls saw.
func (r *rig) wait(kind EventKind) Event {
	r.t.Helper()
	timeout := time.AfterFunc(patience, func() {
		r.mu.Lock()
		r.seen = -1
		r.cond.Broadcast()
		r.mu.Unlock()
	})
	defer timeout.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for ; r.seen >= 0 && r.seen < len(r.events); r.seen++ {
			if e := r.events[r.seen]; e.Kind == kind {
				r.seen++
				return e
			}
		}
		if r.seen < 0 {
			r.t.Fatalf("no event %s; had %v", kind, r.kinds())
		}
		r.cond.Wait()
	}
}

func (r *rig) kinds() (out []string) {
	for _, e := range r.events {
		out = append(out, fmt.Sprint(e.Kind, " ", e.Worker.PID, " ", e.Text))
	}
	return out
}

func (r *rig) set(config string) {
	r.mu.Lock()
	r.config = config
	r.mu.Unlock()
}

func (r *rig) reload(config string) Result {
	r.t.Helper()
	r.set(config)
	return r.result(r.m.Reload(ReloadSoft))
}

func (r *rig) result(from <-chan Result) Result {
	r.t.Helper()
	select {
	case res := <-from:
		return res
	case <-time.After(patience):
		r.t.Fatal("no result of a reload")
		panic("unreachable")
	}
}

// end waits for the master's end and checks its code.
func (r *rig) end(code int) {
	r.t.Helper()
	select {
	case got := <-r.code:
		r.code <- got
		if got != code {
			r.t.Errorf("the master ended with %d, want %d", got, code)
		}
	case <-time.After(patience):
		r.t.Fatal("the master did not end")
	}
}

// address reserves a port: bound, not listening, so that a connect is refused
// until a worker listens.
func address(t *testing.T) string {
	t.Helper()
	fd, err := sys.BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), sys.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close(fd) })
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", sa.(*syscall.SockaddrInet4).Port)
}

// ask sends a line and returns the answer: who served it.
func ask(addr, line string) (generation, pid int, err error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintln(c, line)
	return answer(c)
}

func answer(c net.Conn) (generation, pid int, err error) {
	text, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	_, err = fmt.Sscan(text, &generation, &pid)
	return generation, pid, err
}

func (r *rig) mustAsk(addr string, generation, pid int) {
	r.t.Helper()
	g, p, err := ask(addr, "hello")
	if err != nil || g != generation || p != pid {
		r.t.Fatalf("answered by generation %d, process %d (%v); want %d, %d", g, p, err, generation, pid)
	}
}

// refusedWithin waits until a connect is refused and fails after a second.
func refusedWithin(t *testing.T, addr string, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		// A SYN that meets a listener just being closed is dropped by the
		// kernel and would be repeated after a second.
		c, err := net.DialTimeout("tcp", addr, limit/5)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			c.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("a connect was not refused within %s: %v", limit, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// gone waits until a process that may not be our child has ended.
func gone(t *testing.T, pid int, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(b), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there after %s", pid, limit)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// halt stops a process and waits until it does no more.
func halt(t *testing.T, pid int) {
	t.Helper()
	syscall.Kill(pid, syscall.SIGSTOP)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		running := len(tasks) == 0
		for _, task := range tasks {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pid, task.Name()))
			running = running || err == nil && !strings.Contains(string(b), ") T ")
		}
		if !running {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d does not stop", pid)
		}
	}
}

// testMaster is the master in a process of its own: its configuration is a
// file, and its events go to standard output, one a line.
func testMaster() {
	signals := CatchSignals()
	if os.Getenv("MWORKER_TEST_EARLY") != "" { // before there is anything to stop
		fmt.Printf("%s 0 0\n", EventReloading)
		select {}
	}
	hang, _ := time.ParseDuration(os.Getenv("MWORKER_TEST_HANG"))
	m, err := NewMaster(Options{
		Policy: Policy{HangTimeout: hang},
		Snapshot: func(context.Context) ([]File, error) {
			b, err := os.ReadFile(os.Getenv("MWORKER_TEST_MASTER"))
			return []File{{"test.cfg", b}}, err
		},
		Observer: func(e Event) { fmt.Printf("%s %d %d\n", e.Kind, e.Worker.PID, e.Status.Code) },
		Signals:  signals,
		Env:      append(os.Environ(), "MWORKER_TEST_MASTER="),
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run(context.Background()))
}

// outside starts such a master.
type outside struct {
	t      *testing.T
	file   string
	pid    int
	out    *bufio.Reader
	killed *os.Process
}

func newOutside(t *testing.T, config string) *outside {
	t.Helper()
	o := &outside{t: t, file: t.TempDir() + "/test.cfg"}
	o.write(config)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.StartProcess("/proc/self/exe", []string{os.Args[0]}, &os.ProcAttr{
		Env:   append(os.Environ(), "MWORKER_TEST_MASTER="+o.file),
		Files: []*os.File{nil, w, os.Stderr},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.SetReadDeadline(time.Now().Add(patience))
	o.pid, o.out, o.killed = p.Pid, bufio.NewReader(r), p
	t.Cleanup(func() {
		p.Kill()
		p.Wait()
		r.Close()
	})
	return o
}

func (o *outside) write(config string) {
	if err := os.WriteFile(o.file, []byte(config), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// wait reads events up to one of a kind and returns the worker's PID.
func (o *outside) wait(kind EventKind) (pid, code int) {
	o.t.Helper()
	for {
		line, err := o.out.ReadString('\n')
		if err != nil {
			o.t.Fatalf("no event %s: %v", kind, err)
		}
		if rest, ok := strings.CutPrefix(line, kind.String()+" "); ok {
			fmt.Sscan(rest, &pid, &code)
			return pid, code
		}
	}
}

func (o *outside) end() int {
	o.t.Helper()
	io.Copy(io.Discard, o.out) // until the master and its workers have closed it
	state, err := o.killed.Wait()
	if err != nil {
		o.t.Fatal(err)
	}
	ws := state.Sys().(syscall.WaitStatus)
	return exitStatus(ws.ExitStatus(), max(ws.Signal(), 0)).Code
}
