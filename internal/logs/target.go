package logs

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// DefaultLength is how long a message with its line feed may be unless the
// configuration says more.
const DefaultLength = 1024

// Target is one "log" line at run time.
type Target struct {
	to       *endpoint
	facility Facility
	level    Level // messages up to this one are sent
	minLevel Level // more severe ones are sent as this one
	header   Header
	length   int
	sampling *sampling
	profile  string // "": none
}

// Targets makes the targets of a section's "log" lines, with the global
// section's in place of "log global".
func (h *Hub) Targets(lines []*config.LogTarget, global []*Target) ([]*Target, error) {
	var ts []*Target
	for i, line := range lines {
		if line.Global {
			ts = append(ts, global...)
			continue
		}
		t, err := h.Target(line, i+1)
		if err != nil {
			return nil, err
		}
		ts = append(ts, t)
	}
	return ts, nil
}

// Target makes one target; number counts the lines of its section from 1. A
// host name is resolved here. Targets of the same destination share sockets.
func (h *Hub) Target(line *config.LogTarget, number int) (*Target, error) {
	t, err := newTarget(line)
	if err != nil {
		return nil, fmt.Errorf("parsing [%s] : log : %w", line.Pos, err)
	}
	if t.header == HeaderDefault {
		t.header = HeaderLocal
		if h.sent != "" {
			t.header = HeaderRFC3164
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.endpoints {
		if e.name == t.to.name {
			t.to = e
			return t, nil
		}
	}
	t.to.id, t.to.number = len(h.endpoints), number
	h.endpoints = append(h.endpoints, t.to)
	return t, nil
}

func newTarget(line *config.LogTarget) (t *Target, err error) {
	t = &Target{level: Debug, length: line.Length, profile: line.Profile}
	if t.length == 0 {
		t.length = DefaultLength
	}
	var ok bool
	if t.facility, ok = ParseFacility(line.Facility); !ok && line.Facility != "" {
		return nil, fmt.Errorf("unknown log facility '%s'", line.Facility)
	}
	if t.level, ok = ParseLevel(or(line.Level, "debug")); !ok {
		return nil, fmt.Errorf("unknown optional log level '%s'", line.Level)
	}
	if t.minLevel, ok = ParseLevel(or(line.MinLevel, "emerg")); !ok {
		return nil, fmt.Errorf("unknown optional minimum log level '%s'", line.MinLevel)
	}
	if t.header, ok = ParseHeader(line.Format); !ok && line.Format != "" {
		return nil, fmt.Errorf("unknown log format '%s'", line.Format)
	}
	if line.SampleOf > 0 {
		t.sampling = &sampling{ranges: line.Sample, size: line.SampleOf}
	}
	t.to, err = newEndpoint(line)
	return t, err
}

func newEndpoint(line *config.LogTarget) (*endpoint, error) {
	a := line.Addr
	switch a.Family {
	case config.AFStdout:
		return fdEndpoint(1), nil
	case config.AFStderr:
		return fdEndpoint(2), nil
	case config.AFFD:
		return fdEndpoint(a.FD), nil
	case config.AFUnix:
		return unixEndpoint(a.Path, false)
	case config.AFAbnsz:
		return unixEndpoint(a.Path, true)
	case config.AFAbns:
		return unixEndpoint(padded(a.Path), true)
	}
	ip := a.IP
	switch {
	case ip.IsValid():
	case a.Host != "":
		var err error
		if ip, err = resolve(a.Host, a.Family); err != nil {
			return nil, fmt.Errorf("invalid address: '%s' in '%s'", a.Host, line.Address)
		}
	case a.Family == config.AFIPv6:
		ip = netip.IPv6Unspecified()
	default:
		ip = netip.IPv4Unspecified()
	}
	port := a.Port
	if port == 0 {
		port = DefaultPort
	}
	return udpEndpoint(netip.AddrPortFrom(ip, uint16(port))), nil
}

// padded gives an abstract name as the reference binds it: null bytes up to
// the full length of an address.
func padded(name string) string {
	const full = 107
	if len(name) >= full {
		return name
	}
	return name + strings.Repeat("\x00", full-len(name))
}

// resolveTimeout bounds how long a receiver's name may hold up a start.
const resolveTimeout = 5 * time.Second

// resolve asks the system for a receiver's address, IPv4 first.
func resolve(host string, family config.AF) (netip.Addr, error) {
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	networks := []string{"ip4", "ip6"}
	switch family {
	case config.AFIPv4:
		networks = networks[:1]
	case config.AFIPv6:
		networks = networks[1:]
	}
	var last error
	for _, network := range networks {
		ips, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
		if err == nil && len(ips) > 0 {
			return ips[0].Unmap(), nil
		}
		last = err
	}
	return netip.Addr{}, last
}
