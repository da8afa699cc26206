package test

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// reference is the path of an HAProxy of which the tables are to be tried, "" for
// Sluice.
var reference = os.Getenv("REF_HAPROXY")

// A scene is a master in one of the states that the table of signals is about.
// The processes are called by letters: M is the master, A the first worker, B the
// next one and so on.
type scene struct {
	t      *testing.T
	s      *service
	p      *harness.Program
	names  map[int]string // by PID
	before int            // length of the output before the signal
	fifo   string         // that a load waits for, "" when none does
}

// scenes lead to the states, by name.
var scenes = map[string]func(*scene){
	"first load": func(c *scene) {
		config := c.stuck()
		c.p = harness.Start(c.t, harness.Options{Program: reference, Config: config, NoWait: true, Traces: true})
		c.name(loading(c.t, c.p))
		c.blocked("A")
	},
	"serving":                  func(c *scene) { c.start(""); c.p.AwaitOutput(`Loading success\.`, 10*time.Second) },
	"serving, exit-on-failure": func(c *scene) { c.start(exitOnFailure) },
	"reloading": func(c *scene) {
		c.start("")
		c.p.WriteConfig(c.stuck())
		c.p.Signal(syscall.SIGUSR2)
		c.name(loading(c.t, c.p, c.pid("A")))
		c.blocked("B")
	},
	"draining":                  func(c *scene) { c.replaced("") },
	"draining, exit-on-failure": func(c *scene) { c.replaced(exitOnFailure) },
	"stopping": func(c *scene) {
		c.start("")
		c.session()
		c.p.Signal(syscall.SIGUSR1)
		refusedWithin(c.t, c.s.HTTP, 5*time.Second)
	},
	"backing off": func(c *scene) {
		c.start("")
		for range 4 { // the delays are 0, 100 ms, 200 ms and 400 ms
			var worker int
			eventually(c.t, 5*time.Second, "a serving worker", func() error {
				if worker = c.current(); worker == 0 {
					return fmt.Errorf("none")
				}
				return nil
			})
			c.name(worker)
			c.p.Kill(worker, syscall.SIGKILL)
			c.p.AwaitOutput(fmt.Sprintf(`orker \(%d\) exited`, worker), 5*time.Second)
		}
	},
}

// start starts the service and waits for worker A.
func (c *scene) start(global string) {
	c.t.Helper()
	if reference != "" { // what the reference does unasked, it has no words for
		global = ""
	}
	c.p = harness.Start(c.t, harness.Options{Program: reference, Config: global + c.s.Config("", ""), Await: []string{c.s.HTTP, c.s.TCP}, Traces: true})
	c.name(c.p.Worker())
}

const exitOnFailure = "global\n    master-worker exit-on-failure\n"

// replaced has B serve while A has a session left.
func (c *scene) replaced(global string) {
	c.t.Helper()
	c.start(global)
	c.session()
	c.p.MustReload()
	c.name(c.p.Worker())
}

// session opens a TCP session, which keeps its worker from leaving.
func (c *scene) session() {
	c.t.Helper()
	echoes(c.t, harness.Dial(c.t, c.s.TCP), "x")
}

func (c *scene) stuck() (config string) {
	c.t.Helper()
	config, c.fifo, _ = c.s.stuck(c.t, "")
	return config
}

// blocked waits until a worker waits for the FIFO: no earlier is its state the one
// that is meant.
func (c *scene) blocked(name string) {
	c.t.Helper()
	pid := c.pid(name)
	eventually(c.t, 10*time.Second, "load that waits", func() error {
		for _, fd := range harness.Waits(pid) {
			if fd == "wait_for_partner" || fd == "fifo_open" {
				return nil
			}
		}
		return fmt.Errorf("threads wait in %v", harness.Waits(pid))
	})
}

// name gives a process the next letter.
func (c *scene) name(pid int) {
	if _, ok := c.names[pid]; !ok {
		c.names[pid] = string(rune('A' + len(c.names)))
	}
}

func (c *scene) pid(name string) int {
	c.t.Helper()
	if name == "M" {
		return c.p.Pid
	}
	for pid, n := range c.names {
		if n == name {
			return pid
		}
	}
	c.t.Fatalf("there is no process %s", name)
	return 0
}

// current is the PID of the only worker under "# workers", 0 when there is none.
func (c *scene) current() int {
	a, err := harness.CLIWithin(c.p.MasterSocket(), "show proc", time.Second)
	m := regexp.MustCompile(`(?m)^# workers\n(\d+) +worker`).FindStringSubmatch(a)
	if err != nil || m == nil {
		return 0
	}
	pid, _ := strconv.Atoi(m[1])
	return pid
}

// outcome is what is to be seen: how the master ended and who is left, or what
// "show proc" lists and whether the service's port is open.
func (c *scene) outcome() string {
	if c.p.Exited() {
		left := c.p.Processes()
		if len(left) == 0 {
			return fmt.Sprintf("exit %d", c.p.AwaitExit(0))
		}
		return fmt.Sprintf("exit %d, left %s", c.p.AwaitExit(0), c.letters(left))
	}
	a, err := harness.CLIWithin(c.p.MasterSocket(), "show proc", time.Second)
	if err != nil {
		return "no CLI: " + err.Error()
	}
	workers, old, _ := strings.Cut(a, "# old workers\n")
	_, workers, _ = strings.Cut(workers, "# workers\n")
	out := "workers " + c.rows(workers)
	if old != "" {
		out += ", old " + c.rows(old)
	}
	if conn, err := net.DialTimeout("tcp", c.s.HTTP, time.Second); err == nil {
		conn.Close()
		return out + ", open"
	}
	return out + ", closed"
}

// rows are the workers of some lines of show proc.
func (c *scene) rows(lines string) string {
	var pids []int
	for line := range strings.Lines(lines) {
		if f := strings.Fields(line); len(f) > 1 && f[1] == "worker" {
			pid, _ := strconv.Atoi(f[0])
			pids = append(pids, pid)
		}
	}
	return c.letters(pids)
}

func (c *scene) letters(pids []int) string {
	if len(pids) == 0 {
		return "-"
	}
	var names []string
	for _, pid := range pids {
		c.name(pid)
		names = append(names, c.names[pid])
	}
	slices.Sort(names)
	return strings.Join(names, "+")
}

// said are the lines that came after the signal, with letters for PIDs.
func (c *scene) said() string {
	out := c.p.Output()[c.before:]
	for pid, name := range c.names {
		out = strings.ReplaceAll(out, fmt.Sprintf("(%d)", pid), "("+name+")")
	}
	return strings.ReplaceAll(out, fmt.Sprintf("(%d)", c.p.Pid), "(M)")
}

// send sends a signal and waits until the process has it no more pending: then it
// has been given to its handler, if it has one, or has done what it does.
func (c *scene) send(to string, sig syscall.Signal) {
	c.t.Helper()
	pid := c.pid(to)
	c.before = len(c.p.Output())
	if err := syscall.Kill(pid, sig); err != nil {
		c.t.Fatal(err)
	}
	if reference != "" {
		return // it blocks signals for as long as a worker loads
	}
	eventually(c.t, 5*time.Second, "delivery", func() error {
		if harness.Pending(pid) {
			return fmt.Errorf("still pending")
		}
		return nil
	})
}
