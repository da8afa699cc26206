package mworker

import "testing"

func TestTableIsComplete(t *testing.T) {
	for state, row := range makeTable() {
		for in, c := range row {
			if c == nil {
				t.Errorf("no cell for %s in state %s", inputKind(in), State(state))
			}
		}
	}
}

// A cell that panics would end the master: try every one on a worker that is in
// that state for good reasons and on one that has nothing.
func TestEveryCellStandsAlone(t *testing.T) {
	for state := range numStates {
		for in := range numInputs {
			for _, policy := range []Policy{{}, {ExitOnFailure: true, MaxReloads: NoneKept}} {
				s := newSupervisor(policy)
				s.served = state != int(Loading)
				s.good = []int{1}
				l := &load{callers: []int{1}}
				w := s.newWorker(1, l)
				w.pid, w.state, w.given = 100, State(state), []string{"a"}
				switch w.state {
				case Loading, Checked, Failed:
					s.reload = l
					w.committing = w.state == Checked
				case Ready, Paused:
					w.load, s.current = nil, w
				default:
					w.load = nil
				}
				s.worker(input{kind: inputKind(in), worker: 1, pid: 100, keys: []string{"a"}, kept: true, text: "x"})
				if w.state == Gone && s.find(1) != nil {
					t.Errorf("%s in state %s: a worker that is gone is still listed", inputKind(in), State(state))
				}
			}
		}
	}
}

func TestNamesAreComplete(t *testing.T) {
	for i, n := range inputNames {
		if n == "" {
			t.Errorf("input %d has no name", i)
		}
	}
	for i, n := range eventNames {
		if n == "" {
			t.Errorf("event %d has no name", i)
		}
	}
	for i, n := range stateNames {
		if n == "" || State(i).String() != n {
			t.Errorf("state %d has no name", i)
		}
	}
}
