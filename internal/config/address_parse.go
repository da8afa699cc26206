package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// AddressUse says what an address may be where it stands.
type AddressUse struct {
	PortNeeded, PortOffset, PortRange bool
	Datagram                          bool // by default; else a stream
	FD, Std                           bool // fd@, stdout and stderr are allowed
	NoPort                            bool // 0 is an allowed port
	DefaultPort                       int
}

// addressPrefixes are those of the manual 2.9.1 to 2.9.3. Prefixes like
// "stream+" combine with the families.
var addressPrefixes = []struct {
	text             string
	family           AF
	stream, datagram bool
	missing          string // why it is not built yet
}{
	{text: "unix@", family: AFUnix},
	{text: "uxst@", family: AFUnix, stream: true},
	{text: "uxdg@", family: AFUnix, datagram: true},
	{text: "abns@", family: AFAbns},
	{text: "abnsz@", family: AFAbnsz},
	{text: "fd@", family: AFFD},
	{text: "ip@", family: AFNone},
	{text: "ipv4@", family: AFIPv4},
	{text: "ipv6@", family: AFIPv6},
	{text: "tcp@", family: AFNone, stream: true},
	{text: "tcp4@", family: AFIPv4, stream: true},
	{text: "tcp6@", family: AFIPv6, stream: true},
	{text: "udp@", family: AFNone, datagram: true},
	{text: "udp4@", family: AFIPv4, datagram: true},
	{text: "udp6@", family: AFIPv6, datagram: true},
	{text: "sockpair@", missing: "socket pairs as addresses"},
	{text: "rhttp@", missing: "reverse HTTP"},
	{text: "rev@", missing: "reverse HTTP"},
	{text: "mptcp@", missing: "multipath TCP"},
	{text: "mptcp4@", missing: "multipath TCP"},
	{text: "mptcp6@", missing: "multipath TCP"},
	{text: "quic4@", missing: "QUIC"},
	{text: "quic6@", missing: "QUIC"},
	{text: "ring@", missing: "ring buffers"},
	{text: "backend@", missing: "log backends"},
}

// ParseAddress parses one address. The error's text is the reference's, without
// what comes before it in the message.
func ParseAddress(s string, use AddressUse) (Address, error) {
	a, _, err := parseAddress(s, use)
	return a, err
}

// parseAddress also says whether the address is one of a stream socket.
func parseAddress(s string, use AddressUse) (a Address, stream bool, err error) {
	rest := s
	if s == "" {
		return a, false, errors.New("'' resolves to an empty address (environment variable missing?)")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return a, false, errors.New("NUL character in an address")
	}
	stream = !use.Datagram
	switch {
	case strings.HasPrefix(rest, "stream+"):
		rest, stream = rest[len("stream+"):], true
	case strings.HasPrefix(rest, "dgram+"):
		rest, stream = rest[len("dgram+"):], false
	case strings.HasPrefix(rest, "quic+"):
		return a, false, fmt.Errorf("address '%s' is not built yet in this version of Sluice (QUIC)", clip(s))
	}
	if strings.HasPrefix(rest, "/") {
		a.Family = AFUnix
	} else {
		for _, p := range addressPrefixes {
			if strings.HasPrefix(rest, p.text) && (!use.Std || p.text != "backend@" || use.Datagram) {
				if p.missing != "" {
					return a, false, fmt.Errorf("address '%s' is not built yet in this version of Sluice (%s)", clip(s), p.missing)
				}
				a.Family, rest = p.family, rest[len(p.text):]
				if p.stream {
					stream = true
				} else if p.datagram {
					stream = false
				}
				break
			}
		}
	}
	switch a.Family {
	case AFUnix, AFAbns, AFAbnsz:
		most := 107
		if a.Family == AFUnix {
			most = 97 // room for the suffix of the name first bound to
		}
		if len(rest) > most {
			return a, false, fmt.Errorf("socket path '%s' too long (max %d)", clip(s), most)
		}
		if rest == "" {
			return a, false, fmt.Errorf("missing path or name in '%s'", clip(s))
		}
		a.Path = rest
	case AFFD:
		fd, err := strconv.ParseUint(rest, 10, 31)
		if err != nil {
			return a, false, fmt.Errorf("file descriptor '%s' is not a valid integer in '%s'", clip(rest), clip(s))
		}
		if !use.FD {
			return a, false, fmt.Errorf("a file descriptor is not acceptable here in '%s'", clip(s))
		}
		a.FD = int(fd)
	default:
		if use.Std && rest == s && (s == "stdout" || s == "stderr") {
			a.Family = AFStdout
			if s == "stderr" {
				a.Family = AFStderr
			}
			return a, false, nil
		}
		if err := a.parseIP(rest, s, use); err != nil {
			return a, false, err
		}
	}
	if !stream && !use.Datagram {
		return a, false, fmt.Errorf("dgram-type address not acceptable in '%s'", clip(s))
	}
	return a, stream, nil
}

// parseIP parses host and port. The port begins after the last colon, unless a
// bracket follows it.
func (a *Address) parseIP(s, whole string, use AddressUse) error {
	host, port := s, ""
	if i := strings.LastIndexAny(s, ":]"); i >= 0 && s[i] == ':' {
		host, port = s[:i], s[i+1:]
	}
	switch {
	case port != "":
		if err := a.parsePort(port, whole, use); err != nil {
			return err
		}
	case use.PortNeeded:
		return fmt.Errorf("missing port specification in '%s'", clip(whole))
	default:
		a.Port, a.PortHigh = use.DefaultPort, use.DefaultPort
	}
	bare := host
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		bare = host[1 : len(host)-1]
	}
	switch {
	case host == "" || host == "*":
		a.IP = netip.IPv4Unspecified()
		if a.Family == AFIPv6 {
			a.IP = netip.IPv6Unspecified()
		}
	default:
		ip, err := netip.ParseAddr(bare)
		switch {
		case err == nil && ip.Zone() == "" && (ip.Is4() == (host == bare) || ip.Is6()):
			if ip.Is4() && a.Family == AFIPv6 || ip.Is6() && a.Family == AFIPv4 {
				return fmt.Errorf("invalid address: '%s' in '%s'", clip(host), clip(whole))
			}
			a.IP = ip
		case !isHostName(host):
			return fmt.Errorf("invalid address: '%s' in '%s'", clip(host), clip(whole))
		default:
			a.Host = host
			return nil
		}
	}
	a.Any = a.IP.IsUnspecified()
	a.Family = AFIPv4
	if a.IP.Is6() {
		a.Family = AFIPv6
	}
	return nil
}

func (a *Address) parsePort(s, whole string, use AddressUse) error {
	number := func(t string) (int, error) {
		n, err := strconv.ParseUint(t, 10, 17)
		if err != nil || n > 65535 || n == 0 && !use.NoPort {
			return 0, fmt.Errorf("invalid port '%s'", clip(t))
		}
		return int(n), nil
	}
	if s[0] == '+' || s[0] == '-' {
		if !use.PortOffset {
			return fmt.Errorf("port offset not permitted here in '%s'", clip(whole))
		}
		n, err := number(s[1:])
		if err != nil {
			return err
		}
		a.PortOffset, a.Port, a.PortHigh = s[0], n, n
		return nil
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("invalid character '%c' in port number '%s' in '%s'", c, clip(s), clip(whole))
		}
	}
	low, high, isRange := strings.Cut(s, "-")
	n, err := number(low)
	if err != nil {
		return err
	}
	a.Port, a.PortHigh = n, n
	if !isRange {
		return nil
	}
	if !use.PortRange {
		return fmt.Errorf("port range not permitted here in '%s'", clip(whole))
	}
	if a.PortHigh, err = number(high); err != nil {
		return err
	}
	if a.PortHigh < a.Port {
		return fmt.Errorf("invalid port range '%s'", clip(s))
	}
	return nil
}

// isHostName says whether a resolver could be asked for s.
func isHostName(s string) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	letters := false
	for i := range len(s) {
		c := s[i]
		if !isNameByte(c) && c != '-' && c != '.' {
			return false
		}
		letters = letters || c < '0' && c != '.' && c != '-' || c > '9'
	}
	return letters && s[0] != '.' && s[0] != '-'
}
