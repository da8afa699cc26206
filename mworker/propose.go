package mworker

import (
	"errors"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// maxProposal bounds the changes that a worker may propose, in bytes.
const maxProposal = 64 << 20

// Applier is a Handler that can change while it serves.
type Applier interface {
	// Apply makes all the changes that a candidate has proposed, or none and returns
	// why. It must validate everything before it changes anything.
	Apply(changes []byte) error
}

// Former returns the files of the generation that serves, if this worker may
// propose changes to it in place of itself (Policy.InPlace); nil otherwise.
func (w *Worker) Former() *Archive { return w.former }

// Propose asks the master to have the serving worker change instead of being
// replaced; changes are for its [Applier]. If that happens the load has succeeded and
// this process is ended: Propose returns only if it has to go on, with the reason.
// It is called at most once, before anything is bound.
func (w *Worker) Propose(changes []byte) (declined string, err error) {
	if w.former == nil {
		return "", errors.New("mworker: nothing can be proposed to a serving worker")
	}
	if len(changes) > maxProposal {
		return "", fmt.Errorf("mworker: changes of more than %d bytes", maxProposal)
	}
	fd, err := sys.SealedMemfd("mworker-changes", changes)
	if err != nil {
		return "", err
	}
	defer sys.Close(fd)
	if err := w.send(w.startup, frameProposal, nil, []int{fd}); err != nil {
		return "", err
	}
	buffer := make([]byte, frameHeader+maxPayload)
	for {
		n, fds, err := w.startup.Recv(buffer)
		sys.CloseAll(fds)
		if err != nil {
			return "", fmt.Errorf("mworker: startup channel: %w", err)
		}
		f, err := parseFrame(buffer[:n], len(fds), maxPayload)
		switch {
		case err != nil:
			return "", err
		case f.kind == frameDeclined:
			return parseText(f.payload, maxReason)
		case f.kind < frameOptional:
			return "", unknownFrame(f)
		}
	}
}

func (w *Worker) takeFormer(f frame, fds []int) error {
	if f.kind == frameFormer {
		if len(fds) != 1 || w.former != nil {
			sys.CloseAll(fds)
			return errFrame
		}
		defer sys.CloseAll(fds)
		b, err := sys.ReadSealed(fds[0], 1<<40)
		if err != nil {
			return err
		}
		w.former = &Archive{held: map[string]int{}}
		w.former.Files, err = parseFiles(b)
		return err
	}
	if w.former == nil {
		sys.CloseAll(fds)
		return errFrame
	}
	return takeHeld(w.former.held, f, fds)
}

// apply has the handler make changes, one after the other orders.
func (w *Worker) apply(f frame, fds []int) error {
	if len(fds) != 1 {
		sys.CloseAll(fds)
		return fmt.Errorf("%w: changes", errFrame)
	}
	changes, err := sys.ReadSealed(fds[0], maxProposal)
	sys.CloseAll(fds)
	if err != nil {
		return err
	}
	w.queue(func(h Handler) {
		err := errors.New("this worker changes nothing while it serves")
		if a, ok := h.(Applier); ok {
			err = a.Apply(changes)
		}
		if err != nil {
			_ = w.send(w.control, frameNotApplied, appendString(nil, cut(err.Error(), maxReason)), nil)
			return
		}
		_ = w.send(w.control, frameApplied, nil, nil)
	})
	return nil
}

// The master's side.

func parseProposal(p *process, f frame, fds []int) (message, bool) {
	in := input{kind: inProposed, worker: p.number}
	if len(fds) == 1 && len(f.payload) == 0 {
		if _, err := sys.SealedReader(fds[0], maxProposal); err == nil {
			d := own(fds[0])
			return message{in: in, fds: []*descriptor{d}, drop: d.release}, false
		}
	}
	sys.CloseAll(fds)
	in.kind, in.text = inBadFrame, "a proposal without its changes"
	return message{in: in}, true
}

// takeProposal keeps the changes with their worker.
func (m *Master) takeProposal(msg message) input {
	p := m.processes[msg.in.worker]
	if p == nil || p.proposal != nil {
		releaseAll(msg.fds)
		return input{kind: inBadFrame, worker: msg.in.worker, text: "a second proposal"}
	}
	p.proposal = msg.fds[0]
	return msg.in
}

func (m *Master) apply(to, of *process) {
	if to == nil || of == nil || of.proposal == nil || !to.toControl.push(frameApply, nil, of.proposal.hold()) {
		if to != nil {
			m.follow(input{kind: inNotApplied, worker: to.number, text: "it cannot be told"})
		}
	}
}

func (m *Master) decline(p *process, reason string) {
	if p == nil {
		return
	}
	if p.proposal != nil {
		p.proposal.release()
		p.proposal = nil
	}
	p.toStartup.push(frameDeclined, appendString(nil, cut(reason, maxReason)))
}
