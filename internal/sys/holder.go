package sys

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Holder finds a process that listens on a TCP address, or on one that shuts it
// out. ok is false where the kernel does not tell: the process belongs to
// somebody else, or to another namespace.
func Holder(addr netip.AddrPort) (pid int, name string, ok bool) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		inodes := listeners(f, addr)
		f.Close()
		if pid, ok = holderOf(inodes); ok {
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)) // it may be gone: no name then
			return pid, processName(comm), true
		}
	}
	return 0, "", false
}

// processName is what a process calls itself, without what could forge lines.
func processName(comm []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSuffix(string(comm), "\n"), "?"))
}

// tcpListen is the state of a listening socket in /proc/net/tcp.
const tcpListen = "0A"

// listeners returns the inodes of the listening sockets of a table that conflict
// with addr. Their column is the tenth, their address the second.
func listeners(table io.Reader, addr netip.AddrPort) (inodes []string) {
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != tcpListen {
			continue
		}
		if local, ok := tableAddr(f[1]); ok && conflicts(local, addr) {
			inodes = append(inodes, f[9])
		}
	}
	return inodes
}

// conflicts says whether both addresses cannot be listened on. An unspecified
// IPv6 address may or may not include IPv4.
func conflicts(a, b netip.AddrPort) bool {
	if a.Port() != b.Port() {
		return false
	}
	x, y := a.Addr().Unmap(), b.Addr().Unmap()
	return x == y || !x.IsValid() || !y.IsValid() || x.IsUnspecified() || y.IsUnspecified()
}

// tableAddr reads "0100007F:1F90": words of 32 bits in the machine's order,
// which on all supported machines is the little end first.
func tableAddr(s string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	n, perr := strconv.ParseUint(port, 16, 16)
	if err != nil || perr != nil || len(b)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for word := range slices.Chunk(b, 4) {
		slices.Reverse(word)
	}
	addr, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(addr, uint16(n)), ok
}

// holderOf returns the process with the lowest number that has one of the sockets.
func holderOf(inodes []string) (pid int, ok bool) {
	if len(inodes) == 0 {
		return 0, false
	}
	dirs, _ := filepath.Glob("/proc/[0-9]*/fd") // the pattern is good
	for _, dir := range dirs {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err != nil || ok && n > pid {
			continue
		}
		open, err := OpenDescriptors(n)
		if err != nil {
			continue // not ours to look at, or gone
		}
		for _, to := range open {
			inode, isSocket := strings.CutPrefix(to, "socket:[")
			if isSocket && slices.Contains(inodes, strings.TrimSuffix(inode, "]")) {
				pid, ok = n, true
			}
		}
	}
	return pid, ok
}
