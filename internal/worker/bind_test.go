package worker

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

func bindOf(t *testing.T, words string) *config.Bind {
	t.Helper()
	l, _ := newLoad(t, timeoutLines+"frontend f\n bind "+words+"\n")
	return l.spec.Proxies[0].Binds[0]
}

// names lists a directory.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// A UNIX socket takes its name only when nothing can fail any more: until then
// whoever has it keeps it.
func TestBindPath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	former, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer former.Close()
	former.(*net.UnixListener).SetUnlinkOnClose(false)
	was, _ := os.Lstat(path)

	var s sockets
	fd, _, err := s.open("k", bindOf(t, path+" mode 640"))
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(fd)
	if now, err := os.Lstat(path); err != nil || !os.SameFile(was, now) {
		t.Fatalf("the name was taken too early (%v)", err)
	}
	if got, want := names(t, dir), []string{"s", fmt.Sprintf("s.%d.tmp", os.Getpid())}; !slices.Equal(got, want) {
		t.Fatalf("names %v, want %v", got, want)
	}
	if err := s.settle(); err != nil {
		t.Fatal(err)
	}
	now, err := os.Lstat(path)
	if err != nil || os.SameFile(was, now) || now.Mode() != os.ModeSocket|0o640 {
		t.Fatalf("after settle: %v, %v", now, err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Fatalf("names %v", got)
	}
	if err := sys.Listen(fd, 8); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	s.abandon() // too late: nothing to take back
	if got := names(t, dir); len(got) != 1 {
		t.Fatalf("names %v after a late abandon", got)
	}
	s.paths[0].unlink()
	if got := names(t, dir); len(got) != 0 {
		t.Fatalf("names %v after unlink", got)
	}
}

// A name that somebody else took meanwhile is not ours to remove.
func TestUnlinkOnlyOurs(t *testing.T) {
	dir := t.TempDir()
	var s sockets
	for _, name := range []string{"replaced", "gone", "kept"} {
		fd, _, err := s.open(name, bindOf(t, filepath.Join(dir, name)))
		if err != nil {
			t.Fatal(err)
		}
		defer sys.Close(fd)
	}
	if err := s.settle(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, filepath.Join(dir, "replaced")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.paths {
		p.unlink()
	}
	if got := names(t, dir); !slices.Equal(got, []string{"replaced"}) {
		t.Errorf("names %v, want the one of somebody else", got)
	}
}

// A load that fails leaves no name behind and takes none.
func TestAbandon(t *testing.T) {
	dir := t.TempDir()
	var s sockets
	fd, _, err := s.open("a", bindOf(t, filepath.Join(dir, "a")))
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(fd)
	if _, _, err := s.open("b", bindOf(t, filepath.Join(dir, "b")+" user no-such-user-here")); err == nil {
		t.Error("bound for a user that does not exist")
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("names %v: the failed one should be gone", got)
	}
	s.abandon()
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("names %v after abandon", got)
	}
}

// What the master keeps is not bound again; what is new is offered to it.
func TestKeptAndOffered(t *testing.T) {
	kept, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	offered := map[string]int{}
	var refuse error
	s := sockets{
		kept: func(key string) (int, bool) { return 77, key == "kept" },
		offer: func(key string, fd int) error {
			offered[key] = fd
			return refuse
		},
	}
	if fd, _, err := s.open("kept", bindOf(t, kept.Addr().String())); fd != 77 || err != nil {
		t.Errorf("kept: %d, %v", fd, err)
	}
	fd, _, err := s.open("new", bindOf(t, "abns@"+t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(fd)
	if len(offered) != 1 || offered["new"] != fd {
		t.Errorf("offered %v, want the new one, %d", offered, fd)
	}
	refuse = errors.New("too many")
	if _, _, err := s.open("refused", bindOf(t, "abns@"+t.Name()+"2")); !errors.Is(err, refuse) {
		t.Errorf("a refused offer: %v", err)
	}
	if sys.IsSocket(offered["refused"]) {
		t.Error("a refused socket stays open")
	}
}

func TestBindDescriptor(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var s sockets
	b := bindOf(t, "fd@3")
	b.Address.FD = int(file.Fd())
	if _, _, err := s.open("k", b); err == nil || !strings.Contains(err.Error(), "is not a socket") {
		t.Errorf("a file was taken for a socket: %v", err)
	}
}

// The texts of the reference for the same failures.
func TestBindError(t *testing.T) {
	for words, want := range map[string]string{
		"192.0.2.1:80":       "Binding [t.cfg:6] for frontend a: protocol tcpv4: cannot bind socket (Cannot assign requested address) for [192.0.2.1:80].",
		":80":                "Binding [t.cfg:6] for frontend a: protocol tcpv4: cannot bind socket (Cannot assign requested address) for [0.0.0.0:80].",
		"[2001:db8::1]:80":   "Binding [t.cfg:6] for frontend a: protocol tcpv6: cannot bind socket (Cannot assign requested address) for [2001:db8::1:80].",
		"no.host.invalid:80": "Binding [t.cfg:6] for frontend a: protocol tcpv4: cannot bind socket (Cannot assign requested address) for [no.host.invalid:80].",
		"/nonexist/x.sock":   "Binding [t.cfg:6] for frontend a: protocol unix_stream: cannot bind UNIX socket (Cannot assign requested address) [/nonexist/x.sock].",
		"abns@foo":           "Binding [t.cfg:6] for frontend a: protocol abns_stream: cannot bind UNIX socket (Cannot assign requested address) [abns@foo].",
	} {
		b := bindOf(t, words)
		if got := bindError(b, "frontend a", os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", words, got, want)
		}
	}
	taken := fmt.Errorf("bind: %w", syscall.EADDRINUSE)
	if got, want := bindError(bindOf(t, "abns@foo"), "proxy b", taken), "Binding [t.cfg:6] for proxy b: protocol abns_stream: cannot bind UNIX socket (already in use) [abns@foo]."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := bindError(bindOf(t, "127.0.0.1:1"), "proxy b", taken), "Binding [t.cfg:6] for proxy b: protocol tcpv4: cannot bind socket (Address already in use) for [127.0.0.1:1]."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := bindError(bindOf(t, "127.0.0.1:1"), "proxy b", errors.New("too many")), "Binding [t.cfg:6] for proxy b: protocol tcpv4: cannot bind socket (too many) for [127.0.0.1:1]."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Every listener that cannot be bound is reported, not only the first, and what
// was bound is given back.
func TestBindAll(t *testing.T) {
	dir := t.TempDir()
	l, said := newLoad(t, "global\n stats socket "+dir+"/none/c\n stats socket "+dir+"/c\n"+timeoutLines+"frontend a\n bind "+dir+"/a\n bind "+dir+"/none/b\nlisten l\n bind abns@"+t.Name()+"\n bind abns@"+t.Name()+"\n")
	if s, ok := l.prepare(&sockets{}); ok || s != nil {
		t.Fatal("prepared")
	}
	var bad []string
	for _, line := range said.take() {
		if strings.HasPrefix(line, "[ALERT]") {
			bad = append(bad, strings.TrimPrefix(line, "[ALERT]    (42) : "))
		}
	}
	equal(t, "alerts", bad, []string{
		"Binding [t.cfg:10] for frontend a: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [" + dir + "/none/b].",
		"Binding [t.cfg:13] for proxy l: protocol abns_stream: cannot bind UNIX socket (already in use) [abns@" + t.Name() + "].",
		"Binding [t.cfg:2] for frontend GLOBAL: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [" + dir + "/none/c].",
		"[" + os.Args[0] + ".main()] Some protocols failed to start their listeners! Exiting.",
	})
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("names %v are left", got)
	}
	for _, ln := range l.run.Listeners {
		if ln.FD >= 0 && sys.IsSocket(ln.FD) {
			t.Errorf("%s is left open", ln.Bind.SocketKey())
		}
	}
}
