package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// InitMethod is a way to find the address of a server at the start (manual 5.2,
// "init-addr").
type InitMethod string

const (
	InitLast InitMethod = "last" // that of the state file
	InitLibc InitMethod = "libc" // the system's resolver
	InitNone InitMethod = "none" // none: the server is out of service
	// Any other is an address.
)

// defaultInit are the methods where "init-addr" is not used.
var defaultInit = []InitMethod{InitLast, InitLibc}

// InitMethods returns the ways to find the server's address, in their order.
func (v *ServerParams) InitMethods() []InitMethod {
	if len(v.InitAddr) == 0 {
		return defaultInit
	}
	return v.InitAddr
}

// Addr returns the address that m is.
func (m InitMethod) Addr() (netip.Addr, bool) {
	a, err := netip.ParseAddr(string(m))
	return a, err == nil
}

var serverAddress = []serverOption{
	{name: "init-addr", args: 1, syntax: "init-addr {last | libc | none | <ip>},[...]*", doc: "Sets how the server's name is resolved at the start.", parse: parseInitAddr},
	{name: "guid", args: 1, syntax: "guid <string>", serverOnly: true, doc: "Sets a name of the server that no other object has.", parse: func(p *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return fmt.Errorf("'guid' : expects an argument")
		}
		if text := guidFault(a[0]); text != "" {
			return fmt.Errorf("'guid': %s", text)
		}
		s.server.GUID = a[0]
		return nil
	}},
}

func parseInitAddr(_ *Parser, s *serverLine, a []string) error {
	s.InitAddr = nil
	known := false
	for w := range strings.SplitSeq(a[0], ",") {
		m := InitMethod(w)
		switch m {
		case "": // an empty list is the default
			continue
		case InitLast, InitLibc, InitNone:
		default:
			ip, ok := m.Addr()
			if !ok {
				return fmt.Errorf("'init-addr' : unknown init-addr method '%s', supported methods are 'libc', 'last', 'none'.", clip(w))
			}
			if known {
				return fmt.Errorf("'init-addr' : initial address already specified, cannot add '%s'.", clip(w))
			}
			known, m = true, InitMethod(ip.String())
		}
		// The same again would fail again.
		if !slices.Contains(s.InitAddr, m) {
			s.InitAddr = append(s.InitAddr, m)
		}
	}
	return nil
}

// initWords writes in what v differs from base.
func (v *ServerParams) initWords(base *ServerParams) []string {
	if slices.Equal(v.InitAddr, base.InitAddr) {
		return nil
	}
	var list []string
	for _, m := range v.InitMethods() {
		list = append(list, string(m))
	}
	return []string{"init-addr", strings.Join(list, ",")}
}
