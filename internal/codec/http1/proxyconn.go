package http1

// HeedProxyConnection reads the Proxy-Connection fields that clients send to what they take for a proxy, and that nobody else is to see, and
// removes them: "close" counts beside that of Connection, and so does "keep-alive" for HTTP/1.0.
func (h *Head) HeedProxyConnection() {
	s := &h.scan
	insecure := s.coding != 0 && (h.Minor == 0 || s.length != 0) // see finishFraming: it closes whatever is asked for
	for i := h.Find("proxy-connection", 0); i >= 0; i = h.Find("proxy-connection", i+1) {
		list := h.Value(i)
		for more := true; more; {
			var t []byte
			t, list, more = nextToken(list)
			switch {
			case equalFold(t, "close"):
				s.connClose = true
			case equalFold(t, "keep-alive"):
				s.connKeep = true
			}
		}
		h.DelAt(i)
	}
	if s.connClose {
		h.KeepAlive = false
	} else if s.connKeep && !insecure {
		h.KeepAlive = true
	}
}
