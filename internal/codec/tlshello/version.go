package tlshello

import "encoding/binary"

// Version is the version of SSL or TLS that the client's hello in b asks for, as
// major times 65536 plus minor; clients that know TLS 1.3 say 3.3 here and more in
// an extension. Hellos in the form of SSL 2 are known as well: they ask for later
// versions, too (RFC 5246 appendix E.2). Room is that of Parse.
func Version(b []byte, room func(n int) []byte) (version int64, s Status) {
	if len(b) > 0 && b[0]&0x80 != 0 {
		return version2(b)
	}
	h, s := Parse(b, room)
	switch {
	case s != Complete:
		return 0, s
	case h.Type != ClientHello:
		return 0, Foreign
	}
	return int64(h.Version>>8)<<16 | int64(h.Version&0xff), Complete
}

// version2 reads a hello of SSL 2: two bytes of length, a type, a version, three
// lengths, and what they say.
func version2(b []byte) (int64, Status) {
	const fixed = 9
	switch {
	case len(b) > 2 && b[2] != ClientHello:
		return 0, Foreign
	case len(b) < 2+fixed:
		return 0, Incomplete
	}
	n := int(binary.BigEndian.Uint16(b) & 0x7fff)
	specs, session, challenge := int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:])), int(binary.BigEndian.Uint16(b[9:]))
	if specs%3 != 0 || specs == 0 || session > 16 || challenge < 16 || challenge > 32 || n != fixed+specs+session+challenge {
		return 0, Foreign
	}
	if len(b) < 2+n {
		return 0, Incomplete
	}
	return int64(b[3])<<16 | int64(b[4]), Complete
}
