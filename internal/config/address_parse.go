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

const partQUIC = "QUIC"

// addressPrefix is a prefix of the manual 2.9.1 or 2.9.3.
type addressPrefix struct {
	text             string
	family           AF
	stream, datagram bool
	mptcp            bool
	log              bool   // of log targets only
	missing          string // why it is not built yet
}

// addressPrefixes combine with those of 2.9.2, like "stream+", which they
// overrule when they name a kind of socket themselves.
var addressPrefixes = []addressPrefix{
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
	{text: "mptcp@", family: AFNone, stream: true, mptcp: true},
	{text: "mptcp4@", family: AFIPv4, stream: true, mptcp: true},
	{text: "mptcp6@", family: AFIPv6, stream: true, mptcp: true},
	{text: "quic4@", family: AFIPv4, stream: true, missing: partQUIC},
	{text: "quic6@", family: AFIPv6, stream: true, missing: partQUIC},
	{text: "sockpair@", family: AFFD, missing: "socket pairs as addresses"},
	{text: "rhttp@", family: afName, missing: "reverse HTTP"},
	{text: "ring@", family: afName, log: true, missing: "ring buffers"},
	{text: "backend@", family: afName, log: true, missing: "log backends"},
}

// afName is the name of something that is not built yet.
const afName AF = 0xff

func prefixOf(s string) *addressPrefix {
	for i := range addressPrefixes {
		if p := &addressPrefixes[i]; strings.HasPrefix(s, p.text) {
			return p
		}
	}
	return nil
}

// ParseAddress parses one address. The error's text is the reference's, without
// what comes before it in the message.
func ParseAddress(s string, use AddressUse) (Address, error) {
	a, _, err := parseAddress(s, s, use)
	return a, err
}

// address parses a word of a line as an address. Variables are expanded in it
// even outside of double quotes, as they always were in addresses.
func (p *Parser) address(s string, use AddressUse) (Address, error) {
	a, _, err := p.addressOf(s, use)
	return a, err
}

// addressOf also says whether the address is one of a stream socket.
func (p *Parser) addressOf(s string, use AddressUse) (a Address, stream bool, err error) {
	expanded := expandVariables(s, p.env.Lookup)
	if strings.IndexByte(expanded, '$') >= 0 {
		// It could not be written again so that it means the same.
		return a, false, fmt.Errorf("the variables of '%s' have a '$' in their values", clip(s))
	}
	return parseAddress(expanded, s, use)
}

// parseAddress parses s; shown is what stands in the file.
func parseAddress(s, shown string, use AddressUse) (a Address, stream bool, err error) {
	shown = clip(shown)
	if s == "" {
		return a, false, fmt.Errorf("'%s' resolves to an empty address (environment variable missing?)", shown)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return a, false, errors.New("NUL character in an address")
	}
	stream = !use.Datagram
	rest, missing := s, ""
	switch {
	case strings.HasPrefix(rest, "stream+"):
		rest, stream = rest[len("stream+"):], true
	case strings.HasPrefix(rest, "dgram+"):
		rest, stream = rest[len("dgram+"):], false
	case strings.HasPrefix(rest, "quic+"):
		rest, stream, missing = rest[len("quic+"):], true, partQUIC
	}
	if strings.HasPrefix(rest, "/") {
		a.Family = AFUnix
	} else if p := prefixOf(rest); p != nil && (use.Std || !p.log) {
		a.Family, a.MPTCP, rest = p.family, p.mptcp, rest[len(p.text):]
		if p.stream || p.datagram {
			stream, missing = p.stream, p.missing
		} else if p.missing != "" {
			missing = p.missing
		}
	}
	switch a.Family {
	case afName:
		return a, false, addressLacks(shown, missing)
	case AFUnix, AFAbns, AFAbnsz:
		most := 107
		if a.Family == AFUnix {
			most = 97 // room for the suffix of the name first bound to
		}
		if len(rest) > most {
			return a, false, fmt.Errorf("socket path '%s' too long (max %d)", shown, most)
		}
		a.Path = rest
	case AFFD:
		fd, err := strconv.ParseUint(rest, 10, 31)
		if err != nil {
			return a, false, fmt.Errorf("file descriptor '%s' is not a valid integer in '%s'", clip(rest), shown)
		}
		if !use.FD && missing == "" {
			return a, false, fmt.Errorf("a file descriptor is not acceptable here in '%s'", shown)
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
		if err := a.parseIP(rest, shown, use); err != nil {
			return a, false, err
		}
	}
	switch {
	case !stream && !use.Datagram:
		return a, false, fmt.Errorf("dgram-type address not acceptable in '%s'", shown)
	case missing != "":
		return a, false, addressLacks(shown, missing)
	case a.Path == "" && !a.IsIP() && a.Family != AFFD:
		return a, false, fmt.Errorf("missing path or name in '%s'", shown)
	}
	return a, stream, nil
}

// addressLacks refuses an address for the part that it needs.
func addressLacks(shown, part string) error {
	return fmt.Errorf("address '%s' is not built yet in this version of Sluice (%s)", shown, part)
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
		return fmt.Errorf("missing port specification in '%s'", whole)
	}
	if a.Port == 0 && a.PortOffset == 0 {
		a.Port, a.PortHigh = use.DefaultPort, max(use.DefaultPort, a.PortHigh)
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
		if err != nil {
			ip, err = oldIPv4(host)
		}
		switch {
		case err == nil && ip.Zone() == "":
			if ip.Is4() && a.Family == AFIPv6 || ip.Is6() && a.Family == AFIPv4 {
				return fmt.Errorf("invalid address: '%s' in '%s'", clip(host), whole)
			}
			a.IP = ip
		case !isHostName(host):
			return fmt.Errorf("invalid address: '%s' in '%s'", clip(host), whole)
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
			return fmt.Errorf("port offset not permitted here in '%s'", whole)
		}
		n, err := number(s[1:])
		if err != nil {
			return err
		}
		a.PortOffset, a.Port, a.PortHigh = s[0], n, n
		return nil
	}
	low, high, isRange := strings.Cut(s, "-")
	for _, t := range []string{low, high} {
		if i := strings.IndexFunc(t, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
			return fmt.Errorf("invalid character '%s' in port number '%s' in '%s'", clip(t[i:i+1]), clip(t), whole)
		}
	}
	n, err := number(low)
	if err != nil {
		return err
	}
	a.Port, a.PortHigh = n, n
	if !isRange {
		return nil
	}
	if !use.PortRange {
		return fmt.Errorf("port range not permitted here in '%s'", whole)
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
