package config

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

var errNotIPv4 = errors.New("not an IPv4 address")

// oldIPv4 reads the forms of IPv4 addresses that C libraries have always
// understood besides four decimal numbers: fewer numbers, of which the last
// fills what is left ("127.1"), in hexadecimal ("0x7f.1") or octal ("0177.1").
func oldIPv4(s string) (netip.Addr, error) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, errNotIPv4
	}
	var ip uint64
	for i, part := range parts {
		n, err := oldNumber(part)
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (4 - i)
		}
		if err != nil || n >= 1<<bits {
			return netip.Addr{}, errNotIPv4
		}
		ip = ip<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}), nil
}

func oldNumber(s string) (uint64, error) {
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		return strconv.ParseUint(s[2:], 16, 33)
	case strings.HasPrefix(s, "0"):
		return strconv.ParseUint(s, 8, 33)
	}
	return strconv.ParseUint(s, 10, 33)
}

// expandVariables replaces "$NAME" and "${NAME}" by the values of variables,
// those that are not set by nothing. Unlike in double quotes there are neither
// default values nor lists, and the closing brace may be missing.
func expandVariables(s string, lookup func(string) (string, bool)) string {
	if strings.IndexByte(s, '$') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '$' {
			b.WriteByte(s[i])
			i++
			continue
		}
		i++
		brace := i < len(s) && s[i] == '{'
		if brace {
			i++
		}
		from := i
		for i < len(s) && isNameByte(s[i]) {
			i++
		}
		value, _ := lookup(s[from:i])
		b.WriteString(value)
		if brace && i < len(s) && s[i] == '}' {
			i++
		}
	}
	return b.String()
}
