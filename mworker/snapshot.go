package mworker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// snapshot is the sealed archive of one generation; nil while it is read.
type snapshot struct {
	archive *descriptor
	hash    string // WorkerInfo.Hash
	cancel  context.CancelFunc
}

// maxHangingReads bounds how many Snapshot calls may be left behind on a file
// system that does not answer.
const maxHangingReads = 4

// startSnapshot reads the files of a new generation on a goroutine.
func (m *Master) startSnapshot(number, generation int) {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), readingKey{}, func(what string) {
		text := cut("reading files: "+printable(what), maxPhase)
		m.post(message{in: input{kind: inPhase, worker: number, text: text}})
	}))
	m.snapshots[generation] = &snapshot{cancel: cancel}
	if m.reading >= maxHangingReads {
		err := fmt.Errorf("%d earlier reads of the files still hang", m.reading)
		m.follow(input{kind: inSnapshotFailed, worker: number, text: err.Error()})
		return
	}
	m.reading++
	go func() {
		fd, hash, err := readSnapshot(ctx, m.opts.Snapshot, m.opts.SnapshotLimit)
		m.post(message{call: func() { m.snapshotDone(number, generation, fd, hash, err) }, drop: func() {
			if err == nil {
				own(fd).release()
			}
		}})
	}()
}

// readingKey is what Reading finds in the context of a Snapshot.
type readingKey struct{}

// Reading tells the master what Options.Snapshot is about to read, by the context
// that it was given: if that hangs, the load's failure will name it.
func Reading(ctx context.Context, what string) {
	if tell, ok := ctx.Value(readingKey{}).(func(string)); ok && ctx.Err() == nil {
		tell(what)
	}
}

// readSnapshot seals what read returns. hash is the SHA-256 of the contents of the
// files, one after the other.
func readSnapshot(ctx context.Context, read func(context.Context) ([]File, error), limit int64) (fd int, hash string, err error) {
	defer func() {
		if p := recover(); p != nil {
			fd, err = -1, fmt.Errorf("reading the files panicked: %v", p)
		}
	}()
	files, err := read(ctx)
	if err != nil {
		return -1, "", err
	}
	if ctx.Err() != nil {
		return -1, "", ctx.Err()
	}
	fd, err = sealFiles(files, limit)
	sum := sha256.New()
	for _, f := range files {
		sum.Write(f.Data)
	}
	return fd, hex.EncodeToString(sum.Sum(nil)), err
}

// snapshotDone files the archive, unless nobody waits for it any more.
func (m *Master) snapshotDone(number, generation, fd int, hash string, err error) {
	m.reading--
	s := m.snapshots[generation]
	if err != nil {
		m.step(input{kind: inSnapshotFailed, worker: number, text: err.Error()})
		return
	}
	if s == nil {
		own(fd).release()
		return
	}
	s.archive, s.hash = own(fd), hash
	m.step(input{kind: inSnapshot, worker: number})
}

func (m *Master) forget(generation int) {
	if s := m.snapshots[generation]; s != nil {
		s.cancel()
		if s.archive != nil {
			s.archive.release()
		}
		delete(m.snapshots, generation)
	}
}

// vet has the discovery result checked on a goroutine.
func (m *Master) vet(number, generation int, payload []byte) {
	if m.opts.Discovered == nil {
		m.follow(input{kind: inVetted, worker: number})
		return
	}
	ctx := context.Background()
	if s := m.snapshots[generation]; s != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		if d := m.sup.policy.LoadTimeout; d != Never {
			ctx, cancel = context.WithTimeout(ctx, d)
		}
		s.cancel = joinCancel(s.cancel, cancel)
	}
	go func() {
		in := input{kind: inVetted, worker: number}
		apply, err := callDiscovered(ctx, m.opts.Discovered, generation, payload)
		if in.apply = apply; err != nil {
			in = input{kind: inVetFailed, worker: number, text: err.Error()}
		}
		m.post(message{in: in})
	}()
}

func joinCancel(a, b context.CancelFunc) context.CancelFunc { return func() { a(); b() } }

func callDiscovered(ctx context.Context, f func(context.Context, int, []byte) (func(*Policy), error), generation int, payload []byte) (apply func(*Policy), err error) {
	defer func() {
		if p := recover(); p != nil {
			apply, err = nil, errors.New(fmt.Sprint("checking the discovery result panicked: ", p))
		}
	}()
	return f(ctx, generation, payload)
}
