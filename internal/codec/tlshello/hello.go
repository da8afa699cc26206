// Package tlshello reads the first message of a TLS connection without taking
// part in it: what a client says in clear before anything is encrypted (RFC 8446
// 4.1.2, RFC 5246 7.4.1.2).
//
// It is given all bytes that have come so far, again for every look. The message
// may be split over several records; its size is bounded. Nothing is allocated
// unless it is split.
package tlshello

import "encoding/binary"

// Status says what bytes are.
type Status uint8

// What bytes can be.
const (
	Incomplete Status = iota // more of them may make a hello
	Complete
	Foreign // no TLS, or not well-formed, whatever follows
)

// The types of the messages that this package knows.
const (
	ClientHello = 1
	ServerHello = 2
)

// Hello is the first handshake message. Its slices alias the bytes it was read
// from, or the room for split messages.
type Hello struct {
	Type   uint8  // ClientHello, ServerHello, or another type of message
	Record uint16 // version of the record that began it, 0x0301 for TLS 1.0
	// Of a client's hello only:
	Version    uint16 // as the message has it
	SessionID  []byte
	Ciphers    []byte // two bytes each
	extensions []byte
}

const (
	recordHeader  = 5
	messageHeader = 4
	handshake     = 22
	maxRecord     = 1<<14 + 2048 // RFC 5246 6.2.3
	maxMessage    = 1 << 16
)

// Parse reads the hello that b begins with. room gives so many bytes to put a
// split message together; nil, or room that returns nil, refuses those.
func Parse(b []byte, room func(n int) []byte) (h Hello, s Status) {
	n, s := record(b)
	if s == Foreign || len(b) < recordHeader {
		return h, s
	}
	h.Record = binary.BigEndian.Uint16(b[1:])
	body := b[recordHeader:min(len(b), recordHeader+n)]
	if len(body) < messageHeader {
		if n < messageHeader && len(body) == n {
			return h, Foreign // a header that is split over records is nobody's honest hello
		}
		return h, Incomplete
	}
	h.Type = body[0]
	size := messageHeader + int(body[1])<<16 + int(binary.BigEndian.Uint16(body[2:]))
	if size > maxMessage {
		return h, Foreign
	}
	if size > n {
		if body, s = join(b, size, room); s != Complete {
			return h, s
		}
	}
	if len(body) < size {
		return h, Incomplete
	}
	if h.Type == ClientHello && !h.client(body[messageHeader:size]) {
		return h, Foreign
	}
	return h, Complete
}

// record reads the header of a record of handshake messages and gives its length.
func record(b []byte) (n int, s Status) {
	switch {
	case len(b) > 0 && b[0] != handshake, len(b) > 1 && b[1] != 3:
		return 0, Foreign
	case len(b) < recordHeader:
		return 0, Incomplete
	}
	n = int(binary.BigEndian.Uint16(b[3:]))
	if n == 0 || n > maxRecord {
		return 0, Foreign
	}
	return n, Complete
}

// join puts a message of size bytes together that b has in several records.
func join(b []byte, size int, room func(int) []byte) ([]byte, Status) {
	// First see whether all of it is there, so that room is asked for once.
	got := 0
	for rest := b; got < size; {
		n, s := record(rest)
		if s != Complete {
			return nil, s
		}
		if len(rest) < recordHeader+n && len(rest)-recordHeader < size-got {
			return nil, Incomplete
		}
		got += n
		rest = rest[min(len(rest), recordHeader+n):]
	}
	if room == nil {
		return nil, Foreign
	}
	out := room(size)
	if out == nil {
		return nil, Foreign
	}
	for at := 0; at < size; {
		n := int(binary.BigEndian.Uint16(b[3:]))
		at += copy(out[at:], b[recordHeader:min(len(b), recordHeader+n)])
		b = b[min(len(b), recordHeader+n):]
	}
	return out, Complete
}

// client reads the body of a client's hello.
func (h *Hello) client(b []byte) bool {
	const random = 32
	if len(b) < 2+random+1 {
		return false
	}
	h.Version = binary.BigEndian.Uint16(b)
	b = b[2+random:]
	var ok bool
	if h.SessionID, b, ok = vector8(b); !ok || len(h.SessionID) > 32 {
		return false
	}
	if h.Ciphers, b, ok = vector16(b); !ok || len(h.Ciphers)%2 != 0 {
		return false
	}
	if _, b, ok = vector8(b); !ok { // compression methods
		return false
	}
	if len(b) == 0 { // there were none before TLS 1.2
		return true
	}
	h.extensions, b, ok = vector16(b)
	if !ok || len(b) > 0 {
		return false
	}
	for rest := h.extensions; len(rest) > 0; {
		if len(rest) < 4 {
			return false
		}
		if _, rest, ok = vector16(rest[2:]); !ok {
			return false
		}
	}
	return true
}

// vector8 and vector16 take what follows its own length of one or two bytes.
func vector8(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 1 || len(b)-1 < int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n:n], b[n:], true
}

func vector16(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
		return nil, nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return b[2:n:n], b[n:], true
}
