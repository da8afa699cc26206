package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/mworker"
)

// proposal is what a candidate asks the serving worker to become.
type proposal struct {
	Program string `json:"program"` // what the candidate runs: another program may mean another thing
	diff.Proposal
}

// change is a list of operations that were found good. All of it is made, or
// nothing.
type change struct {
	s *service
	p *diff.Proposal
	// inside are run while no stream runs and nobody else looks; they cannot fail.
	inside []func()
	// after are run when streams run again.
	after []func()

	frontends map[string]*proxy.Frontend // by title
	backends  map[string]*proxy.Backend  // likewise, and by name
	lists     map[*proxy.Backend]*serverList
	order     []*proxy.Backend // of lists
	global    []*logs.Target   // of the global section
	globalSet bool             // global is known
}

var _ mworker.Applier = (*service)(nil)

// How long a change may wait for commands of the runtime API that are under way,
// and for the threads.
const (
	waitCommands = 2 * time.Second
	waitThreads  = time.Second
)

// Apply implements mworker.Applier: it makes all the changes that a candidate
// proposes, or none and says why. Everything is validated and made before the first
// change; these then take a moment in which no stream runs.
func (s *service) Apply(changes []byte) error {
	var p proposal
	if err := json.Unmarshal(changes, &p); err != nil {
		return fmt.Errorf("the changes cannot be read: %w", err)
	}
	if p.Program != programID() {
		return errors.New("the program has been replaced")
	}
	if s.isDraining() {
		return errors.New("the serving worker is leaving")
	}
	if !s.exclude(waitCommands) {
		return errors.New("a command of the runtime API is still under way")
	}
	defer s.changing.Unlock()
	c := s.newChange(&p.Proposal)
	for _, op := range p.Operations {
		plan := planners[op.Do]
		if plan == nil {
			return fmt.Errorf("'%s' is unknown to the serving worker", op.Do)
		}
		if err := plan(c, &op); err != nil {
			return fmt.Errorf("%s: %w", describeOperation(&op), err)
		}
	}
	c.finishLists()
	done := s.engine.Exclusive(waitThreads, func() {
		for _, f := range c.inside {
			f()
		}
	})
	if !done {
		return errors.New("a thread is too busy")
	}
	for _, f := range c.after {
		f()
	}
	s.report.Noticef("%s", madeInPlace(len(p.Operations)))
	return nil
}

func (s *service) newChange(p *diff.Proposal) *change {
	c := &change{s: s, p: p, frontends: map[string]*proxy.Frontend{}, backends: map[string]*proxy.Backend{}, lists: map[*proxy.Backend]*serverList{}}
	for _, fe := range s.run.Frontends {
		c.frontends[fe.Spec.Kind.String()+" "+fe.Name] = fe
	}
	for _, be := range s.run.Backends {
		c.backends[be.Spec.Kind.String()+" "+be.Name], c.backends[be.Name] = be, be
	}
	return c
}

// exclude takes the right to change. It does not queue for it: who waits for a lock
// keeps new commands out.
func (s *service) exclude(within time.Duration) bool {
	for end := time.Now().Add(within); !s.changing.TryLock(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// planners validate an operation and put what it does into the change.
var planners = map[diff.Do]func(*change, *diff.Operation) error{
	diff.SetWeight:    (*change).setWeight,
	diff.SetMaxconn:   (*change).setMaxconn,
	diff.SetAddress:   (*change).setAddress,
	diff.SetState:     (*change).setState,
	diff.AddServer:    (*change).addServer,
	diff.RemoveServer: (*change).removeServer,
	diff.LoadPatterns: (*change).loadPatterns,
	diff.SetPages:     (*change).setPages,
	diff.SetLogs:      (*change).setLogs,
}

func madeInPlace(n int) string {
	if n == 1 {
		return "1 change was made in place."
	}
	return fmt.Sprintf("%d changes were made in place.", n)
}

func describeOperation(op *diff.Operation) string {
	switch {
	case op.Server != "":
		return fmt.Sprintf("%s of %s/%s", op.Do, op.Backend, op.Server)
	case op.File != "":
		return fmt.Sprintf("%s of %s", op.Do, op.File)
	}
	return string(op.Do)
}
