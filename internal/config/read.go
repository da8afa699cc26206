package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// MaxFileSize is the largest configuration file read, and MaxTotalSize the most
// that all files of a configuration may have: memory stays bounded whatever a
// path names.
const (
	MaxFileSize  = 64 << 20
	MaxTotalSize = 256 << 20
)

// readError is an error after the file was opened.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

func isReadError(err error) bool {
	var r readError
	return errors.As(err, &r)
}

// ReadFile reads a file of at most MaxFileSize bytes. It never waits for the
// writer of a FIFO: what is no regular file is opened without blocking, and a
// FIFO without a writer is empty.
func ReadFile(name string) ([]byte, error) { return readFile(context.Background(), name) }

func readFile(ctx context.Context, name string) ([]byte, error) {
	// os.OpenFile puts what can be polled, a FIFO for instance, under the runtime's
	// poller, so that the deadline below can end a read.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	stop := context.AfterFunc(ctx, func() { f.SetReadDeadline(past) })
	defer stop()
	if err := ctx.Err(); err != nil {
		return nil, readError{err}
	}
	var all bytes.Buffer
	if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
		all.Grow(int(min(st.Size(), MaxFileSize)) + 2*bytes.MinRead) // once, not by doubling
	}
	if _, err := all.ReadFrom(io.LimitReader(f, MaxFileSize+1)); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, readError{err}
	}
	data := all.Bytes()
	if len(data) > MaxFileSize {
		return nil, readError{errTooLarge}
	}
	if st, err := f.Stat(); err == nil && len(data) == 0 && st.Mode()&os.ModeNamedPipe != 0 {
		// Hardly meant to be an empty configuration, which would take the service
		// away.
		return nil, readError{errNothing}
	}
	return data, nil
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

var (
	errTooLarge = errors.New("too large")
	errNothing  = errors.New("a FIFO to which nobody writes")
)

// ReadFiles reads the files and directories of a command line, in order (-f of
// the management guide 3): of a directory the files whose names end in ".cfg"
// and do not begin with a dot, in the order of their bytes. The error's text is
// the whole message. When ctx ends so does the wait for a file that does not
// come. Each of at is told of a name before it is looked at, which may take for
// ever.
func ReadFiles(ctx context.Context, paths []string, at ...func(name string)) ([]File, error) {
	tell := func(name string) {
		for _, f := range at {
			f(name)
		}
	}
	var names []string
	for _, path := range paths {
		tell(path)
		st, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("config : Cannot open configuration file/directory %s : %s", path, strerror(err))
		}
		if !st.IsDir() {
			names = append(names, path)
			continue
		}
		in, err := directory(path)
		if err != nil {
			return nil, err
		}
		names = append(names, in...)
	}
	var files []File
	total := 0
	for _, name := range names {
		tell(name)
		data, err := readFile(ctx, name)
		switch {
		case errors.Is(err, errTooLarge):
			return nil, fmt.Errorf("config : Loading %s: input is too large %dMB, limited to %dMB. Exiting.", name, MaxFileSize>>20, MaxFileSize>>20)
		case err != nil && isReadError(err):
			return nil, fmt.Errorf("config : Could not read configuration file %s : %s", name, strerror(err))
		case err != nil:
			return nil, fmt.Errorf("config : Could not open configuration file %s : %s", name, strerror(err))
		}
		if total += len(data); total > MaxTotalSize {
			return nil, fmt.Errorf("config : Loading %s: all files together are larger than %dMB. Exiting.", name, MaxTotalSize>>20)
		}
		files = append(files, File{Name: name, Data: data})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("config : No configuration file found in %s", strings.Join(paths, " "))
	}
	return files, nil
}

// directory lists the configuration files of a directory.
func directory(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("config : Cannot open configuration directory %s : %s", path, strerror(err))
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".cfg") || strings.HasPrefix(name, ".") {
			continue
		}
		full := filepath.Join(path, name)
		st, err := os.Stat(full)
		if err != nil {
			return nil, fmt.Errorf("config : Cannot open configuration file %s : %s", full, strerror(err))
		}
		if st.Mode().IsRegular() {
			names = append(names, full)
		}
	}
	slices.Sort(names)
	return names, nil
}

// strerror returns the system's text of an error, capitalised as C libraries
// write it.
func strerror(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		s := no.Error()
		return strings.ToUpper(s[:1]) + s[1:]
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "not read in time"
	}
	return err.Error()
}
