package logs

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

const receiveTimeout = 5 * time.Second

func listenUDP(t testing.TB, addr string) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Skip(err) // no IPv6 here
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func listenUnix(t testing.TB, path string) net.PacketConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func receive(t testing.TB, c net.PacketConn) string {
	t.Helper()
	b := make([]byte, 70000)
	if err := c.SetReadDeadline(time.Now().Add(receiveTimeout)); err != nil {
		t.Fatal(err)
	}
	n, _, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// logLine is a "log" line of the configuration, local3 at debug.
func logLine(a config.Address, change ...func(*config.LogTarget)) *config.LogTarget {
	l := &config.LogTarget{Addr: a, Facility: "local3", Level: "debug", MinLevel: "emerg", Length: 1024}
	for _, f := range change {
		f(l)
	}
	return l
}

func udpLine(c net.PacketConn, change ...func(*config.LogTarget)) *config.LogTarget {
	ap := c.LocalAddr().(*net.UDPAddr).AddrPort()
	a := config.Address{Family: config.AFIPv4, IP: ap.Addr().Unmap(), Port: int(ap.Port())}
	if a.IP.Is6() {
		a.Family = config.AFIPv6
	}
	return logLine(a, change...)
}

func unixLine(path string) *config.LogTarget {
	return logLine(config.Address{Family: config.AFUnix, Path: path})
}

func fdLine(fd int, change ...func(*config.LogTarget)) *config.LogTarget {
	return logLine(config.Address{Family: config.AFFD, FD: fd}, change...)
}

func format(name string) func(*config.LogTarget) {
	return func(l *config.LogTarget) { l.Format = name }
}

func testOutput(t testing.TB, h *Hub, f *Format, lines ...*config.LogTarget) *Output {
	t.Helper()
	ts, err := h.Targets(lines, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h.Output(OutputSpec{Targets: ts, Format: f})
}

// fixedClock is 2026-11-02 23:14:05.123456 local time: a day of one digit.
func fixedClock() int64 {
	return time.Date(2026, 11, 2, 23, 14, 5, 123456789, time.Local).UnixNano()
}

func TestHeaders(t *testing.T) {
	zone := time.Unix(0, fixedClock()).Format("-07:00")
	tests := []struct {
		format string
		o      Options
		tag    string
		want   string
	}{
		{"", Options{}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"local", Options{}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"rfc3164", Options{}, "", "<158>Nov  2 23:14:05 localhost haproxy[77]: hello\n"},
		{"rfc5424", Options{}, "", "<158>1 2026-11-02T23:14:05.123456" + zone + " - haproxy 77 - - hello\n"},
		{"priority", Options{}, "", "<158>hello\n"},
		{"short", Options{}, "", "<6>hello\n"},
		{"timed", Options{}, "", "<6>2026-11-02T23:14:05.123456" + zone + " hello\n"},
		{"iso", Options{}, "", "2026-11-02T23:14:05.123456" + zone + " hello\n"},
		{"raw", Options{}, "", "hello\n"},
		{"", Options{SendHostname: true}, "", "<158>Nov  2 23:14:05 vm haproxy[77]: hello\n"},
		{"", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>Nov  2 23:14:05 my.host haproxy[77]: hello\n"},
		{"local", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"rfc5424", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>1 2026-11-02T23:14:05.123456" + zone + " my.host haproxy 77 - - hello\n"},
		{"", Options{Tag: "gtag"}, "", "<158>Nov  2 23:14:05 gtag[77]: hello\n"},
		{"rfc5424", Options{Tag: "gtag"}, "fe-tag", "<158>1 2026-11-02T23:14:05.123456" + zone + " - fe-tag 77 - - hello\n"},
	}
	conn := listenUDP(t, "127.0.0.1:0")
	for _, tt := range tests {
		tt.o.PID, tt.o.Hostname = 77, "vm"
		h := NewHub(tt.o)
		ts, err := h.Targets([]*config.LogTarget{udpLine(conn, format(tt.format))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := h.NewSink(fixedClock)
		s.Message(h.Output(OutputSpec{Targets: ts, Tag: tt.tag}), Info, "hello")
		s.Flush()
		if got := receive(t, conn); got != tt.want {
			t.Errorf("%s %+v\n got %q\nwant %q", tt.format, tt.o, got, tt.want)
		}
		s.Close()
	}
}

// TestHeaderFollowsTheClock sends messages of several seconds and levels
// through one route.
func TestHeaderFollowsTheClock(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	now := fixedClock()
	s := h.NewSink(func() int64 { return now })
	defer s.Close()
	o := testOutput(t, h, nil, udpLine(conn))
	for i, level := range []Level{Info, Info, Alert, Info} {
		now = fixedClock() + int64(i/2)*1e9
		s.Message(o, level, "x")
		s.Flush()
		want := fmt.Sprintf("<%d>Nov  2 23:14:%02d haproxy[77]: x\n", 19*8+int(level), 5+i/2)
		if got := receive(t, conn); got != want {
			t.Errorf("message %d\n got %q\nwant %q", i, got, want)
		}
	}
}

func TestStructuredData(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	ts, err := h.Targets([]*config.LogTarget{udpLine(conn, format("rfc5424")), udpLine(conn, format("raw"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := Compile(`%{+Q,+E}o [ex@1 r=%r b=\"%B\"]`, config.Pos{}, Structured, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := h.Output(OutputSpec{Targets: ts, Format: mustCompile(t, "%ci %lc"), Structured: sd})
	s := h.NewSink(fixedClock)
	defer s.Close()
	e := sampleEntry()
	e.SetRequest([]byte("GET"), []byte(`/]`), 1)
	s.Log(o, Info, e, nil)
	s.Log(o, Info, e, nil)
	s.Message(o, Info, "m")
	s.Flush()
	zone := time.Unix(0, fixedClock()).Format("-07:00")
	head := "<158>1 2026-11-02T23:14:05.123456" + zone + " - haproxy 77 - "
	for i, want := range []string{
		head + `[ex@1 r="GET /\] HTTP/1.1" b=\"2750\"] 127.0.0.1 0` + "\n", "127.0.0.1 0\n",
		head + `[ex@1 r="GET /\] HTTP/1.1" b=\"2750\"] 127.0.0.1 1` + "\n", "127.0.0.1 1\n",
		head + "- m\n", "m\n",
	} {
		if got := receive(t, conn); got != want {
			t.Errorf("message %d\n got %q\nwant %q", i, got, want)
		}
	}
}

func TestLevels(t *testing.T) {
	tests := []struct {
		level, minLevel string
		send            Level
		want            string
	}{
		{"debug", "emerg", Info, "<158>x\n"},
		{"info", "emerg", Info, "<158>x\n"},
		{"err", "emerg", Info, ""},
		{"info", "err", Alert, "<155>x\n"},
		{"info", "err", Info, "<158>x\n"},
		{"notice", "emerg", Info, ""},
		{"", "", Emerg, "<152>x\n"},
	}
	conn := listenUDP(t, "127.0.0.1:0")
	for _, tt := range tests {
		h := NewHub(Options{})
		o := testOutput(t, h, nil,
			udpLine(conn, format("priority"), func(l *config.LogTarget) { l.Level, l.MinLevel = tt.level, tt.minLevel }),
			udpLine(conn, format("raw")))
		s := h.NewSink(fixedClock)
		s.Message(o, tt.send, "x")
		s.Flush()
		s.Close()
		if got := receive(t, conn); tt.want != "" && got != tt.want || tt.want == "" && got != "x\n" {
			t.Errorf("%+v: got %q", tt, got)
		} else if tt.want != "" {
			receive(t, conn)
		}
	}
}

func TestLength(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	length := func(n int) func(*config.LogTarget) { return func(l *config.LogTarget) { l.Length = n } }
	o := testOutput(t, h, nil, udpLine(conn, length(80)), udpLine(conn, length(80), format("rfc5424")),
		udpLine(conn, length(0), format("raw")), udpLine(conn, length(4096), format("raw")))
	s := h.NewSink(fixedClock)
	defer s.Close()
	s.Message(o, Info, strings.Repeat("a", 3000))
	s.Flush()
	for i, want := range []int{80, 80, 1024, 3001} {
		got := receive(t, conn)
		if len(got) != want || !strings.HasSuffix(got, "a\n") && i != 1 || got[len(got)-1] != '\n' {
			t.Errorf("message %d: %d bytes, want %d: %q", i, len(got), want, got)
		}
	}
}

func TestSampling(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	o := testOutput(t, h, nil, udpLine(conn, format("raw"), func(l *config.LogTarget) {
		l.Sample, l.SampleOf = []config.SampleRange{{Low: 4, High: 5}, {Low: 1, High: 1}}, 6
	}))
	s := h.NewSink(fixedClock)
	defer s.Close()
	for i := range 14 {
		s.Message(o, Info, fmt.Sprint(i+1))
	}
	s.Message(testOutput(t, h, nil, udpLine(conn, format("raw"))), Info, "end")
	s.Flush()
	var got []string
	for len(got) == 0 || got[len(got)-1] != "end" {
		got = append(got, strings.TrimSpace(receive(t, conn)))
	}
	if want := "1 4 5 7 10 11 13 end"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestNothingToSay(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	line := udpLine(conn, format("raw"))
	s := h.NewSink(fixedClock)
	defer s.Close()
	e := sampleEntry()
	e.ReqCaptures = nil
	s.Log(testOutput(t, h, mustCompile(t, "%hr"), line), Info, e, nil)
	s.Log(nil, Info, e, nil)
	s.Log(h.Output(OutputSpec{Format: HTTP()}), Info, e, nil)
	s.Log(testOutput(t, h, nil, line), Info, e, nil)
	s.Message(nil, Info, "x")
	s.LogError(nil, Info, e, nil)
	e.Message = "why"
	s.LogError(testOutput(t, h, nil, line), Info, e, nil)
	if s.Flush() {
		t.Error("pending")
	}
	if got := receive(t, conn); !strings.HasSuffix(got, "f9/1: why\n") {
		t.Errorf("got %q", got)
	}
}

// TestTransports sends many lines over every kind of destination.
func TestTransports(t *testing.T) {
	dir := t.TempDir()
	udp4, udp6 := listenUDP(t, "127.0.0.1:0"), listenUDP(t, "[::1]:0")
	unix := listenUnix(t, filepath.Join(dir, "s"))
	name := fmt.Sprintf("sluice-logs-%d", os.Getpid())
	abnsz := listenUnix(t, "@"+name)
	abns := listenUnix(t, "@"+padded(name+"p"))
	for what, tt := range map[string]struct {
		conn net.PacketConn
		line *config.LogTarget
	}{
		"udp4":  {udp4, udpLine(udp4, format("raw"))},
		"udp6":  {udp6, udpLine(udp6, format("raw"))},
		"unix":  {unix, logLine(config.Address{Family: config.AFUnix, Path: filepath.Join(dir, "s")}, format("raw"))},
		"abnsz": {abnsz, logLine(config.Address{Family: config.AFAbnsz, Path: name}, format("raw"))},
		"abns":  {abns, logLine(config.Address{Family: config.AFAbns, Path: name + "p"}, format("raw"))},
	} {
		h := NewHub(Options{})
		s := h.NewSink(fixedClock)
		o := testOutput(t, h, nil, tt.line)
		const lines = 200
		go func() {
			for i := range lines {
				s.Message(o, Info, fmt.Sprintf("line %d", i))
				for i%70 == 0 && s.Flush() { // the receiver's queue is full
					time.Sleep(time.Millisecond)
				}
			}
			for s.Flush() {
				time.Sleep(time.Millisecond)
			}
		}()
		for i := range lines {
			if got, want := receive(t, tt.conn), fmt.Sprintf("line %d\n", i); got != want {
				t.Fatalf("%s: got %q, want %q", what, got, want)
			}
		}
		if n := h.Dropped(); n != 0 {
			t.Errorf("%s: dropped %d", what, n)
		}
	}
}

// TestStalledDatagrams fills a receiver that does not read: nothing blocks,
// memory stays bounded and what is lost is counted.
func TestStalledDatagrams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	conn := listenUnix(t, path)
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, unixLine(path))
	text := strings.Repeat("x", 900)
	const lines = 3000
	for range lines {
		s.Message(o, Info, text)
	}
	if !s.Flush() {
		t.Fatal("nothing pending")
	}
	l := s.lanes[0]
	if len(l.buf) > laneMax || cap(l.buf) > 2*laneMax {
		t.Errorf("%d bytes wait in %d", len(l.buf), cap(l.buf))
	}
	waiting := len(l.ends)
	if h.Dropped() == 0 || waiting == 0 {
		t.Fatalf("dropped %d, waiting %d", h.Dropped(), waiting)
	}
	// Once the receiver reads, what waited arrives.
	received := 0
	for s.Flush() || received+int(h.Dropped()) < lines {
		receive(t, conn)
		received++
	}
	if received+int(h.Dropped()) != lines {
		t.Errorf("%d received and %d dropped of %d", received, h.Dropped(), lines)
	}
	s.Close()
}

func TestReceiverComesAndGoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var reports []string
	h := NewHub(Options{Report: func(s string) { reports = append(reports, s) }})
	now := fixedClock()
	s := h.NewSink(func() int64 { return now })
	defer s.Close()
	o := testOutput(t, h, nil, fdLine(1), unixLine(path), unixLine(path))
	o.routes = o.routes[1:2]
	say := func(text string) {
		s.Message(o, Info, text)
		s.Flush()
	}
	say("nobody")
	say("nobody")
	if want := "sendmsg()/writev() failed in logger #2: No such file or directory (errno=2)"; len(reports) != 1 || reports[0] != want {
		t.Errorf("reports %q, want %q once", reports, want)
	}
	if n := h.Dropped(); n != 2 {
		t.Errorf("dropped %d, want 2", n)
	}
	conn := listenUnix(t, path)
	now += retryWait
	say("first")
	if got := receive(t, conn); !strings.HasSuffix(got, "first\n") {
		t.Errorf("got %q", got)
	}
	conn.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	conn = listenUnix(t, path)
	say("second") // the old receiver refuses, the new one has its name
	if got := receive(t, conn); !strings.HasSuffix(got, "second\n") {
		t.Errorf("got %q", got)
	}
	conn.Close()
	say("third")
	if n := h.Dropped(); n != 3 {
		t.Errorf("dropped %d, want 3", n)
	}
}

// TestUDPRefused logs to a port that nobody has: the answer to a datagram comes
// back as the error of a later call, which must not lose that call's line.
func TestUDPRefused(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	addr := conn.LocalAddr().String()
	line := udpLine(conn, format("raw"))
	conn.Close()
	h := NewHub(Options{Report: func(s string) { t.Error(s) }})
	s := h.NewSink(fixedClock)
	defer s.Close()
	o := testOutput(t, h, nil, line)
	for range 3 {
		s.Message(o, Info, "lost")
		if s.Flush() {
			t.Error("pending")
		}
	}
	if n := h.Dropped(); n == 0 {
		t.Error("nothing counted")
	}
	conn = listenUDP(t, addr)
	s.Message(o, Info, "found")
	s.Flush()
	if got := receive(t, conn); got != "found\n" {
		t.Errorf("got %q", got)
	}
}

func TestTooLongForUDP(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	defer s.Close()
	o := testOutput(t, h, nil, udpLine(conn, format("raw"), func(l *config.LogTarget) { l.Length = 65535 }))
	s.Message(o, Info, strings.Repeat("a", 65530))
	s.Message(o, Info, "next")
	s.Flush()
	if got := receive(t, conn); got != "next\n" || h.Dropped() != 1 {
		t.Errorf("got %.20q, dropped %d", got, h.Dropped())
	}
}

func TestTargetErrors(t *testing.T) {
	pos := config.Pos{File: "a.cfg", Line: 3}
	local := config.Address{Family: config.AFIPv4, IP: netip.MustParseAddr("127.0.0.1"), Port: 514}
	for _, tt := range []struct {
		line config.LogTarget
		want string
	}{
		{config.LogTarget{Addr: local, Facility: "local8"}, "unknown log facility 'local8'"},
		{config.LogTarget{Addr: local, Level: "foo"}, "unknown optional log level 'foo'"},
		{config.LogTarget{Addr: local, MinLevel: "foo"}, "unknown optional minimum log level 'foo'"},
		{config.LogTarget{Addr: local, Format: "foo"}, "unknown log format 'foo'"},
		{config.LogTarget{Addr: local, Profile: "foo"}, "log profiles are known but not built yet ('foo')"},
		{config.LogTarget{Address: "no.such.host.invalid:514", Host: "no.such.host.invalid"}, "invalid address: 'no.such.host.invalid' in 'no.such.host.invalid:514'"},
		{config.LogTarget{Addr: config.Address{Family: config.AFUnix, Path: strings.Repeat("a", 200)}}, "socket path '" + strings.Repeat("a", 200) + "' too long (max 107)"},
	} {
		tt.line.Pos = pos
		_, err := NewHub(Options{}).Target(&tt.line, 1)
		if want := "parsing [a.cfg:3] : log : " + tt.want; err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

func TestTargetsShareAndInherit(t *testing.T) {
	h := NewHub(Options{})
	addr := config.Address{Family: config.AFIPv4, IP: netip.MustParseAddr("127.0.0.1")}
	withPort := addr
	withPort.Port = DefaultPort
	global, err := h.Targets([]*config.LogTarget{logLine(addr), logLine(config.Address{Family: config.AFStdout})}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := h.Targets([]*config.LogTarget{{Global: true}, logLine(withPort), fdLine(1), fdLine(2), logLine(config.Address{Family: config.AFStderr})}, global)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, t := range ts {
		names = append(names, t.to.name)
	}
	if got, want := strings.Join(names, " "), "udp@127.0.0.1:514 fd@1 udp@127.0.0.1:514 fd@1 fd@2 fd@2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(h.endpoints) != 3 {
		t.Errorf("%d endpoints", len(h.endpoints))
	}
}

func TestResolve(t *testing.T) {
	h := NewHub(Options{})
	tg, err := h.Target(&config.LogTarget{Host: "localhost", Addr: config.Address{Port: 5140}}, 1)
	if err != nil {
		t.Skip(err) // no name service
	}
	if tg.to.name != "udp@127.0.0.1:5140" {
		t.Errorf("got %s", tg.to.name)
	}
}

// TestConcurrency has loops, a logger and a late output use one hub at once.
func TestConcurrency(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 7, Report: func(s string) { t.Error(s) }})
	o := testOutput(t, h, mustCompile(t, "%lc %HP %t"), udpLine(conn), fdLine(int(w.Fd()), format("raw")))
	h.Open()
	lg := h.NewLogger(func() int64 { return time.Now().UnixNano() })
	const loops, each = 4, 300
	var wg sync.WaitGroup
	for range loops {
		wg.Go(func() {
			s := h.NewSink(func() int64 { return time.Now().UnixNano() })
			e := sampleEntry()
			for i := range each {
				e.Accept = int64(i) * 61e9
				s.Log(o, Info, e, nil)
				if i%7 == 0 {
					s.Flush()
				}
			}
			for s.Flush() {
				time.Sleep(time.Millisecond)
			}
			s.Close()
		})
		wg.Go(func() {
			for range 20 {
				lg.Messagef(o, Notice, "Server %s/%s is UP.", "b", "s1")
				_ = testOutput(t, h, nil, udpLine(conn))
			}
		})
	}
	lines := make(chan int)
	go func() {
		n, b := 0, make([]byte, 65536)
		seen := map[string]bool{}
		var all []byte
		for {
			k, err := r.Read(b)
			all = append(all, b[:k]...)
			if err != nil {
				break
			}
		}
		for line := range bytes.Lines(all) {
			n++
			if string(line) == "Server b/s1 is UP.\n" {
				continue
			}
			count, rest, _ := bytes.Cut(line, []byte(" "))
			if seen[string(count)] || !bytes.HasPrefix(rest, []byte("/a/b ")) || len(rest) != 30 {
				t.Errorf("bad line %q", line)
			}
			seen[string(count)] = true
		}
		lines <- n
	}()
	wg.Wait()
	lg.Close()
	h.Close()
	w.Close()
	if n, lost := <-lines, h.Dropped(); n+int(lost) < loops*(each+20) || n > loops*(each+20) {
		t.Errorf("%d lines, %d dropped, want %d", n, lost, loops*(each+20))
	}
	r.Close()
}

// TestNoDescriptorsLeft opens and closes everything.
func TestNoDescriptorsLeft(t *testing.T) {
	before := openDescriptors(t)
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		conn := listenUDP(t, "127.0.0.1:0")
		h := NewHub(Options{})
		o := testOutput(t, h, nil, udpLine(conn), fdLine(int(w.Fd())))
		h.Open()
		s := h.NewSink(fixedClock)
		s.Message(o, Info, "x")
		s.Close()
		h.Close()
		conn.Close()
		r.Close()
		w.Close()
	}
	if after := openDescriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

func openDescriptors(t *testing.T) int {
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(d)
}

func TestReportText(t *testing.T) {
	var got string
	h := NewHub(Options{Report: func(s string) { got = s }})
	h.failed(&endpoint{number: 3}, syscall.EBADF)
	if want := "sendmsg()/writev() failed in logger #3: Bad file descriptor (errno=9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLoggerTriesAgain leaves a message with a receiver that is slow: it arrives
// without anybody asking.
func TestLoggerTriesAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	conn := listenUnix(t, path)
	h := NewHub(Options{})
	o := testOutput(t, h, nil, unixLine(path))
	lg := h.NewLogger(fixedClock)
	n := 0
	for pending := false; !pending; n++ { // until the queue is full
		lg.Messagef(o, Notice, "message %d", n)
		lg.mu.Lock()
		pending = lg.armed
		lg.mu.Unlock()
	}
	for i := range n {
		if got, want := receive(t, conn), fmt.Sprintf("message %d\n", i); !strings.HasSuffix(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	lg.Close()
	lg.Close()
	lg.Message(o, Notice, "late")
	if d := h.Dropped(); d != 0 {
		t.Errorf("dropped %d", d)
	}
}
