package worker

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// resolve looks a name up, as at start-up of the reference: with the system's
// resolver. Of a family that is not given it prefers IPv4, and takes nothing else
// after "-4".
func (l *load) resolve(host string, family config.AF) (netip.Addr, error) {
	if l.lookUp != nil {
		return l.lookUp(host, family)
	}
	network := "ip"
	switch {
	case family == config.AFIPv6 && l.o.IPv4Only:
		return netip.Addr{}, fmt.Errorf("no IPv6 address for '%s': -4 was given", host)
	case family == config.AFIPv6:
		network = "ip6"
	case family == config.AFIPv4, l.o.IPv4Only:
		network = "ip4"
	}
	defer l.place.busy("looking up " + host)()
	ctx, cancel := context.WithTimeout(context.Background(), resolveFor)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return netip.Addr{}, err
	}
	if len(addrs) == 0 {
		return netip.Addr{}, fmt.Errorf("no address for '%s'", host)
	}
	for _, a := range addrs {
		if a.Unmap().Is4() {
			return a.Unmap(), nil
		}
	}
	return addrs[0], nil
}

const resolveFor = 10 * time.Second
