package check

import (
	"net"
	"net/netip"
	"strings"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Target is where a connection goes and how it begins.
type Target struct {
	Network, Address string // as net.Dial wants them
	SendProxy        int    // version of the PROXY protocol header sent first; 0: none
}

// Moved is where somebody had checks go at run time.
type Moved struct {
	Addr string // "": nowhere else
	Port int    // 0: likewise
}

// Endpoint says how to reach an address of the configuration.
func Endpoint(a config.Address) (network, address string) {
	switch a.Family {
	case config.AFUnix:
		return "unix", a.Path
	case config.AFAbnsz:
		return "unix", "@" + a.Path
	case config.AFAbns: // padded to the full size
		return "unix", "@" + a.Path + string(make([]byte, max(0, 107-len(a.Path))))
	}
	return "tcp", netip.AddrPortFrom(a.IP.Unmap(), uint16(a.Port)).String()
}

// target is where a connect step goes: to the server as its line has it, unless
// the step says otherwise.
func (spec *Spec) target(c *connect, r *run) Target {
	t := spec.Target
	if c.addr != nil {
		a := *c.addr
		if ap, err := netip.ParseAddrPort(t.Address); err == nil && a.Port == 0 {
			a.Port = int(ap.Port())
		}
		t.Network, t.Address = Endpoint(a)
	}
	port := c.port
	if c.portExpr != nil {
		var s sample.Sample
		if c.portExpr.Eval(&r.ctx, &s) && sample.Cast(&r.ctx, &s, sample.Sint) {
			port = int(uint16(s.Int))
			if s.Int != 0 && port == 0 {
				port = 1 << 16 // none that can be connected to
			}
		}
	}
	if ap, err := netip.ParseAddrPort(t.Address); err == nil && port > 0 && t.Network == "tcp" {
		t.Address = netip.AddrPortFrom(ap.Addr(), uint16(port)).String()
	}
	if c.explicit {
		t.SendProxy = 0
	}
	if c.sendProxy {
		t.SendProxy = max(spec.Target.SendProxy, 1)
	}
	return t
}

// announce says, where the server wants that, that the connection is our own.
func (r *run) announce(version int) error {
	if version == 0 {
		return nil
	}
	var b []byte
	conn := r.conn
	src, dst := addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr())
	if version > 1 && !r.spec.NeverLocal {
		src, dst = netip.AddrPort{}, netip.AddrPort{}
	}
	switch a := r.spec.Announce; {
	case version == 1: // which has no word for it: the connection's own ends
		b = proxyproto.AppendV1(nil, src, dst)
	case a != nil:
		b = a.Append(nil, src, dst, &r.ctx, false)
	default:
		b = proxyproto.AppendV2(nil, src, dst)
	}
	_, err := conn.Write(b)
	return err
}

// addrPort is the zero AddrPort for what is no TCP address.
func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return netip.AddrPort{}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
