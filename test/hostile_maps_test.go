package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A map whose file changes, goes away or becomes something else answers from what was
// read: in this worker, and in one that takes its place after a crash. A reload reads
// it again, and what cannot be read leaves the service as it is.
func TestHostileMaps(t *testing.T) {
	dir := harness.TempDir(t)
	file, list := filepath.Join(dir, "a.map"), filepath.Join(dir, "a.lst")
	addr := harness.Addr(t)
	write := func(path, data string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "/a first\n")
	write(list, "/listed\n")
	p := harness.Start(t, harness.Options{Await: []string{addr}, Config: "global\n    mworker-load-timeout 2s\n" + defaults +
		"frontend f\n    bind " + addr + "\n    acl listed path -f " + list + "\n    http-request deny status 500 if listed\n" +
		text("%[path,map_str("+file+",none)]")})
	worker := p.Worker()
	answers := func(when, a, listed string) {
		t.Helper()
		if got := bodyOf(t, addr, "/a", ""); got != a {
			t.Errorf("%s: the map gives %.80q, want %.80q", when, got, a)
		}
		if got := bodyOf(t, addr, "/listed", ""); got != listed {
			t.Errorf("%s: the list gives %s, want %s", when, got, listed)
		}
	}
	answers("at first", "first", "500")

	write(file, "/a second\n")
	os.Remove(list)
	answers("after the files changed", "first", "500")
	syscall.Kill(worker, syscall.SIGKILL)
	eventually(t, 10*time.Second, "another worker", func() error {
		for _, r := range p.Procs() {
			if r.Section == "workers" && r.Pid != worker {
				return harness.Connects(addr)
			}
		}
		return fmt.Errorf("none yet")
	})
	answers("after a crash", "first", "500")

	worker = p.Worker()
	write(list, "/listed\n")
	for _, c := range []struct {
		name string
		make func() error
		says string
	}{
		{"missing", func() error { return nil }, "failed to open pattern file <" + file + ">"},
		{"a directory", func() error { return os.Mkdir(file, 0o755) }, "error encountered while reading  <" + file + "> : Is a directory"},
		{"a link to itself", func() error { return os.Symlink(file, file) }, "failed to open pattern file <" + file + ">"},
		{"a device without end", func() error { return os.Symlink("/dev/zero", file) }, "error encountered while reading  <" + file + "> : more than 67108864 bytes"},
		{"larger than anything", func() error { write(file, ""); return os.Truncate(file, 1<<31) }, "error encountered while reading  <" + file + "> : more than 1073741824 bytes"},
		{"a FIFO nobody writes to", func() error { return syscall.Mkfifo(file, 0o644) }, ""},
		{"a NUL", func() error { write(file, "/a x\n/b \x00\n"); return nil }, "NUL characters are not allowed at line 2 of file '" + file + "'"},
		{"a long line", func() error { write(file, "/a "+strings.Repeat("x", 70000)); return nil }, "the line is too long at line 1 of file '" + file + "'"},
	} {
		os.Remove(file)
		if err := c.make(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		a, err := p.TryMaster("reload")
		if !strings.HasPrefix(a, "Success=0\n") || !strings.Contains(a, c.says) {
			t.Errorf("%s: reply %.500q %v, want %q", c.name, a, err, c.says)
		}
		if p.Exited() || !harness.Alive(worker) {
			t.Fatalf("%s: the service ended", c.name)
		}
		answers("after "+c.name, "first", "500")
	}

	// What is no UTF-8 is bytes like others.
	os.Remove(file)
	write(file, "\xff/x bad\n/\xc3\x28 bad\n\xef\xbb\xbf/a bom\n/a \xff\xfe\xc3\x28\r\n")
	write(list, "\xff\xfe\n")
	p.MustReload()
	answers("with bytes", "\xff\xfe\xc3\x28", "none")

	// The file changes all the time while it is read: each answer is one that was there.
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				os.WriteFile(file, []byte(strings.Repeat("# change\n", i%1000)+"/a changed\n"), 0o644)
			}
		}
	}()
	for range 3 {
		p.Reload() // a file cut short lacks the line, which is no error
		if got := bodyOf(t, addr, "/a", ""); got != "changed" && got != "none" {
			t.Errorf("while it changes: %.80q", got)
		}
	}
	close(done)
	<-ended
	write(file, "/a last\n")
	p.MustReload()
	answers("at last", "last", "none")
}
