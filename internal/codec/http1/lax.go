package http1

import "encoding/base64"

// What Limits.Lax takes, "option accept-unsafe-violations-in-http-request" and "-response" of the manual, chapter 4.2, lists. Two things stay
// refused that the reference lets through, because who stands before or behind could take them for framing: a name with CR in it, and a
// name that is Content-Length or Transfer-Encoding but for bytes that no name may hold.

// laxTarget goes on with a target over bytes above 127 and fragments.
func (s *scan) laxTarget(b []byte, i int) int {
	from := i
	for s.lax && i < len(b) && (class[b[i]]&cTarget != 0 || b[i] == '#' || b[i] >= 0x80) {
		i++
	}
	s.odd = s.odd || i > from
	return i
}

// Violates tells whether the head breaks a rule that Limits.Lax lets pass.
func (h *Head) Violates() bool { return h.scan.odd }

// isNine tells whether the request line ends at b[i] without a version: HTTP/0.9, which has GET only, and no fields.
func (h *Head) isNine(b []byte, i int) bool {
	return h.scan.lax && h.Method == MethodGet && (b[i] == '\r' || b[i] == '\n')
}

// anyVersion reads a protocol's name and version of any length up to the first byte that is neither capital, digit, slash nor dot. Only
// "name/digit.digit" of eight bytes can say that it is 1.1 or later: all else counts as 1.0.
func (s *scan) anyVersion(b []byte, i int) int {
	for i < len(b) && (b[i] >= 'A' && b[i] <= 'Z' || b[i] >= '.' && b[i] <= '9') {
		i++
	}
	if i == len(b) {
		return i
	}
	v := b[s.mark:i]
	if len(v) == 0 {
		s.fail(400, i, "invalid version")
		return i
	}
	s.major, s.minor = 1, 0
	plain := len(v) == 8 && v[4] == '/' && v[5]-'0' <= 9 && v[6] == '.' && v[7]-'0' <= 9
	if plain {
		s.major, s.minor = v[5]-'0', v[7]-'0'
	}
	s.oddVersion = !plain || string(v[:4]) != "HTTP"
	s.odd = s.odd || s.oddVersion
	return i
}

// laxStatus reads a status of at least three digits, 100 to 65535.
func (h *Head) laxStatus(b []byte, i int) int {
	s := &h.scan
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if h.Status = h.Status*10 + int(b[i]-'0'); h.Status >= 1<<16 {
			s.fail(502, i, "invalid status")
			return i
		}
	}
	s.odd = s.odd || i > s.mark+3
	if i < len(b) && (i < s.mark+3 || h.Status < 100) {
		s.fail(502, i, "invalid status")
	}
	return i
}

// inOddName tells whether a field name goes on with c, which no name may hold.
func (s *scan) inOddName(c byte) bool {
	if !s.lax || c == ':' || c == '\r' || c == '\n' {
		return false
	}
	s.oddName, s.odd = true, true
	return true
}

// dropLine leaves out the field whose odd name is b[line:colon].
func (s *scan) dropLine(b []byte, line, colon int) bool {
	s.oddName, s.folded = false, false
	var a [maxName]byte
	name := a[:0]
	for _, c := range b[line:colon] {
		if class[c]&cToken != 0 {
			name = append(name, c)
		}
	}
	for len(name) >= len("content-length") {
		if equalFold(name[:14], "content-length") || len(name) >= 17 && equalFold(name[:17], "transfer-encoding") {
			s.fail(400, line, "invalid character in the name of a framing field")
			return false
		}
		name = name[1:]
	}
	return true
}

// laxCoding settles the Transfer-Encoding of a response, in which empty elements and repetitions of "chunked" were skipped: one field is
// left when it says something, none otherwise.
func (h *Head) laxCoding() {
	s := &h.scan
	i := int(s.coding) - 1
	switch {
	case s.otherCode:
	case !h.Chunked:
		h.fields[i].flags |= fDeleted
		s.coding = 0
	case string(h.value(&h.fields[i])) != "chunked":
		h.setValue(i, []byte("chunked"))
	}
}

// giveWebSocketKey adds what a server needs to answer a handshake.
func (h *Head) giveWebSocketKey(key [16]byte) {
	var a [24]byte
	base64.StdEncoding.Encode(a[:], key[:])
	h.Add([]byte("sec-websocket-key"), a[:])
}
