package http1

import "math"

// Body follows the framing of one message body over the bytes that carry it. It keeps no data: Pass and Payload are given each byte once,
// in order, in pieces of any size.
type Body struct {
	left   int64 // BodyLength: bytes missing; BodyChunked: bytes missing of the current chunk, or its size while it is read
	pos    int64 // bytes seen, for error messages
	kind   BodyKind
	chunks chunks
	done   bool
	bare   bool // trailers are left out of what Forward returns
	err    *Error
}

// Reset prepares b for a body of the given kind; length counts for BodyLength only.
func (b *Body) Reset(k BodyKind, length int64) {
	*b = Body{kind: k}
	switch k {
	case BodyNone:
		b.done = true
	case BodyLength:
		b.left = max(length, 0)
		b.done = b.left == 0
	}
}

// Kind returns the kind b was reset to.
func (b *Body) Kind() BodyKind { return b.kind }

// Done tells whether the body is complete. A body of BodyUntilClose or BodyTunnel is only after End.
func (b *Body) Done() bool { return b.done }

// Passed returns how many bytes of the message's body, framing included, were found sound.
func (b *Body) Passed() int64 { return b.pos }

// Pass returns how many bytes at the start of p belong to the message, to be forwarded as they are. It is less than len(p) only when the
// body is complete or broken; err goes along with the bytes that were still sound.
func (b *Body) Pass(p []byte) (n int, err error) {
	if b.done {
		return 0, nil
	}
	if b.kind != BodyChunked {
		n = int(min(b.Direct(), int64(len(p))))
		b.advance(int64(n))
		return n, nil
	}
	for n < len(p) && !b.done {
		if b.chunks.state == inData {
			k := min(b.left, int64(len(p)-n))
			b.advance(k)
			n += int(k)
			continue
		}
		k := b.control(p[n:])
		n += k
		if b.err != nil {
			return n, b.err
		}
	}
	return n, nil
}

// Payload returns the next piece of the body's content within p and how many bytes of p that takes, framing included. data may be empty
// while n is not. It is to be called again with what follows until it takes nothing. The trailers of a chunked body are checked and
// dropped.
func (b *Body) Payload(p []byte) (data []byte, n int, err error) {
	if b.done {
		return nil, 0, nil
	}
	if b.kind == BodyChunked {
		for n < len(p) && !b.done && b.chunks.state != inData {
			n += b.control(p[n:])
			if b.err != nil {
				return nil, n, b.err
			}
		}
		if b.done {
			return nil, n, nil
		}
	}
	k := int(min(b.Direct(), int64(len(p)-n)))
	data = p[n : n+k : n+k]
	b.advance(int64(k))
	n += k
	// What ends the chunk goes along, so that a complete body is known to be at once.
	for n < len(p) && b.kind == BodyChunked && b.chunks.state != inData && !b.done {
		n += b.control(p[n:])
		if b.err != nil {
			return data, n, b.err
		}
	}
	return data, n, nil
}

// DropTrailers has Forward leave the trailers of a chunked body out.
func (b *Body) DropTrailers() { b.bare = true }

// Direct returns how many of the next bytes are content for sure, without framing in between: they may be spliced, and reported by Skip.
func (b *Body) Direct() int64 {
	switch {
	case b.done:
		return 0
	case b.kind == BodyLength, b.kind == BodyChunked && b.chunks.state == inData:
		return b.left
	case b.kind == BodyChunked:
		return 0
	}
	return math.MaxInt64
}

// Skip tells b that n of the Direct bytes were forwarded by other means.
func (b *Body) Skip(n int64) { b.advance(min(max(n, 0), b.Direct())) }

// advance moves over n bytes of content.
func (b *Body) advance(n int64) {
	b.pos += n
	switch {
	case b.kind == BodyLength:
		b.left -= n
		b.done = b.left == 0
	case b.kind == BodyChunked && b.chunks.state == inData:
		if b.left -= n; b.left == 0 {
			b.chunks.state = atDataCR
		}
	}
}

// End tells b that the peer closed its side. It returns an error when the body is not complete that way.
func (b *Body) End() error {
	switch {
	case b.done:
		return nil
	case b.kind == BodyUntilClose || b.kind == BodyTunnel:
		b.done = true
		return nil
	}
	if b.err == nil {
		b.fail("body cut short", 0)
	}
	return b.err
}

func (b *Body) fail(reason string, at int) {
	b.err = &Error{Status: 400, Pos: int(b.pos) + at, Reason: reason}
}
