package sys

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
)

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 103 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 104 1 0 100 0 0 10 0
   4: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 105 1 0 100 0 0 10 0
   5: 0000000000000000FFFF00000100007F:01BC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 106 1 0 100 0 0 10 0
`

func TestListeners(t *testing.T) {
	for addr, want := range map[string][]string{
		"127.0.0.1:8080": {"101"},
		"127.0.0.2:8080": nil,
		"0.0.0.0:8080":   {"101", "104"},
		"10.0.0.1:80":    {"102"},
		"[::1]:8080":     {"104"},
		"[::1]:443":      {"105"},
		"127.0.0.1:443":  {"105"},
		"127.0.0.1:444":  {"106"},
		"127.0.0.1:1":    nil,
	} {
		if got := listeners(strings.NewReader(table), netip.MustParseAddrPort(addr)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
	for i := range table { // cut anywhere it is still no reason to fail
		listeners(strings.NewReader(table[:i]), netip.MustParseAddrPort("127.0.0.1:8080"))
	}
}

func FuzzTableAddr(f *testing.F) {
	f.Add("0100007F:1F90")
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := tableAddr(s); ok && !a.IsValid() {
			t.Errorf("%q: %v", s, a)
		}
	})
}

func TestProcessName(t *testing.T) {
	for comm, want := range map[string]string{"nginx\n": "nginx", "": "", "a\nb\x1b[2J\xff\n": "a?b?[2J?"} {
		if got := processName([]byte(comm)); got != want {
			t.Errorf("%q: %q, want %q", comm, got, want)
		}
	}
}

func TestHolder(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", at)
		if err != nil {
			t.Logf("%s: %v", at, err)
			continue
		}
		addr := l.Addr().(*net.TCPAddr).AddrPort()
		pid, name, ok := Holder(addr)
		if comm, _ := os.ReadFile("/proc/self/comm"); !ok || pid != os.Getpid() || name+"\n" != string(comm) {
			t.Errorf("%v: %d %q %t", addr, pid, name, ok)
		}
		l.Close()
		if pid, _, ok := Holder(addr); ok {
			t.Errorf("%v after its end: %d", addr, pid)
		}
	}
}
