package stream

import (
	"fmt"
	"strings"
)

// payload is the body that belongs to the request with number id, of n bytes.
func payload(what string, id, n int) string {
	unit := fmt.Sprintf("<%s-%d>", what, id)
	return strings.Repeat(unit, n/len(unit)+1)[:n]
}

// ask is one request of a monkey's client.
type ask struct {
	id       int
	method   string
	minor    int
	size     int  // of the body
	chunked  bool // the body is
	expect   bool
	close    bool // asks for the connection's end
	keep10   bool // HTTP/1.0 with keep-alive
	upgrade  bool
	nowhere  bool // there is no backend for it: 503
	answered bool
	final    bool // its answer announced the end of the connection
}

func (a *ask) head() string {
	path := "/r"
	if a.nowhere {
		path = "/none"
	}
	h := fmt.Sprintf("%s %s HTTP/1.%d\r\nHost: h\r\nX-Id: %d\r\n", a.method, path, a.minor, a.id)
	switch {
	case a.upgrade:
		h += "Connection: upgrade\r\nUpgrade: echo\r\n"
	case a.close:
		h += "Connection: close\r\n"
	case a.keep10:
		h += "Connection: keep-alive\r\n"
	}
	if a.expect {
		h += "Expect: 100-continue\r\n"
	}
	switch {
	case a.chunked:
		h += "Transfer-Encoding: chunked\r\n"
	case a.size > 0:
		h += fmt.Sprintf("Content-Length: %d\r\n", a.size)
	}
	return h + "\r\n"
}

func (a *ask) body() string {
	b := payload("q", a.id, a.size)
	if !a.chunked {
		return b
	}
	var s strings.Builder
	for len(b) > 0 {
		n := min(len(b), 1+len(b)/3)
		fmt.Fprintf(&s, "%x\r\n%s\r\n", n, b[:n])
		b = b[n:]
	}
	return s.String() + "0\r\n\r\n"
}

// ends tells whether the client expects the connection to end after the answer.
func (a *ask) ends() bool {
	return a.close || a.minor == 0 && !a.keep10
}
