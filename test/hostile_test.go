package test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Files that no sane person would load: either they load and serve, or there
// is an error with status 1; there is never a panic, and never a hang.
func TestHostileFiles(t *testing.T) {
	random := make([]byte, 10<<20)
	rnd := rand.NewChaCha8([32]byte{1})
	rnd.Read(random)
	words := []string{"global", "defaults", "frontend", "backend", "bind", "server", "acl", "\"", "'", "\\", "{", "}", "$", "${X", "#", "\n", "\n", " ", "\t", "if", "127.0.0.1:0", "a", "\x00", ".if", ".endif"}
	var soup strings.Builder
	r := rand.New(rnd)
	for soup.Len() < 1<<20 {
		soup.WriteString(words[r.IntN(len(words))] + " ")
	}
	good := func(addr string) string {
		return defaults + "frontend f\n    bind " + addr + "\n    http-request return status 200\n"
	}
	for _, c := range []struct {
		name string
		text func(addr string) string
		want string // "serve", "fail", or "" for one of them
	}{
		{"empty", func(string) string { return "" }, "fail"},
		{"only comments", func(string) string { return "# nothing\n\n   # here\n" }, "fail"},
		{"random bytes", func(string) string { return string(random) }, "fail"},
		{"random words", func(string) string { return soup.String() }, "fail"},
		{"a line of 1 MiB", func(a string) string { return good(a) + "    #" + strings.Repeat("x", 1<<20) + "\n" }, ""},
		{"a word of 1 MiB", func(a string) string { return good(a) + strings.Repeat("x", 1<<20) + "\n" }, "fail"},
		{"a million words", func(a string) string { return good(a) + "    acl x path" + strings.Repeat(" a", 1<<20) + "\n" }, "fail"},
		{"NUL in a line", func(a string) string { return good(a) + "    acl x\x00 path /\n" }, "fail"},
		{"only NULs", func(string) string { return strings.Repeat("\x00", 4096) }, "fail"},
		{"CRLF", func(a string) string { return strings.ReplaceAll(good(a), "\n", "\r\n") }, "serve"},
		{"no final line feed", func(a string) string { return strings.TrimSuffix(good(a), "\n") }, "fail"},
		{"open quote", func(a string) string { return good(a) + "    acl x path \"/a\n" }, "fail"},
		{"open condition", func(a string) string { return ".if 1\n" + good(a) }, "fail"},
		{"byte order mark", func(a string) string { return "\ufeff" + good(a) }, "fail"},
		{"deep conditions", func(a string) string {
			return strings.Repeat(".if 1\n", 10000) + good(a) + strings.Repeat(".endif\n", 10000)
		}, "fail"},
		{"all bytes in a name", func(a string) string {
			var b strings.Builder
			for i := 1; i < 256; i++ {
				fmt.Fprintf(&b, "frontend x%c\n", rune(i))
			}
			return good(a) + b.String()
		}, "fail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			addr := harness.Addr(t)
			// Standalone, because a master without listeners is a question of its own.
			p := harness.Start(t, harness.Options{Config: c.text(addr), Standalone: true, NoWait: true})
			eventually(t, 30*time.Second, "service or end", func() error {
				if p.Exited() {
					return nil
				}
				return harness.Connects(addr)
			})
			if !p.Exited() {
				if c.want == "fail" {
					t.Errorf("it serves")
				}
				return
			}
			if c.want == "serve" {
				t.Errorf("it does not serve:\n%s", p.Output())
			}
			if rc := p.AwaitExit(0); rc != 1 {
				t.Errorf("exit status %d, want 1", rc)
			}
			if !strings.Contains(p.Output(), "[ALERT]") {
				t.Error("no [ALERT] says why")
			}
			if len(p.Output()) > 4<<20 {
				t.Errorf("%d bytes of messages", len(p.Output()))
			}
		})
	}
}

// The same files at a reload: never served, never the end of the service.
// Better than the reference, whose master ends at what its discovery pass
// refuses (W-01, W-01b).
func TestHostileReloads(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	random := make([]byte, 10<<20)
	rand.NewChaCha8([32]byte{2}).Read(random)
	path := p.ConfigPath()
	for _, c := range []struct {
		name string
		make func() error
	}{
		{"random bytes", func() error { return os.WriteFile(path, random, 0o644) }},
		{"a word of 1 MiB", func() error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 1<<20), 0o644) }},
		{"NULs", func() error { return os.WriteFile(path, make([]byte, 4096), 0o644) }},
		{"open condition", func() error { return os.WriteFile(path, []byte(".if 1\n"+s.Config("", "")), 0o644) }},
		{"bad discovery keyword", func() error {
			return os.WriteFile(path, []byte("global\n    mworker-max-reloads -5\n"+s.Config("", "")), 0o644)
		}},
		{"no final line feed", func() error { return os.WriteFile(path, []byte(strings.TrimRight(s.Config("", ""), "\n ")), 0o644) }},
		{"missing", func() error { return os.Remove(path) }},
		{"dangling link", func() error { return os.Symlink("/nonexistent/x", path) }},
		{"a directory with garbage", func() error {
			os.Remove(path)
			os.Mkdir(path, 0o755)
			return os.WriteFile(filepath.Join(path, "1.cfg"), []byte("garbage\n"), 0o644)
		}},
		{"a FIFO nobody writes to", func() error { os.RemoveAll(path); return syscall.Mkfifo(path, 0o644) }},
	} {
		if err := c.make(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		a, err := p.TryMaster("reload")
		if !strings.HasPrefix(a, "Success=0\n") {
			t.Errorf("%s: reply %.500q %v", c.name, a, err)
		}
		if p.Exited() {
			t.Fatalf("%s: the master ended with %d", c.name, p.AwaitExit(0))
		}
		if !harness.Alive(worker) {
			t.Fatalf("%s: the worker ended", c.name)
		}
		harness.MustGet(t, s.HTTP, "/echo")
	}
	os.RemoveAll(path)
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	harness.MustGet(t, s.HTTP, "/echo")
}

// Several files and directories are read in order.
func TestFilesAndDirectories(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	conf := filepath.Join(dir, "conf.d")
	os.Mkdir(conf, 0o755)
	parts := strings.SplitN(s.Config("", ""), "\nbackend origins", 2)
	os.WriteFile(filepath.Join(conf, "20-rest.cfg"), []byte("backend origins"+parts[1]), 0o644)
	os.WriteFile(filepath.Join(conf, "10-web.cfg"), []byte(parts[0]), 0o644)
	os.WriteFile(filepath.Join(conf, "30-not.txt"), []byte("garbage\n"), 0o644)
	os.WriteFile(filepath.Join(conf, ".hidden.cfg"), []byte("garbage\n"), 0o644)
	harness.Start(t, harness.Options{Config: "global\n", Dir: dir, Args: []string{"-f", conf}, Await: []string{s.HTTP, s.TCP}})
	harness.MustGet(t, s.HTTP, "/echo")

	empty := filepath.Join(dir, "empty.d")
	os.Mkdir(empty, 0o755)
	q := harness.Start(t, harness.Options{NoArgs: true, NoWait: true, Args: []string{"-c", "-f", empty}})
	if rc := q.AwaitExit(10 * time.Second); rc == 0 {
		t.Error("a directory without configuration was accepted")
	}
}

// A file that may not be read is named.
func TestUnreadableFile(t *testing.T) {
	dir := harness.TempDir(t)
	path := filepath.Join(dir, "secret.cfg")
	os.WriteFile(path, []byte(defaults), 0o600)
	if os.Getuid() != 0 {
		os.Chmod(path, 0)
	}
	o := harness.Options{NoArgs: true, NoWait: true, Args: []string{"-f", path}}
	if os.Getuid() == 0 { // root may read everything
		o.User = &syscall.Credential{Uid: 65534, Gid: 65534}
		bin, err := os.ReadFile(harness.Binary(t))
		if err != nil {
			t.Fatal(err)
		}
		o.Program = filepath.Join(dir, "program") // the original may be below a directory of root's
		os.WriteFile(o.Program, bin, 0o755)
	}
	p := harness.Start(t, o)
	if rc := p.AwaitExit(10 * time.Second); rc != 1 {
		t.Errorf("exit status %d, want 1", rc)
	}
	if !strings.Contains(p.Output(), path) || !strings.Contains(p.Output(), "Permission denied") {
		t.Error("the output does not say which file and why")
	}
}
