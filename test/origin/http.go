package origin

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// HTTP is an origin whose behaviour is chosen by the first segment of the
// request's path; see behaviours.go for the list. Each answer carries X-Origin
// (so that an answer made up by a proxy is recognised), X-Id (the id asked
// for) and X-Request-Hash (of the request's body as it arrived).
type HTTP struct {
	*server
	Name     string
	requests atomic.Int64
	mu       sync.Mutex
	hold     chan struct{} // closed by Release
	seen     []*Request
	keep     int
}

// NewHTTP starts an origin on a port of its own.
func NewHTTP(tb testing.TB, name string) *HTTP {
	tb.Helper()
	o := &HTTP{Name: name, hold: make(chan struct{})}
	o.server = listen(tb, o.serve)
	return o
}

// Requests is the number of requests received completely.
func (o *HTTP) Requests() int64 { return o.requests.Load() }

// Release lets every request to /hold end, now and later.
func (o *HTTP) Release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.hold:
	default:
		close(o.hold)
	}
}

// Keep remembers the next n requests for Seen.
func (o *HTTP) Keep(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keep, o.seen = n, nil
}

// Seen returns the remembered requests.
func (o *HTTP) Seen() []*Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]*Request(nil), o.seen...)
}

func (o *HTTP) serve(c net.Conn) {
	br := bufio.NewReaderSize(c, 16<<10)
	for {
		r, err := ReadRequest(br)
		if err != nil {
			return
		}
		if strings.EqualFold(r.Header("expect"), "100-continue") {
			if _, err := c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
				return
			}
		}
		if err := r.ReadBody(br); err != nil {
			return
		}
		o.requests.Add(1)
		o.mu.Lock()
		if o.keep > 0 {
			o.keep--
			o.seen = append(o.seen, r)
		}
		o.mu.Unlock()
		name, _, _ := strings.Cut(strings.TrimPrefix(r.Path(), "/"), "/")
		b := behaviours[name]
		if b == nil {
			b = echo
		}
		c.SetWriteDeadline(time.Now().Add(2 * time.Minute))
		if !b(o, &exchange{c: c, br: br, r: r}) {
			return
		}
	}
}
