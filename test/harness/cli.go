package harness

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// cliTimeout is for a whole answer, a reload's included.
const cliTimeout = 60 * time.Second

// CLI sends one line to a command line socket, half-closes, and returns
// everything that comes back.
func CLI(addr, line string) (string, error) { return CLIWithin(addr, line, cliTimeout) }

// CLIWithin is CLI with a time limit; what came back until then is returned
// with the error.
func CLIWithin(addr, line string, limit time.Duration) (string, error) {
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	c, err := net.DialTimeout(network, addr, time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(limit))
	if _, err := fmt.Fprintf(c, "%s\n", line); err != nil {
		return "", err
	}
	if u, ok := c.(interface{ CloseWrite() error }); ok {
		u.CloseWrite()
	}
	b, err := io.ReadAll(c)
	return string(b), err
}

// TryMaster asks the master's command line.
func (p *Program) TryMaster(line string) (string, error) { return CLI(p.MasterSocket(), line) }

// Master asks the master's command line and fails the test if it does not answer.
func (p *Program) Master(line string) string {
	p.TB.Helper()
	a, err := p.TryMaster(line)
	if err != nil {
		p.TB.Fatalf("master CLI, %q: %v (got %q)", line, err, a)
	}
	return a
}

// A Reply is what the master says about a reload.
type Reply struct {
	Success bool
	Text    string
	Took    time.Duration
}

var success = regexp.MustCompile(`\ASuccess=([01])\n`)

// Reload asks the master for a reload and returns its reply.
func (p *Program) Reload() Reply {
	p.TB.Helper()
	begin := time.Now()
	a := p.Master("reload")
	m := success.FindStringSubmatch(a)
	if m == nil {
		p.TB.Fatalf("the reply of reload does not begin with Success=: %q", a)
	}
	return Reply{m[1] == "1", a, time.Since(begin)}
}

// MustReload fails the test if the reload does.
func (p *Program) MustReload() Reply {
	p.TB.Helper()
	r := p.Reload()
	if !r.Success {
		p.TB.Fatalf("reload failed:\n%s", r.Text)
	}
	return r
}

// A Proc is a row of show proc.
type Proc struct {
	Pid     int
	Type    string // master, worker
	Section string // "", "workers", "old workers"
	Reloads int
	Failed  int // of the master
	Rest    string
}

// Procs parses show proc.
func (p *Program) Procs() []Proc {
	p.TB.Helper()
	var procs []Proc
	section := ""
	for line := range strings.Lines(p.Master("show proc")) {
		line = strings.TrimSpace(line)
		f := strings.Fields(line)
		switch {
		case line == "", strings.HasPrefix(line, "#<PID>"):
		case strings.HasPrefix(line, "# "):
			section = line[2:]
		case len(f) >= 3:
			r := Proc{Type: f[1], Section: section, Rest: line}
			r.Pid, _ = strconv.Atoi(f[0])
			r.Reloads, _ = strconv.Atoi(f[2])
			if i := strings.Index(line, "[failed: "); i >= 0 {
				fmt.Sscanf(line[i:], "[failed: %d]", &r.Failed)
			}
			procs = append(procs, r)
		}
	}
	return procs
}

// Worker is the pid of the current worker.
func (p *Program) Worker() int {
	p.TB.Helper()
	for _, r := range p.Procs() {
		if r.Section == "workers" {
			return r.Pid
		}
	}
	p.TB.Fatalf("no current worker in:\n%s", p.Master("show proc"))
	return 0
}

// OldWorkers are the pids of the workers that are leaving.
func (p *Program) OldWorkers() []int {
	p.TB.Helper()
	var pids []int
	for _, r := range p.Procs() {
		if r.Section == "old workers" {
			pids = append(pids, r.Pid)
		}
	}
	return pids
}
