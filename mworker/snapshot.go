package mworker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// snapshot is the sealed archive of one generation; nil while it is read.
type snapshot struct {
	exe     *executable
	latest  bool // exe is what the path named when the load began
	archive *descriptor
	hash    string // WorkerInfo.Hash
	cancel  context.CancelFunc

	// files are those that the load itself read; nil for one that was not there.
	files    map[string]*content
	named    int   // files in the archive
	archived int64 // its size
	size     int64 // of all files, archive included
	partial  bool  // not all of them are kept: the disk is asked for the rest
	sealed   bool  // the load is over
}

// maxHangingReads bounds how many Snapshot calls may be left behind on a file
// system that does not answer.
const maxHangingReads = 4

// startSnapshot reads the files of a new generation on a goroutine.
func (m *Master) startSnapshot(number, generation, from int) {
	if from != 0 {
		m.shareSnapshot(number, generation, from)
		return
	}
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
	exe := m.exe.hold()
	go func() {
		read, err := readSnapshot(ctx, m.opts.Snapshot, m.opts.SnapshotLimit)
		if err == nil {
			if read.exe, err = m.latest(exe); err != nil {
				read.archive.release()
			}
		}
		exe.fd.release()
		m.post(message{call: func() { m.snapshotDone(number, generation, read, err) }, drop: func() {
			if err == nil {
				read.archive.release()
				read.exe.fd.release()
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

// readSnapshot seals what read returns. The hash is the SHA-256 of the contents of the
// files, one after the other.
func readSnapshot(ctx context.Context, read func(context.Context) ([]File, error), limit int64) (s *snapshot, err error) {
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, fmt.Errorf("reading the files panicked: %v", p)
		}
	}()
	files, err := read(ctx)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	fd, err := sealFiles(files, limit)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, f := range files {
		sum.Write(f.Data)
	}
	s = &snapshot{archive: own(fd), hash: hex.EncodeToString(sum.Sum(nil)), named: len(files)}
	if s.archived, err = sys.MemfdSize(fd); err != nil {
		s.archive.release()
		return nil, err
	}
	s.size = s.archived
	return s, nil
}

// snapshotDone files the archive, unless nobody waits for it any more.
func (m *Master) snapshotDone(number, generation int, read *snapshot, err error) {
	m.reading--
	s := m.snapshots[generation]
	if err != nil {
		m.step(input{kind: inSnapshotFailed, worker: number, text: err.Error()})
		return
	}
	if s == nil {
		read.archive.release()
		read.exe.fd.release()
		return
	}
	s.exe, s.latest = read.exe, true
	s.archive, s.hash, s.named, s.archived, s.size = read.archive, read.hash, read.named, read.archived, read.size
	m.grown = true
	m.step(input{kind: inSnapshot, worker: number})
}

// shareSnapshot makes the files of an earlier generation those of a new one.
func (m *Master) shareSnapshot(number, generation, from int) {
	old := m.snapshots[from]
	if old == nil || old.archive == nil {
		m.follow(input{kind: inSnapshotFailed, worker: number, text: "the generation's files are gone"})
		return
	}
	s := &snapshot{exe: old.exe.hold(), archive: old.archive.hold(), hash: old.hash, cancel: func() {}, files: maps.Clone(old.files),
		named: old.named, archived: old.archived, size: old.size, partial: old.partial, sealed: true}
	for _, c := range s.files {
		if c != nil {
			c.uses++
		}
	}
	m.snapshots[generation] = s
	m.follow(input{kind: inSnapshot, worker: number})
}

func (m *Master) forget(generation int) {
	if s := m.snapshots[generation]; s != nil {
		s.cancel()
		if s.archive != nil {
			s.archive.release()
			s.exe.fd.release()
		}
		for _, c := range s.files {
			m.contents.drop(c)
		}
		delete(m.snapshots, generation)
	}
}

// vet has the discovery result checked on a goroutine.
func (m *Master) vet(number, generation int, payload []byte) {
	var exe *executable
	if s := m.snapshots[generation]; s != nil && s.latest {
		exe = s.exe
	}
	prove := m.proof(exe)
	discovered := m.opts.Discovered
	if discovered == nil {
		discovered = func(context.Context, int, []byte) (func(*Policy), error) { return nil, nil }
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
		err := prove()
		var apply func(*Policy)
		if err == nil {
			apply, err = callDiscovered(ctx, discovered, generation, payload)
		}
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
