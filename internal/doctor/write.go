package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/config"
)

// replaceAll puts the repaired files in the place of those that were read.
func replaceAll(read, repaired []config.File) error {
	for i, f := range read {
		if bytes.Equal(f.Data, repaired[i].Data) {
			continue
		}
		if err := replaceFile(f.Name, f.Data, repaired[i].Data); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile keeps the file under a second name, ".bak", and renames the new
// one over it: a reader finds one or the other, whole. A symbolic link stays
// one.
func replaceFile(name string, was, now []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	st, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, it cannot be replaced", name)
	}
	current, err := config.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(current, was) {
		return fmt.Errorf("%s has changed since it was read", name)
	}
	if err := backup(name); err != nil {
		return err
	}
	return writeFile(name, now, st.Mode().Perm())
}

// backup gives the file a second name that is free: NAME.bak, NAME.bak.1 and so
// on.
func backup(name string) error {
	for i := range 1000 {
		to := name + ".bak"
		if i > 0 {
			to += "." + strconv.Itoa(i)
		}
		if err := os.Link(name, to); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return fmt.Errorf("%s has too many backups", name)
}

// writeFile writes a file under another name and renames it. An existing file's
// owner and permissions are kept.
func writeFile(name string, data []byte, mode fs.FileMode) error {
	st, err := os.Stat(name)
	if err == nil && !st.Mode().IsRegular() {
		// A device or FIFO, /dev/stdout say, is written to, not replaced.
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	if st != nil {
		mode = st.Mode().Perm()
		if sys, ok := st.Sys().(*syscall.Stat_t); ok && (int(sys.Uid) != os.Geteuid() || int(sys.Gid) != os.Getegid()) {
			err = f.Chown(int(sys.Uid), int(sys.Gid))
		}
	}
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
