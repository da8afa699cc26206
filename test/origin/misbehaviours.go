package origin

import (
	"fmt"
	"io"
	"strings"

	"github.com/sluice-proxy/sluice/test/payload"
)

// hang reads on, so that the other side's close is noticed and the descriptor
// goes away.
func hang(o *HTTP, x *exchange) bool {
	io.Copy(io.Discard, x.br)
	return false
}

func garbage(o *HTTP, x *exchange) bool {
	x.c.Write(append([]byte("\x16\x03\x01 not an answer\n\x00\n\n"), payload.Bytes(99, 200)...))
	return false
}

func early(o *HTTP, x *exchange) bool {
	n := x.size()
	if x.head(o, 200, fmt.Sprintf("Content-Length: %d\r\n", n)) == nil {
		payload.WriteTo(x.c, x.seed(), n/2)
	}
	return false
}

func halfHead(o *HTTP, x *exchange) bool {
	io.WriteString(x.c, "HTTP/1.1 200 OK\r\nContent-Le")
	return false
}

func drop(*HTTP, *exchange) bool { return false }

func reset(o *HTTP, x *exchange) bool {
	Reset(x.c)
	return false
}

func resetBody(o *HTTP, x *exchange) bool {
	n := x.size()
	if x.head(o, 200, fmt.Sprintf("Content-Length: %d\r\n", n)) == nil {
		payload.WriteTo(x.c, x.seed(), n/2)
		// The receiver must have seen the half before the reset discards what is queued.
		o.pause(50e6)
	}
	Reset(x.c)
	return false
}

func bigHead(o *HTTP, x *exchange) bool {
	big := strings.Repeat("b", int(x.r.Int("n", 32<<10)))
	return x.head(o, 200, "X-Big: "+big+"\r\nContent-Length: 0\r\n") == nil && x.keep()
}

func raw(o *HTTP, x *exchange) bool {
	x.c.Write(x.r.Body)
	return false
}
