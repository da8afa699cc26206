package worker

import (
	"errors"
	"net/netip"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// cannotBind reports a listener that cannot be bound, in the reference's words,
// and who has its address, as far as that can be known.
func (s *service) cannotBind(b *config.Bind, what string, err error) {
	s.report.Alertf("%s", bindError(b, what, err))
	if !errors.Is(err, syscall.EADDRINUSE) || !b.Address.IsIP() || b.Namespace != "" {
		return
	}
	ip := b.Address.IP
	if b.Address.Host != "" {
		if ip, err = s.socks.resolve(b.Address.Host, b.Address.Family); err != nil {
			return
		}
	}
	if !ip.IsValid() {
		ip = netip.IPv4Unspecified()
	}
	if pid, name, ok := sys.Holder(netip.AddrPortFrom(ip, uint16(b.Address.Port))); ok {
		_, where := protocolOf(b)
		s.report.Noticef("The address [%s] is held by process %d (%s).", where, pid, name)
	}
}
