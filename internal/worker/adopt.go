package worker

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/handover"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// adopted are the listening sockets that another process gave ("-x"), until
// binds take them. Every socket is taken once; a bind line that wants several of
// one address (shards) finds several.
type adopted []foreign

type foreign struct {
	handover.Socket
	sys.Bound
}

// adoptWait is how long each answer of the other process may take.
const adoptWait = 2 * time.Second

// adopt asks the process behind the stats socket at path for its sockets.
// Without a path, or without an answer, there are none: then sockets are bound
// as usual, which SO_REUSEPORT allows beside the other process's.
func (l *load) adopt(path string) adopted {
	if path == "" || path == os.DevNull {
		return nil
	}
	l.at("takeover", path)
	sockets, err := handover.Receive(path, adoptWait)
	if err != nil {
		l.report.Warningf("Failed to get the sockets from the old process!") // the reference's words
		l.report.Warningf("%v", err)
		return nil
	}
	var list adopted
	for _, s := range sockets {
		b, err := sys.BoundTo(s.FD)
		if err != nil { // a datagram socket, say: nothing here wants it
			sys.Close(s.FD)
			continue
		}
		b.Path = withoutTemporary(b.Path)
		list = append(list, foreign{s, b})
	}
	return list
}

// temporary ends the names to which UNIX sockets are bound before they are
// renamed: the kernel goes on telling that name.
var temporary = regexp.MustCompile(`\.[0-9]+\.tmp$`)

func withoutTemporary(path string) string {
	if strings.HasPrefix(path, "\x00") {
		return strings.TrimRight(path, "\x00")
	}
	return temporary.ReplaceAllString(path, "")
}

// take returns the socket that is bound as b wants it, if there is one. resolve
// looks up the host name of a bind line.
func (a *adopted) take(b *config.Bind, resolve func(string, config.AF) (netip.Addr, error)) (fd int, ok bool) {
	ip := b.Address.IP
	if b.Address.Host != "" && len(*a) > 0 {
		ip, _ = resolve(b.Address.Host, b.Address.Family)
	}
	for i, f := range *a {
		if f.fits(b, ip) {
			*a = append((*a)[:i:i], (*a)[i+1:]...)
			return f.FD, true
		}
	}
	return -1, false
}

func (f *foreign) fits(b *config.Bind, ip netip.Addr) bool {
	a := b.Address
	switch a.Family {
	case config.AFUnix:
		return f.Path == a.Path
	case config.AFAbns, config.AFAbnsz:
		return f.Path == "\x00"+a.Path
	case config.AFFD:
		return false
	}
	if !ip.IsValid() {
		ip = netip.IPv4Unspecified()
	}
	return f.Addr == netip.AddrPortFrom(ip, uint16(a.Port)) && f.Interface == b.Interface && f.Transparent == b.Transparent &&
		(!b.V6Only || f.V6Only) && (!b.V4V6 || !f.V6Only)
}

// close closes what no bind took.
func (a *adopted) close() {
	for _, f := range *a {
		sys.Close(f.FD)
	}
	*a = nil
}

// keepName makes the file of an adopted UNIX socket this process's, to be
// removed at its end.
func (s *sockets) keepName(path string) error {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return fmt.Errorf("the socket has no name any more: %w", err)
	}
	s.paths = append(s.paths, unixPath{path, uint64(st.Dev), st.Ino})
	return nil
}
