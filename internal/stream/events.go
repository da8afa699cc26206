package stream

import (
	"fmt"
	"io"
	"strings"
)

// events shows what comes and goes, for "-d", in the form of the reference:
//
//	00000000:web.accept(0005)=000c from [127.0.0.1:56460] ALPN=<none>
//	00000000:web.clireq[000c:ffffffff]: GET /foo HTTP/1.1
//	00000000:web.clihdr[000c:ffffffff]: host: 127.0.0.1
//	00000000:be1.srvrep[000c:000d]: HTTP/1.1 200 OK
//	00000000:be1.closed[000c:000d]
//
// The number is that of the stream; in brackets are the descriptors of client
// and server. The writer may be called from all loops at once, and a slow one
// holds them: this is for looking on.
type events struct{ w io.Writer }

// noFD is shown while there is no server connection.
const noFD = -1

// opened is told of a stream that begins, and with the first one of a connection
// of its client.
func (e *events) opened(st *stream) {
	if e == nil {
		return
	}
	st.serial, st.serverFD = uint32(st.th.e.serials.Add(1)-1), noFD
	if c := st.c; c.requests == 1 {
		from := c.src.String()
		if !c.src.IsValid() {
			from = "unix"
		}
		fmt.Fprintf(e.w, "%08x:%s.accept(%04x)=%04x from [%s] ALPN=<none>\n", st.serial, st.fe.Name, uint32(c.ln.FD), uint32(c.link.fd), from)
	}
}

// request is told of a head as it was received.
func (e *events) request(st *stream) {
	if e == nil {
		return
	}
	h := &st.req
	var b []byte
	b = e.line(b, st, "clireq", fmt.Sprintf("%s %s HTTP/1.%d", h.MethodName(), h.Target(), h.Minor))
	for i := range h.Len() {
		b = e.line(b, st, "clihdr", strings.ToLower(string(h.Name(i)))+": "+string(h.Value(i)))
	}
	e.w.Write(b)
}

// response is told of a head as the server sent it.
func (e *events) response(st *stream) {
	if e == nil {
		return
	}
	h := &st.res
	st.serverFD = st.up.link.fd
	var b []byte
	b = e.line(b, st, "srvrep", fmt.Sprintf("HTTP/1.%d %d %s", h.Minor, h.Status, h.Reason()))
	for i := range h.Len() {
		b = e.line(b, st, "srvhdr", strings.ToLower(string(h.Name(i)))+": "+string(h.Value(i)))
	}
	e.w.Write(b)
}

// serverClosed is told that the stream parts with its server.
func (e *events) serverClosed(st *stream, fd int32) {
	if e == nil {
		return
	}
	if fd >= 0 {
		st.serverFD = fd
	}
	e.w.Write(e.line(nil, st, "srvcls", ""))
}

// closed is told of the end of a stream.
func (e *events) closed(st *stream) {
	if e == nil {
		return
	}
	e.w.Write(e.line(e.line(nil, st, "clicls", ""), st, "closed", ""))
}

// line appends one event. What a peer sent cannot make a line of its own, nor
// speak to a terminal.
func (e *events) line(b []byte, st *stream, what, text string) []byte {
	name := st.fe.Name
	if st.be != nil {
		name = st.be.Name
	}
	b = fmt.Appendf(b, "%08x:%s.%s[%04x:%04x]", st.serial, name, what, uint32(st.c.link.fd), uint32(st.serverFD))
	if text != "" {
		b = append(b, ": "...)
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == 0x7f {
			b = fmt.Appendf(b, "\\x%02x", c)
		} else {
			b = append(b, c)
		}
	}
	return append(b, '\n')
}
