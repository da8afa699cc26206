package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// debugDev gives a worker one of the commands of "debug dev".
func debugDev(p *harness.Program, command string) (string, error) {
	return harness.CLIWithin(p.MasterSocket(), "expert-mode on; @1 debug dev "+command, 20*time.Second)
}

// One of several event loops hangs, by what a mistake in a handler would be. The
// process lives, and its other loops serve, so that nothing but a question to each
// loop can find it. It is aborted, says where it hung, and what waited for it is
// served by its successor.
func TestHungLoop(t *testing.T) {
	for _, how := range []string{"loop 60000", "delay 60000", "loop 60000 isolated"} {
		t.Run(how, func(t *testing.T) {
			s := newService(t)
			const global = "global\n    nbthread 2\n    mworker-hang-timeout 1s\n"
			p := harness.Start(t, harness.Options{Config: global + s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
			old := p.Worker()
			hung := make(chan string, 1)
			go func() {
				a, _ := debugDev(p, how)
				hung <- a
			}()
			p.AwaitOutput(fmt.Sprintf(`Worker \(%d\) hangs: it has not answered for 1s; killing it with SIGABRT`, old), 15*time.Second)
			awaitWorkerAfter(t, p, old)
			for range 10 {
				harness.MustGet(t, s.HTTP, "/echo")
			}
			p.AwaitOutput(fmt.Sprintf(`Current worker \(%d\) exited with code 134 \(Aborted\)`, old), time.Second)
			a := p.Master(fmt.Sprintf("show crashes %d", old))
			if !strings.Contains(a, "internal/stream.(*Engine).Block.") {
				t.Errorf("the trace does not tell where it hung:\n%s", a)
			}
			<-hung
		})
	}
}

// A loop that stands still for less than the limit disturbs only those who wait
// for it.
func TestSlowLoop(t *testing.T) {
	s := newService(t)
	const global = "global\n    nbthread 2\n    mworker-hang-timeout 4s\n"
	p := harness.Start(t, harness.Options{Config: global + s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	old := p.Worker()
	tr := s.Load(t, 2)
	for _, how := range []string{"loop 300", "delay 300", "loop 300 isolated"} {
		begin := time.Now()
		a, err := debugDev(p, how)
		if took := time.Since(begin); err != nil || a != "\n" || took < 300*time.Millisecond {
			t.Errorf("%s: %q %v after %v", how, a, err, took)
		}
	}
	tr.Stop(t)
	p.AwaitOutput(`thread 1 has stopped processing traffic for \d+ milliseconds`, time.Second)
	if p.Worker() != old {
		t.Error("another worker serves")
	}
}

// A panic and an exit of the worker are told as what they are, and a successor
// serves.
func TestDebugDevEnds(t *testing.T) {
	s := newService(t)
	logs := harness.NewLogs(t)
	p := harness.Start(t, harness.Options{
		Config: "global\n    log " + logs.Addr() + " local0\n" + s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true,
	})
	if a, err := debugDev(p, "log hello  there"); err != nil || a != "\n" {
		t.Errorf("log: %q %v", a, err)
	}
	logs.Await("hello", `^<134>\w{3} [ \d]\d [\d:]{8} \S+\[\d+\]: hello there$`, 5*time.Second)
	for _, c := range []struct{ command, said string }{
		{"exit 300", `exited with code 44 \(Exit\)`},
		{"exit", `exited with code 0 \(Exit\)`},
		{"panic", `exited with code 2 \(Exit\)`},
	} {
		p.MustReload() // which forgives the end before: no back-off
		old := p.Worker()
		debugDev(p, c.command)
		p.AwaitOutput(fmt.Sprintf(`Current worker \(%d\) `, old)+c.said, 10*time.Second)
		awaitWorkerAfter(t, p, old)
		harness.MustGet(t, s.HTTP, "/echo")
		if c.command == "panic" {
			if a := p.Master(fmt.Sprintf("show crashes %d", old)); !strings.Contains(a, "panic: debug dev panic") {
				t.Errorf("show crashes: %s", a)
			}
		}
	}
	// The master itself offers none of it, whatever the modes.
	for _, before := range []string{"", "expert-mode on; ", "expert-mode on; mcli-debug-mode on; "} {
		if a := p.Master(before + "debug dev exit"); !strings.Contains(a, "Unknown command: 'debug'") {
			t.Errorf("%s: %q", before, a)
		}
	}
	// Neither does a worker to who is no expert, or no administrator.
	for in, want := range map[string]string{
		"@1 debug dev exit":                           "This command is restricted to expert mode only.\n\n",
		"operator; expert-mode on; @1 debug dev exit": "This command is restricted to expert mode only.\n\n",
		"expert-mode on; operator; @1 debug dev exit": "This command is restricted to expert mode only.\n\n",
	} {
		if a := p.Master(in); !strings.HasSuffix(a, want) {
			t.Errorf("%s: %q", in, a)
		}
	}
}
