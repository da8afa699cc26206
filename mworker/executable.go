package mworker

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// executable is a program that workers run, held open: whatever becomes of its path,
// it can be executed.
type executable struct {
	fd *descriptor // O_PATH
	id executableID
}

// executableID tells whether a path names another program than before.
type executableID struct {
	Dev, Ino uint64
	Size     int64
	Changed  int64 // ns since 1970
}

// String is short, and different for every program that was ever in that place.
func (id executableID) String() string {
	return fmt.Sprintf("%x-%x-%x", id.Ino, id.Size, id.Changed)
}

func openExecutable(path string) (*executable, error) {
	fd, err := sys.OpenPath(path)
	if err != nil {
		return nil, err
	}
	x := &executable{fd: own(fd)}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		x.fd.release()
		return nil, &os.PathError{Op: "fstat", Path: path, Err: err}
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG || st.Mode&0o111 == 0 {
		x.fd.release()
		return nil, &os.PathError{Op: "exec", Path: path, Err: syscall.EACCES}
	}
	x.id = executableID{Dev: uint64(st.Dev), Ino: st.Ino, Size: st.Size, Changed: st.Mtim.Nano()}
	return x, nil
}

func (x *executable) hold() *executable { return &executable{fd: x.fd.hold(), id: x.id} }

// programPath is where a new program is looked for; "" when that cannot be said.
func programPath(o *Options) string {
	if o.Executable != "" {
		return o.Executable
	}
	path, err := os.Executable()
	if err != nil || strings.HasSuffix(path, " (deleted)") {
		return ""
	}
	return path
}

// latest is the program that a load is to run: that of the path, or the one that is
// there already when the path names nothing, as in the middle of an installation.
func (m *Master) latest(was *executable) (*executable, error) {
	if m.path == "" {
		return was.hold(), nil
	}
	x, err := openExecutable(m.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return was.hold(), nil
	case err != nil:
		return nil, err
	case x.id == was.id:
		x.fd.release()
		return was.hold(), nil
	}
	return x, nil
}
