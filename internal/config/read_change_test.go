package config

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Of a directory only its own regular files count: neither directories, however
// they are named and wherever their links lead, nor FIFOs.
func TestReadDirectoryLoops(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.cfg"), "global\n")
	sub := filepath.Join(dir, "sub.cfg")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(sub, "deep.cfg"), "foo\n")
	if err := os.Symlink(".", filepath.Join(dir, "loop.cfg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..", filepath.Join(sub, "up.cfg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.cfg", filepath.Join(dir, "link.cfg")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo.cfg"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := ReadFiles(context.Background(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f.Name))
	}
	if got := strings.Join(names, " "); got != "a.cfg link.cfg" {
		t.Errorf("read %s", got)
	}

	self := filepath.Join(dir, "self.cfg")
	if err := os.Symlink("self.cfg", self); err != nil {
		t.Fatal(err)
	}
	want := "config : Cannot open configuration file " + self + " : Too many levels of symbolic links"
	if _, err := ReadFiles(context.Background(), []string{dir}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A file given twice is read twice.
func TestReadTwice(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), "a"), "backend b\n mode tcp\n timeout connect 1s\n timeout server 1s\n")
	files, err := ReadFiles(context.Background(), []string{name, name})
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	if _, d := load(files...); !d.Failed() || !strings.Contains(d.List[0].Text, "has the same name as backend 'b'") {
		t.Errorf("%v", d.List)
	}
}

// A FIFO is read to the end of what its writer writes, in however many pieces.
func TestReadFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("# a line of a comment\n", 10_000) + "global\n"
	opened := make(chan *os.File)
	go func() {
		w, err := os.OpenFile(name, os.O_RDWR, 0) // which waits for nobody
		if err != nil {
			t.Error(err)
		}
		opened <- w
		if w != nil {
			w.WriteString(text)
			w.Close()
		}
	}()
	if w := <-opened; w == nil {
		return
	}
	files, err := ReadFiles(context.Background(), []string{name})
	if err != nil || string(files[0].Data) != text {
		t.Errorf("%d bytes, %v", len(files[0].Data), err)
	}
}

// A file that is cut, or grows, while it is read gives the bytes that were there
// when they were read, and its parse an error or a Spec: never a panic, never
// more than the limit.
func TestReadChanging(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f.cfg")
	unit := []byte("global\n maxconn 100\n")
	long := bytes.Repeat(unit, 50_000)
	write(t, name, string(long))
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if i%2 == 0 {
				os.Truncate(name, int64(i%len(long)))
			} else {
				os.WriteFile(name, long, 0o644)
			}
		}
	}()
	for range 20 {
		files, err := ReadFiles(context.Background(), []string{name})
		if err != nil {
			t.Fatal(err)
		}
		if len(files[0].Data) > len(long) {
			t.Fatalf("%d bytes", len(files[0].Data))
		}
		load(files...)
	}
	close(stop)
	<-done
}
