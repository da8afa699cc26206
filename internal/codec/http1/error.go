package http1

import "strconv"

// Error says why a message was refused. It is a fault of the peer, never of the proxy.
type Error struct {
	// Status is what a client is to be answered: 400, 413, 414, 422 or 431 for a request. For a response and for any body it is
	// only a hint (502 and 400): the head may already have been sent.
	Status int
	// Pos is the offset of the offending byte: from the start of the bytes given to the parser for a head, from the start of the
	// body's bytes on the wire for a body.
	Pos int
	// Reason is a short constant text for logs.
	Reason string
}

func (e *Error) Error() string {
	return "http1: " + e.Reason + " at byte " + strconv.Itoa(e.Pos)
}

// ReasonPreface is the Reason of the error for a client that speaks HTTP/2 with prior knowledge (RFC 9113 §3.4): the caller may give the
// same bytes to an HTTP/2 engine instead of answering 400.
const ReasonPreface = "HTTP/2 connection preface"

// IsPreface tells whether err is the refusal of an HTTP/2 connection preface.
func IsPreface(err error) bool {
	e, ok := err.(*Error)
	return ok && e.Reason == ReasonPreface
}
