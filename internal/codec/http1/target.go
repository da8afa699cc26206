package http1

import "bytes"

// targetForm is one of the four forms of RFC 9112 §3.2.
type targetForm uint8

const (
	originForm    targetForm = iota // /path?query
	absoluteForm                    // scheme://authority/path?query
	authorityForm                   // host:port, CONNECT only
	asteriskForm                    // *, OPTIONS only
)

// Target returns the request target. For an absolute one the default port has been removed, as the reference does.
func (h *Head) Target() []byte { return h.bytes(h.target) }

// Path returns the target without authority and query: empty for CONNECT, "*" for "OPTIONS *".
func (h *Head) Path() []byte {
	p, _ := h.pathQuery()
	return p
}

// Query returns what follows the first '?' of the target, nil when there is none.
func (h *Head) Query() []byte {
	_, q := h.pathQuery()
	return q
}

func (h *Head) pathQuery() (path, query []byte) {
	if h.form == authorityForm {
		return nil, nil
	}
	p := h.Target()[h.pathAt:]
	if i := bytes.IndexByte(p, '?'); i >= 0 {
		return p[:i:i], p[i+1:]
	}
	return p, nil
}

// SetTarget replaces the request target. Bytes that no target may hold are percent-encoded.
func (h *Head) SetTarget(v []byte) {
	h.tidy()
	at := len(h.extra)
	h.extra = appendTarget(h.extra, v)
	h.setTarget(at)
}

// SetPath replaces the path and keeps the rest of the target.
func (h *Head) SetPath(v []byte) {
	h.tidy()
	t, at := h.Target(), len(h.extra)
	_, q := h.pathQuery()
	h.extra = append(h.extra, t[:h.pathAt]...)
	h.extra = appendTarget(h.extra, v)
	if q != nil {
		h.extra = append(append(h.extra, '?'), q...)
	}
	h.setTarget(at)
}

// SetQuery replaces the query and keeps the rest of the target; an empty one goes with its '?'.
func (h *Head) SetQuery(v []byte) {
	h.tidy()
	t, at := h.Target(), len(h.extra)
	p := h.Path()
	h.extra = append(h.extra, t[:int(h.pathAt)+len(p)]...)
	if len(v) > 0 {
		h.extra = appendTarget(append(h.extra, '?'), v)
	}
	h.setTarget(at)
}

func (h *Head) setTarget(at int) {
	h.leave(h.target)
	h.target = span{uint32(at) | inExtra, uint32(len(h.extra) - at)}
	h.form, h.pathAt = originForm, 0
	switch t := h.Target(); {
	case h.Method == MethodConnect:
		h.form = authorityForm
	case string(t) == "*":
		h.form = asteriskForm
	default:
		if _, end, ok := splitAbsolute(t); ok {
			h.form, h.pathAt = absoluteForm, uint32(end)
		}
	}
}

func appendTarget(dst, v []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range v {
		if class[c]&cTarget != 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// Host returns the Host field's value; without that field, the authority of the target.
func (h *Head) Host() []byte {
	if h.hosts != 0 {
		return h.value(&h.fields[h.hosts-1])
	}
	switch t := h.Target(); h.form {
	case absoluteForm:
		start, end, _ := splitAbsolute(t)
		return withoutUser(t[start:end])
	case authorityForm:
		return t
	}
	return nil
}

// splitAbsolute finds the authority of scheme "://" authority.
func splitAbsolute(t []byte) (start, end int, ok bool) {
	if len(t) == 0 || t[0]|0x20 < 'a' || t[0]|0x20 > 'z' {
		return 0, 0, false
	}
	i := 1
	for i < len(t) && class[t[i]]&cScheme != 0 {
		i++
	}
	if i+3 > len(t) || string(t[i:i+3]) != "://" {
		return 0, 0, false
	}
	start = i + 3
	for end = start; end < len(t) && t[end] != '/' && t[end] != '?' && t[end] != '#'; end++ {
	}
	return start, end, true
}

// checkTarget tells whether target and Host make sense together, and normalises an absolute target.
func (h *Head) checkTarget() bool {
	s := &h.scan
	t := h.Target()
	if h.hosts != 0 {
		if f := &h.fields[h.hosts-1]; !validHost(h.value(f)) {
			s.fail(400, s.pos(f), "invalid Host field")
			return false
		}
	}
	switch {
	case h.Method == MethodConnect:
		h.form = authorityForm
		return h.checkConnect(t)
	case len(t) > 0 && t[0] == '/':
		return true
	case len(t) == 1 && t[0] == '*' && h.Method == MethodOptions:
		h.form = asteriskForm
		return true
	}
	start, end, ok := splitAbsolute(t)
	if !ok {
		s.fail(400, int(h.target.off), "invalid request target")
		return false
	}
	h.form = absoluteForm
	h.pathAt = uint32(end)
	return h.checkAbsolute(t, start, end)
}
