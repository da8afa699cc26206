package check

import "encoding/binary"

// pgsqlAnswer wants a request for authentication, of the kinds that a server
// sends to who it knows (the frontend/backend protocol of PostgreSQL,
// "AuthenticationOk" and those that follow it).
func pgsqlAnswer(_ *run, b []byte, final bool) verdict {
	size := 9
	if len(b) >= 5 && b[0] == 'E' {
		size = 1 + int(min(binary.BigEndian.Uint32(b[1:]), maxAnswer-1))
	}
	if len(b) < size && !final {
		return verdict{wait: true}
	}
	if len(b) > 0 && b[0] == 'E' { // the first field is the severity, behind its type
		return verdict{status: "L7RSP", info: plainText(b[min(6, len(b)):])}
	}
	if len(b) >= 9 && b[0] == 'R' && b[1] == 0 && b[2] == 0 && b[3] == 0 && b[5] == 0 && b[6] == 0 && b[7] == 0 {
		switch b[8] {
		case 0, 2, 3, 4, 5, 6, 7, 9, 10:
			return verdict{last: true, info: "PostgreSQL server is ok"}
		}
	}
	return verdict{status: "L7STS", info: "PostgreSQL unknown error"}
}
