package programs

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/mworker"
)

// stage is where programs are played: their processes are told what to do.
type stage struct {
	t       *testing.T
	set     *Set
	mu      sync.Mutex // guards what follows
	log     []string
	players map[int]*player
	refuse  error // what an attempt to start meets
	specs   []sys.Spec
}

// player is a process. It ends by the signals it does not ignore.
type player struct {
	pid     int
	ignores []syscall.Signal
	end     chan mworker.Status
	log     func(string)
}

func (p *player) Signal(sig syscall.Signal) error {
	p.log(fmt.Sprintf("%d gets %v", p.pid, sig))
	if !slices.Contains(p.ignores, sig) {
		select {
		case p.end <- mworker.Status{Code: 128 + int(sig), Signal: sig}:
		default: // it is ending
		}
	}
	return nil
}

func (p *player) Reap() {}

func (p *player) Await() (int, syscall.Signal, error) {
	s := <-p.end
	if s.Signal != 0 {
		return 0, s.Signal, nil
	}
	return s.Code, 0, nil
}

// play runs a test in a bubble with its own time; ignores are the signals that
// programs do not end of.
func play(t *testing.T, ignores []syscall.Signal, f func(s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, players: map[int]*player{}}
		s.set = New(func() []string { return []string{"A=b", "PATH=/bin"} }, func(e Event) { s.say(describe(e)) })
		s.set.start = func(spec sys.Spec) (child, int, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.specs = append(s.specs, spec)
			if s.refuse != nil {
				return nil, 0, s.refuse
			}
			p := &player{pid: len(s.players) + 1, ignores: ignores, end: make(chan mworker.Status, 1), log: s.say}
			s.players[p.pid] = p
			return p, p.pid, nil
		}
		f(s)
		s.set.End()
		synctest.Wait()
	})
}

func (s *stage) say(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, what)
}

// said returns what was said since the last time.
func (s *stage) said() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.log
	s.log = nil
	return log
}

// refuses lets attempts to start fail.
func (s *stage) refuses(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = err
}

func describe(e Event) string {
	former := map[bool]string{true: "former "}[e.Former]
	switch e.Kind {
	case Started:
		return fmt.Sprintf("%s is %d", e.Name, e.PID)
	case Unstartable:
		return fmt.Sprintf("%s: %s: %v", e.Name, e.Command, e.Err)
	case Exited:
		return fmt.Sprintf("%s%s (%d) %v", former, e.Name, e.PID, e.Status)
	case Restarting:
		return fmt.Sprintf("%s again in %v", e.Name, e.Delay)
	case Failed:
		return fmt.Sprintf("%s failed with %d", e.Name, e.Status.Code)
	}
	return fmt.Sprintf("%s (%d) is killed", e.Name, e.PID)
}

// heard checks what was said since the last time.
func (s *stage) heard(want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.said()); diff != "" {
		s.t.Errorf("(-want +got)\n%s", diff)
	}
}

// ends lets a process end by itself.
func (s *stage) ends(pid, code int) { s.players[pid].end <- mworker.Status{Code: code} }

// list is "show proc" in short.
func (s *stage) list() (out []string) {
	for _, i := range s.set.List() {
		out = append(out, fmt.Sprintf("%d %s %d %t", i.PID, i.Name, i.Reloads, i.Former))
	}
	return out
}

func program(name string, o ...func(*discovery.Program)) discovery.Program {
	p := discovery.Program{Name: name, Command: []string{"/bin/" + name, "-x"}}
	for _, f := range o {
		f(&p)
	}
	return p
}

func once(p *discovery.Program) { p.NoStartOnReload = true }

const noLimit = -1

func TestStart(t *testing.T) {
	play(t, nil, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a"), program("b", once)}, Change{First: true, MaxReloads: noLimit})
		s.heard("a is 1", "b is 2")
		want := sys.Spec{Path: "/bin/a", Argv: []string{"/bin/a", "-x"}, Env: []string{"A=b", "PATH=/bin"}, Files: []int{0, 1, 2}, DieWith: syscall.SIGTERM}
		if diff := cmp.Diff(want, s.specs[0]); diff != "" {
			t.Error(diff)
		}
		if got := s.list(); !slices.Equal(got, []string{"1 a 0 false", "2 b 0 false"}) {
			t.Error(got)
		}
	})
}

// Each reload tells former programs so and starts new ones; the list has the
// youngest first.
func TestReload(t *testing.T) {
	play(t, []syscall.Signal{syscall.SIGUSR1}, func(s *stage) {
		list := []discovery.Program{program("a"), program("b", once)}
		c := Change{MaxReloads: noLimit}
		s.set.Replace(list, Change{First: true, MaxReloads: noLimit})
		s.set.Replace(list, c)
		s.heard("a is 1", "b is 2", "1 gets user defined signal 1", "2 gets user defined signal 1", "a is 3")
		s.set.Replace(list, c)
		s.heard("3 gets user defined signal 1", "1 gets user defined signal 1", "2 gets user defined signal 1", "a is 4")
		if got := s.list(); !slices.Equal(got, []string{"4 a 0 false", "3 a 1 true", "1 a 2 true", "2 b 2 true"}) {
			t.Error(got)
		}
		s.ends(3, 3) // no failure of ours
		s.ends(1, 0)
		s.set.Replace(nil, c)
		s.ends(4, 0)
		s.said()
		if got := s.list(); !slices.Equal(got, []string{"2 b 3 true"}) {
			t.Error(got)
		}
		c.Hard = true
		s.set.Replace(nil, c)
		s.heard("2 gets terminated", "former b (2) exited with code 143 (Terminated)")
	})
}

// A program without start-on-reload that ends at a reload, or is new to it, is
// not started.
func TestNotStartedOnReload(t *testing.T) {
	play(t, nil, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a", once)}, Change{First: true, MaxReloads: noLimit})
		s.heard("a is 1")
		s.set.Replace([]discovery.Program{program("a", once), program("b", once)}, Change{MaxReloads: noLimit})
		s.heard("1 gets user defined signal 1", "former a (1) exited with code 138 (User defined signal 1)")
		if got := s.list(); got != nil {
			t.Error(got)
		}
	})
}

// Programs that do not leave are bounded as workers are; those that are to stay
// are not touched.
func TestMaxReloads(t *testing.T) {
	play(t, []syscall.Signal{syscall.SIGUSR1}, func(s *stage) {
		list := []discovery.Program{program("a"), program("b", once)}
		s.set.Replace(list, Change{First: true, MaxReloads: 1})
		s.set.Replace(list, Change{MaxReloads: 1})
		s.said()
		s.set.Replace(list, Change{MaxReloads: 1})
		s.heard("3 gets user defined signal 1", "1 gets terminated", "2 gets user defined signal 1", "a is 4", "former a (1) exited with code 143 (Terminated)")
	})
}

func TestRestart(t *testing.T) {
	play(t, nil, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a")}, Change{First: true, MaxReloads: noLimit})
		s.heard("a is 1")
		delay := time.Second
		for n := 1; n < 10; n++ {
			s.ends(n, 3)
			s.heard(fmt.Sprintf("a (%d) exited with code 3 (Exit)", n), fmt.Sprintf("a again in %v", delay))
			time.Sleep(delay - time.Nanosecond)
			s.heard()
			if got := s.list(); got != nil {
				t.Error(got)
			}
			time.Sleep(time.Nanosecond)
			s.heard(fmt.Sprintf("a is %d", n+1))
			delay = min(2*delay, time.Minute)
		}
		time.Sleep(stableAfter)
		s.players[10].end <- mworker.Status{Code: 139, Signal: syscall.SIGSEGV}
		s.heard("a (10) exited with code 139 (Segmentation fault)", "a again in 1s")
		s.refuses(syscall.ENOENT)
		time.Sleep(time.Second)
		s.heard("a: /bin/a: no such file or directory", "a again in 2s")
		s.refuses(nil)
		time.Sleep(2 * time.Second)
		s.heard("a is 11")
	})
}

// What ends as it was asked to, or as it wants to, is not started again.
func TestEnds(t *testing.T) {
	for code, again := range map[int]bool{0: false, 130: false, 143: false, 1: true, 137: true, 138: true} {
		play(t, nil, func(s *stage) {
			s.set.Replace([]discovery.Program{program("a")}, Change{First: true, MaxReloads: noLimit})
			s.ends(1, code)
			log := s.said()
			if got := strings.HasSuffix(log[len(log)-1], "again in 1s"); got != again {
				t.Errorf("%d: %q", code, log)
			}
		})
	}
}

func TestExitOnFailure(t *testing.T) {
	play(t, []syscall.Signal{syscall.SIGUSR1}, func(s *stage) {
		c := Change{First: true, MaxReloads: noLimit, ExitOnFailure: true}
		s.set.Replace([]discovery.Program{program("a"), program("b", once)}, c)
		c.First = false
		s.set.Replace([]discovery.Program{program("a"), program("b", once)}, c)
		s.said()
		s.ends(2, 7)
		s.ends(1, 7)
		got := s.said()
		slices.Sort(got)
		if !slices.Equal(got, []string{"former a (1) exited with code 7 (Exit)", "former b (2) exited with code 7 (Exit)"}) {
			t.Error(got)
		}
		s.ends(3, 7)
		s.heard("a (3) exited with code 7 (Exit)", "a failed with 7")
	})
}

// A program that waits to be started again when its configuration is replaced:
// its successor is started, or it is itself if there will be none.
func TestReloadWhileWaiting(t *testing.T) {
	play(t, nil, func(s *stage) {
		list := []discovery.Program{program("a"), program("b", once), program("c", once)}
		s.set.Replace(list, Change{First: true, MaxReloads: noLimit})
		for pid := range 3 {
			s.ends(pid+1, 1)
		}
		s.said()
		b := program("b", once)
		b.Command = []string{"/bin/new"}
		s.set.Replace([]discovery.Program{program("a"), b}, Change{MaxReloads: noLimit})
		s.heard("a is 4")
		time.Sleep(time.Hour)
		s.heard("b is 5")
		if got := s.specs[len(s.specs)-1].Path; got != "/bin/new" {
			t.Error(got)
		}
		// One that was kept over a reload is still looked after.
		s.players[5].ignores = []syscall.Signal{syscall.SIGUSR1}
		s.set.Replace([]discovery.Program{b}, Change{MaxReloads: noLimit})
		s.said()
		s.ends(5, 139)
		s.heard("former b (5) exited with code 139 (Exit)", "b again in 1s")
		time.Sleep(time.Second)
		s.heard("b is 6")
		if got := s.list(); !slices.Equal(got, []string{"6 b 0 false"}) {
			t.Error(got)
		}
	})
}

func TestStop(t *testing.T) {
	play(t, []syscall.Signal{syscall.SIGUSR1}, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a"), program("b")}, Change{First: true, MaxReloads: noLimit, ExitOnFailure: true})
		s.set.Stop(syscall.SIGUSR1)
		s.ends(2, 9) // it has its reasons
		s.heard("a is 1", "b is 2", "1 gets user defined signal 1", "2 gets user defined signal 1", "b (2) exited with code 9 (Exit)")
		s.set.End()
		s.heard("1 gets terminated", "a (1) exited with code 143 (Terminated)")
		if got := s.list(); got != nil {
			t.Error(got)
		}
	})
}

// The end takes no longer than it may, and does not wait for what would start
// again.
func TestEnd(t *testing.T) {
	play(t, []syscall.Signal{syscall.SIGTERM}, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a"), program("b")}, Change{First: true, MaxReloads: noLimit})
		s.ends(2, 1)
		s.said()
		began := time.Now()
		s.set.End()
		if took := time.Since(began); took != endGrace {
			t.Error(took)
		}
		s.heard("1 gets terminated", "a (1) is killed", "1 gets killed", "a (1) exited with code 137 (Killed)")
	})
	play(t, []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}, func(s *stage) {
		s.set.Replace([]discovery.Program{program("a")}, Change{First: true, MaxReloads: noLimit})
		began := time.Now()
		s.set.End()
		if took := time.Since(began); took != endGrace+killGrace {
			t.Error(took)
		}
		s.ends(1, 0) // the goroutine that waits for it
	})
}

// A set that never had a program has no goroutine, and all may be asked of it.
func TestNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil, nil)
		s.Replace(nil, Change{First: true})
		s.Stop(syscall.SIGTERM)
		s.End()
		if s.List() != nil {
			t.Error("a program")
		}
	})
}

// Real processes: who they run as, their environment, a script without a first
// line, a command that is looked for, and one that cannot be.
func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	script := dir + "/script"
	if err := os.WriteFile(script, []byte("echo $0 $1 $A > "+dir+"/out\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/data", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	events := make(chan Event, 64)
	s := New(func() []string { return []string{"A=b", "PATH=:/nonexistent:" + dir} }, func(e Event) { events <- e })
	s.Replace([]discovery.Program{
		{Name: "a", Command: []string{"script", "x y"}},
		{Name: "b", Command: []string{"absent"}},
		{Name: "c", Command: []string{"data"}},
		{Name: "d", Command: []string{script}, User: "no such user"},
	}, Change{First: true, MaxReloads: noLimit})
	got := map[string]string{}
	for len(got) < 4 {
		switch e := <-events; e.Kind {
		case Unstartable, Exited:
			var errno syscall.Errno
			if got[e.Name] = e.Status.String(); errors.As(e.Err, &errno) {
				got[e.Name] = errno.Error()
			} else if e.Err != nil {
				got[e.Name] = e.Err.Error()
			}
		}
	}
	s.End()
	want := map[string]string{"a": "exited with code 3 (Exit)", "b": "no such file or directory", "c": "permission denied", "d": "unknown user 'no such user'"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b, _ := os.ReadFile(dir + "/out"); string(b) != script+" x y b\n" {
		t.Errorf("%q", b)
	}
}

func TestCredential(t *testing.T) {
	if c, err := credential("", ""); c != nil || err != nil {
		t.Error(c, err)
	}
	if c, err := credential("nobody", ""); err == nil && (c == nil || c.Uid == 0 || c.NoSetGroups || len(c.Groups) > 0) {
		t.Errorf("%+v", c)
	}
	if _, err := credential("", "no such group"); err == nil {
		t.Error("an unknown group")
	}
}
