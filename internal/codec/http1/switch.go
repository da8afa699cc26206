package http1

import (
	"crypto/sha1"
	"encoding/base64"
)

// CheckSwitch tells whether res, a response with status 101, is a sound answer to req: an upgrade was asked for and is announced, and a
// WebSocket server has proved that it understood (RFC 6455 §4.2.2). The reference answers 502 otherwise. The protocol itself is not
// compared, as in the reference.
func CheckSwitch(req, res *Head) error {
	switch {
	case !req.Upgrade:
		return &Error{Status: 502, Reason: "protocol switched without having been asked"}
	case !res.Upgrade:
		return &Error{Status: 502, Reason: "protocol switched without Connection and Upgrade fields"}
	case !req.scan.webSocket || !res.scan.webSocket:
		return nil
	}
	key, _ := req.Get("sec-websocket-key")
	accept, _ := res.Get("sec-websocket-accept")
	var a [24 + 36]byte
	sum := sha1.Sum(append(append(a[:0], key...), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
	var want [28]byte
	base64.StdEncoding.Encode(want[:], sum[:])
	switch {
	case string(accept) == string(want[:]):
	case res.scan.lax && accept == nil:
		res.Add([]byte("sec-websocket-accept"), want[:])
	case !res.scan.lax:
		return &Error{Status: 502, Reason: "invalid Sec-WebSocket-Accept"}
	}
	return nil
}
