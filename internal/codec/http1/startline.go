package http1

import "encoding/binary"

// requestLine goes on with the request line and tells whether it is complete.
func (h *Head) requestLine(b []byte) bool {
	s := &h.scan
	if s.state == atStart && !s.emptyLines(b) {
		return false
	}
	i := s.seen
	switch s.state {
	case atFirst:
		for i < len(b) && class[b[i]]&cToken != 0 {
			i++
		}
		if i == len(b) {
			s.stop(atFirst, i)
			return false
		}
		if i == s.mark || !isBlank(b[i]) {
			s.fail(400, i, "invalid character in method")
			return false
		}
		h.method = span{uint32(s.mark), uint32(i - s.mark)}
		h.Method = LookupMethod(b[s.mark:i])
		fallthrough
	case atTargetGap:
		for i < len(b) && isBlank(b[i]) {
			i++
		}
		if i == len(b) {
			s.stop(atTargetGap, i)
			return false
		}
		s.mark = i
		fallthrough
	case atTarget:
		for i < len(b) && class[b[i]]&cTarget != 0 {
			i++
		}
		i = s.laxTarget(b, i)
		if i == len(b) {
			s.stop(atTarget, i)
			return false
		}
		switch c := b[i]; {
		case h.isNine(b, i):
		case c == '#':
			s.fail(400, i, "fragment in request target")
		case c == '\r' || c == '\n':
			s.fail(400, i, "request line without version")
		case !isBlank(c):
			s.fail(400, i, "invalid character in request target")
		}
		if s.err != nil {
			return false
		}
		h.target = span{uint32(s.mark), uint32(i - s.mark)}
		fallthrough
	case atVersionGap:
		for i < len(b) && isBlank(b[i]) {
			i++
		}
		if i == len(b) {
			s.stop(atVersionGap, i)
			return false
		}
		if h.isNine(b, i) {
			s.end = s.lineEnd(b, i)
			s.stop(atVersionGap, i)
			if s.end > 0 {
				s.state = atEnd
			}
			return s.end > 0
		}
		s.mark = i
		fallthrough
	case atVersion:
		if i = s.version(b, i); s.err != nil {
			return false
		}
		next := 0
		if i == s.mark+8 || s.lax {
			next = s.lineEnd(b, i)
		}
		if next == 0 {
			s.stop(atVersion, i)
			return false
		}
		h.setVersion(i)
		s.line = next
		s.stop(atName, next)
	}
	return true
}

// The two versions in use, as eight bytes read at once.
var (
	http11 = binary.LittleEndian.Uint64([]byte("HTTP/1.1"))
	http10 = binary.LittleEndian.Uint64([]byte("HTTP/1.0"))
)

// version reads "HTTP/" digit "." digit, of which b[s.mark:i] has been checked, and returns the offset of the first byte not yet read.
func (s *scan) version(b []byte, i int) int {
	if s.lax {
		return s.anyVersion(b, i)
	}
	if i == s.mark && i+8 <= len(b) {
		switch binary.LittleEndian.Uint64(b[i:]) {
		case http11:
			s.major, s.minor = 1, 1
			return i + 8
		case http10:
			s.major, s.minor = 1, 0
			return i + 8
		}
	}
	const form = "HTTP/0.0"
	for ; i < len(b) && i < s.mark+8; i++ {
		c := b[i]
		switch want := form[i-s.mark]; {
		case want != '0' && c == want:
		case want == '0' && c >= '0' && c <= '9':
			if i == s.mark+5 {
				s.major = c - '0'
			} else {
				s.minor = c - '0'
			}
		default:
			s.fail(400, i, "invalid version")
			return i
		}
	}
	return i
}

// setVersion rounds the version, which ends before i: the reference treats any later one as 1.1 and any earlier one as 1.0. Of the latter,
// one that is not HTTP's goes on as it came.
func (h *Head) setVersion(i int) {
	s := &h.scan
	if s.major > 1 || s.major == 1 && s.minor > 0 {
		h.Minor = 1
	} else if s.oddVersion {
		h.version = span{uint32(s.mark), uint32(i - s.mark)}
	}
}

// statusLine goes on with the status line and tells whether it is complete.
func (h *Head) statusLine(b []byte) bool {
	s := &h.scan
	if s.state == atStart && !s.emptyLines(b) {
		return false
	}
	i := s.seen
	switch s.state {
	case atFirst:
		if i = s.version(b, i); s.err != nil {
			return false
		}
		if i == len(b) {
			s.stop(atFirst, i)
			return false
		}
		if !isBlank(b[i]) {
			s.fail(502, i, "invalid version")
			return false
		}
		h.setVersion(i)
		fallthrough
	case atTargetGap:
		for i < len(b) && isBlank(b[i]) {
			i++
		}
		if i == len(b) {
			s.stop(atTargetGap, i)
			return false
		}
		s.mark = i
		fallthrough
	case atTarget: // the status: three digits (the reference takes fewer, too), not below 100
		if s.lax {
			if i = h.laxStatus(b, i); s.err != nil {
				return false
			}
		}
		for ; i < len(b) && i < s.mark+3; i++ {
			c := b[i]
			if c < '0' || c > '9' || i == s.mark && c == '0' {
				s.fail(502, i, "invalid status")
				return false
			}
			h.Status = h.Status*10 + int(c-'0')
		}
		if i == len(b) {
			s.stop(atTarget, i)
			return false
		}
		switch b[i] {
		case ' ', '\t', '\r', '\n':
		default:
			s.fail(502, i, "invalid status")
			return false
		}
		fallthrough
	case atVersionGap:
		for i < len(b) && isBlank(b[i]) {
			i++
		}
		if i == len(b) {
			s.stop(atVersionGap, i)
			return false
		}
		s.mark = i
		fallthrough
	case atVersion: // the reason phrase
		i = lineByte(b, i)
		if i < len(b) && b[i] == 0 {
			s.fail(502, i, "NUL in reason phrase")
			return false
		}
		next := s.lineEnd(b, i)
		if next == 0 {
			s.stop(atVersion, i)
			return false
		}
		h.reason = span{uint32(s.mark), uint32(i - s.mark)}
		s.line = next
		s.stop(atName, next)
	}
	return true
}
