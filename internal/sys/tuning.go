package sys

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Tuning is what a TCP socket may be asked at any time before or while it
// listens. The connections it accepts from then on inherit it.
type Tuning struct {
	MSS         int           // TCP_MAXSEG; 0: the kernel's
	DeferAccept bool          // TCP_DEFER_ACCEPT
	FastOpen    bool          // TCP_FASTOPEN
	UserTimeout time.Duration // TCP_USER_TIMEOUT, in ms; 0: none
	Congestion  string        // TCP_CONGESTION; "": the system's
	MD5Password string        // TCP_MD5SIG, for peers of any address; "": none
	SaveSYN     int           // TCP_SAVE_SYN
	TOS         int           // IP_TOS and IPV6_TCLASS; 0: the kernel's
}

// fastOpenQueue is how many connections may be half-open with data.
const fastOpenQueue = 256

// Apply sets what t asks for. With reset it also takes back what t does not ask
// for, which an earlier owner of the socket may have set. The error has the
// words of all faults; whatever could be set is set.
func (t Tuning) Apply(fd int, reset bool) error {
	var faults []error
	set := func(wanted bool, what string, f func() error) {
		if !wanted && !reset {
			return
		}
		if err := f(); err != nil && wanted { // what was never set cannot always be taken back
			faults = append(faults, fmt.Errorf("cannot %s (%w)", what, err))
		}
	}
	number := func(opt int, v int) func() error {
		return func() error { return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, opt, v) }
	}
	flag := func(on bool, v int) int {
		if on {
			return v
		}
		return 0
	}
	set(t.MSS > 0, fmt.Sprintf("set MSS to %d,", t.MSS), number(unix.TCP_MAXSEG, max(t.MSS, 0)))
	set(t.UserTimeout > 0, "set TCP User Timeout,", number(unix.TCP_USER_TIMEOUT, int(t.UserTimeout/time.Millisecond)))
	set(t.DeferAccept, "enable DEFER_ACCEPT,", number(unix.TCP_DEFER_ACCEPT, flag(t.DeferAccept, 1)))
	set(t.FastOpen, "enable TCP_FASTOPEN,", number(unix.TCP_FASTOPEN, flag(t.FastOpen, fastOpenQueue)))
	set(t.SaveSYN > 0, "set TCP Save SYN,", number(unix.TCP_SAVE_SYN, t.SaveSYN))
	set(t.TOS > 0, fmt.Sprintf("set the type of service to %d,", t.TOS), func() error { return setTOS(fd, t.TOS) })
	set(t.Congestion != "", "set TCP congestion control algorithm,", func() error { return setCongestion(fd, t.Congestion) })
	set(t.MD5Password != "", "set TCP MD5 signature,", func() error { return setMD5(fd, t.MD5Password) })
	return joined(faults)
}

// setTOS sets the type of service of IPv4 packets, and of IPv6 ones where the
// socket can send those.
func setTOS(fd, tos int) error {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return err
	}
	if domain == unix.AF_INET6 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, tos); err != nil {
			return err
		}
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, tos)
}

// joined puts the faults into one line.
func joined(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	words := make([]string, len(faults))
	for i, err := range faults {
		words[i] = err.Error()
		var errno syscall.Errno
		if errors.As(err, &errno) { // in capitals, as strerror has it
			text := errno.Error()
			words[i] = strings.Replace(words[i], text, strings.ToUpper(text[:1])+text[1:], 1)
		}
	}
	return errors.New(strings.Join(words, ", "))
}

// setCongestion chooses an algorithm, the system's for "". One that is set
// already needs no privilege.
func setCongestion(fd int, name string) error {
	if name == "" {
		b, err := os.ReadFile("/proc/sys/net/ipv4/tcp_congestion_control")
		if err != nil {
			return err
		}
		name = strings.TrimSpace(string(b))
	}
	if now, err := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION); err == nil && now == name {
		return nil
	}
	return unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, name)
}

// setMD5 has every segment signed, whoever the peer is; "" takes that back.
func setMD5(fd int, password string) error {
	family, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return err
	}
	if family != unix.AF_INET6 {
		return addMD5(fd, unix.AF_INET, nil, password)
	}
	if err := addMD5(fd, unix.AF_INET6, nil, password); err != nil {
		return err
	}
	// The peers of IPv4 have keys of their own on such a socket.
	return addMD5(fd, unix.AF_INET6, []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}, password)
}

// addMD5 sets the key for the peers of a family; ip only tells which.
func addMD5(fd int, family uint16, ip []byte, password string) error {
	// struct tcp_md5sig: address, flags, prefix length, key length, interface, key
	var b [216]byte
	binary.NativeEndian.PutUint16(b[:], family)
	copy(b[8:], ip) // of sockaddr_in6
	b[128] = unix.TCP_MD5SIG_FLAG_PREFIX
	binary.NativeEndian.PutUint16(b[130:], uint16(len(password)))
	copy(b[136:], password)
	return unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_MD5SIG_EXT, string(b[:]))
}
