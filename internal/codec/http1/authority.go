package http1

import "bytes"

// validHost checks a Host field or an authority without user part. Like the reference it only looks at the bytes and at the brackets: the
// port may be anything, and so may what stands between brackets. An empty one is valid (RFC 9110 §7.2).
func validHost(v []byte) bool {
	if len(v) > 0 && v[0] == '[' {
		i := bytes.IndexByte(v, ']')
		if i < 0 || i+1 < len(v) && v[i+1] != ':' || !hostBytes(v[1:i]) {
			return false
		}
		v = v[i+1:]
	}
	return hostBytes(v)
}

func hostBytes(v []byte) bool {
	for _, c := range v {
		if class[c]&cHost == 0 {
			return false
		}
	}
	return true
}

func withoutUser(authority []byte) []byte {
	return authority[bytes.LastIndexByte(authority, '@')+1:]
}

// splitPort separates host and port; port is nil without a colon, empty with nothing behind it.
func splitPort(v []byte) (host, port []byte) {
	i := bytes.LastIndexByte(v, ':')
	if i < 0 || bytes.IndexByte(v[i:], ']') >= 0 {
		return v, nil
	}
	return v[:i], v[i+1:]
}

// withoutPort removes the port of v when it is empty or the given default, "" for none. The reference compares hosts that way.
func withoutPort(v []byte, port string) []byte {
	host, p := splitPort(v)
	if p != nil && (len(p) == 0 || port != "" && string(p) == port) {
		return host
	}
	return v
}

// validAuthority checks a host with or without a port; an empty one counts as none. The reference lets colons through in the host, of which
// it then takes the last part off as the port: whose host that is depends on who reads it next.
func validAuthority(v []byte) bool {
	host, port := splitPort(v)
	_, ok := portNumber(port)
	return len(host) > 0 && (len(port) == 0 || ok) && validHost(v) && bytes.IndexByte(host[bytes.LastIndexByte(host, ']')+1:], ':') < 0
}

// portNumber reads a port of up to five digits, 0 to 65535.
func portNumber(p []byte) (int, bool) {
	if len(p) == 0 || len(p) > 5 {
		return 0, false
	}
	n := 0
	for _, c := range p {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n < 1<<16
}

// checkConnect: the target is host:port, and a Host field names the same; it may leave out 80 and 443. (The reference lets a user part and
// a path through there; RFC 9112 §3.2.3 has neither.)
func (h *Head) checkConnect(t []byte) bool {
	s := &h.scan
	host, port := splitPort(t)
	if s.lax {
		if _, _, absolute := splitAbsolute(t); absolute || len(t) == 0 || t[0] == '/' || t[0] == '*' {
			s.fail(400, int(h.target.off), "invalid authority")
			return false
		}
		return true
	}
	_, ok := portNumber(port)
	if !ok || len(host) == 0 || !validHost(t) {
		s.fail(400, int(h.target.off), "invalid authority")
		return false
	}
	if h.hosts == 0 {
		return true
	}
	usual := ""
	switch string(port) {
	case "80":
		usual = "80"
	case "443":
		usual = "443"
	}
	short := withoutPort(t, usual)
	return h.agree(short, usual, len(short) < len(t))
}

// checkAbsolute: the authority is sound and agrees with the Host field (RFC 9112 §3.2.2 would have it replace the field; the reference
// refuses instead). Its default port is removed, and a missing path becomes "/".
func (h *Head) checkAbsolute(t []byte, start, end int) bool {
	s := &h.scan
	user := start + len(t[start:end]) - len(withoutUser(t[start:end]))
	authority := t[user:end]
	usual := ""
	switch scheme := t[:start-3]; {
	case equalFold(scheme, "http"):
		usual = "80"
	case equalFold(scheme, "https"):
		usual = "443"
	}
	short := authority
	switch {
	case validAuthority(authority):
		short = withoutPort(authority, usual)
	case !s.lax:
		s.fail(400, int(h.target.off)+start, "invalid authority")
		return false
	}
	if h.hosts != 0 && !h.agree(short, usual, len(short) < len(authority)) {
		return false
	}
	noPath := end == len(t) && h.Method != MethodOptions
	if len(short) == len(authority) && !noPath {
		return true
	}
	at := len(h.extra)
	h.extra = append(h.extra, t[:user+len(short)]...)
	h.pathAt = uint32(len(h.extra) - at)
	h.extra = append(h.extra, t[end:]...)
	if noPath {
		h.extra = append(h.extra, '/')
	}
	h.target = span{uint32(at) | inExtra, uint32(len(h.extra) - at)}
	return true
}

// agree compares the Host field with authority, from which an empty port and the port usual have been removed. If that made it shorter, the
// field gets the short form, too.
func (h *Head) agree(authority []byte, usual string, shorter bool) bool {
	s := &h.scan
	i := int(h.hosts) - 1
	f := &h.fields[i]
	v := h.value(f)
	if !s.lax && !equalFoldBytes(withoutPort(v, usual), authority) {
		s.fail(400, s.pos(f), "Host field does not match the request target")
		return false
	}
	if shorter && len(v) != len(authority) {
		h.setValue(i, authority)
	}
	return true
}
