package config

import (
	"net/netip"
	"strconv"
	"strings"
)

// AF is an address family.
type AF uint8

const (
	AFNone AF = iota // an IP family that is known once the host name is resolved
	AFIPv4
	AFIPv6
	AFUnix   // Path is a path
	AFAbns   // Path is a name in the abstract namespace, padded with NUL
	AFAbnsz  // the same, not padded
	AFFD     // FD is an inherited descriptor
	AFStdout // of log lines
	AFStderr // of log lines
)

// Address is an address as the manual writes them (2.9).
type Address struct {
	Family   AF
	IP       netip.Addr // of AFIPv4 and AFIPv6
	Host     string     // a name still to be resolved, to the Family unless that is AFNone
	Port     int        // 0: none
	PortHigh int        // last port of a range; Port without one
	// PortOffset is '+' or '-' of a server's relative port: the port is the
	// client's destination port plus or minus Port. 0: Port is absolute.
	PortOffset byte
	Path       string
	FD         int
	MPTCP      bool // of a multipath TCP socket
	Any        bool // the unspecified address: "*", "0.0.0.0", "::" or nothing
}

// String returns the address in the manual's form; it parses to the same
// Address again.
func (a Address) String() string {
	var s string
	switch a.Family {
	case AFUnix:
		return "unix@" + a.Path
	case AFAbns:
		return "abns@" + a.Path
	case AFAbnsz:
		return "abnsz@" + a.Path
	case AFFD:
		return "fd@" + strconv.Itoa(a.FD)
	case AFStdout:
		return "stdout"
	case AFStderr:
		return "stderr"
	case AFIPv6:
		s = "[" + a.IP.String() + "]"
		if a.Host != "" {
			s = "ipv6@" + a.Host
		}
	case AFIPv4:
		s = a.IP.String()
		if a.Host != "" {
			s = "ipv4@" + a.Host
		} else if a.Any {
			s = "*"
		}
	default:
		s = a.Host
	}
	if a.MPTCP {
		s = mptcpPrefix(a.Family, a.Host) + strings.TrimPrefix(strings.TrimPrefix(s, "ipv4@"), "ipv6@")
	}
	if a.Port == 0 && a.PortOffset == 0 {
		return s
	}
	s += ":"
	if a.PortOffset != 0 {
		s += string(a.PortOffset)
	}
	s += strconv.Itoa(a.Port)
	if a.PortHigh > a.Port {
		s += "-" + strconv.Itoa(a.PortHigh)
	}
	return s
}

// Prefixed returns the address with the prefix of its family, as lists of
// sockets show it.
func (a Address) Prefixed() string {
	switch {
	case a.MPTCP:
	case a.Family == AFIPv4:
		return "ipv4@" + a.String()
	case a.Family == AFIPv6:
		return "ipv6@" + a.String()
	}
	return a.String()
}

// mptcpPrefix is the prefix of a multipath TCP address, which names the family
// of a host when it is known.
func mptcpPrefix(f AF, host string) string {
	switch {
	case host == "" || f == AFNone:
		return "mptcp@"
	case f == AFIPv4:
		return "mptcp4@"
	}
	return "mptcp6@"
}

// IsIP says whether the family is one of IP, resolved or not.
func (a Address) IsIP() bool { return a.Family <= AFIPv6 }

// AddrPort returns the address of an IP family; the zero AddrPort otherwise.
func (a Address) AddrPort() netip.AddrPort {
	if !a.IP.IsValid() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.IP, uint16(a.Port))
}
