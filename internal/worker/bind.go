package worker

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// sockets are the listening sockets of a worker while it loads.
type sockets struct {
	kept func(key string) (int, bool) // from the master's store; nil without one
	left func() []string              // the keys of those nobody has taken yet
	peek func(key string) (int, bool) // one of these, only to be looked at
	// resolve looks up the host name of a bind line.
	resolve     func(host string, family config.AF) (netip.Addr, error)
	noReusePort bool // -dR
	offer       func(key string, fd int) error
	given       adopted // by another process
	moves       []move  // UNIX sockets still to be given their names
	paths       []unixPath
}

// move is a UNIX socket bound to a temporary name. It takes its real name when
// nothing can go wrong any more: until then whoever has it keeps it.
type move struct {
	from, to string
}

// unixPath is a name in the file system that this process made.
type unixPath struct {
	path     string
	dev, ino uint64
}

// open returns the socket for b: the one that is kept under its key, one taken
// from another process, or a new one, bound and not yet listening. taken says
// that another worker may be serving it.
func (s *sockets) open(key string, b *config.Bind) (fd int, taken bool, err error) {
	if named(b.Address) {
		if fd, ok := s.take(key); ok {
			return fd, true, nil
		}
	}
	fd, taken = s.given.take(b, s.resolve)
	if taken && b.Address.Family == config.AFUnix && s.keepName(b.Address.Path) != nil {
		// Somebody removed the file: nobody could connect.
		sys.Close(fd)
		taken = false
	}
	if !taken {
		if fd, err = s.bind(b); err != nil {
			return -1, false, err
		}
	}
	if s.offer != nil {
		if err := s.offer(key, fd); err != nil {
			sys.Close(fd)
			return -1, false, err
		}
	}
	return fd, taken, nil
}

// named tells whether clients would find a socket that is kept for the address:
// the file of a UNIX socket may have been removed (with its directory, where a
// service is restarted).
func named(a config.Address) bool {
	var st syscall.Stat_t
	return a.Family != config.AFUnix || syscall.Stat(a.Path, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFSOCK
}

// take returns the socket that is kept under a key, if there is one.
func (s *sockets) take(key string) (fd int, ok bool) {
	if s.kept == nil {
		return -1, false
	}
	return s.kept(key)
}

func (s *sockets) bind(b *config.Bind) (int, error) {
	a := b.Address
	switch a.Family {
	case config.AFUnix:
		return s.bindPath(b)
	case config.AFAbns, config.AFAbnsz:
		sa, err := build.UnixSockaddr(a)
		if err != nil {
			return -1, err
		}
		return sys.BindUnix(sa)
	case config.AFFD:
		if !sys.IsSocket(a.FD) {
			return -1, fmt.Errorf("descriptor %d is not a socket", a.FD)
		}
		return a.FD, sys.SetNonblock(a.FD)
	}
	ip := a.IP
	if a.Host != "" {
		var err error
		if ip, err = s.resolve(a.Host, a.Family); err != nil {
			return -1, fmt.Errorf("could not resolve address '%s'", a.Host)
		}
	}
	if a.Any && !ip.IsValid() {
		ip = netip.IPv4Unspecified()
	}
	return sys.BindTCP(netip.AddrPortFrom(ip, uint16(a.Port)), sys.ListenOptions{
		V6Only: b.V6Only, V4V6: b.V4V6, Transparent: b.Transparent, Interface: b.Interface, Namespace: b.Namespace, NoReusePort: s.noReusePort, Multipath: a.MPTCP,
	})
}

// bindPath binds a temporary name beside the wanted one.
func (s *sockets) bindPath(b *config.Bind) (int, error) {
	path := b.Address.Path
	tmp := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	os.Remove(tmp)
	sa, err := sys.UnixSockaddr(tmp, false)
	if err != nil {
		return -1, err
	}
	fd, err := sys.BindUnix(sa)
	if err != nil {
		return -1, err
	}
	owner := account.Owner{User: b.User, Group: b.Group, UID: b.UID, GID: b.GID}
	if err := owner.Give(tmp, b.Mode); err != nil {
		sys.Close(fd)
		os.Remove(tmp)
		return -1, err
	}
	s.moves = append(s.moves, move{tmp, path})
	return fd, nil
}

// settle gives the UNIX sockets their names.
func (s *sockets) settle() error {
	for _, m := range s.moves {
		if err := os.Rename(m.from, m.to); err != nil {
			return err
		}
		var st syscall.Stat_t
		if syscall.Stat(m.to, &st) == nil {
			s.paths = append(s.paths, unixPath{m.to, uint64(st.Dev), st.Ino})
		}
	}
	s.moves = nil
	return nil
}

// abandon removes the temporary names of a load that failed.
func (s *sockets) abandon() {
	for _, m := range s.moves {
		os.Remove(m.from)
	}
}

// unlink removes the names this process made, if nobody else took them since.
func (p unixPath) unlink() {
	var st syscall.Stat_t
	if syscall.Lstat(p.path, &st) == nil && uint64(st.Dev) == p.dev && st.Ino == p.ino {
		os.Remove(p.path)
	}
}

// strerror is the system's text of an error, capitalised as C libraries write
// it.
func strerror(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// bindError is the reference's text for a listener that cannot be bound.
func bindError(b *config.Bind, what string, err error) string {
	text := strerror(err)
	a := b.Address
	intro := fmt.Sprintf("Binding [%s] for %s: protocol ", b.Pos, what)
	switch a.Family {
	case config.AFUnix:
		return fmt.Sprintf("%sunix_stream: cannot bind UNIX socket (%s) [%s].", intro, text, a.Path)
	case config.AFAbns, config.AFAbnsz:
		name, _, _ := strings.Cut(a.String(), "@")
		if errors.Is(err, syscall.EADDRINUSE) {
			text = "already in use"
		}
		return fmt.Sprintf("%s%s_stream: cannot bind UNIX socket (%s) [%s].", intro, name, text, a)
	}
	protocol, where := protocolOf(b)
	return fmt.Sprintf("%s%s: cannot bind socket (%s) for [%s].", intro, protocol, text, where)
}

// protocolOf names the protocol and the address of an IP listener as the
// reference does: IPv6 without brackets.
func protocolOf(b *config.Bind) (protocol, where string) {
	a := b.Address
	protocol, where = "tcpv4", a.String()
	if a.IP.Is6() || a.Family == config.AFIPv6 {
		protocol = "tcpv6"
	}
	if a.MPTCP {
		protocol = "mp" + protocol
	}
	if a.Host == "" && a.IP.IsValid() {
		where = fmt.Sprintf("%s:%d", a.IP, a.Port)
	}
	return protocol, where
}
