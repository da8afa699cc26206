package tlshello

import "encoding/binary"

// Numbers of extensions (IANA, "TLS ExtensionType Values").
const (
	extServerName    = 0
	extGroups        = 10
	extSignatures    = 13
	extALPN          = 16
	extSessionTicket = 35
	extKeyShare      = 51
)

// extension finds the first extension of a number.
func (h *Hello) extension(number uint16) (body []byte, ok bool) {
	for b := h.extensions; len(b) >= 4; {
		id := binary.BigEndian.Uint16(b)
		body, rest, whole := vector16(b[2:])
		if !whole {
			return nil, false
		}
		if id == number {
			return body, true
		}
		b = rest
	}
	return nil, false
}

// ServerName is the name of the host that the client wants (RFC 6066 3); nil
// without one.
func (h *Hello) ServerName() []byte {
	body, _ := h.extension(extServerName)
	list, _, _ := vector16(body)
	for len(list) > 0 {
		name, rest, ok := vector16(list[1:])
		if !ok {
			return nil
		}
		if list[0] == 0 && len(name) > 0 { // a host name, the only type there is
			return name
		}
		list = rest
	}
	return nil
}

// maxProtocols bounds what a client makes others look through: nobody has so many.
const maxProtocols = 64

// Protocol is number i, from 0, of the protocols that the client offers (RFC
// 7301), nil without so many.
func (h *Hello) Protocol(i int) []byte {
	body, _ := h.extension(extALPN)
	list, _, _ := vector16(body)
	for ; i >= 0 && i < maxProtocols; i-- {
		name, rest, ok := vector8(list)
		if !ok || i == 0 {
			return name
		}
		list = rest
	}
	return nil
}

// list is the content of an extension that is one list of numbers of two bytes.
func (h *Hello) list(number uint16) []byte {
	body, _ := h.extension(number)
	list, _, ok := vector16(body)
	if !ok || len(list)%2 != 0 {
		return nil
	}
	return list
}

// Groups are the groups for the exchange of keys (RFC 8446 4.2.7), two bytes
// each; listed says whether the client sent the extension at all.
func (h *Hello) Groups() (groups []byte, listed bool) {
	_, listed = h.extension(extGroups)
	return h.list(extGroups), listed
}

// Signatures are the algorithms for signatures (RFC 8446 4.2.3), two bytes each.
func (h *Hello) Signatures() []byte { return h.list(extSignatures) }

// AppendKeyShares appends the groups for which the client sent a key (RFC 8446
// 4.2.8), two bytes each; false without any.
func (h *Hello) AppendKeyShares(dst []byte) ([]byte, bool) {
	body, _ := h.extension(extKeyShare)
	list, _, _ := vector16(body)
	found := false
	for len(list) >= 4 {
		_, rest, ok := vector16(list[2:])
		if !ok {
			break
		}
		dst, found = append(dst, list[:2]...), true
		list = rest
	}
	return dst, found
}

// Ticket says whether the client knows session tickets (RFC 5077), and whether it
// sent one.
func (h *Hello) Ticket() (known, sent bool) {
	body, known := h.extension(extSessionTicket)
	return known, len(body) > 0
}
