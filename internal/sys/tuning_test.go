package sys

import (
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair is a listener, a connected client and the connection as accepted.
type pair struct{ listener, client, accepted int }

func listenOn(t *testing.T, addr string, o ListenOptions, u Tuning) int {
	t.Helper()
	fd, err := BindTCP(netip.MustParseAddrPort(addr), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(fd) })
	if err := u.Apply(fd, false); err != nil {
		t.Fatal(err)
	}
	if err := Listen(fd, 16); err != nil {
		t.Fatal(err)
	}
	return fd
}

// dial connects; prepare sees the socket first. False: no connection within a
// moment.
func dial(t *testing.T, to netip.AddrPort, prepare func(fd int)) (int, bool) {
	t.Helper()
	sa := InetSockaddr(to)
	fd, errno := StreamSocket(sa.Family())
	if errno != 0 {
		t.Fatal(errno)
	}
	t.Cleanup(func() { Close(fd) })
	if prepare != nil {
		prepare(fd)
	}
	if errno := Connect(fd, sa); errno != 0 && errno != syscall.EINPROGRESS {
		return fd, false
	}
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(p, 300)
	return fd, n == 1 && err == nil && SocketError(fd) == 0
}

// accept waits for a connection, at most as long.
func accept(fd int, within time.Duration) (int, bool) {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(p, int(within/time.Millisecond)); n != 1 || err != nil {
		return -1, false
	}
	got, _, errno := Accept(fd)
	return got, errno == 0
}

func connect(t *testing.T, listener int) pair {
	t.Helper()
	client, ok := dial(t, LocalAddr(listener), nil)
	if !ok {
		t.Fatal("cannot connect")
	}
	accepted, ok := accept(listener, 5*time.Second)
	if !ok {
		t.Fatal("nothing to accept")
	}
	t.Cleanup(func() { Close(accepted) })
	return pair{listener, client, accepted}
}

func option(t *testing.T, fd, opt int) int {
	t.Helper()
	v, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, opt)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const any4 = "127.0.0.1:0"

func TestTuningMSS(t *testing.T) {
	l := listenOn(t, any4, ListenOptions{}, Tuning{MSS: 1000})
	if n := option(t, connect(t, l).client, unix.TCP_MAXSEG); n > 1000 {
		t.Errorf("the client sends segments of %d bytes", n)
	}
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	if n := option(t, connect(t, l).client, unix.TCP_MAXSEG); n <= 1000 {
		t.Errorf("taken back: the client sends segments of %d bytes", n)
	}
}

func TestTuningUserTimeout(t *testing.T) {
	l := listenOn(t, any4, ListenOptions{}, Tuning{UserTimeout: 12345 * time.Millisecond})
	if n := option(t, connect(t, l).accepted, unix.TCP_USER_TIMEOUT); n != 12345 {
		t.Errorf("%d ms on the connection", n)
	}
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	if n := option(t, connect(t, l).accepted, unix.TCP_USER_TIMEOUT); n != 0 {
		t.Errorf("taken back: %d ms on the connection", n)
	}
}

func TestTuningCongestion(t *testing.T) {
	name := func(fd int) string {
		s, err := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	system := name(connect(t, listenOn(t, any4, ListenOptions{}, Tuning{})).accepted)
	other := "reno" // the one that every kernel has
	if system == other {
		t.Logf("reno is the system's algorithm already")
	}
	l := listenOn(t, any4, ListenOptions{}, Tuning{Congestion: other})
	if s := name(connect(t, l).accepted); s != other {
		t.Errorf("%s on the connection", s)
	}
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	if s := name(connect(t, l).accepted); s != system {
		t.Errorf("taken back: %s on the connection, the system's is %s", s, system)
	}
}

func TestTuningFaults(t *testing.T) {
	fd, err := BindTCP(netip.MustParseAddrPort(any4), ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	err = Tuning{MSS: 5, Congestion: "nosuch", UserTimeout: time.Second}.Apply(fd, false)
	const want = "cannot set MSS to 5, (Invalid argument), cannot set TCP congestion control algorithm, (No such file or directory)"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if n := option(t, fd, unix.TCP_USER_TIMEOUT); n != 1000 {
		t.Errorf("the option without a fault is not set: %d", n)
	}
}

func TestTuningDeferAccept(t *testing.T) {
	l := listenOn(t, any4, ListenOptions{}, Tuning{DeferAccept: true})
	client, ok := dial(t, LocalAddr(l), nil)
	if !ok {
		t.Fatal("cannot connect")
	}
	if _, ok := accept(l, 100*time.Millisecond); ok {
		t.Fatal("accepted before a byte came")
	}
	if _, errno := Send(client, []byte("x"), false); errno != 0 {
		t.Fatal(errno)
	}
	fd, ok := accept(l, 5*time.Second)
	if !ok {
		t.Fatal("not accepted with data")
	}
	Close(fd)
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	connect(t, l)
}

func TestTuningSaveSYN(t *testing.T) {
	l := listenOn(t, any4, ListenOptions{}, Tuning{SaveSYN: 1})
	saved := func(fd int) string {
		b := make([]byte, 256)
		return string(b[:SavedSYN(fd, b)])
	}
	if s := saved(connect(t, l).accepted); len(s) < 40 || s[0]>>4 != 4 || int(s[2])<<8|int(s[3]) != len(s) {
		t.Errorf("saved packet %q", s)
	}
	if fd := connect(t, l).accepted; SavedSYN(fd, nil) != 0 || SavedSYN(fd, make([]byte, 4)) != 0 {
		t.Error("a packet that has no room")
	}
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	if s := saved(connect(t, l).accepted); s != "" {
		t.Errorf("taken back: saved packet %q", s)
	}
}

func TestTuningMD5(t *testing.T) {
	probe, _ := StreamSocket(unix.AF_INET)
	err := setMD5(probe, "x")
	Close(probe)
	if err == syscall.ENOPROTOOPT {
		t.Skip("SKIPPED: this kernel is built without TCP_MD5SIG")
	}
	for _, at := range []struct{ name, listen, to string }{
		{"IPv4", any4, "127.0.0.1"}, {"IPv6", "[::1]:0", "::1"}, {"IPv4 on IPv6", "[::]:0", "127.0.0.1"},
	} {
		t.Run(at.name, func(t *testing.T) {
			l := listenOn(t, at.listen, ListenOptions{V4V6: true}, Tuning{MD5Password: "secret"})
			to := netip.AddrPortFrom(netip.MustParseAddr(at.to), LocalAddr(l).Port())
			if _, ok := dial(t, to, nil); ok {
				t.Error("a client without the password connects")
			}
			wrong := func(fd int) { must(t, setMD5(fd, "secreT")) }
			if _, ok := dial(t, to, wrong); ok {
				t.Error("a client with another password connects")
			}
			right := func(fd int) { must(t, setMD5(fd, "secret")) }
			if _, ok := dial(t, to, right); !ok {
				t.Error("a client with the password does not connect")
			}
			must(t, Tuning{}.Apply(l, true))
			if _, ok := dial(t, to, nil); !ok {
				t.Error("taken back: a client without a password does not connect")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTuningFastOpen sends data in the first segment, in a namespace where the
// kernel lets servers take it.
func TestTuningFastOpen(t *testing.T) {
	_, run := inside(t)
	run(func() {
		// 0x207: clients, servers, and clients without a cookie.
		if err := os.WriteFile("/proc/sys/net/ipv4/tcp_fastopen", []byte("519"), 0); err != nil {
			t.Skipf("SKIPPED: cannot allow TCP fast open: %v", err)
		}
		l, err := BindTCP(netip.MustParseAddrPort(any4), ListenOptions{})
		if err != nil {
			t.Error(err)
			return
		}
		defer Close(l)
		if err := (Tuning{FastOpen: true}).Apply(l, false); err != nil {
			t.Error(err)
		}
		if err := Listen(l, 4); err != nil {
			t.Error(err)
		}
		c, _ := StreamSocket(unix.AF_INET)
		defer Close(c)
		at := LocalAddr(l)
		err = unix.Sendto(c, []byte("early"), unix.MSG_FASTOPEN, &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()})
		if err != nil && err != unix.EINPROGRESS {
			t.Error(err)
			return
		}
		a, ok := accept(l, 5*time.Second)
		if !ok {
			t.Error("nothing to accept")
			return
		}
		defer Close(a)
		const tcpiOptSynData = 32 // of tcpi_options: data came with the first segment
		info, err := unix.GetsockoptTCPInfo(a, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil || info.Options&tcpiOptSynData == 0 {
			t.Errorf("no data came with the first segment: %v, %+v", err, info)
		}
	})
}

func TestBindNamespace(t *testing.T) {
	name, run := inside(t)
	before, err := os.Readlink("/proc/thread-self/ns/net")
	must(t, err)
	l := listenOn(t, "127.0.0.1:7654", ListenOptions{Namespace: name}, Tuning{})
	if after, _ := os.Readlink("/proc/thread-self/ns/net"); after != before {
		t.Fatalf("this thread is left in %s, it was in %s", after, before)
	}
	if _, ok := dial(t, LocalAddr(l), nil); ok {
		t.Error("a client outside of the namespace connects")
	}
	run(func() {
		if _, ok := dial(t, LocalAddr(l), nil); !ok {
			t.Error("a client in the namespace does not connect")
		}
	})
	_, err = BindTCP(netip.MustParseAddrPort(any4), ListenOptions{Namespace: "sluice-none"})
	if err == nil || !strings.Contains(err.Error(), "cannot open namespace 'sluice-none'") {
		t.Errorf("a namespace that is not there: %v", err)
	}
}

func TestBindTransparent(t *testing.T) {
	foreign := netip.MustParseAddrPort("192.0.2.77:0")
	if fd, err := BindTCP(foreign, ListenOptions{}); err == nil {
		Close(fd)
		t.Skip("SKIPPED: this machine binds to addresses that it does not have (ip_nonlocal_bind)")
	}
	fd, err := BindTCP(foreign, ListenOptions{Transparent: true})
	if err == syscall.EPERM {
		t.Skip("SKIPPED: only root may be transparent")
	}
	must(t, err)
	Close(fd)
}

func TestBindInterface(t *testing.T) {
	l := listenOn(t, any4, ListenOptions{Interface: "lo"}, Tuning{})
	if s, err := unix.GetsockoptString(l, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); err != nil || s != "lo" {
		t.Errorf("bound to interface %q, %v", s, err)
	}
	connect(t, l)
	if _, err := BindTCP(netip.MustParseAddrPort(any4), ListenOptions{Interface: "nosuch0"}); err == nil {
		t.Error("bound to an interface that is not there")
	}
}

func TestBindFamilies(t *testing.T) {
	for _, x := range []struct {
		o    ListenOptions
		four bool
	}{{ListenOptions{V6Only: true}, false}, {ListenOptions{V4V6: true}, true}, {ListenOptions{V6Only: true, V4V6: true}, false}} {
		l := listenOn(t, "[::]:0", x.o, Tuning{})
		port := LocalAddr(l).Port()
		if _, ok := dial(t, netip.AddrPortFrom(netip.IPv6Loopback(), port), nil); !ok {
			t.Errorf("%+v: IPv6 does not connect", x.o)
		}
		if _, ok := dial(t, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), nil); ok != x.four {
			t.Errorf("%+v: IPv4 connects: %v", x.o, ok)
		}
	}
}

func TestTuningTOS(t *testing.T) {
	tos := func(fd, level, opt int) int {
		v, err := unix.GetsockoptInt(fd, level, opt)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	l := listenOn(t, any4, ListenOptions{}, Tuning{TOS: 0xb8})
	if n := tos(connect(t, l).accepted, unix.IPPROTO_IP, unix.IP_TOS); n != 0xb8 {
		t.Errorf("%#x on the connection", n)
	}
	if err := (Tuning{}).Apply(l, true); err != nil {
		t.Fatal(err)
	}
	if n := tos(connect(t, l).accepted, unix.IPPROTO_IP, unix.IP_TOS); n != 0 {
		t.Errorf("taken back: %#x on the connection", n)
	}
	six := listenOn(t, "[::1]:0", ListenOptions{}, Tuning{TOS: 0x20})
	if n := tos(connect(t, six).accepted, unix.IPPROTO_IPV6, unix.IPV6_TCLASS); n != 0x20 {
		t.Errorf("%#x on the IPv6 connection", n)
	}
}
