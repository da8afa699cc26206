package http1

// StripHop removes what only concerned the connection the message came on, as the reference does before it forwards:
//
//   - "close" and "keep-alive" in Connection; other names stay there, and so do the fields they name;
//   - "h2" and "h2c" in Upgrade (an upgrade to HTTP/2 cannot cross a proxy);
//   - in a request, the rest of Upgrade and "upgrade" in Connection, unless an upgrade is under way (h.Upgrade);
//   - everything but "trailers" in TE.
//
// The reference forwards Keep-Alive and Proxy-Connection untouched, and so does this. The caller adds the Connection field of its own
// connection, if one is needed.
func (h *Head) StripHop() {
	for i := range h.fields {
		f := &h.fields[i]
		if f.flags&fDeleted != 0 {
			continue
		}
		switch f.id {
		case idConnection:
			h.filter(i, stripConnection, !h.Upgrade && !h.response)
		case idUpgrade:
			if h.Upgrade || h.response {
				h.filter(i, stripUpgrade, false)
			} else {
				f.flags |= fDeleted
			}
		case idTE:
			h.filter(i, stripTE, false)
		}
	}
}

type strip uint8

const (
	stripConnection strip = iota
	stripUpgrade
	stripTE
)

func (k strip) drops(t []byte, upgrade bool) bool {
	switch k {
	case stripConnection:
		return equalFold(t, "close") || equalFold(t, "keep-alive") || upgrade && equalFold(t, "upgrade")
	case stripUpgrade:
		return equalFold(t, "h2c") || equalFold(t, "h2")
	default:
		return !equalFold(t, "trailers")
	}
}

// filter removes elements from the list in field i, and the field when nothing is left. A list that loses nothing stays as it is.
func (h *Head) filter(i int, k strip, upgrade bool) {
	f := &h.fields[i]
	kept, dropped := 0, 0
	list := h.value(f)
	for more := true; more; {
		var t []byte
		t, list, more = nextToken(list)
		switch {
		case len(t) == 0:
		case k.drops(t, upgrade):
			dropped++
		default:
			kept++
		}
	}
	switch {
	case kept == 0:
		f.flags |= fDeleted
		return
	case dropped == 0:
		return
	}
	list = h.value(f) // the arena may grow and move while this is read: the old array stays
	at := len(h.extra)
	for more := true; more; {
		var t []byte
		t, list, more = nextToken(list)
		if len(t) == 0 || k.drops(t, upgrade) {
			continue
		}
		if len(h.extra) > at {
			h.extra = append(h.extra, ',', ' ')
		}
		h.extra = append(h.extra, t...)
	}
	f.value, f.valueLen = uint32(at)|inExtra, uint32(len(h.extra)-at)
	f.flags &^= fVerbatim
}
