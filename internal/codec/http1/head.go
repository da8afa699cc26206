package http1

// Head is the start line and the fields of one message. The zero value is ready for Reset.
//
// All slices it hands out alias the received bytes or its arena: they are valid until the bytes move (see Rebase), the Head is changed or
// Reset. A Head is used by one goroutine at a time.
type Head struct {
	// Method of a request; MethodOther for a response.
	Method Method
	// Minor is the version as HTTP/1.Minor, 0 or 1, after the rounding described in the package comment.
	Minor uint8
	// Status of a response, 100 to 999, or up to 65535 where Limits.Lax allows it; 0 for a request.
	Status int
	// ContentLength as declared, -1 when there is none (or when Transfer-Encoding overrides it).
	ContentLength int64
	// Chunked: the body is in chunks.
	Chunked bool
	// KeepAlive: this side allows the connection to be used again after this message, by the version, the Connection field and the
	// soundness of the framing. The framing of a response may still require a close (BodyUntilClose).
	KeepAlive bool
	// Upgrade: an upgrade is asked for (request) or announced (response) consistently: an upgrade token in Connection and an Upgrade
	// field with a protocol other than h2 and h2c. Never set for HTTP/1.0 (RFC 9110 §7.8).
	Upgrade bool
	// Expect100: the client waits for "100 Continue" before it sends the body. Never set for HTTP/1.0 (RFC 9110 §10.1.1).
	Expect100 bool

	buf    []byte // the received bytes, head included
	extra  []byte // bytes written by rules
	stale  int    // of these, how many were replaced or deleted since
	less   int    // bytes replaced or deleted, received ones too
	fields []field

	method, target, reason span
	version                span // what a lax start line has for a version, when it is to go on so
	form                   targetForm
	pathAt                 uint32 // where the path starts within the target, for absoluteForm
	hosts                  int32  // 1 + index of the Host field, 0 when there is none
	response               bool
	framingTouched         bool // a rule changed Content-Length or Transfer-Encoding fields: Append writes them from the framing
	scan                   scan
}

// span is a piece of buf or, with the top bit of off set, of extra.
type span struct{ off, n uint32 }

const inExtra = 1 << 31

// Reset prepares h for another message and keeps its memory.
func (h *Head) Reset() {
	*h = Head{ContentLength: -1, extra: h.extra[:0], fields: h.fields[:0]}
}

// Rebase tells h that the bytes it was parsed from now live in b, at the same offsets. b may be longer or shorter than before, as long as
// it covers the bytes seen so far.
func (h *Head) Rebase(b []byte) { h.buf = b }

// Grown returns by how many bytes h is longer than it was received, what separates fields included; less than 0 when it is shorter.
func (h *Head) Grown() int { return len(h.extra) - h.stale - h.less }

func (h *Head) bytes(s span) []byte {
	if s.off&inExtra != 0 {
		o := s.off &^ inExtra
		return h.extra[o : o+s.n : o+s.n]
	}
	return h.buf[s.off : s.off+s.n : s.off+s.n]
}

// store copies v into the arena. Bytes that could end a line, and NUL, become spaces: whatever a rule computes, it cannot inject a field or
// a message.
func (h *Head) store(v []byte) span {
	s := span{uint32(len(h.extra)) | inExtra, uint32(len(v))}
	at := len(h.extra)
	h.extra = append(h.extra, v...)
	w := h.extra[at:]
	for i := lineByte(w, 0); i < len(w); i = lineByte(w, i) {
		w[i] = ' '
	}
	return s
}

// MethodName returns the method's bytes as received or set.
func (h *Head) MethodName() []byte { return h.bytes(h.method) }

// SetMethod replaces the method. Bytes that no token may hold become '-'.
func (h *Head) SetMethod(v []byte) {
	h.leave(h.method)
	h.method = h.storeToken(v)
	h.Method = LookupMethod(v)
}

func (h *Head) storeToken(v []byte) span {
	s := h.store(v)
	w := h.bytes(s)
	for i, c := range w {
		if class[c]&cToken == 0 {
			w[i] = '-'
		}
	}
	return s
}

// Reason returns the reason phrase of a response, possibly empty.
func (h *Head) Reason() []byte { return h.bytes(h.reason) }

// SetStatus replaces the status and the reason phrase of a response. An empty reason stands for the usual words (StatusText).
func (h *Head) SetStatus(code int, reason []byte) {
	h.Status = min(max(code, 100), 999)
	h.leave(h.reason)
	h.reason = h.store(reason)
}

// IsResponse tells whether h was last parsed, or made by StartResponse, as a response.
func (h *Head) IsResponse() bool { return h.response }

// StartRequest makes h, after Reset, an HTTP/1.1 request without fields, to be composed with SetMethod, SetTarget and Add.
func (h *Head) StartRequest(method Method, target []byte) {
	h.response, h.Minor, h.KeepAlive = false, 1, true
	h.SetMethod([]byte(method.String()))
	h.SetTarget(target)
}

// StartResponse makes h, after Reset, an HTTP/1.1 response without fields.
func (h *Head) StartResponse(code int, reason []byte) {
	h.response, h.Minor, h.KeepAlive = true, 1, true
	h.SetStatus(code, reason)
}
