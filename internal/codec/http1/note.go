package http1

import "strconv"

// note looks at field i, one that the codec itself must understand, as soon as it is read. It tells whether the message is still sound.
func (h *Head) note(i int) bool {
	s := &h.scan
	f := &h.fields[i]
	v := h.value(f)
	switch f.id {
	case idHost:
		if h.response {
			break
		}
		if h.hosts == 0 {
			h.hosts = int32(i) + 1
			break
		}
		// The reference merges repetitions that only differ in case.
		if !equalFoldBytes(v, h.value(&h.fields[h.hosts-1])) {
			s.fail(400, s.pos(f), "different Host fields")
			return false
		}
		f.flags |= fDeleted
	case idContentLength:
		return h.noteLength(i, v)
	case idTransferEncoding:
		return h.noteCoding(i, v)
	case idConnection:
		s.connSeen = true
		for more := true; more; {
			var t []byte
			t, v, more = nextToken(v)
			switch {
			case equalFold(t, "close"):
				s.connClose = true
			case equalFold(t, "keep-alive"):
				s.connKeep = true
			case equalFold(t, "upgrade"):
				s.connUpg = true
			}
		}
	case idUpgrade:
		if s.upgrade == 0 {
			s.upgrade = int32(i) + 1
		}
		for more := true; more; {
			var t []byte
			t, v, more = nextToken(v)
			switch {
			case len(t) == 0 || equalFold(t, "h2c") || equalFold(t, "h2"):
			case equalFold(t, "websocket"):
				s.upgradable, s.webSocket = true, true
			default:
				s.upgradable = true
			}
		}
	case idExpect:
		h.Expect100 = h.Expect100 || equalFold(v, "100-continue")
	}
	return true
}

// pos is where to point at for a fault in f.
func (s *scan) pos(f *field) int {
	if f.value&inExtra != 0 {
		return int(f.name)
	}
	return int(f.value)
}

// noteLength reads one Content-Length field, possibly a list of equal numbers (RFC 9110 §8.6).
func (h *Head) noteLength(i int, v []byte) bool {
	s := &h.scan
	f := &h.fields[i]
	list := v
	for more := true; more; {
		var t []byte
		t, list, more = nextToken(list)
		n, ok := parseLength(t)
		if !ok {
			s.fail(400, s.pos(f), "invalid Content-Length")
			return false
		}
		if h.ContentLength >= 0 && h.ContentLength != n {
			s.fail(400, s.pos(f), "different Content-Length values")
			return false
		}
		h.ContentLength = n
	}
	if s.length != 0 {
		f.flags |= fDeleted
		return true
	}
	s.length = int32(i) + 1
	// What is forwarded is the number in its plain form, so that nobody behind can read it in another way.
	if len(v) > 1 && (v[0] == '0' || len(v) > 19 || hasComma(v)) {
		var a [20]byte
		h.setValue(i, strconv.AppendInt(a[:0], h.ContentLength, 10))
	}
	return true
}

func hasComma(v []byte) bool {
	for _, c := range v {
		if c == ',' {
			return true
		}
	}
	return false
}

// parseLength reads 1*DIGIT up to 2^63-1. The reference goes one bit further.
func parseLength(t []byte) (int64, bool) {
	if len(t) == 0 {
		return 0, false
	}
	var n uint64
	for _, c := range t {
		if c < '0' || c > '9' || n > (1<<63-1)/10 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	if n > 1<<63-1 {
		return 0, false
	}
	return int64(n), true
}

// noteCoding reads one Transfer-Encoding field: "chunked" must come once and last (RFC 9112 §6.1).
func (h *Head) noteCoding(i int, v []byte) bool {
	s := &h.scan
	f := &h.fields[i]
	list := v
	for more := true; more; {
		var t []byte
		t, list, more = nextToken(list)
		switch {
		case s.lax && h.response && (len(t) == 0 || h.Chunked && equalFold(t, "chunked")):
		case len(t) == 0:
			s.fail(400, s.pos(f), "empty transfer coding")
		case h.Chunked && equalFold(t, "chunked"):
			s.fail(400, s.pos(f), "chunked transfer coding applied twice")
		case h.Chunked:
			s.fail(400, s.pos(f), "transfer coding after chunked")
		case equalFold(t, "chunked"):
			h.Chunked = true
		default:
			s.otherCode = true
		}
		if s.err != nil {
			return false
		}
	}
	if s.coding == 0 {
		s.coding = int32(i) + 1
	} else if s.lax && h.response {
		f.flags |= fDeleted
	}
	if h.Chunked && !s.otherCode && string(v) != "chunked" {
		h.setValue(i, []byte("chunked"))
	}
	return true
}
