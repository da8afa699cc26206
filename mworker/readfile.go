package mworker

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Bounds of what a generation may keep beside the files that the master read.
const (
	maxReadFiles = 4096
	maxReadName  = maxKey
)

// read is a file that a load has read.
type read struct {
	name string
	was  bool // it was there
	lost bool // and its bytes did not come
}

func (r read) append(b []byte) []byte {
	b = appendString(b, r.name)
	b = appendBool(b, r.was)
	return appendBool(b, r.lost)
}

func parseRead(payload []byte) (r read, err error) {
	f := fieldReader{b: payload}
	r.name, r.was, r.lost = f.string(maxReadName), f.bool(), f.bool()
	return r, f.done()
}

// Checking reports whether the load is only checked: it will be ended when it has
// succeeded. Such a worker binds, but gives no name to what it has bound.
func (w *Worker) Checking() bool { return w.check }

// Again reports whether this worker loads what an earlier one has loaded (a
// respawn, a rollback) and is to read the files of that time: see Held.
func (w *Worker) Again() bool { return w.again }

// Keep tells the master what a file held that the load has just read beside
// [Worker.Files]; err is the error of reading it. A respawn or a rollback finds
// it by Held, whatever became of the file. It does nothing for other errors than
// fs.ErrNotExist, or when the file came from Held. The data are sealed and copied.
func (w *Worker) Keep(name string, data []byte, err error) {
	if w.again && w.Held(name) != nil {
		return
	}
	r := read{name: name, was: err == nil}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if len(name) > maxReadName {
		r.name, r.lost = "", true
	}
	var fds []int
	if r.was && !r.lost {
		fd, err := sys.SealedMemfd("mworker-file", data)
		if r.lost = err != nil; !r.lost {
			fds = append(fds, fd)
			defer sys.Close(fd)
		}
	}
	_ = w.send(w.startup, frameRead, r.append(nil), fds)
}

// Held returns what is kept of a file of that name from an earlier load of this
// generation; nil if nothing is, and the disk is to be asked.
func (w *Worker) Held(name string) *Held {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, ok := w.held[name]
	if !ok {
		return nil
	}
	return &Held{fd: h}
}

// Held is a file as an earlier load found it.
type Held struct{ fd int } // -1: it was not there

// Read returns the bytes, or fs.ErrNotExist.
func (h *Held) Read() ([]byte, error) {
	if h.fd < 0 {
		return nil, fs.ErrNotExist
	}
	return sys.ReadSealed(h.fd, 1<<40)
}

// takeHeld files names with their descriptors.
func takeHeld(held map[string]int, f frame, fds []int) error {
	l, err := parseKeyList(f.payload)
	if err != nil || l.flag && len(l.keys) != len(fds) || !l.flag && len(fds) > 0 {
		sys.CloseAll(fds)
		return errFrame
	}
	for i, name := range l.keys {
		held[name] = -1
		if l.flag {
			held[name] = fds[i]
		}
	}
	return nil
}

// parseReadFrame reads the frame of a file on the goroutine that received it, for
// its sum may take a while.
func (m *Master) parseReadFrame(p *process, f frame, fds []int) (message, bool) {
	bad := func(why string) (message, bool) {
		sys.CloseAll(fds)
		return message{in: input{kind: inBadFrame, worker: p.number, text: why}}, true
	}
	r, err := parseRead(f.payload)
	if err != nil {
		return bad(err.Error())
	}
	if want := r.was && !r.lost; want != (len(fds) == 1) || len(fds) > 1 {
		return bad("a file without its bytes")
	}
	msg := message{call: func() { m.fileRead(p, r, nil, sum{}, 0) }}
	if len(fds) == 0 {
		return msg, false
	}
	s, size, err := examine(fds[0], m.opts.SnapshotLimit)
	if err != nil {
		return bad(fmt.Sprintf("file %q: %v", printable(r.name), err))
	}
	fd := own(fds[0])
	return message{call: func() { m.fileRead(p, r, fd, s, size) }, drop: fd.release}, false
}

// fileRead files it with its generation, as far as there is room.
func (m *Master) fileRead(p *process, r read, fd *descriptor, s sum, size int64) {
	g := m.snapshots[p.generation]
	if g == nil || g.sealed {
		if fd != nil {
			fd.release()
		}
		return
	}
	if _, twice := g.files[r.name]; twice || r.lost || len(g.files) >= maxReadFiles || g.size+size > m.opts.SnapshotLimit {
		g.partial = g.partial || !twice
		if fd != nil {
			fd.release()
		}
		return
	}
	if g.files == nil {
		g.files = map[string]*content{}
	}
	if fd == nil {
		g.files[r.name] = nil
		return
	}
	g.size += size
	m.grown = true
	g.files[r.name] = m.contents.take(s, size, fd)
}
