package mworker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Archive is what is kept of a generation, for a process that looks at it.
type Archive struct {
	Files []File // that the master read, in its order
	held  map[string]int
	sums  map[string]string
}

// Read returns the bytes of a file that the load read, or fs.ErrNotExist if there
// was none; of a file that it did not read, those on the disk.
func (a *Archive) Read(name string) ([]byte, error) {
	fd, ok := a.held[name]
	switch {
	case !ok:
		return os.ReadFile(name)
	case fd < 0:
		return nil, fs.ErrNotExist
	}
	return sys.ReadSealed(fd, 1<<40)
}

// Close lets go of the files.
func (a *Archive) Close() {
	for _, fd := range a.held {
		if fd >= 0 {
			sys.Close(fd)
		}
	}
	a.held = nil
}

// maxExamined bounds what an examination may say, in bytes.
const maxExamined = 16 << 20

// Examination is what a process has said about generations.
type Examination struct {
	Output []byte
	Errors []byte // of standard error, its first 64 KiB
	Code   int    // the exit status
}

// Examine runs the workers' program with other arguments than theirs, to look at
// generations on behalf of a master that parses nothing: args, then a word "fd:N" for
// each, with which [OpenArchive] finds it. Generation 0 stands for the files as they
// are now. The process is ended with ctx.
func (m *Master) Examine(ctx context.Context, args []string, generations ...int) (*Examination, error) {
	files := []int{0, 0, 0}
	words := slices.Concat(m.opts.Args[:1], args)
	for _, g := range generations {
		k, err := m.examined(ctx, g)
		if err != nil {
			return nil, err
		}
		defer k.release()
		index, fds, err := k.index()
		if err != nil {
			return nil, err
		}
		defer sys.Close(index)
		words = append(words, "fd:"+strconv.Itoa(len(files)))
		files = append(append(files, k.archive.fd, index), fds...)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	errs, theirErrs, err := os.Pipe()
	if err != nil {
		theirOut.Close()
		return nil, err
	}
	defer errs.Close()
	files[0], files[1], files[2] = int(null.Fd()), int(theirOut.Fd()), int(theirErrs.Fd())
	dir := ""
	if m.dir >= 0 {
		dir = sys.DescriptorPath(m.dir)
	}
	child, err := sys.Start(sys.Spec{Path: sys.DescriptorPath(m.exe.fd.fd), Argv: words, Env: m.opts.Env, Dir: dir, Files: files})
	theirOut.Close()
	theirErrs.Close()
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { child.Signal(syscall.SIGKILL) })
	defer stop()
	e := &Examination{}
	said := make(chan []byte, 1)
	go func() {
		b, _ := io.ReadAll(io.LimitReader(errs, maxPayload))
		io.Copy(io.Discard, errs)
		said <- b
	}()
	e.Output, err = io.ReadAll(io.LimitReader(out, maxExamined+1))
	if len(e.Output) > maxExamined {
		child.Signal(syscall.SIGKILL)
		err = errors.New("the answer is too long")
	}
	io.Copy(io.Discard, out)
	e.Errors = <-said
	code, sig, waited := child.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case waited != nil:
		return nil, waited
	case sig != 0:
		return nil, fmt.Errorf("the process %s", exitStatus(code, sig))
	}
	e.Code = code
	return e, nil
}

// examined holds a generation; 0 is read from the disk.
func (m *Master) examined(ctx context.Context, generation int) (*keptFiles, error) {
	if generation != 0 {
		return m.keptFiles(generation)
	}
	type result struct {
		s   *snapshot
		err error
	}
	done := make(chan result, 1)
	go func() {
		s, err := readSnapshot(ctx, m.opts.Snapshot, m.opts.SnapshotLimit)
		select {
		case done <- result{s, err}:
		case <-ctx.Done():
			if err == nil {
				s.archive.release()
			}
		}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, r.err
		}
		return &keptFiles{archive: r.s.archive, holds: []*descriptor{r.s.archive}}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// index seals the names of the files beside the archive; those that were there have
// a descriptor each, in the same order.
func (k *keptFiles) index() (fd int, fds []int, err error) {
	var list []File
	for _, name := range slices.Sorted(maps.Keys(k.files)) {
		f := File{Name: name}
		if c := k.files[name]; c != nil {
			f.Data = []byte(c.sum.String())
			fds = append(fds, c.fd.fd)
		}
		list = append(list, f)
	}
	fd, err = sealFiles(list, 1<<40)
	return fd, fds, err
}

// OpenArchive takes over the descriptors that Examine gave this process for a
// generation: fd, and those that follow.
func OpenArchive(fd int) (*Archive, error) {
	read := func(fd int) ([]File, error) {
		b, err := sys.ReadSealed(fd, 1<<40)
		sys.Close(fd)
		if err != nil {
			return nil, err
		}
		return parseFiles(b)
	}
	files, err := read(fd)
	if err != nil {
		return nil, err
	}
	index, err := read(fd + 1)
	if err != nil {
		return nil, err
	}
	a := &Archive{Files: files, held: map[string]int{}, sums: map[string]string{}}
	next := fd + 2
	for _, f := range index {
		a.held[f.Name] = -1
		if len(f.Data) > 0 {
			if !sys.IsSealed(next) {
				return nil, fmt.Errorf("%w: file %q is not there", errArchive, f.Name)
			}
			a.held[f.Name], a.sums[f.Name] = next, string(bytes.Clone(f.Data))
			next++
		}
	}
	return a, nil
}
