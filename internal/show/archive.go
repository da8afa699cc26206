package show

import (
	"archive/tar"
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Archive writes what a core dump of this process is read with to a tar file:
// the executable, and the shared libraries if it was built with any. Their names
// are those on this machine below a folder with the process's id.
func Archive(name string) error {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer maps.Close()
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	t := tar.NewWriter(out)
	for _, path := range objects(maps) {
		if err := addFile(t, fmt.Sprintf("core-%d%s", os.Getpid(), path), path); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return out.Close()
}

// objects lists the files whose code is mapped, in the order of the kernel's
// list of mappings, whose sixth column is the path.
func objects(maps io.Reader) []string {
	var paths []string
	for s := bufio.NewScanner(maps); s.Scan(); {
		f := strings.Fields(s.Text())
		if len(f) == 6 && strings.Contains(f[1], "x") && strings.HasPrefix(f[5], "/") && !slices.Contains(paths, f[5]) {
			paths = append(paths, f[5])
		}
	}
	return paths
}

func addFile(t *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	// The time is left out: the same files make the same archive.
	h := &tar.Header{Name: name, Mode: int64(st.Mode().Perm() & 0o555), Size: st.Size(), ModTime: time.Unix(0, 0), Format: tar.FormatGNU}
	if err := t.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return err
}
