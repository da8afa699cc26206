package mworker

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whatever the order of events, sensible or not, the supervisor must not panic
// and its invariants must hold; and when it is told to stop and its workers end,
// it must come to an end with every caller answered exactly once.
func TestRandomHistories(t *testing.T) {
	for seed := range uint64(400) {
		if err := history(seed); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func history(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	s := newSupervisor(Policy{CrashLimit: 2, ExitOnFailure: seed%7 == 0, InPlace: seed%2 == 0, HangTimeout: []time.Duration{0, Never, 0}[seed%3],
		MaxDraining: int(seed % 5), DrainMemory: int64(seed % 2 << 20)})
	open := map[int]bool{}
	callers := 0
	exits := 0
	var trace strings.Builder
	check := func(what string, effects []effect) error {
		fmt.Fprintf(&trace, "> %s\n", what)
		for _, e := range effects {
			fmt.Fprintf(&trace, "  %s\n", e)
			switch e.kind {
			case doReply:
				if !open[e.caller] {
					return fmt.Errorf("caller %d answered twice\n%s", e.caller, trace.String())
				}
				delete(open, e.caller)
			case doExit:
				exits++
			}
		}
		if err := invariants(s); err != nil {
			return fmt.Errorf("%w\n%s", err, trace.String())
		}
		return nil
	}
	if err := check("start", s.master(masterInput{kind: inStart})); err != nil {
		return err
	}
	signals := []syscall.Signal{syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGUSR1}
	for range 200 {
		var err error
		switch n := r.IntN(20); {
		case n == 0:
			sig := signals[r.IntN(len(signals))]
			if sig == syscall.SIGUSR1 && r.IntN(4) > 0 {
				sig = syscall.SIGHUP
			}
			err = check(sig.String(), s.master(masterInput{kind: inSignal, signal: sig}))
		case n == 1 && !s.stopped:
			callers++
			open[callers] = true
			err = check("reload", s.master(masterInput{kind: inReload, caller: callers, hard: r.IntN(3) == 0, forced: r.IntN(5) == 0,
				check: r.IntN(4) == 0, from: max(0, r.IntN(2*s.nextGeneration+2)-s.nextGeneration)}))
		case n == 6:
			err = check("due measure", s.master(masterInput{kind: inMeasure}))
		case n == 7:
			err = check("measured", s.master(masterInput{kind: inMeasured, bytes: int64(r.IntN(2 << 20))}))
		case n == 5 && r.IntN(4) == 0:
			err = check("over budget", s.master(masterInput{kind: inOverBudget}))
		case n == 4 && r.IntN(4) == 0 && !s.stopped:
			callers++
			open[callers] = true
			err = check("cancel", s.master(masterInput{kind: inCancel, caller: callers}))
		case n == 2:
			err = check("due respawn", s.master(masterInput{kind: inRespawn}))
		case n == 3:
			err = check("due unserved", s.master(masterInput{kind: inUnserved}))
		default:
			in := s.likely(r)
			err = check(fmt.Sprintf("w%d %s", in.worker, in.kind), s.worker(in))
		}
		if err != nil {
			return err
		}
	}
	if err := check("TERM", s.master(masterInput{kind: inSignal, signal: syscall.SIGTERM})); err != nil {
		return err
	}
	for len(s.workers) > 0 && !s.stopped {
		w := s.workers[0]
		in := input{kind: inExited, worker: w.number, status: exitStatus(0, syscall.SIGTERM)}
		if w.spawning {
			in.kind, in.pid = inSpawned, 1000+w.number
		}
		if err := check("end", s.worker(in)); err != nil {
			return err
		}
	}
	if !s.stopped || exits != 1 {
		return fmt.Errorf("stopped %t, %d exits\n%s", s.stopped, exits, trace.String())
	}
	if len(open) > 0 {
		return fmt.Errorf("callers never answered: %v\n%s", open, trace.String())
	}
	return nil
}

// likely chooses an input for one of the workers: usually one that could come
// now, sometimes any.
func (s *supervisor) likely(r *rand.Rand) input {
	in := input{worker: 1 + r.IntN(s.nextWorker)}
	if len(s.workers) > 0 && r.IntN(10) > 0 {
		in.worker = s.workers[r.IntN(len(s.workers))].number
	}
	in.keys, in.pid, in.text = []string{string(rune('a' + r.IntN(4)))}, 1000+in.worker, "x"
	in.kept = r.IntN(2) == 0
	in.after = []time.Duration{Never, time.Second}[r.IntN(2)]
	in.status = exitStatus(r.IntN(2), 0)
	if r.IntN(8) == 0 {
		in.kind = inputKind(r.IntN(numInputs))
		if in.kind < cmdReplaced || in.kind > cmdResume { // commands are the supervisor's own
			return in
		}
	}
	choice := []inputKind{inExited, inLog, inRetired, inControlEOF, inKillTimeout, inStable, inProbe, inProbe, inProbe, inPong, inDrainTimeout}
	if w := s.find(in.worker); w != nil {
		switch {
		case w.state == Loading && w.pid == 0 && !w.spawning:
			choice = []inputKind{inSnapshot, inSnapshot, inSnapshotFailed, inLoadTimeout}
		case w.spawning:
			choice = []inputKind{inSpawned, inSpawned, inSpawnFailed, inKillTimeout}
		case w.state == Loading:
			choice = []inputKind{inProposed, inOffered, inReady, inReady, inReady, inPhase, inDeadline, inExited, inLoadTimeout}
		case s.proposer(w) != nil:
			choice = []inputKind{inApplied, inApplied, inNotApplied, inExited}
		case w.state == Checked && !w.committing:
			choice = []inputKind{inVetted, inVetted, inVetFailed, inExited}
		case w.state == Checked:
			choice = []inputKind{inServing, inServing, inServing, inRefused, inControlEOF, inLoadTimeout}
		}
	}
	in.kind = choice[r.IntN(len(choice))]
	return in
}
