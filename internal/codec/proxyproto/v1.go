package proxyproto

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// maxV1 is the longest line, CR and LF included (section 2.1).
const maxV1 = 107

func parseV1(b []byte) (h Header, n int, err error) {
	line := b[:min(len(b), maxV1)]
	end := bytes.IndexByte(line, '\n')
	if end < 0 {
		if len(b) >= maxV1 || bytes.IndexByte(line, '\r') >= 0 && line[len(line)-1] != '\r' {
			return h, 0, ErrInvalid
		}
		return h, 0, nil
	}
	if bytes.IndexByte(line[:end], '\r') != end-1 {
		return h, 0, ErrInvalid // a line ends with both, and has neither before
	}
	words := strings.Split(string(line[len(prefix):end-1]), " ")
	if words[0] == "UNKNOWN" {
		return h, end + 1, nil // whatever else it says is to be ignored
	}
	six := words[0] == "TCP6"
	if words[0] != "TCP4" && words[0] != "" && !six {
		return h, 0, ErrUnknown
	}
	if len(words) != 5 {
		return h, 0, ErrInvalid
	}
	src, ok1 := endpoint(words[1], words[3], six)
	dst, ok2 := endpoint(words[2], words[4], six)
	if words[0] == "" || !ok1 || !ok2 {
		return h, 0, ErrInvalid
	}
	return Header{Src: src, Dst: dst}, end + 1, nil
}

// endpoint reads an address and a port in their canonical forms.
func endpoint(host, port string, six bool) (netip.AddrPort, bool) {
	ip, err := netip.ParseAddr(host) // refuses leading zeroes
	if err != nil || ip.Is4() == six || ip.Zone() != "" {
		return netip.AddrPort{}, false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strconv.FormatUint(n, 10) != port {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), true
}
