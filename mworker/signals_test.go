package mworker

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// Each state that a master can be in, by the history that leads there.
var situations = []struct{ name, history string }{
	{"reading the first files", "start"},
	{"starting the first worker", "start; w1 snapshot"},
	{"first load", "start; w1 snapshot; w1 spawned 101"},
	{"first result checked", "start; w1 snapshot; w1 spawned 101; w1 ready"},
	{"first worker told to serve", "start; w1 snapshot; w1 spawned 101; w1 offered a; w1 ready; w1 vetted"},
	{"serving", serving1},
	{"paused", serving1 + "; signal TTOU"},
	{"hung", serving1 + "; w1 probe; w1 probe; w1 probe; w1 probe; w1 probe"},
	{"reading files", serving1 + "; reload 1"},
	{"starting", serving1 + "; reload 1; w2 snapshot"},
	{"loading", serving1 + "; reload 1; w2 snapshot; w2 spawned 102"},
	{"loading, another asked for", serving1 + "; reload 1; w2 snapshot; w2 spawned 102; reload 2"},
	{"checking", serving1 + "; reload 1; w2 snapshot; w2 spawned 102; w2 kept a; w2 ready"},
	{"committing", serving1 + "; reload 1; w2 snapshot; w2 spawned 102; w2 kept a; w2 ready; w2 vetted"},
	{"failing", serving1 + "; reload 1; w2 snapshot; w2 spawned 102; w2 load-timeout"},
	{"cancelled while starting", serving1 + "; reload 1; w2 snapshot; cancel 2"},
	{"draining", serving1 + "; reload 1; w2 snapshot; w2 spawned 102; w2 kept a; w2 ready; w2 vetted; w2 serving"},
	{"crashed", serving1 + "; w1 exited SEGV"},
	{"waiting to respawn", serving1 + "; w1 exited SEGV; w2 spawned 102; w2 exited SEGV"},
	{"loading beside a respawn", serving1 + "; w1 exited SEGV; reload 1; w3 snapshot; w3 spawned 103; w2 spawned 102"},
	{"stopping softly", serving1 + "; signal USR1"},
}

const serving1 = "start; w1 snapshot; w1 spawned 101; w1 offered a; w1 ready; w1 vetted; w1 serving"

// Whatever the master is doing, TERM, INT and USR1 end it with their status once
// the workers have ended, and no worker is left that was not told.
func TestStopInEverySituation(t *testing.T) {
	for _, at := range situations {
		for sig, code := range map[string]int{"TERM": 0, "INT": 130, "USR1": 0} {
			t.Run(at.name+"/"+sig, func(t *testing.T) {
				s := newSupervisor(Policy{})
				told, exit := map[int]bool{}, -1
				take := func(effects []effect) {
					for _, e := range effects {
						switch e.kind {
						case doSignal, doDrain:
							told[e.worker] = true
						case doExit:
							exit = e.code
						}
					}
				}
				for _, step := range strings.Split(at.history, "; ") {
					take(mustFeed(t, s, step))
				}
				take(mustFeed(t, s, "signal "+sig))
				for n := 0; exit < 0; n++ {
					if n > 20 || len(s.workers) == 0 {
						t.Fatalf("it does not end: %s", summary(s))
					}
					w := s.workers[0]
					if w.spawning {
						take(mustFeed(t, s, fmt.Sprintf("w%d spawned %d", w.number, 100+w.number)))
					}
					if !told[w.number] {
						t.Fatalf("w%d was not told: %s", w.number, summary(s))
					}
					take(mustFeed(t, s, fmt.Sprintf("w%d exited TERM", w.number)))
				}
				if exit != code {
					t.Errorf("exit status %d, want %d", exit, code)
				}
			})
		}
	}
}

// USR2 and HUP lead to a load with files read from now on, unless the master is
// stopping at once.
func TestReloadInEverySituation(t *testing.T) {
	for _, at := range situations {
		for _, sig := range []string{"USR2", "HUP"} {
			t.Run(at.name+"/"+sig, func(t *testing.T) {
				s := newSupervisor(Policy{})
				for _, step := range strings.Split(at.history, "; ") {
					mustFeed(t, s, step)
				}
				busy := s.reload != nil
				reads := 0
				for _, e := range mustFeed(t, s, "signal "+sig) {
					if e.kind == doSnapshot {
						reads++
					}
				}
				if busy && (reads != 0 || len(s.pending) == 0) || !busy && (reads != 1 || len(s.pending) > 0) {
					t.Errorf("%d reads at once, %s", reads, summary(s))
				}
			})
		}
	}
}

// TTOU and TTIN reach the worker that serves and nobody else.
func TestPauseInEverySituation(t *testing.T) {
	for _, at := range situations {
		t.Run(at.name, func(t *testing.T) {
			s := newSupervisor(Policy{})
			for _, step := range strings.Split(at.history, "; ") {
				mustFeed(t, s, step)
			}
			var state State
			current := s.current
			if current != nil {
				state = current.state
			}
			for _, pass := range []struct {
				sig  syscall.Signal
				from State
				kind effectKind
			}{{syscall.SIGTTOU, Ready, doPause}, {syscall.SIGTTIN, Paused, doResume}} {
				sent := 0
				for _, e := range s.master(masterInput{kind: inSignal, signal: pass.sig}) {
					switch {
					case e.kind == pass.kind && current != nil && e.worker == current.number:
						sent++
					case e.kind != doEvent:
						t.Errorf("%v: %v", pass.sig, e)
					}
				}
				want := 0
				if current != nil && state == pass.from {
					want = 1
				}
				if sent != want {
					t.Errorf("%v: sent %d times, want %d", pass.sig, sent, want)
				}
				if current != nil {
					state = current.state
				}
			}
		})
	}
}

func mustFeed(t *testing.T, s *supervisor, step string) []effect {
	t.Helper()
	effects, err := feed(s, strings.Fields(step))
	if err == nil {
		err = invariants(s)
	}
	if err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	return effects
}
