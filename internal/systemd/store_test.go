package systemd

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// keeper is the manager's side of the store: names only.
type keeper struct {
	names    []string
	messages []string
}

// obey reads messages, as they come, until the test ends.
func obey(t *testing.T, c *net.UnixConn, answer bool) (state func() keeper) {
	ask := make(chan chan keeper)
	messages := make(chan string)
	go func() {
		b, oob := make([]byte, 4096), make([]byte, 1024)
		for {
			n, oobn, _, _, err := c.ReadMsgUnix(b, oob)
			if err != nil {
				close(messages)
				return
			}
			text := string(b[:n])
			if control, err := syscall.ParseSocketControlMessage(oob[:oobn]); err == nil {
				for _, m := range control {
					fds, _ := syscall.ParseUnixRights(&m)
					if answer || text != "BARRIER=1" {
						sys.CloseAll(fds)
					}
				}
			}
			messages <- text
		}
	}()
	go func() {
		var k keeper
		for {
			select {
			case text, open := <-messages:
				if !open {
					messages = nil
					continue
				}
				k.messages = append(k.messages, text)
				_, name, _ := strings.Cut(text, "FDNAME=")
				switch {
				case strings.HasPrefix(text, "FDSTORE=1\nFDPOLL=0\n"):
					k.names = append(k.names, name)
				case strings.HasPrefix(text, "FDSTOREREMOVE=1\n"):
					k.names = slices.DeleteFunc(k.names, func(n string) bool { return n == name })
				}
			case to := <-ask:
				to <- keeper{slices.Clone(k.names), slices.Clone(k.messages)}
			case <-t.Context().Done():
				return
			}
		}
	}()
	return func() keeper {
		to := make(chan keeper)
		ask <- to
		return <-to
	}
}

func listener(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return int(f.Fd())
}

func open(t *testing.T, limit string) (*Store, func() keeper) {
	c := manager(t, filepath.Join(t.TempDir(), "n"))
	t.Setenv("FDSTORE", limit)
	s, listeners := OpenStore(FromEnvironment(), nil)
	if s == nil || len(listeners) != 0 {
		t.Fatal(s, listeners)
	}
	return s, obey(t, c, true)
}

// eventually waits for what the manager has: a message that nobody waits for
// takes its time.
func eventually(t *testing.T, state func() keeper, want ...string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		got := state().names
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("stored %q, want %q", got, want)
		}
	}
}

func TestKeep(t *testing.T) {
	s, state := open(t, "10")
	a, b := listener(t), listener(t)
	keep := func(l map[string]int) {
		t.Helper()
		if err := s.Keep(l); err != nil {
			t.Error(err)
		}
	}
	keep(map[string]int{"127.0.0.1:1": a, "/run/ä b": b, "fd@3": b})
	eventually(t, state, "sluice/1//run/%C3%A4%20b", "sluice/2/127.0.0.1%3A1")
	keep(map[string]int{"127.0.0.1:1": a, "/run/ä b": b})
	keep(map[string]int{"127.0.0.1:1": b}) // another socket of that name, and one gone
	eventually(t, state, "sluice/3/127.0.0.1%3A1")
	order := strings.Join(state().messages, "|")
	if strings.Index(order, "sluice/3") > strings.Index(order, "FDSTOREREMOVE") {
		t.Errorf("removed before the new one was there: %q", order)
	}
	if n := strings.Count(order, "FDSTORE=1"); n != 3 {
		t.Errorf("%d messages to store, want 3: %q", n, order)
	}
	keep(nil)
	eventually(t, state)
}

func TestKeepLimits(t *testing.T) {
	s, state := open(t, "2")
	fd, other := listener(t), listener(t)
	err := s.Keep(map[string]int{"a": fd, "b": fd, "c": fd})
	if err == nil || !strings.Contains(err.Error(), "listener 'c' is more than it takes (FileDescriptorStoreMax, 2)") {
		t.Error(err)
	}
	eventually(t, state, "sluice/1/a", "sluice/2/b")
	// Full, it makes room first.
	if err := s.Keep(map[string]int{"a": other, "b": fd}); err != nil {
		t.Error(err)
	}
	eventually(t, state, "sluice/2/b", "sluice/3/a")
	long := strings.Repeat("x", 250)
	err = s.Keep(map[string]int{long: fd})
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Error(err)
	}
	eventually(t, state)
}

// A manager that is gone or does not answer holds nobody up for long.
func TestKeepNobody(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	t.Setenv("FDSTORE", "5")
	s, _ := OpenStore(FromEnvironment(), nil)
	if err := s.Keep(map[string]int{"a": listener(t)}); err == nil {
		t.Error("no error without a manager")
	}
	c := manager(t, filepath.Join(t.TempDir(), "n"))
	s, _ = OpenStore(FromEnvironment(), nil)
	state := obey(t, c, false)
	if err := s.Keep(map[string]int{"a": listener(t)}); err != nil {
		t.Error(err)
	}
	start := time.Now()
	if err := s.Keep(nil); !os.IsTimeout(err) || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	eventually(t, state)
}

func TestNotOffered(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "/x")
	for _, limit := range []string{"", "0", "-1", "x"} {
		t.Setenv("FDSTORE", limit)
		if s, _ := OpenStore(FromEnvironment(), nil); s != nil {
			t.Errorf("%q: %v", limit, s)
		}
	}
	t.Setenv("FDSTORE", "5")
	if s, _ := OpenStore(nil, nil); s != nil {
		t.Error("a store without a manager")
	}
	var none *Store
	if err := none.Keep(map[string]int{"a": 0}); err != nil {
		t.Error(err)
	}
}

// What a restarted process gets: its own sockets by key, the newer one of two,
// nobody else's.
func TestTakeBack(t *testing.T) {
	dup := func() int {
		fd, err := sys.Duplicate(listener(t))
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
	old, young, foreign, socketUnit := dup(), dup(), dup(), dup()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	noSocket, _ := sys.Duplicate(int(file.Fd()))
	file.Close()
	names := map[int]string{
		old: "sluice/3/a%3A1", young: "sluice/12/a%3A1", foreign: "http", socketUnit: "sluice/x",
		noSocket: "sluice/6/null",
	}
	inherited := map[string]int{}
	for fd := range names {
		inherited[fmt.Sprintf("fd@%d", fd)] = fd
	}
	s := &Store{stored: map[string]copied{}}
	got := s.takeBack(names, inherited)
	if want := map[string]int{"a:1": young}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := map[string]int{fmt.Sprintf("fd@%d", foreign): foreign, fmt.Sprintf("fd@%d", socketUnit): socketUnit}; !maps.Equal(inherited, want) {
		t.Errorf("left %v, want %v", inherited, want)
	}
	slices.Sort(s.stale)
	if want := []string{"sluice/3/a%3A1", "sluice/6/null"}; !slices.Equal(s.stale, want) || s.number != 12 {
		t.Errorf("to be removed %q, number %d", s.stale, s.number)
	}
	if sys.IsSocket(old) || !sys.IsSocket(young) {
		t.Error("the older socket is open, or the newer one is not")
	}
}

func TestPassed(t *testing.T) {
	for _, c := range []struct {
		pid, count, names string
		want              map[int]string
	}{
		{fmt.Sprint(os.Getpid()), "2", "a:sluice/1/b", map[int]string{3: "a", 4: "sluice/1/b"}},
		{fmt.Sprint(os.Getpid()), "1", "a:b", map[int]string{3: "a"}},
		{fmt.Sprint(os.Getpid()), "-1", "a", nil},
		{"1", "1", "a", nil},
		{"", "1", "a", nil},
	} {
		t.Setenv("LISTEN_PID", c.pid)
		t.Setenv("LISTEN_FDS", c.count)
		t.Setenv("LISTEN_FDNAMES", c.names)
		if got := passed(); !maps.Equal(got, c.want) {
			t.Errorf("%v: %v", c, got)
		}
	}
}

// A name keeps to systemd's rules whatever the key is, and leads back to it.
func FuzzName(f *testing.F) {
	f.Add("127.0.0.1:80 namespace a", "sluice/1/a%3a")
	f.Add("\x00\xff%:", "sluice/2/%")
	f.Fuzz(func(t *testing.T, key, name string) {
		parseName(name)
		n, ok := formatName(7, key)
		if strings.ContainsFunc(n, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) {
			t.Errorf("%q", n)
		}
		if number, back, good := parseName(n); ok && (!good || number != 7 || back != key) {
			t.Errorf("%q: %q: %d %q", key, n, number, back)
		}
		for i := range n {
			parseName(n[:i])
		}
	})
}
