package check

import "encoding/binary"

// mysqlPacket returns the payload of the packet at the start of b; ok is false
// while it is not whole.
func mysqlPacket(b []byte) (payload []byte, ok bool) {
	if len(b) < 4 {
		return nil, false
	}
	n := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	if n == 0 || len(b) < 4+n {
		return nil, false
	}
	return b[4 : 4+n], true
}

// mysqlError is the verdict on an error packet.
func mysqlError(p []byte) verdict {
	v := verdict{status: "L7STS"}
	if len(p) >= 3 {
		v.code, v.info = int(binary.LittleEndian.Uint16(p[1:])), plainText(p[3:])
	}
	return v
}

// mysqlGreeting wants the first packet of a server, whose version is reported.
func mysqlGreeting(r *run, b []byte, final bool) verdict {
	p, ok := mysqlPacket(b)
	switch {
	case !ok && (final || len(b) >= maxAnswer):
		return verdict{status: "L7RSP"}
	case !ok:
		return verdict{wait: true}
	case p[0] == 0xff:
		return mysqlError(p)
	}
	r.note = plainText(p[1:])
	return verdict{last: true, info: r.note}
}

// mysqlAnswer wants a packet that is no error.
func mysqlAnswer(r *run, b []byte, final bool) verdict {
	p, ok := mysqlPacket(b)
	switch {
	case !ok && final:
		return verdict{status: "L7RSP"}
	case !ok:
		return verdict{wait: true}
	case p[0] == 0xff:
		return mysqlError(p)
	}
	return verdict{last: true, info: r.note}
}

// mysqlLogin logs in without a password and says goodbye (the client protocol of
// MySQL, HandshakeResponse and COM_QUIT).
func mysqlLogin(user, version string) []byte {
	name := append([]byte(user), 0)
	var p []byte
	switch version {
	case "pre-41":
		p = append([]byte{0x00, 0x80, 0, 0, 1}, name...)
		p = append(p, 0)
	case "post-80":
		p = append([]byte{0x00, 0x82, 8, 0, 0, 0x80, 0, 1, 33}, make([]byte, 23)...)
		p = append(append(p, name...), 0)
		p = append(p, "mysql_native_password\x00"...)
	default:
		p = append([]byte{0x00, 0x82, 0, 0, 0, 0x80, 0, 1, 33}, make([]byte, 23)...)
		p = append(append(p, name...), 0)
	}
	b := append([]byte{byte(len(p)), byte(len(p) >> 8), byte(len(p) >> 16), 1}, p...)
	return append(b, 1, 0, 0, 0, 1)
}
