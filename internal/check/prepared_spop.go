package check

import "encoding/binary"

// spopHello is a HELLO frame of a health check (SPOE 3.2.4).
func spopHello() []byte {
	f := []byte("\x01\x00\x00\x00\x01\x00\x00" +
		"\x12supported-versions\x08\x032.0" +
		"\x0emax-frame-size\x03\xfc\xf0\x06" +
		"\x0ccapabilities\x08\x00" +
		"\x0bhealthcheck\x11")
	return append(be32(len(f)), f...)
}

// spopAnswer wants the HELLO of an agent, with a version that is spoken here.
func spopAnswer(_ *run, b []byte, final bool) verdict {
	bad := func(text string) verdict { return verdict{status: "L7RSP", info: text} }
	invalid := bad("invalid frame received")
	if len(b) < 4 {
		if final {
			return invalid
		}
		return verdict{wait: true}
	}
	n := binary.BigEndian.Uint32(b)
	switch {
	case n < 7 || n > maxAnswer-4:
		return invalid
	case uint32(len(b)-4) < n:
		if final {
			return invalid
		}
		return verdict{wait: true}
	}
	f := b[4 : 4+n]
	if f[0] != 101 && f[0] != 102 { // AGENT-HELLO, AGENT-DISCONNECT
		return invalid
	}
	version, ok := spopVersion(f[7:])
	switch {
	case !ok:
		return bad("version value not found")
	case version != "2.0":
		return bad("unsupported version")
	}
	return verdict{last: true, info: "SPOA server is ok"}
}

// spopVersion finds the text of the key "version".
func spopVersion(b []byte) (string, bool) {
	text := func() (string, bool) {
		n, rest, ok := spopInt(b)
		if !ok || n > uint64(len(rest)) {
			return "", false
		}
		b = rest[n:]
		return string(rest[:n]), true
	}
	for len(b) > 0 {
		key, ok := text()
		if !ok || len(b) == 0 {
			return "", false
		}
		kind := b[0] & 15
		b = b[1:]
		switch kind {
		case 0, 1: // nothing, a boolean in the flags
		case 2, 3, 4, 5: // integers
			if _, b, ok = spopInt(b); !ok {
				return "", false
			}
		case 8, 9: // text, bytes
			value, ok := text()
			if !ok {
				return "", false
			}
			if key == "version" && kind == 8 {
				return value, true
			}
		default:
			return "", false
		}
	}
	return "", false
}

// spopInt takes a number of variable length off b (SPOE 3.1).
func spopInt(b []byte) (n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	n = uint64(b[0])
	if b = b[1:]; n < 240 {
		return n, b, true
	}
	for shift := 4; shift < 64; shift += 7 {
		if len(b) == 0 {
			return 0, nil, false
		}
		c := b[0]
		n += uint64(c) << shift
		if b = b[1:]; c < 128 {
			return n, b, true
		}
	}
	return 0, nil, false
}
