package hook

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// This executable is its own sandbox, as the real one is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Word {
		os.Exit(Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// told collects outcomes.
func told() (func(Run, Outcome), chan Outcome) {
	c := make(chan Outcome, 2*maxWaiting)
	return func(_ Run, o Outcome) { c <- o }, c
}

func shell(script string) Run {
	return Run{Command: []string{"/bin/sh", "-c", script}, UID: -1, GID: -1, Env: []string{"PATH=/usr/bin:/bin", "A=b"}}
}

// once runs a program and returns its outcome.
func once(t *testing.T, r Run) Outcome {
	t.Helper()
	tell, c := told()
	q := New(tell)
	q.Add(r)
	o := <-c
	q.Close()
	return o
}

func TestRun(t *testing.T) {
	r := shell("cat; echo $A $0 $1; pwd; echo oops >&2; exit 3")
	r.Command = append(r.Command, "zero", "one two")
	r.Input = []byte("the log\n")
	o := once(t, r)
	if o.Result != Failure || o.Code != 3 || o.PID == 0 || string(o.Output) != "the log\nb zero one two\n/\noops\n" {
		t.Errorf("%+v %s", o, o.Output)
	}
	if o = once(t, shell("true")); o.Result != Success {
		t.Errorf("%+v", o)
	}
	if o = once(t, shell("kill -TERM $$")); o.Result != Failure || o.Signal != syscall.SIGTERM {
		t.Errorf("%+v", o)
	}
	for _, path := range []string{"/nonexistent/program", "/etc/passwd", "/"} {
		o = once(t, Run{Command: []string{path}, UID: -1, GID: -1})
		if o.Result != Failure || o.Code != refused || !strings.HasPrefix(string(o.Output), "exec "+path+": ") {
			t.Errorf("%s: %+v %s", path, o, o.Output)
		}
	}
}

// What a program says is bounded, however much it is, and spoils no log.
func TestOutput(t *testing.T) {
	o := once(t, shell("yes | head -c 10000000"))
	if o.Result != Success || len(o.Output) != MaxOutput || !o.More || o.Lines()[len(o.Lines())-1] != "..." {
		t.Errorf("%v, %d bytes, more %v", o.Result, len(o.Output), o.More)
	}
	o = Outcome{Output: []byte("a\r\n\n\x1b[2Jb\tc\x00\xff\nd")}
	if got := fmt.Sprintf("%q", o.Lines()); got != `["a" "?[2Jb\tc??" "d"]` {
		t.Error(got)
	}
}

// The program can do little.
func TestSandbox(t *testing.T) {
	o := once(t, shell(`grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
echo adj $(cat /proc/self/oom_score_adj) nice $(nice) core $(ulimit -c) files $(ulimit -n) cpu $(ulimit -t)
echo fds $(ls /proc/self/fd)
setsid true && echo left
sleep 0.01 & wait
echo session $(cut -d' ' -f5,6 /proc/$$/stat) of $$`))
	out := string(o.Output)
	for _, want := range []string{
		`CapInh:\s+0+\n`, `CapPrm:\s+0+\n`, `CapEff:\s+0+\n`, `CapAmb:\s+0+\n`, `NoNewPrivs:\s+1\n`, `Seccomp:\s+2\n`,
		`adj 1000 nice 1\d core 0 files 1024 cpu 10\n`, `fds 0 1 10 2 3\n|fds 0 1 2 3\n`, // some shells have 10
		fmt.Sprintf(`session %d %d of %d\n`, o.PID, o.PID, o.PID),
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() || strings.Contains(out, "left") {
		t.Error(out)
	}
}

// Somebody else has no groups of ours.
func TestUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	r := shell("id -u; id -G; cat /etc/shadow; true")
	r.UID, r.GID = 65534, 65533
	if o := once(t, r); !strings.HasPrefix(string(o.Output), "65534\n65533\ncat: ") {
		t.Errorf("%+v %s", o, o.Output)
	}
	// Root without capabilities is not stopped by permissions of its own files, but of others'.
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(secret, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if o := once(t, shell("cat "+secret)); o.Result != Failure {
		t.Errorf("%+v %s", o, o.Output)
	}
}

// ends reports whether a process ends soon, or is a zombie that its new parent leaves.
func ends(pid string) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		b, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || regexp.MustCompile(`\) [ZX] `).Match(b) {
			return true
		}
	}
	return false
}

// A program that takes too long is ended with all that it has started, and so is
// what one that ends in time has left.
func TestGroupEnds(t *testing.T) {
	tell, c := told()
	q := New(tell)
	q.limit = 300 * time.Millisecond
	defer q.Close()
	for script, want := range map[string]Result{
		`trap "" TERM INT HUP; sleep 1000 & echo $!; (sleep 1000 & echo $!); sleep 1000`: Timeout,
		`sleep 1000 & echo $!; (sleep 1000 & echo $!)`:                                   Success,
	} {
		q.Add(shell(script))
		o := <-c
		pids := strings.Fields(string(o.Output))
		if o.Result != want || len(pids) != 2 {
			t.Fatalf("%+v %s", o, o.Output)
		}
		for _, pid := range pids {
			if !ends(pid) {
				t.Errorf("%s: %s is left", script, pid)
			}
		}
	}
}

// Runs are in order, one at a time; too many are skipped, and the end ends all.
func TestQueue(t *testing.T) {
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	var mu sync.Mutex
	var skipped int
	done := make(chan string, maxWaiting+1)
	q := New(func(r Run, o Outcome) {
		if o.Result == Skipped {
			mu.Lock()
			skipped++
			mu.Unlock()
			return
		}
		done <- string(o.Output)
	})
	q.Add(shell("while ! [ -e " + gate + " ]; do sleep 0.01; done; echo first"))
	for q.isWaiting() > 0 { // until it runs
		time.Sleep(time.Millisecond)
	}
	for n := range maxWaiting + 3 {
		r := Run{Command: []string{"/bin/echo", fmt.Sprint(n)}, UID: -1, GID: -1}
		if n >= 2 {
			r = shell("sleep 1000")
		}
		q.Add(r)
	}
	mu.Lock()
	if skipped != 3 || q.Counts()[Skipped] != 3 {
		t.Errorf("%d skipped, %v", skipped, q.Counts())
	}
	mu.Unlock()
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first\n", "0\n", "1\n"} {
		if got := <-done; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	q.Close()
	q.Add(shell("true"))
	q.Close()
	if n := q.Counts()[Success]; n != 3 || len(done) != 0 {
		t.Errorf("%v, %d", q.Counts(), len(done))
	}
}

func (q *Queue) isWaiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

func TestMainRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"0", "0"}, {"x", "0", "/bin/true"}, {"0", "", "/bin/true"}} {
		if Main(args) != refused {
			t.Errorf("%q is taken", args)
		}
	}
}

// handOver is what an upgrade does to a queue: the state goes through JSON to another
// one of the same process.
func handOver(t *testing.T, from *Queue, tell func(Run, Outcome)) *Queue {
	t.Helper()
	s, err := from.Rest()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again State
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if err := again.Check(); err != nil {
		t.Fatal(err)
	}
	q := New(tell)
	q.Restore(again)
	return q
}

// awaitRunning waits for a program to run.
func awaitRunning(q *Queue) *running {
	for ; ; time.Sleep(time.Millisecond) {
		q.mu.Lock()
		r := q.current
		q.mu.Unlock()
		if r != nil {
			return r
		}
	}
}

// A program that runs over an upgrade is waited for, heard and counted by who comes
// after, and so are those that wait.
func TestHandOver(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	tell, outcomes := told()
	first := New(func(Run, Outcome) { t.Error("the former one has decided") })
	first.counts[Failure] = 7
	first.Add(shell("echo before; while ! [ -e " + gate + " ]; do sleep 0.01; done; echo after; sleep 1000 & echo $!; exit 4"))
	first.Add(shell("echo second"))
	awaitRunning(first)
	second := handOver(t, first, tell)
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := <-outcomes
	lines := o.Lines()
	if o.Result != Failure || o.Code != 4 || len(lines) != 3 || lines[0] != "before" || lines[1] != "after" || !ends(lines[2]) {
		t.Errorf("%+v %q", o, lines)
	}
	if o = <-outcomes; string(o.Output) != "second\n" {
		t.Errorf("%+v %s", o, o.Output)
	}
	if n := second.Counts(); n[Failure] != 8 || n[Success] != 1 {
		t.Errorf("%v", n)
	}
	second.Close()
}

// An upgrade that is not made changes nothing, however often it is begun.
func TestRestAndResume(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	tell, outcomes := told()
	q := New(tell)
	q.Add(shell("while ! [ -e " + gate + " ]; do echo .; sleep 0.001; done; echo end"))
	q.Add(shell("echo second"))
	awaitRunning(q)
	for range 20 {
		s, err := q.Rest()
		if err != nil {
			t.Fatal(err)
		}
		if s.Running != nil {
			syscall.Close(s.Running.FD)
		}
		q.Resume()
	}
	if _, err := q.Rest(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !ends(fmt.Sprint(awaitRunning(q).child.PID)) {
		t.Fatal("it does not end")
	}
	select {
	case o := <-outcomes:
		t.Errorf("decided at rest: %+v", o)
	default:
	}
	q.Resume()
	if o := <-outcomes; o.Result != Success || !strings.HasSuffix(string(o.Output), "end\n") && !o.More {
		t.Errorf("%+v %s", o, o.Output)
	}
	if o := <-outcomes; string(o.Output) != "second\n" {
		t.Errorf("%+v %s", o, o.Output)
	}
	q.Close()
}

func TestStateCheck(t *testing.T) {
	run := Run{Command: []string{"/x"}}
	for _, s := range []State{
		{Waiting: []Run{{}}},
		{Waiting: make([]Run, maxWaiting+2)},
		{Running: &RunningState{Run: run, PID: 0, FD: 3}},
		{Running: &RunningState{Run: run, PID: 1, FD: 2}},
		{Running: &RunningState{PID: 1, FD: 3}},
		{Running: &RunningState{Run: run, PID: 1, FD: 3, Output: make([]byte, MaxOutput+2)}},
	} {
		if s.Check() == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	if err := (&State{Waiting: []Run{run}, Running: &RunningState{Run: run, PID: 1, FD: 3}}).Check(); err != nil {
		t.Error(err)
	}
}
