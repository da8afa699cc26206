package test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// programScript is a program that notes what happens to it: "NAME PID EVENT" in
// the file of its first argument. TERM and INT end it, USR1 does not.
const programScript = `#!/bin/sh
log=$1 name=$2
say() { echo "$name $$ $1" >> $log; }
for s in USR1 USR2 HUP; do trap "say $s" $s; done
trap 'say TERM; exit 0' TERM
trap 'say INT; exit 0' INT
env > $log.env.$name
(id -u; id -g; id -G) > $log.id.$name
say start
while :; do read x < $log.fifo; done
`

// played is a service with programs that note what happens to them.
type played struct {
	*harness.Program
	t       *testing.T
	log     string
	loads   int
	listen  string
	configs func(global, programs string) string
}

// comparable runs a test with Sluice and, if it is there, with the last HAProxy
// of a distribution that has program sections.
func comparable(t *testing.T, f func(t *testing.T, program string, ours bool)) {
	t.Run("sluice", func(t *testing.T) { f(t, harness.Binary(t), true) })
	const reference = "/usr/sbin/haproxy"
	if out, err := run(reference, "-v"); err == nil && regexp.MustCompile(`version (2\.|3\.[0-2])`).MatchString(out) {
		t.Run("reference", func(t *testing.T) { f(t, reference, false) })
	}
}

func run(program string, args ...string) (string, error) {
	out, err := exec.Command(program, args...).CombinedOutput()
	return string(out), err
}

// startPrograms starts a service with program sections, in which SCRIPT is the
// program above without its name.
func startPrograms(t *testing.T, binary, global, programs string) *played {
	t.Helper()
	dir := harness.TempDir(t)
	if err := os.Chmod(dir, 0o777); err != nil { // for programs of other users
		t.Fatal(err)
	}
	s := &played{t: t, log: dir + "/log", listen: harness.Addr(t)}
	for _, f := range []struct {
		path, text string
		mode       os.FileMode
	}{{s.log, "", 0o666}, {s.log + ".script", programScript, 0o755}} {
		if err := os.WriteFile(f.path, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
		os.Chmod(f.path, f.mode)
	}
	if err := syscall.Mkfifo(s.log+".fifo", 0o666); err != nil {
		t.Fatal(err)
	}
	os.Chmod(s.log+".fifo", 0o666)
	// Held open for writing, so that programs wait for what never comes.
	fifo, err := os.OpenFile(s.log+".fifo", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fifo.Close() })
	deprecated := "    expose-deprecated-directives\n"
	if binary != harness.Binary(t) {
		deprecated = "" // the reference is too old to know
	}
	s.configs = func(global, programs string) string {
		programs = strings.NewReplacer("SCRIPT", s.log+".script "+s.log, "LOG", s.log).Replace(programs)
		return "global\n    zero-warning\n" + deprecated + global + defaults + "\nfrontend f\n    bind " + s.listen + "\n    http-request return status 200\n\n" + programs
	}
	config := s.configs(global, programs)
	s.Program = harness.Start(t, harness.Options{Config: config, Dir: dir, Program: binary, Await: []string{s.listen}})
	s.loads = 1
	return s
}

// heard are the events of a program's processes: "start", "USR1" …, by PID in
// the order of their starts.
func (s *played) heard(name string) (pids []int, events map[int][]string) {
	b, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	events = map[int][]string{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != name {
			continue
		}
		pid, _ := strconv.Atoi(f[1])
		if f[2] == "start" {
			pids = append(pids, pid)
		}
		events[pid] = append(events[pid], f[2])
	}
	return pids, events
}

// awaitStarts waits until a program was started so many times and can take signals.
func (s *played) awaitStarts(name string, n int) []int {
	s.t.Helper()
	eventually(s.t, 20*time.Second, fmt.Sprintf("start %d of %s", n, name), func() error {
		if pids, _ := s.heard(name); len(pids) < n {
			return fmt.Errorf("%d\n%s", len(pids), s.Output())
		}
		return nil
	})
	pids, _ := s.heard(name)
	return pids
}

// awaitEvents waits until a process has noted exactly these.
func (s *played) awaitEvents(name string, pid int, want ...string) {
	s.t.Helper()
	eventually(s.t, 20*time.Second, fmt.Sprintf("events %q", want), func() error {
		if _, events := s.heard(name); !slices.Equal(events[pid], want) {
			return fmt.Errorf("%s %d: %q", name, pid, events[pid])
		}
		return nil
	})
}

// reload is by signal: the CLI of old versions does not tell of the outcome.
func (s *played) reload() {
	s.t.Helper()
	s.Signal(syscall.SIGUSR2)
	s.loads++
	eventually(s.t, 20*time.Second, "load", func() error {
		if n := strings.Count(s.Output(), "Loading success."); n < s.loads {
			return fmt.Errorf("%d of %d", n, s.loads)
		}
		return nil
	})
	s.awaitCLI()
}

// awaitCLI waits until the master answers: the reference does not during a
// reload, when a signal would end it.
func (s *played) awaitCLI() {
	s.t.Helper()
	eventually(s.t, 20*time.Second, "answer of the master", func() error {
		_, err := s.showProc()
		return err
	})
}

// showProc does not wait for long: a program of the reference has inherited the
// socket of the former CLI, on which nobody answers.
func (s *played) showProc() (string, error) {
	return harness.CLIWithin(s.MasterSocket(), "show proc", 500*time.Millisecond)
}

// awaitRows waits for what "show proc" lists about programs, with their PIDs.
func (s *played) awaitRows(want ...string) {
	s.t.Helper()
	eventually(s.t, 20*time.Second, "programs in show proc", func() error {
		a, err := s.showProc()
		if err != nil {
			return err
		}
		var got []string
		section := ""
		for line := range strings.Lines(a) {
			f := strings.Fields(line)
			switch {
			case strings.HasPrefix(line, "# "):
				section = strings.TrimSpace(line[2:])
			case strings.Contains(section, "programs") && len(f) == 5:
				got = append(got, section+": "+strings.Join([]string{f[0], f[1], f[2], f[4]}, " "))
			}
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("%q, want %q", got, want)
		}
		return nil
	})
}

// awaitLine waits for a line of the master's.
func (s *played) awaitLine(level, format string, args ...any) {
	s.t.Helper()
	line := fmt.Sprintf("%-10s (%d) : %s", "["+level+"]", s.Pid, fmt.Sprintf(format, args...))
	s.AwaitOutput(regexp.QuoteMeta(line)+`\n`, 20*time.Second)
}
