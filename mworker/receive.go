package mworker

import (
	"bytes"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// parseStartup reads a frame of the startup channel. The second result is true
// when nothing more may come.
func (m *Master) parseStartup(p *process, f frame, fds []int) (message, bool) {
	in := input{worker: p.number}
	var err error
	switch f.kind {
	case framePhase:
		in.kind = inPhase
		in.text, err = parseText(f.payload, maxPhase)
		in.text = printable(in.text)
	case frameLog:
		in.kind = inLog
		in.level, in.text, err = parseLog(f.payload)
	case frameDeadline:
		in.kind = inDeadline
		in.after, err = parseDeadline(f.payload)
	case frameDiscovered:
		in.kind, in.data = inDiscovered, bytes.Clone(f.payload)
	case frameOffer:
		return parseOffer(in, f, fds)
	case frameRead:
		return m.parseReadFrame(p, f, fds)
	case frameProposal:
		return parseProposal(p, f, fds)
	case frameReady:
		in.kind = inReady
		in.text, err = parseText(f.payload, maxVersion)
		in.text = printable(in.text)
	default:
		err = unknownFrame(f)
	}
	msg := finish(p, in, fds, err)
	return msg, msg.in.kind == inBadFrame || msg.in.kind == inReady
}

// parseControl reads a frame of the control channel.
func parseControl(p *process, f frame, fds []int) (message, bool) {
	in := input{worker: p.number}
	var err error
	switch f.kind {
	case frameServing:
		in.kind = inServing
	case frameRefused:
		in.kind = inRefused
		in.text, err = parseText(f.payload, maxReason)
		in.text = printable(in.text)
	case frameRetired:
		in.kind = inRetired
	case frameApplied:
		in.kind = inApplied
	case frameNotApplied:
		in.kind = inNotApplied
		in.text, err = parseText(f.payload, maxReason)
		in.text = printable(in.text)
	case framePong:
		in.kind = inPong
	case frameLog:
		in.kind = inLog
		in.level, in.text, err = parseLog(f.payload)
	default:
		err = unknownFrame(f)
	}
	msg := finish(p, in, fds, err)
	return msg, msg.in.kind == inBadFrame
}

// errOptional marks a frame that may be skipped.
var errOptional = fmt.Errorf("%w: optional", errFrame)

func unknownFrame(f frame) error {
	if f.kind >= frameOptional {
		return errOptional
	}
	return fmt.Errorf("%w: type %d", errFrame, f.kind)
}

// finish makes the message, or the report of a broken protocol. Only offers
// carry descriptors.
func finish(p *process, in input, fds []int, err error) message {
	sys.CloseAll(fds)
	if err == errOptional {
		return message{}
	}
	if err == nil && len(fds) > 0 {
		err = fmt.Errorf("%w: unexpected descriptors", errFrame)
	}
	if err != nil {
		in = input{kind: inBadFrame, worker: p.number, text: err.Error()}
	}
	return message{in: in}
}

func parseOffer(in input, f frame, fds []int) (message, bool) {
	l, err := parseKeyList(f.payload)
	if err == nil && len(l.keys) != len(fds) {
		err = fmt.Errorf("%w: %d keys with %d descriptors", errFrame, len(l.keys), len(fds))
	}
	for _, fd := range fds {
		if err == nil && !sys.IsSocket(fd) {
			err = fmt.Errorf("%w: a descriptor that is no socket", errFrame)
		}
	}
	if err != nil {
		sys.CloseAll(fds)
		return message{in: input{kind: inBadFrame, worker: in.worker, text: err.Error()}}, true
	}
	in.kind, in.keys, in.kept = inOffered, l.keys, l.flag
	ds := make([]*descriptor, len(fds))
	for i, fd := range fds {
		ds[i] = own(fd)
	}
	return message{in: in, fds: ds, drop: func() { releaseAll(ds) }}, false
}
