package build

import (
	"fmt"
	"net/netip"
	"os"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// transport makes what a server line says of how its connections are made.
func (b *builder) transport(be *proxy.Backend, s *config.Server) (t proxy.Transport) {
	tune := sys.Tuning{UserTimeout: s.UserTimeout, Congestion: s.CC, MD5Password: s.MD5Password}
	if tune != (sys.Tuning{}) {
		t.Tune = &tune
	}
	t.FastOpen = s.TFO
	if s.Namespace != "" {
		if _, err := os.Stat(sys.NamespacePath(s.Namespace)); err != nil {
			b.serverAlert(be, s, fmt.Sprintf("Cannot open namespace '%s'.", s.Namespace))
		}
	}
	if a := s.Socks4; a != nil {
		t.Socks = b.sourceAddr("socks4", *a, s.Pos, fmt.Sprintf("'server %s/%s' : ", be.Name, s.Name))
	}
	switch {
	case s.Source != nil:
		t.Source = b.source(be, s.Source, s.Pos, fmt.Sprintf("'server %s/%s' : ", be.Name, s.Name))
	case be.Spec.Source != nil:
		t.Source = b.source(be, be.Spec.Source, be.Spec.Pos, "")
	}
	return t
}

func (b *builder) serverAlert(be *proxy.Backend, s *config.Server, text string) {
	b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormPlace, Pos: s.Pos, Text: fmt.Sprintf("'server %s/%s' : %s", be.Name, s.Name, text)})
}

// source makes the place that connections come from, nil when the kernel chooses
// it. intro begins its messages.
func (b *builder) source(be *proxy.Backend, s *config.Source, pos config.Pos, intro string) *proxy.Source {
	src := &proxy.Source{Use: s.Use, Interface: s.Interface}
	if !s.Address.IsIP() { // servers are connected to over IP, or have no use for an address
		b.unheeded(pos, "source "+s.Address.String())
	}
	src.From = b.sourceAddr("source", s.Address, pos, intro)
	if s.Address.PortHigh > s.Address.Port {
		src.Ports = proxy.NewPorts(s.Address.Port, s.Address.PortHigh)
	}
	switch s.Use {
	case config.UseAddress:
		src.UseFrom = b.sourceAddr("usesrc", s.UseAddress, pos, intro)
	case config.UseHeader:
		if !be.HTTP {
			src.Use = config.UseOwn // there are no headers, and so no address
			break
		}
		src.Header = b.sourceHeader(be, fmt.Sprintf("req.hdr_ip(%s,%d)", s.Header, s.Occurrence), pos, intro)
	}
	if *src == (proxy.Source{}) {
		return nil
	}
	return src
}

// sourceAddr makes the address that a word names; it is zero where that says
// nothing.
func (b *builder) sourceAddr(word string, a config.Address, pos config.Pos, intro string) netip.AddrPort {
	ip := a.IP
	if a.Host != "" {
		b.at(pos)
		var err error
		if ip, err = b.o.Resolve(a.Host, a.Family); err != nil {
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormPlace, Pos: pos,
				Text: fmt.Sprintf("%s'%s %s' : invalid address: '%s' in '%s'.", intro, word, a, a.Host, a)})
		}
	}
	if !ip.IsValid() || ip.IsUnspecified() && a.Port == 0 { // a UNIX socket, or any
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(a.Port))
}

// sourceHeader compiles the expression that finds an address in the request, as
// connName does for the names of connections.
func (b *builder) sourceHeader(be *proxy.Backend, text string, pos config.Pos, intro string) int {
	if i := slices.IndexFunc(be.ConnNames, func(e *sample.Expr) bool { return e.Text == text }); i >= 0 {
		return i + 1
	}
	e, rest, err := sample.ParseExpr(text, &sample.Scope{Env: os.LookupEnv, PID: os.Getpid()})
	if err != nil || rest != "" {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormPlace, Pos: pos, Text: fmt.Sprintf("%s'usesrc' : %v.", intro, err)})
		return 0
	}
	be.ConnNames = append(be.ConnNames, e)
	return len(be.ConnNames)
}

// namespaces checks that the network namespaces of namespace_list sections exist.
func (b *builder) namespaces() {
	for _, list := range b.spec.Namespaces {
		for _, name := range list.Namespaces {
			if _, err := os.Stat(sys.NamespacePath(name)); err != nil {
				b.d.Add(config.Diagnostic{Level: config.Alert, Pos: list.Pos, Text: fmt.Sprintf("Cannot open namespace '%s'.", name)})
			}
		}
	}
}
