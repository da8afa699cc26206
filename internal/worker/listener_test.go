package worker

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
	"golang.org/x/sys/unix"
)

// store stands for the master's: it keeps duplicates of what a worker offers.
type store map[string]int

func (st store) sockets(t *testing.T) *sockets {
	t.Cleanup(func() {
		for _, fd := range st {
			sys.Close(fd)
		}
		clear(st)
	})
	given := map[string]int{}
	for k, fd := range st {
		dup, err := sys.Duplicate(fd)
		if err != nil {
			t.Fatal(err)
		}
		given[k] = dup
	}
	return &sockets{
		kept: func(key string) (int, bool) {
			fd, ok := given[key]
			delete(given, key)
			return fd, ok
		},
		left: func() []string { return slices.Sorted(maps.Keys(given)) },
		peek: func(key string) (int, bool) { fd, ok := given[key]; return fd, ok },
		offer: func(key string, fd int) error {
			dup, err := sys.Duplicate(fd)
			st[key] = dup
			return err
		},
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// load prepares a service of one frontend on addr.
func (st store) load(t *testing.T, addr, options string) (*service, *lines) {
	t.Helper()
	l, said := newLoad(t, "global\n nbthread 4\n maxconn 100\n"+timeoutLines+" mode http\nfrontend f\n bind "+addr+" "+options+"\n http-request return status 204\n")
	s, ok := l.prepare(st.sockets(t))
	if !ok {
		t.Fatalf("not prepared: %q", said.take())
	}
	s.left = make(chan int, 1)
	t.Cleanup(s.stop)
	return s, said
}

func number(t *testing.T, fd, opt int) int {
	t.Helper()
	n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, opt)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A loading worker leaves the options of a socket that another one serves alone;
// once it serves itself they are as its configuration has them.
func TestRetune(t *testing.T) {
	st, addr := store{}, freePort(t)
	one, _ := st.load(t, addr, "mss 900 tcp-ut 7s defer-accept tfo tcp-ss 1 cc reno backlog 5")
	if err := one.Serve(); err != nil {
		t.Fatal(err)
	}
	fd := st[one.run.Listeners[0].Key]
	state := func() string {
		cc, _ := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(number(t, fd, unix.TCP_MAXSEG), number(t, fd, unix.TCP_USER_TIMEOUT), number(t, fd, unix.TCP_DEFER_ACCEPT) > 0,
			number(t, fd, unix.TCP_FASTOPEN) > 0, number(t, fd, unix.TCP_SAVE_SYN), cc == "reno", info.Sacked) // the last: the backlog
	}
	const first = "900 7000 true true 1 true 5"
	if got := state(); got != first {
		t.Fatalf("serving: %s, want %s", got, first)
	}
	two, _ := st.load(t, addr, "mss 1000 backlog 9")
	if got := state(); got != first {
		t.Errorf("while the next worker loads: %s, want %s", got, first)
	}
	if err := two.Serve(); err != nil {
		t.Fatal(err)
	}
	reno := "false"
	if system, _ := unix.GetsockoptString(newSocket(t), unix.IPPROTO_TCP, unix.TCP_CONGESTION); system == "reno" {
		reno = "true"
	}
	if got, want := state(), "1000 0 false false 0 "+reno+" 9"; got != want {
		t.Errorf("served by the next worker: %s, want %s", got, want)
	}
	if got := ask(t, addr, "/"); !strings.Contains(got, " 204 ") {
		t.Error(got)
	}
}

func newSocket(t *testing.T) int {
	t.Helper()
	fd, errno := sys.StreamSocket(unix.AF_INET)
	if errno != 0 {
		t.Fatal(errno)
	}
	t.Cleanup(func() { sys.Close(fd) })
	return fd
}

// What a supervisor has set on a socket that it passed on stays.
func TestRetuneInherited(t *testing.T) {
	fd, addr := inherit(t)
	if err := (sys.Tuning{MSS: 800}).Apply(fd, false); err != nil {
		t.Fatal(err)
	}
	st := store{}
	for range 2 {
		s, _ := st.load(t, fmt.Sprintf("fd@%d", fd), "tcp-ut 3s")
		if err := s.Serve(); err != nil {
			t.Fatal(err)
		}
	}
	if n := number(t, fd, unix.TCP_MAXSEG); n != 800 {
		t.Errorf("the segment size is %d", n)
	}
	if n := number(t, fd, unix.TCP_USER_TIMEOUT); n != 3000 {
		t.Errorf("the user timeout is %d ms", n)
	}
	if got := ask(t, addr, "/"); !strings.Contains(got, " 204 ") {
		t.Error(got)
	}
}

// An option that the kernel refuses is a warning, and the socket serves.
func TestTuneFault(t *testing.T) {
	addr := freePort(t)
	s, said := store{}.load(t, addr, "mss 5 cc no-such")
	ap := netip.MustParseAddrPort(addr)
	want := fmt.Sprintf("[WARNING]  (42) : Starting [t.cfg:10] for frontend f: protocol tcpv4: cannot set MSS to 5, (Invalid argument), "+
		"cannot set TCP congestion control algorithm, (No such file or directory) for [%s:%d].", ap.Addr(), ap.Port())
	if all := said.take(); !contains(all, want) {
		t.Errorf("%q, want %q", all, want)
	}
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, addr, "/"); !strings.Contains(got, " 204 ") {
		t.Error(got)
	}
}

func contains(all []string, want string) bool {
	for _, s := range all {
		if s == want {
			return true
		}
	}
	return false
}

// More shards are new sockets beside those that serve; fewer let the rest go on
// as part of those that are left.
func TestShardsChange(t *testing.T) {
	st, addr := store{}, freePort(t)
	var former []*service
	for _, x := range []struct {
		options         string
		listeners, kept int // sockets in all, and of them those taken over
		threads         string
	}{
		{"shards 2", 2, 0, "[0 1] [2 3]"},
		{"shards 4", 4, 2, "[0] [1] [2] [3]"},
		{"", 4, 4, "[0 1 2 3]+3"},
		{"shards 2", 4, 4, "[0 1]+1 [2 3]+1"},
		{"shards 4 thread 1-2", 4, 4, "[0]+1 [1]+1"},
	} {
		s, _ := st.load(t, addr, x.options)
		sockets := 0
		var threads []string
		for _, ln := range s.run.Listeners {
			word := fmt.Sprint(ln.Threads)
			if n := len(ln.Surplus); n > 0 {
				word += fmt.Sprint("+", n)
			}
			threads = append(threads, word)
			sockets += 1 + len(ln.Surplus)
		}
		if n := len(s.exposed()); n != sockets {
			t.Errorf("%q: %d sockets are handed over, want %d", x.options, n, sockets)
		}
		s.lent = false
		if got := strings.Join(threads, " "); sockets != x.listeners || len(st) != x.listeners || got != x.threads {
			t.Errorf("%q: %d sockets, %d in the store, threads %s; want %d, %s", x.options, sockets, len(st), got, x.listeners, x.threads)
		}
		if err := s.Serve(); err != nil {
			t.Fatal(err)
		}
		for _, old := range former {
			old.Drain(nil, func() {}) // nothing is to be retired
		}
		former = append(former, s)
		for range 40 { // the kernel spreads them over all sockets
			if got := ask(t, addr, "/"); !strings.Contains(got, " 204 ") {
				t.Fatalf("%q: %s", x.options, got)
			}
		}
	}
}

// The socket of an address that a wider one takes in goes on as part of that.
func TestNarrowerListener(t *testing.T) {
	st, addr := store{}, freePort(t)
	_, port, _ := net.SplitHostPort(addr)
	var former []*service
	for _, x := range []struct{ bind, options, want string }{
		{addr, "", addr},
		{"*:" + port, "mss 900", "*:" + port + "+" + addr},
		{"*:" + port, "shards 2", "*:" + port + "+" + addr + " *:" + port + " shard 2"},
		{":::" + port, "v4v6", "[::]:" + port + " v4v6+*:" + port + "+*:" + port + " shard 2+" + addr},
		{"*:" + port, "", "*:" + port + "+*:" + port + " shard 2+" + addr},
		{addr, "", addr},
	} {
		s, _ := st.load(t, x.bind, x.options)
		var got []string
		keys := map[string]bool{}
		for _, ln := range s.run.Listeners {
			word := ln.Key
			keys[ln.Key] = true
			for _, sock := range ln.Surplus {
				word += "+" + sock.Key
				keys[sock.Key] = true
			}
			got = append(got, word)
		}
		if text := strings.Join(got, " "); text != x.want {
			t.Errorf("%s %s: sockets %s, want %s", x.bind, x.options, text, x.want)
		}
		if err := s.Serve(); err != nil {
			t.Fatal(err)
		}
		if x.options == "mss 900" {
			if n := number(t, st[addr], unix.TCP_MAXSEG); n != 900 {
				t.Errorf("mss %d on the narrower socket", n)
			}
		}
		for key, fd := range st { // as the master does
			if !keys[key] {
				sys.Close(fd)
				delete(st, key)
			}
		}
		for _, old := range former {
			old.Drain(nil, func() {})
		}
		former = append(former, s)
		for range 10 {
			if got := ask(t, addr, "/"); !strings.Contains(got, " 204 ") {
				t.Fatalf("%s %s: %s", x.bind, x.options, got)
			}
		}
	}
}
