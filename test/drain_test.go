package test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// governed is the service with settings of the global section.
func governed(t *testing.T, settings ...string) (*service, *harness.Program) {
	t.Helper()
	s := newService(t)
	config := s.Config("", "global\n    "+strings.Join(settings, "\n    ")+"\n")
	return s, harness.Start(t, harness.Options{Config: config, Await: []string{s.HTTP, s.TCP}})
}

// idleClient is a kept connection that has had an answer.
func idleClient(t *testing.T, s *service) net.Conn {
	t.Helper()
	c := harness.Dial(t, s.HTTP)
	fmt.Fprintf(c, "GET /echo HTTP/1.1\r\nHost: t\r\n\r\n")
	b := make([]byte, 4096)
	c.SetDeadline(time.Now().Add(5 * time.Second))
	for got := ""; !strings.Contains(got, "\r\n\r\n"); {
		n, err := c.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		got += string(b[:n])
	}
	return c
}

// session is a TCP session through the service.
func session(t *testing.T, s *service) net.Conn {
	t.Helper()
	c := harness.Dial(t, s.TCP)
	echoes(t, c, "hello")
	return c
}

// closedBy waits for the end of a connection.
func closedBy(t *testing.T, c net.Conn, within time.Duration) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(within))
	b := make([]byte, 4096)
	for {
		_, err := c.Read(b)
		if err == nil {
			continue // what was still to come
		}
		if os.IsTimeout(err) {
			t.Fatalf("the connection is open after %v", within)
		}
		return
	}
}

// drainingWorker is a member of the answer of "show drain json".
type drainingWorker struct {
	PID, Number, Generation int
	Since                   time.Time
	For                     int `json:"draining_s"`
	Reason                  string
	Memory                  *int64 `json:"resident_bytes"`
	Hurried                 bool
	Deadline                *time.Time
	Connections, Idle       *int
	Oldest                  []struct {
		Client, Frontend, Backend, Server, State string
		Age                                      int  `json:"age_ms"`
		Idle                                     *int `json:"idle_ms"`
	}
}

func drainJSON(t *testing.T, p *harness.Program) []drainingWorker {
	t.Helper()
	var d struct{ Workers []drainingWorker }
	text := p.Master("show drain json")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d.Workers
}

// A worker that drains for too long closes what is idle first, although it was to
// spread that over an hour, and after the grace the rest.
func TestDrainTimeout(t *testing.T) {
	t.Parallel()
	s, p := governed(t, "mworker-drain-timeout 1s 2s", "close-spread-time 1h")
	old := p.Worker()
	idle, busy := idleClient(t, s), session(t, s)
	p.MustReload()
	began := time.Now()
	w := drainJSON(t, p)
	if len(w) != 1 || w[0].PID != old || w[0].Hurried || w[0].Deadline == nil || w[0].Deadline.After(time.Now().Add(time.Second)) {
		t.Errorf("%+v", w)
	}
	closedBy(t, idle, 10*time.Second)
	if d := time.Since(began); d < 900*time.Millisecond {
		t.Errorf("the idle connection was closed after %v", d)
	}
	echoes(t, busy, "still here")
	if w = drainJSON(t, p); len(w) != 1 || !w[0].Hurried || *w[0].Idle != 0 || w[0].Reason != "it has drained for 1s" {
		t.Errorf("%+v", w)
	}
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) is to end, as it has drained for 1s`, 5*time.Second)
	closedBy(t, busy, 10*time.Second)
	if d := time.Since(began); d < 2900*time.Millisecond {
		t.Errorf("the session was cut after %v", d)
	}
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) still has connections after its grace and gets SIGTERM`, 5*time.Second)
	p.AwaitGone(old, 10*time.Second)
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) exited with code 143`, 5*time.Second)
	if got := p.Master("show crashes"); !strings.HasPrefix(got, "# crashes: 0") {
		t.Errorf("%s", got)
	}
	echoes(t, session(t, s), "the service")
}

// Of too many workers that drain the oldest goes.
func TestMaxDraining(t *testing.T) {
	t.Parallel()
	s, p := governed(t, "mworker-drain-timeout 1h 1s", "mworker-max-draining 1")
	first := p.Worker()
	a := session(t, s)
	p.MustReload()
	second := p.Worker()
	b := session(t, s)
	p.MustReload()
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(first)+`\) is to end, as more than 1 workers drain`, 5*time.Second)
	closedBy(t, a, 10*time.Second)
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(first)+`\) exited`, 10*time.Second)
	echoes(t, b, "the younger one goes on")
	if w := drainJSON(t, p); len(w) != 1 || w[0].PID != second || w[0].Hurried {
		t.Errorf("%+v", w)
	}
}

// When all workers take too much memory, those that drain go, the oldest first; who
// serves stays, however much it takes.
func TestDrainMemory(t *testing.T) {
	t.Parallel()
	s, p := governed(t, "mworker-drain-timeout 0 1s", "mworker-drain-memory 1m")
	old := p.Worker()
	a := session(t, s)
	p.MustReload()
	if w := drainJSON(t, p); len(w) == 1 && !w[0].Hurried && w[0].Deadline != nil {
		t.Errorf("%+v", w)
	}
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) is to end, as the workers take \d+ MiB of memory, more than 1 MiB`, 10*time.Second)
	closedBy(t, a, 10*time.Second)
	p.AwaitGone(old, 10*time.Second)
	serving := p.Worker()
	time.Sleep(3 * time.Second) // longer than from one measurement to the next
	if p.Worker() != serving || !harness.Alive(serving) {
		t.Error("the serving worker was ended")
	}
	echoes(t, session(t, s), "the service")
}

// "show drain" tells what holds a worker, and "shutdown drain" ends what is selected.
func TestShowDrain(t *testing.T) {
	t.Parallel()
	s, p := governed(t, "close-spread-time infinite")
	if got := p.Master("show drain"); got != "# workers that drain: 0\n\n" {
		t.Errorf("%q", got)
	}
	if w := drainJSON(t, p); len(w) != 0 {
		t.Errorf("%+v", w)
	}
	old := p.Worker()
	idle := idleClient(t, s)
	busy := session(t, s)
	many := make([]net.Conn, 110)
	for i := range many {
		many[i] = session(t, s)
	}
	p.MustReload()
	w := drainJSON(t, p)
	if len(w) != 1 {
		t.Fatalf("%+v", w)
	}
	d := w[0]
	if d.PID != old || d.Number != 1 || d.Generation != 1 || d.Reason != "replaced" || d.Hurried || time.Since(d.Since) > 10*time.Second ||
		d.Memory == nil || *d.Memory < 1<<20 || *d.Connections != 112 || *d.Idle != 1 || len(d.Oldest) != 100 {
		t.Errorf("%+v", d)
	}
	if d.Deadline == nil || d.Deadline.Sub(d.Since).Round(time.Minute) != 24*time.Hour {
		t.Errorf("deadline %v, since %v", d.Deadline, d.Since)
	}
	if o := d.Oldest[0]; o.Client != idle.LocalAddr().String() || o.Frontend != "web" || o.State != "idle" || o.Idle == nil {
		t.Errorf("%+v", o)
	}
	if o := d.Oldest[1]; o.Client != busy.LocalAddr().String() || o.Frontend != "tcp" || o.Backend != "tcp" || o.Server != "e1" || o.State != "tunnel" || o.Idle != nil {
		t.Errorf("%+v", o)
	}
	text := p.Master("show drain")
	want := regexp.MustCompile(`^# workers that drain: 1
worker ` + strconv.Itoa(old) + ` generation 1 since \S+Z \(\d+s\) memory [\d.]+ MiB connections 112 idle 1 hurried \S+Z: replaced
  client ` + regexp.QuoteMeta(idle.LocalAddr().String()) + ` frontend web backend - server - state idle age \d+s idle \d+s
  client ` + regexp.QuoteMeta(busy.LocalAddr().String()) + ` frontend tcp backend tcp server e1 state tunnel age \d+s
(?:  client .*
){98}  and 12 more

$`)
	if !want.MatchString(text) {
		t.Errorf("%s", text)
	}
	for command, want := range map[string]string{
		"show drain xml":                        "only supports 'json'",
		"shutdown drain":                        "expects the PID",
		"shutdown drain 1":                      "No worker with the PID '1' drains.",
		"shutdown drain all server e1":          "'server' is unknown",
		"shutdown drain all frontend other":     "connections ended: 0",
		"shutdown drain all client 203.0.113.9": "connections ended: 0",
		"shutdown drain " + strconv.Itoa(old) + " frontend web client 127.0.0.0/8": "worker " + strconv.Itoa(old) + ": connections ended: 1",
		"operator; shutdown drain all":                                             "Permission denied",
	} {
		if got := p.Master(command); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
	closedBy(t, idle, 5*time.Second)
	echoes(t, busy, "not meant")
	if got := p.Master("shutdown drain all"); got != fmt.Sprintf("worker %d: connections ended: 111\n\n", old) {
		t.Errorf("%q", got)
	}
	closedBy(t, busy, 5*time.Second)
	p.AwaitGone(old, 5*time.Second)
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) exited with code 0`, 5*time.Second)
	if got := p.Master("shutdown drain all"); got != "No worker drains.\n\n" {
		t.Errorf("%q", got)
	}
}

// Asking what holds old workers, and ending it, leaves nothing in the master.
func TestLeakOfDrains(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	flat(t, p, soak(48, 1000), func() {
		var open []net.Conn
		for range 20 {
			open = append(open, session(t, s))
		}
		p.MustReload()
		if w := drainJSON(t, p); len(w) != 1 || *w[0].Connections != len(open) {
			t.Fatalf("%+v", w)
		}
		p.Master("show drain")
		if got := p.Master("shutdown drain all frontend tcp"); !strings.Contains(got, "connections ended: 20\n") {
			t.Fatalf("%q", got)
		}
		alone(t, p)
		for _, c := range open {
			c.Close()
		}
	})
}

// An old worker keeps its deadline when the master becomes another program, and is told
// to hurry by that one.
func TestDrainThroughUpgrade(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p, path := startCopy(t, s, harness.Options{Config: s.Config("", "global\n    mworker-drain-timeout 3s 1s\n    close-spread-time infinite\n")})
	old := p.Worker()
	idle, busy := idleClient(t, s), session(t, s)
	p.MustReload()
	before := drainJSON(t, p)
	replaceProgram(t, path)
	p.MustReload()
	await(t, "the master runs the new program", func() bool { return runs(t, p.Pid, path) })
	after := drainJSON(t, p)
	if len(before) != 1 || len(after) == 0 || after[0].PID != old || !after[0].Since.Equal(before[0].Since) ||
		after[0].Deadline.Sub(*before[0].Deadline).Abs() > 500*time.Millisecond || *after[0].Connections != 2 {
		t.Errorf("%+v\n%+v", before, after)
	}
	closedBy(t, idle, 10*time.Second)
	echoes(t, busy, "for the time of the grace")
	closedBy(t, busy, 10*time.Second)
	p.AwaitOutput(`Former worker \(`+strconv.Itoa(old)+`\) exited with code 143`, 10*time.Second)
}
