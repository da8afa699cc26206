package http1

import "strconv"

// BodyKind says how the end of a body is found.
type BodyKind uint8

const (
	// BodyNone: there is no body.
	BodyNone BodyKind = iota
	// BodyLength: ContentLength bytes.
	BodyLength
	// BodyChunked: chunks, a last one, trailers.
	BodyChunked
	// BodyUntilClose: everything until the server closes.
	BodyUntilClose
	// BodyTunnel: no message any more but bytes in both directions, until both are closed.
	BodyTunnel
)

func (k BodyKind) String() string {
	switch k {
	case BodyNone:
		return "none"
	case BodyLength:
		return "length"
	case BodyChunked:
		return "chunked"
	case BodyUntilClose:
		return "until close"
	case BodyTunnel:
		return "tunnel"
	}
	return "unknown"
}

// RequestBody tells how the body of a request is framed (RFC 9112 §6.3). A CONNECT request has none: what comes after its head belongs to
// the tunnel, should one be established.
func (h *Head) RequestBody() BodyKind {
	switch {
	case h.Chunked:
		return BodyChunked
	case h.ContentLength > 0:
		return BodyLength
	}
	return BodyNone
}

// ResponseBody tells how the body of a response to a request of method req is framed (RFC 9112 §6.3).
func (h *Head) ResponseBody(req Method) BodyKind {
	switch {
	case h.Status == 101, req == MethodConnect && h.Status/100 == 2:
		return BodyTunnel
	case req == MethodHead, h.Status < 200, h.Status == 204, h.Status == 304:
		return BodyNone
	case h.Chunked:
		return BodyChunked
	case h.ContentLength > 0:
		return BodyLength
	case h.ContentLength == 0:
		return BodyNone
	}
	return BodyUntilClose
}

// SetFraming changes how the body is going to be sent: the Content-Length and Transfer-Encoding fields are replaced by the one that says so.
// length counts for BodyLength; BodyNone and the others leave neither field.
func (h *Head) SetFraming(k BodyKind, length int64) {
	for i := range h.fields {
		if f := &h.fields[i]; f.id == idContentLength || f.id == idTransferEncoding {
			f.flags |= fDeleted
		}
	}
	h.ContentLength, h.Chunked = -1, false
	switch k {
	case BodyLength:
		h.ContentLength = length
		var a [20]byte
		h.Add([]byte("content-length"), strconv.AppendInt(a[:0], length, 10))
	case BodyChunked:
		h.Chunked = true
		h.Add([]byte("transfer-encoding"), []byte("chunked"))
	}
	h.framingTouched = false
}
