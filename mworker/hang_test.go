package mworker

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func hangAfter(d time.Duration) func(*Options) {
	return func(o *Options) { o.Policy.HangTimeout = d }
}

// A worker whose process lives, but not what it serves with: its trace says what
// it did instead.
func TestHungWorker(t *testing.T) {
	t.Parallel()
	r := newRig(t, "stuck", hangAfter(400*time.Millisecond))
	pid := r.wait(EventReady).Worker.PID
	if e := r.wait(EventHung); e.Worker.PID != pid || e.Text != "it has not answered for 400ms" {
		t.Errorf("%+v", e)
	}
	e := r.wait(EventCurrentExited)
	if e.Worker.PID != pid || e.Status.String() != "exited with code 134 (Aborted)" {
		t.Errorf("%+v", e)
	}
	if e.Crash == nil {
		t.Fatalf("%+v", e)
	}
	if !bytes.Contains(e.Crash.Trace, []byte(".spinning(")) {
		t.Fatalf("%+v, trace:\n%s", e, e.Crash.Trace)
	}
	if e := r.wait(EventReady); !e.Respawn {
		t.Errorf("%+v", e)
	}
	c := r.m.Crashes()
	if len(c) == 0 || c[0].PID != pid || c[0].Generation != 1 || c[0].State != Ready || c[0].Reason != "it has not answered for 400ms" || c[0].Age <= 0 {
		t.Errorf("%+v", c)
	}
}

// A serving worker that is frozen writes no trace; it is replaced all the same.
func TestFrozenWorker(t *testing.T) {
	t.Parallel()
	a := address(t)
	r := newRig(t, "listen "+a, hangAfter(400*time.Millisecond))
	pid := r.wait(EventReady).Worker.PID
	halt(t, pid)
	r.wait(EventHung)
	r.wait(EventUnresponsive)
	if e := r.wait(EventCurrentExited); e.Status.Code != 137 || e.Crash == nil || len(e.Crash.Trace) > 0 {
		t.Errorf("%+v", e)
	}
	next := r.wait(EventReady).Worker.PID
	r.mustAsk(a, 1, next)
}

// The master's own standstill is no fault of its workers.
func TestMasterFrozen(t *testing.T) {
	const hang = 200 * time.Millisecond
	t.Setenv("MWORKER_TEST_HANG", hang.String())
	a := address(t)
	o := newOutside(t, "listen "+a)
	pid, _ := o.wait(EventReady)
	for range 3 { // more than enough, if its own standstill counted
		halt(t, o.pid)
		time.Sleep(2 * hang)
		syscall.Kill(o.pid, syscall.SIGCONT)
		time.Sleep(hang / 10) // it looks at what happened
	}
	if g, p, err := ask(a, "hello"); g != 1 || p != pid || err != nil {
		t.Errorf("answered by generation %d, process %d (want %d), %v", g, p, pid, err)
	}
	syscall.Kill(o.pid, syscall.SIGTERM)
	if code := o.end(); code != 0 {
		t.Errorf("rc %d", code)
	}
}

// What the runtime says of a panic is kept, also that of a load.
func TestPanicIsKept(t *testing.T) {
	r := newRig(t, "", nil)
	r.wait(EventReady)
	if res := r.reload("panic"); res.OK {
		t.Errorf("%+v", res)
	}
	e := r.wait(EventFailed)
	if e.Crash == nil || !bytes.HasPrefix(e.Crash.Trace, []byte("panic: as configured\n")) || e.Status.Code != 2 {
		t.Errorf("%+v", e)
	}
	for range 2 * keptCrashes {
		r.m.Reload(ReloadSoft)
		r.wait(EventFailed)
	}
	if c := r.m.Crashes(); len(c) != keptCrashes || c[0].Number >= c[1].Number {
		t.Errorf("%d crashes", len(c))
	}
	r.reload("exit 1") // a failure, and no crash
	if c := r.m.Crashes(); c[len(c)-1].Status.Code != 2 {
		t.Errorf("%+v", c[len(c)-1])
	}
}

func TestTraceIsBounded(t *testing.T) {
	log := &StartupLog{}
	readLines(strings.NewReader("panic: first\n"+strings.Repeat(strings.Repeat("x", 99)+"\n", 1e4)+strings.Repeat("y", 1e5)+"\nlast"), log)
	b := log.Bytes()
	if len(b) > 65<<10 || !bytes.HasPrefix(b, []byte("panic: first\nxxx")) || !bytes.HasSuffix(b, []byte("y\nlast\n")) {
		t.Errorf("%d bytes: %.40q ... %.40q", len(b), b, b[len(b)-40:])
	}
}

// READY and all else can only come from the worker's own process.
func TestFrameOfAStranger(t *testing.T) {
	m := &Master{inbox: make(chan message, 1), done: make(chan struct{})}
	ours, theirs, err := channel()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	peer, err := sys.OpenPackets(theirs)
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	if err := peer.Send(appendFrame(nil, frameReady, 0, appendString(nil, "1.0")), nil); err != nil {
		t.Fatal(err)
	}
	p := &process{number: 7, child: &sys.Child{PID: 1}}
	p.readers.Add(1)
	m.readChannel(p, ours, maxPayload, inStartupEOF, m.parseStartup)
	if in := (<-m.inbox).in; in.kind != inBadFrame || in.worker != 7 || !strings.HasPrefix(in.text, "a frame of process ") {
		t.Errorf("%+v", in)
	}
}
