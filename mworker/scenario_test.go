package mworker

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("rewrite", false, "write what the scenarios do into their files")

// Every cell of state and event has its place in a scenario: what the supervisor
// does then stands in a file that can be read. States that are not offered have
// theirs in later.txt.
func TestScenariosCoverTheTable(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := play(string(text)); err != nil {
			t.Fatal(file, err)
		}
	}
	for state := range numStates {
		for in := range numInputs {
			if later := State(state) == Probation || State(state) == Canary; !later && !played[state][in] {
				t.Errorf("no scenario has a worker that is %s and %s", State(state), inputKind(in))
			}
		}
	}
}

// A scenario is a text file. Lines that begin with "> " are inputs, lines that
// begin with "#" comments; what the supervisor answers follows each input, with
// the workers' states last.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := play(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-file +supervisor)\n%s", diff)
			}
		})
	}
}

// played are the cells of the table that a scenario has reached.
var played [numStates][numInputs]bool

// play feeds the inputs of a scenario to a supervisor and returns the scenario
// with its answers.
func play(text string) (string, error) {
	s := newSupervisor(Policy{})
	s.delivered = func(state State, in inputKind) { played[state][in] = true }
	var out strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			out.WriteString(line + "\n")
			continue
		}
		words, isInput := strings.CutPrefix(line, "> ")
		if !isInput {
			continue
		}
		out.WriteString(line + "\n")
		if state, ok := strings.CutPrefix(words, "fresh "); ok {
			for _, step := range preludes[state] {
				s = fresh(s, step)
				if _, err := feed(s, strings.Fields(step)); err != nil {
					return "", err
				}
			}
			fmt.Fprintf(&out, "= %s\n", summary(s))
			continue
		}
		effects, err := feed(s, strings.Fields(words))
		if err != nil {
			return "", fmt.Errorf("line %d: %w", i+1, err)
		}
		for _, e := range effects {
			fmt.Fprintf(&out, "  %s\n", e)
		}
		fmt.Fprintf(&out, "= %s\n", summary(s))
		if err := invariants(s); err != nil {
			return "", fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return out.String(), nil
}

// preludes bring the first worker of a new supervisor into a state; "fresh STATE".
var preludes = func() map[string][]string {
	loading := []string{"start", "w1 snapshot", "w1 spawned 101"}
	checked := slices.Concat(loading, []string{"w1 offered a b", "w1 ready"})
	ready := slices.Concat(checked, []string{"w1 vetted", "w1 serving", "w1 stable"})
	return map[string][]string{
		"loading": loading, "checked": checked, "ready": ready,
		"paused":   slices.Concat(ready, []string{"signal TTOU"}),
		"draining": slices.Concat(ready, []string{"signal USR1"}),
		"failed":   slices.Concat(loading, []string{"w1 startup-eof"}),
		"gone":     slices.Concat(ready, []string{"reload 1", "w2 snapshot", "w2 spawned 102", "w2 ready", "w2 vetted", "w2 serving", "w1 exited 0"}),
	}
}()

// fresh is a new supervisor at the first step of a prelude.
func fresh(s *supervisor, step string) *supervisor {
	if step != "start" {
		return s
	}
	n := newSupervisor(Policy{})
	n.delivered = s.delivered
	return n
}

// feed turns the words of an input line into an input:
//
//	policy name=value...      start      reload CALLER [hard|forced] [check] [from=N]     cancel CALLER
//	fresh STATE    signal NAME    due respawn|unserved|measure    measured MIB    over-budget    wN INPUT [arguments]
func feed(s *supervisor, words []string) ([]effect, error) {
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(arg(i))
		return n
	}
	switch arg(0) {
	case "policy":
		return nil, setPolicy(&s.policy, words[1:])
	case "start":
		return s.master(masterInput{kind: inStart}), nil
	case "reload":
		return s.master(masterInput{kind: inReload, caller: number(1), hard: arg(2) == "hard", forced: arg(2) == "forced",
			check: slices.Contains(words, "check"), from: from(words)}), nil
	case "measured":
		return s.master(masterInput{kind: inMeasured, bytes: int64(number(1)) << 20}), nil
	case "over-budget":
		return s.master(masterInput{kind: inOverBudget}), nil
	case "cancel":
		return s.master(masterInput{kind: inCancel, caller: number(1)}), nil
	case "signal":
		sig, ok := signalsByName[arg(1)]
		if !ok {
			return nil, fmt.Errorf("signal %q", arg(1))
		}
		return s.master(masterInput{kind: inSignal, signal: sig}), nil
	case "due":
		kind, ok := map[string]masterInputKind{"respawn": inRespawn, "unserved": inUnserved, "measure": inMeasure}[arg(1)]
		if !ok {
			return nil, fmt.Errorf("timer %q", arg(1))
		}
		return s.master(masterInput{kind: kind}), nil
	}
	in := input{}
	if _, err := fmt.Sscanf(arg(0), "w%d", &in.worker); err != nil {
		return nil, fmt.Errorf("input %q", arg(0))
	}
	name := arg(1)
	if name == "kept" { // offered, of those given
		name, in.kept = "offered", true
	}
	found := false
	for i, n := range inputNames {
		if n == name {
			in.kind, found = inputKind(i), true
		}
	}
	if !found {
		return nil, fmt.Errorf("input %q", name)
	}
	rest := words[2:]
	in.text = strings.Join(rest, " ")
	switch in.kind {
	case inSpawned:
		in.pid = number(2)
	case inExited:
		if sig, ok := signalsByName[arg(2)]; ok {
			in.status = exitStatus(0, sig)
		} else {
			in.status = exitStatus(number(2), 0)
		}
	case inOffered:
		in.keys = rest
	case inDiscovered:
		in.data = []byte(in.text)
	case inDeadline:
		in.after = Never
		if arg(2) != "never" {
			in.after, _ = time.ParseDuration(arg(2))
		}
	case inLog:
		in.level, in.text = arg(2), strings.Join(words[3:], " ")
	case inVetted:
		if len(rest) > 0 {
			in.apply = func(p *Policy) { _ = setPolicy(p, rest) }
		}
	}
	return s.worker(in), nil
}

// from is the generation that a reload is to load again.
func from(words []string) (n int) {
	for _, w := range words {
		if v, ok := strings.CutPrefix(w, "from="); ok {
			n, _ = strconv.Atoi(v)
		}
	}
	return n
}

var signalsByName = map[string]syscall.Signal{
	"BUS": syscall.SIGBUS, "FPE": syscall.SIGFPE, "ILL": syscall.SIGILL, "TRAP": syscall.SIGTRAP, "SYS": syscall.SIGSYS,
	"USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM,
	"INT": syscall.SIGINT, "TTOU": syscall.SIGTTOU, "TTIN": syscall.SIGTTIN, "KILL": syscall.SIGKILL,
	"SEGV": syscall.SIGSEGV, "ABRT": syscall.SIGABRT,
}

func setPolicy(p *Policy, settings []string) error {
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "max-reloads":
			if p.MaxReloads = n; n == 0 {
				p.MaxReloads = NoneKept
			}
		case "in-place":
			p.InPlace = true
		case "exit-on-failure":
			p.ExitOnFailure = true
		case "kept":
			p.KeptGenerations = n
		case "crash-limit":
			p.CrashLimit = n
		case "hang-timeout":
			if p.HangTimeout, _ = time.ParseDuration(value); value == "never" {
				p.HangTimeout = Never
			}
		case "max-draining":
			p.MaxDraining = n
		case "drain-memory":
			p.DrainMemory = int64(n) << 20
		case "drain-timeout":
			if p.DrainTimeout, _ = time.ParseDuration(value); value == "never" {
				p.DrainTimeout = Never
			}
		case "load-timeout":
			if p.LoadTimeout, _ = time.ParseDuration(value); value == "never" {
				p.LoadTimeout = Never
			}
		default:
			return fmt.Errorf("policy %q", name)
		}
	}
	return nil
}

func summary(s *supervisor) string {
	var parts []string
	for _, w := range s.workers {
		p := fmt.Sprintf("w%d:%s", w.number, w.state)
		if w == s.current {
			p += "*"
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		parts = append(parts, "nobody")
	}
	if len(s.store) > 0 {
		parts = append(parts, fmt.Sprint(s.store))
	}
	if len(s.pending) > 0 {
		parts = append(parts, "pending")
	}
	if s.stopped {
		parts = append(parts, "stopped")
	}
	return strings.Join(parts, " ")
}

// invariants hold between any two inputs.
func invariants(s *supervisor) error {
	serving, candidates := 0, 0
	for _, w := range s.workers {
		if w.state.serving() {
			serving++
			if w != s.current {
				return fmt.Errorf("w%d serves and is not the current worker", w.number)
			}
		}
		if w.load != nil {
			candidates++
			if w.load != s.reload && w.load != s.respawn {
				return fmt.Errorf("w%d belongs to a load that is over", w.number)
			}
		} else if w.state == Loading || w.state == Checked || w.state == Failed {
			return fmt.Errorf("w%d is %s without a load", w.number, w.state)
		}
		if w.hurried && w.state != Draining {
			return fmt.Errorf("w%d is hurried and %s", w.number, w.state)
		}
		if w.missed > 0 && !w.asked || w.hung && !w.signalled || w.missed > hangProbes {
			return fmt.Errorf("w%d: asked %t, %d missed, hung %t", w.number, w.asked, w.missed, w.hung)
		}
		if w.state == Gone {
			return fmt.Errorf("w%d is gone and still listed", w.number)
		}
	}
	drain := len(slices.DeleteFunc(s.former(), (*worker).ending))
	switch {
	case s.policy.MaxDraining > 0 && drain > s.policy.MaxDraining && s.current != nil && s.stop == stopNot && !s.stopped:
		return fmt.Errorf("%d workers drain, more than %d", drain, s.policy.MaxDraining)
	case s.policy.DrainMemory > 0 && drain > 0 && !s.measuring && s.current != nil && s.stop == stopNot && !s.stopped:
		return fmt.Errorf("nobody measures what %d workers that drain take", drain)
	case serving > 1:
		return fmt.Errorf("%d workers serve", serving)
	case s.reload != nil && s.reload.worker.proposed != 0 && (s.current == nil || s.current.number != s.reload.worker.proposed):
		return fmt.Errorf("w%d waits for an answer that nobody will give", s.reload.worker.number)
	case s.current != nil && serving == 0:
		return fmt.Errorf("the current worker is %s", s.current.state)
	case candidates > 2:
		return fmt.Errorf("%d candidates", candidates)
	case len(s.pending) > 0 && !s.hold && s.reload == nil && !s.stopped:
		return fmt.Errorf("a request waits for nothing")
	case s.served && !s.stopped && s.stop == stopNot && !s.policy.ExitOnFailure && s.current == nil && s.respawn == nil && !s.waiting:
		return fmt.Errorf("nobody serves and nothing is done about it")
	case s.stop != stopNot && len(s.workers) == 0 && !s.stopped:
		return fmt.Errorf("stopping, nobody left, and not stopped")
	}
	return nil
}
