package http1

// scan is where parsing stopped for want of bytes. Offsets are into the bytes given to the parser, which always start at the same byte.
type scan struct {
	state  scanState
	folded bool // the current field line continues on further lines
	line   int  // start of the current line
	mark   int  // start of the current part of the start line, or the colon of the current field
	seen   int  // no byte before this needs to be looked at again
	end    int  // length of the head, once complete
	err    *Error

	major      uint8 // as received
	minor      uint8 // as received
	length     int32 // 1 + index of the Content-Length field
	coding     int32 // 1 + index of the Transfer-Encoding field
	upgrade    int32 // 1 + index of the first Upgrade field
	otherCode  bool  // a transfer coding other than chunked was listed
	connSeen   bool  // there is a Connection field
	connClose  bool
	connKeep   bool
	connUpg    bool
	webSocket  bool
	lax        bool // Limits.Lax
	oddName    bool // the current field's name has bytes that none may have
	odd        bool // a violation was accepted
	oddVersion bool // the version is not HTTP/digit.digit, see anyVersion
	upgradable bool // Upgrade lists something other than h2 and h2c
}

type scanState uint8

const (
	atStart scanState = iota // empty lines before the start line
	atFirst                  // method, or the protocol of a status line
	atTargetGap
	atTarget
	atVersionGap
	atVersion
	atName // start of a line of the field section, or within a name
	atValue
	atEnd
)

// stop remembers where to go on.
func (s *scan) stop(state scanState, i int) { s.state, s.seen = state, i }

func (s *scan) fail(status, pos int, reason string) {
	s.err = &Error{Status: status, Pos: pos, Reason: reason}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// ParseRequest parses a request head that starts at b[0]. It returns the length of the head, empty lines before it included, once it is
// complete; 0 and nil when bytes are missing, in which case it is to be called again with more bytes after the same ones, in the same or
// another array; or an *Error, again and again until Reset. h keeps referring to b.
func (h *Head) ParseRequest(b []byte, l *Limits) (int, error) {
	s := &h.scan
	if s.err != nil {
		return 0, s.err
	}
	h.buf = b
	if s.state == atEnd {
		return s.end, nil
	}
	limit := l.head()
	if len(b) > limit {
		b = b[:limit:limit]
	}
	s.lax = l != nil && l.Lax
	if (s.state >= atName || h.requestLine(b)) && (s.state == atEnd || h.fieldLines(b, l.fields()-1)) {
		h.finishRequest(l)
	} else if s.err == nil && len(b) == limit {
		if s.state < atName {
			s.fail(414, limit, "start line too long")
		} else {
			s.fail(431, limit, "head too large")
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.end, nil
}

// ParseResponse does the same for the head of a response to a request of method req. Every *Error has the status 502.
func (h *Head) ParseResponse(b []byte, l *Limits, req Method) (int, error) {
	s := &h.scan
	if s.err != nil {
		return 0, s.err
	}
	h.buf, h.response = b, true
	if s.state == atEnd {
		return s.end, nil
	}
	limit := l.head()
	if len(b) > limit {
		b = b[:limit:limit]
	}
	s.lax = l != nil && l.Lax
	if (s.state >= atName || h.statusLine(b)) && h.fieldLines(b, l.fields()-1) {
		h.finishResponse(req, l)
	} else if s.err == nil && len(b) == limit {
		s.fail(502, limit, "head too large")
	}
	if s.err != nil {
		s.err.Status = 502
		return 0, s.err
	}
	return s.end, nil
}

// Pending tells whether at least one byte of a start line has been seen, empty lines aside: what separates a client that went away between
// two requests from one that did in the middle of one.
func (h *Head) Pending() bool { return h.scan.state > atStart }

// emptyLines skips the line ends that may precede a start line (RFC 9112 §2.2; the reference skips any number, before responses too).
func (s *scan) emptyLines(b []byte) bool {
	i := s.seen
	for i < len(b) {
		switch b[i] {
		case '\n':
			i++
			continue
		case '\r':
			if i+1 == len(b) {
				s.seen = i
				return false
			}
			if b[i+1] != '\n' {
				s.fail(400, i, "CR without LF")
				return false
			}
			i += 2
			continue
		}
		s.line, s.mark = i, i
		s.stop(atFirst, i)
		return true
	}
	s.seen = i
	return false
}

// lineEnd checks for a line end at i and returns the offset after it; 0 when bytes are missing or, with s.err set, when there is none.
func (s *scan) lineEnd(b []byte, i int) int {
	switch {
	case i == len(b):
	case b[i] == '\n':
		return i + 1
	case b[i] != '\r':
		s.fail(400, i, "invalid version")
	case i+1 == len(b):
	case b[i+1] == '\n':
		return i + 2
	default:
		s.fail(400, i, "CR without LF")
	}
	return 0
}
