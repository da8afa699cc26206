package origin

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/test/payload"
)

// An exchange is one request on one connection.
type exchange struct {
	c  net.Conn
	br *bufio.Reader
	r  *Request
}

// A behaviour answers, or does not; false ends the connection.
type behaviour func(o *HTTP, x *exchange) bool

// The first segment of the path chooses. Arguments of the query: id, seed,
// size (bytes), code, delay (milliseconds), n.
var behaviours = map[string]behaviour{
	"echo":      echo,       // Content-Length and size bytes of seed
	"chunked":   chunked,    // the same in chunks of uneven sizes
	"trailers":  trailers,   // chunks, and a trailer X-Hash
	"close":     untilClose, // no length: the end of the connection ends the body
	"slow":      slow,       // a byte every delay ms
	"status":    status,     // status code with a body, or without where it must not have one
	"hints":     hints,      // 103 before the answer
	"hold":      hold,       // head and half of the body, the rest after Release
	"hang":      hang,       // no answer at all
	"garbage":   garbage,    // not HTTP
	"early":     early,      // half of the promised body, then close
	"halfhead":  halfHead,   // half of a head, then close
	"drop":      drop,       // close without an answer
	"reset":     reset,      // RST without an answer
	"resetbody": resetBody,  // RST within the body
	"bighead":   bigHead,    // a field of n bytes
	"raw":       raw,        // whatever the request's body is, sent as it is
}

// head writes the start line and the marks every answer has; more must end
// each of its lines with CRLF.
func (x *exchange) head(o *HTTP, code int, more string) error {
	_, err := fmt.Fprintf(x.c, "HTTP/1.1 %d %s\r\nX-Origin: %s\r\nX-Id: %s\r\nX-Request-Hash: %s\r\n%s\r\n",
		code, reason(code), o.Name, x.r.Arg("id"), payload.Sum(x.r.Body), more)
	return err
}

func reason(code int) string {
	switch code {
	case 200:
		return "OK"
	case 204:
		return "No Content"
	case 304:
		return "Not Modified"
	case 404:
		return "Not Found"
	}
	return "Something"
}

func (x *exchange) seed() uint64 { return uint64(x.r.Int("seed", 1)) }
func (x *exchange) size() int64  { return x.r.Int("size", 16) }

// keep says whether the connection goes on after a delimited answer.
func (x *exchange) keep() bool {
	c := strings.ToLower(x.r.Header("connection"))
	return x.r.Proto == "HTTP/1.1" && !strings.Contains(c, "close") ||
		strings.Contains(c, "keep-alive")
}

func echo(o *HTTP, x *exchange) bool {
	n := x.size()
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Length: %d\r\n", n)
	if !x.keep() {
		b.WriteString("Connection: close\r\n")
	}
	if x.head(o, 200, b.String()) != nil {
		return false
	}
	if x.r.Method == "HEAD" {
		return x.keep()
	}
	return payload.WriteTo(x.c, x.seed(), n) == nil && x.keep()
}

func (x *exchange) chunks(w io.Writer) error {
	seed, n := x.seed(), x.size()
	for off, k := int64(0), int64(1); off < n; k = k*3%8191 + 1 {
		p := make([]byte, min(k, n-off))
		payload.Fill(p, seed, off)
		if _, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(p), p); err != nil {
			return err
		}
		off += int64(len(p))
	}
	return nil
}

func chunked(o *HTTP, x *exchange) bool { return x.chunkedWith(o, "", "0\r\n\r\n") }
func trailers(o *HTTP, x *exchange) bool {
	sum := payload.Sum(payload.Bytes(x.seed(), int(x.size())))
	return x.chunkedWith(o, "Trailer: X-Hash\r\n", "0\r\nX-Hash: "+sum+"\r\n\r\n")
}

func (x *exchange) chunkedWith(o *HTTP, fields, end string) bool {
	if x.r.Proto != "HTTP/1.1" {
		return untilClose(o, x)
	}
	if x.head(o, 200, fields+"Transfer-Encoding: chunked\r\n") != nil {
		return false
	}
	if x.r.Method == "HEAD" {
		return x.keep()
	}
	bw := bufio.NewWriter(x.c)
	if x.chunks(bw) != nil {
		return false
	}
	bw.WriteString(end)
	return bw.Flush() == nil && x.keep()
}

func untilClose(o *HTTP, x *exchange) bool {
	if x.head(o, 200, "Connection: close\r\n") == nil && x.r.Method != "HEAD" {
		payload.WriteTo(x.c, x.seed(), x.size())
	}
	return false
}

func slow(o *HTTP, x *exchange) bool {
	n := x.size()
	if x.head(o, 200, fmt.Sprintf("Content-Length: %d\r\n", n)) != nil {
		return false
	}
	for _, b := range payload.Bytes(x.seed(), int(n)) {
		if _, err := x.c.Write([]byte{b}); err != nil || !o.pause(time.Duration(x.r.Int("delay", 10))*time.Millisecond) {
			return false
		}
	}
	return x.keep()
}

// pause is a delay the origin's behaviour consists of; false: the origin ends.
func (o *HTTP) pause(d time.Duration) bool {
	select {
	case <-o.done:
		return false
	case <-time.After(d):
		return true
	}
}

func status(o *HTTP, x *exchange) bool {
	code := int(x.r.Int("code", 200))
	if code == 204 || code == 304 {
		return x.head(o, code, "") == nil && x.keep()
	}
	n := x.size()
	if x.head(o, code, "Content-Length: "+strconv.FormatInt(n, 10)+"\r\n") != nil {
		return false
	}
	return (x.r.Method == "HEAD" || payload.WriteTo(x.c, x.seed(), n) == nil) && x.keep()
}

func hints(o *HTTP, x *exchange) bool {
	if _, err := io.WriteString(x.c, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"); err != nil {
		return false
	}
	return echo(o, x)
}

func hold(o *HTTP, x *exchange) bool {
	n := x.size()
	p := payload.Bytes(x.seed(), int(n))
	if x.head(o, 200, fmt.Sprintf("Content-Length: %d\r\n", n)) != nil {
		return false
	}
	x.c.Write(p[:n/2])
	select {
	case <-o.hold:
	case <-o.done:
		return false
	}
	_, err := x.c.Write(p[n/2:])
	return err == nil && x.keep()
}
