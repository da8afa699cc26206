package load

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/test/payload"
)

type httpWorker struct {
	r    *Run
	conn net.Conn
	br   *bufio.Reader
	used int // answers received on conn
}

func (w *httpWorker) run(ctx context.Context) {
	defer w.drop()
	for {
		id, more := w.r.take(ctx)
		if !more {
			return
		}
		w.exchange(id)
		w.r.think(ctx)
	}
}

func (w *httpWorker) drop() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

func network(addr string) string {
	if strings.HasPrefix(addr, "/") {
		return "unix"
	}
	return "tcp"
}

func (w *httpWorker) exchange(id int64) {
	rep := w.r.report
	begin := time.Now()
	if w.conn != nil && ended(w.conn) {
		rep.add(&rep.IdleClosed)
		w.drop()
	}
	if w.conn == nil {
		c, err := net.DialTimeout(network(w.r.p.Addr), w.r.p.Addr, w.r.p.Timeout)
		if err != nil {
			rep.loss(classify(err), "request %d: connect: %v", id, err)
			time.Sleep(5 * time.Millisecond) // a refused address must not be hammered with all the CPU there is
			return
		}
		rep.add(&rep.Connects)
		w.conn, w.br, w.used = c, bufio.NewReaderSize(c, 16<<10), 0
	}
	w.conn.SetDeadline(begin.Add(w.r.p.Timeout))
	q := newRequest(id, w.r.p)
	what := func() string {
		return fmt.Sprintf("request %d (%s %s, number %d on its connection %v)", id, q.method, q.path, w.used+1, w.conn.LocalAddr())
	}
	if _, err := w.conn.Write(q.bytes()); err != nil {
		// The peer may have answered (an error, say) before it closed: the answer tells more than EPIPE.
		if a, rerr := readAnswer(w.br, q); rerr == nil {
			rep.loss(Foreign, "%s: write: %v; answer %s", what(), err, a)
		} else {
			rep.loss(classify(err), "%s: write: %v", what(), err)
		}
		w.drop()
		return
	}
	a, err := readAnswer(w.br, q)
	switch {
	case err != nil:
		c := classify(err)
		if _, bad := err.(syntaxError); bad {
			c = Syntax
		}
		rep.loss(c, "%s after %v: %v", what(), time.Since(begin).Round(time.Millisecond), err)
		w.drop()
		return
	case a.origin == "":
		rep.loss(Foreign, "%s: answer %s", what(), a)
	case a.status != 200:
		rep.loss(Foreign, "%s: status of the origin changed: %s", what(), a)
	default:
		if v := q.verdict(a); v != "" {
			rep.loss(Wrong, "%s: %s", what(), v)
		} else {
			rep.done(time.Since(begin))
		}
	}
	w.used++
	if a.close || w.r.p.Kind == PerRequest {
		if a.close && w.r.p.Kind == KeepAlive {
			rep.add(&rep.Announced)
		}
		w.drop()
	}
}

// ended looks, without waiting, whether the peer has ended an idle connection.
func ended(c net.Conn) bool {
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return true
	}
	end := false
	raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		end = n == 0 && err == nil || err != nil && err != syscall.EAGAIN
	})
	return end
}

// A request knows the body it asks for.
type request struct {
	id           int64
	seed         uint64
	size         int
	method, path string
	body         []byte
	closing      bool
}

// newRequest varies method, framing and sizes by the id.
func newRequest(id int64, p Plan) *request {
	rnd := rand.New(rand.NewPCG(uint64(id), 1))
	q := &request{id: id, seed: uint64(id) * 7919, size: rnd.IntN(p.MaxBody + 1), method: "GET", closing: p.Kind == PerRequest}
	path := "echo"
	if id%4 == 1 {
		path = "chunked"
	}
	if id%3 == 0 {
		q.method = "POST"
		q.body = payload.Bytes(q.seed+1, rnd.IntN(p.MaxBody+1))
	}
	q.path = fmt.Sprintf("/%s?id=%d&seed=%d&size=%d", path, id, q.seed, q.size)
	return q
}

func (q *request) bytes() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: load.test\r\n", q.method, q.path)
	if q.closing {
		b.WriteString("Connection: close\r\n")
	}
	if q.method == "POST" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(q.body))
	}
	b.WriteString("\r\n")
	b.Write(q.body)
	return []byte(b.String())
}

// verdict compares the answer with what was asked for.
func (q *request) verdict(a *answer) string {
	if a.id != fmt.Sprint(q.id) {
		return fmt.Sprintf("the answer of request %s", a.id)
	}
	if a.hash != payload.Sum(q.body) {
		return "the request's body arrived changed at the origin"
	}
	return a.body.Verdict(int64(q.size))
}
