package programs

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// State is a Set as another program of the same process takes it over.
type State struct {
	Processes []ProcessState `json:"processes,omitempty"`
	Change    Change         `json:"change"`
}

// ProcessState is a program that runs, or waits to be started again.
type ProcessState struct {
	Program  discovery.Program `json:"program"`
	PID      int               `json:"pid,omitempty"` // 0: it waits
	Began    time.Time         `json:"began"`
	Reloads  int               `json:"reloads,omitempty"`
	Former   bool              `json:"former,omitempty"`
	Kept     bool              `json:"kept,omitempty"`
	Failures int               `json:"failures,omitempty"`
}

// Rest returns the state. Until Resume nothing is started and nobody's end is acted
// upon.
func (s *Set) Rest() (st State) {
	rested := make(chan struct{})
	resume := make(chan struct{})
	begun := s.cast(func() {
		st.Change = s.change
		for _, p := range s.processes {
			st.Processes = append(st.Processes, ProcessState{Program: p.Program, PID: p.pid, Began: p.began,
				Reloads: p.reloads, Former: p.former, Kept: p.kept, Failures: p.failures})
		}
		close(rested)
		<-resume
	})
	if begun {
		<-rested
		s.mu.Lock()
		s.resume = resume
		s.mu.Unlock()
	}
	return st
}

// Resume ends a Rest.
func (s *Set) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resume != nil {
		close(s.resume)
		s.resume = nil
	}
}

// Restore makes the programs of a state those of a new set.
func (s *Set) Restore(st State) {
	if len(st.Processes) == 0 {
		return
	}
	s.begin()
	s.call(func() {
		s.change = st.Change
		for _, o := range st.Processes {
			p := &process{Program: o.Program, began: o.Began, reloads: o.Reloads, former: o.Former, kept: o.Kept, failures: o.Failures}
			s.processes = append(s.processes, p)
			if o.PID == 0 {
				s.again(p, p.delay())
				continue
			}
			c, err := sys.AdoptChild(o.PID)
			if err != nil { // it is no child any more, so there is nobody to wait for
				s.again(p, p.delay())
				continue
			}
			p.child, p.pid = c, o.PID
			s.await(p)
		}
	})
}
