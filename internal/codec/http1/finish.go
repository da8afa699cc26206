package http1

import "crypto/rand"

// finishRequest draws the conclusions that need the whole head.
func (h *Head) finishRequest(l *Limits) {
	s := &h.scan
	if h.isPreface() || !h.finishFraming(l) {
		return
	}
	if h.Method == MethodConnect {
		h.dropFraming()
	}
	if h.Minor == 0 {
		h.Expect100 = false
	}
	if h.Minor == 0 && (l == nil || !l.AnyPayload) {
		// Some servers read a body there and some do not, and HTTP/1.0 gives no way to tell: the reference answers 413.
		switch h.Method {
		case MethodGet, MethodHead, MethodDelete:
			if h.Chunked || h.ContentLength > 0 {
				s.fail(413, 0, "HTTP/1.0 request of this method with a body")
				return
			}
		}
	}
	if !h.checkTarget() {
		return
	}
	h.finishUpgrade()
	h.hideClose()
	switch {
	case !h.Upgrade || !s.webSocket || h.validWebSocketKey():
	case !s.lax:
		s.fail(400, 0, "WebSocket upgrade without a valid Sec-WebSocket-Key")
	case h.Find("sec-websocket-key", 0) < 0:
		var key [16]byte
		rand.Read(key[:])
		h.giveWebSocketKey(key)
	}
}

// finishResponse does the same for a response to a request of method req.
func (h *Head) finishResponse(req Method, l *Limits) {
	if !h.finishFraming(l) {
		return
	}
	h.Expect100 = false
	if req == MethodConnect && h.Status/100 == 2 || h.Status/100 == 1 || h.Status == 204 {
		// RFC 9110 §8.6 and RFC 9112 §6.1: neither field may be there. Whatever follows is not framed by them.
		h.dropFraming()
	}
	h.finishUpgrade()
	h.hideClose()
}

// hideClose takes what Connection says of the connection itself, "close" and
// "keep-alive", out of what rules get to see.
func (h *Head) hideClose() {
	if !h.scan.connSeen {
		return
	}
	for i := h.findID(idConnection, 0); i >= 0; i = h.findID(idConnection, i+1) {
		h.filter(i, stripConnection, false)
	}
}

// isPreface recognises the start of an HTTP/2 connection preface, which is made to look like a request (RFC 9113 §3.4).
func (h *Head) isPreface() bool {
	s := &h.scan
	if s.major != 2 || string(h.bytes(h.method)) != "PRI" {
		return false
	}
	if h.method.off == 0 && string(h.Target()) == "*" && len(h.fields) == 0 {
		s.fail(400, 0, ReasonPreface)
	} else {
		s.fail(400, 0, "malformed HTTP/2 connection preface")
	}
	return true
}

// finishFraming decides about the body and the connection.
func (h *Head) finishFraming(l *Limits) bool {
	s := &h.scan
	h.KeepAlive = !s.connClose && (h.Minor > 0 || s.connKeep)
	if s.coding != 0 && s.lax && h.response {
		h.laxCoding()
	}
	if s.coding == 0 {
		return true
	}
	if !h.Chunked {
		s.fail(400, s.pos(&h.fields[s.coding-1]), "chunked is not the last transfer coding")
		return false
	}
	if s.otherCode {
		s.fail(422, s.pos(&h.fields[s.coding-1]), "unsupported transfer coding")
		return false
	}
	if s.length != 0 {
		// RFC 9112 §6.3: an attempt at smuggling or a broken peer. The length is not forwarded and the connection not used again.
		h.fields[s.length-1].flags |= fDeleted
		h.ContentLength = -1
		h.KeepAlive = h.KeepAlive && l != nil && l.KeepInsecure
	}
	if h.Minor == 0 {
		// RFC 9112 §6.1: the peer's framing is not to be trusted.
		h.KeepAlive = false
	}
	return true
}

// dropFraming removes the framing fields of a message that can have no body. After chunks that nobody is going to read, the connection
// cannot be used again.
func (h *Head) dropFraming() {
	s := &h.scan
	if s.coding != 0 {
		h.fields[s.coding-1].flags |= fDeleted
		h.Chunked = false
		h.KeepAlive = false
	}
	if s.length != 0 {
		h.fields[s.length-1].flags |= fDeleted
		if h.ContentLength > 0 {
			h.KeepAlive = false
		}
		h.ContentLength = -1
	}
}

func (h *Head) finishUpgrade() {
	s := &h.scan
	h.Upgrade = s.connUpg && s.upgradable && h.Minor > 0
}

// validWebSocketKey: RFC 6455 §4.1, base64 of 16 bytes.
func (h *Head) validWebSocketKey() bool {
	v, ok := h.Get("sec-websocket-key")
	if !ok || len(v) != 24 || v[22] != '=' || v[23] != '=' {
		return false
	}
	for _, c := range v[:22] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '+' && c != '/' {
			return false
		}
	}
	return true
}
