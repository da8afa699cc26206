package stream

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
)

// monkeyClient sends requests and checks every byte it gets.
type monkeyClient struct {
	w     *monkey
	end   *end
	asks  []*ask
	send  []byte // not sent yet
	held  []byte // what follows an Expect, sent after the 100
	got   []byte // not understood yet
	open  int    // index of the request whose answer is due
	gone  bool   // it closed, or will send nothing more
	tun   bool   // it is in a tunnel: what comes is the echo of what it sent
	echo  []byte // expected to come back
	fault bool   // it misbehaved: it may be cut off
	over  bool   // an answer announced the end: nothing may follow
}

// request makes up the next request and puts it into what is to be sent.
func (c *monkeyClient) request(r *rand.Rand) {
	c.w.ids++
	a := &ask{id: c.w.ids, method: "GET", minor: 1}
	c.w.asked[a.id] = a
	switch r.IntN(12) {
	case 0:
		a.method = "HEAD"
	case 1, 2:
		a.method, a.size = "POST", []int{1, 100, 20_000, 150_000}[r.IntN(4)]
	case 3, 4:
		a.method, a.size, a.chunked = "POST", 1+r.IntN(3000), true
	case 5:
		a.method, a.size, a.expect = "POST", 1+r.IntN(2000), true
	case 6:
		a.minor, a.keep10 = 0, r.IntN(2) == 0
	case 7:
		a.close = true
	case 8:
		a.upgrade = r.IntN(3) == 0
	case 9:
		a.nowhere = true
		if r.IntN(2) == 0 {
			a.method, a.size, a.chunked = "POST", 1+r.IntN(5000), r.IntN(2) == 0
		}
	}
	c.asks = append(c.asks, a)
	c.send = append(c.send, a.head()...)
	if a.expect {
		c.held = []byte(a.body())
		return
	}
	c.send = append(c.send, a.body()...)
}

// last is the newest request, nil without one.
func (c *monkeyClient) last() *ask {
	if len(c.asks) == 0 {
		return nil
	}
	return c.asks[len(c.asks)-1]
}

// step has the client do something, or nothing.
func (c *monkeyClient) step(r *rand.Rand) {
	if c.end.closed || c.gone {
		return
	}
	switch n := r.IntN(10); {
	case len(c.send) > 0:
		k := len(c.send)
		if n < 4 {
			k = 1 + r.IntN(k)
		}
		c.w.s.arrive(c.end, c.send[:k])
		c.send = c.send[k:]
	case c.tun:
		if n < 3 {
			text := payload("t", r.IntN(1000), 1+r.IntN(3000))
			c.echo = append(c.echo, text...)
			c.send = append(c.send, text...)
		} else if n == 4 {
			c.fin()
		}
	case len(c.held) > 0 || c.over:
	case c.last() != nil && (c.last().ends() || c.last().upgrade):
	case n < 3 || len(c.asks) == 0 || n < 6 && c.open == len(c.asks):
		for range 1 + r.IntN(2) {
			if l := c.last(); l == nil || !l.expect && !l.ends() && !l.upgrade {
				c.request(r)
			}
		}
	case n == 9 && c.open == len(c.asks):
		c.fin() // between two requests
	}
}

// fin closes the sending side.
func (c *monkeyClient) fin() {
	c.gone = true
	c.end.eof = true
	c.w.s.note(c.end)
}

// reset ends the connection at once.
func (c *monkeyClient) reset() {
	c.gone, c.fault = true, true
	c.w.s.kill(c.end)
}

// check takes what came and compares it with what had to come.
func (c *monkeyClient) check() {
	c.got = append(c.got, c.end.got...)
	c.end.got = nil
	for len(c.got) > 0 {
		if c.tun {
			n := min(len(c.got), len(c.echo))
			if !bytes.Equal(c.got[:n], c.echo[:n]) || n < len(c.got) {
				c.w.fatalf("tunnel: got %.200q, want %.200q", c.got, c.echo)
			}
			c.got, c.echo = c.got[n:], c.echo[n:]
			return
		}
		if c.over {
			c.w.fatalf("%.100q after an answer that announced the end", c.got)
		}
		var a *ask
		if c.open < len(c.asks) {
			a = c.asks[c.open]
		}
		n := c.answer(a)
		if n == 0 {
			return
		}
		c.got = c.got[n:]
	}
}

// answer parses one answer at the start of c.got: its length, 0 while it is not
// complete.
func (c *monkeyClient) answer(a *ask) int {
	head, rest, ok := bytes.Cut(c.got, []byte("\r\n\r\n"))
	if !ok {
		if !bytes.HasPrefix(c.got, []byte("HTTP/1.1 ")[:min(9, len(c.got))]) {
			c.w.fatalf("not an answer: %.200q", c.got)
		}
		return 0
	}
	status, _ := strconv.Atoi(string(head[9:12]))
	field := func(name string) string {
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if k, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(k, name) {
				return v
			}
		}
		return ""
	}
	if a == nil {
		if status != 408 && status != 400 && status != 500 {
			c.w.fatalf("answer to no request: %q", c.got)
		}
		a = &ask{id: -1, method: "GET", minor: 1, nowhere: true}
	}
	id, _ := strconv.Atoi(field("x-id"))
	closes := field("connection") == "close" || bytes.HasPrefix(head, []byte("HTTP/1.0 ")) && field("connection") != "keep-alive"
	own := field("x-id") == ""
	switch {
	case own && a.nowhere && status == 503 && !c.fault:
	case own && !c.w.faults && !c.fault && status != 100:
		c.w.fatalf("request %d: error page %d without a fault", a.id, status)
	case own && status != 100 && status < 400:
		c.w.fatalf("request %d: answer of nobody %q", a.id, head)
	case !own && id != a.id:
		c.w.fatalf("request %d got the answer of %d", a.id, id)
	}
	if status == 100 || status == 103 {
		if a.minor == 0 {
			c.w.fatalf("an HTTP/1.0 client was sent %q", head)
		}
		if len(c.held) > 0 && status == 100 {
			c.send, c.held = append(c.send, c.held...), nil
		}
		return len(head) + 4
	}
	var body string
	size := -1
	switch {
	case status == 101:
		if !a.upgrade {
			c.w.fatalf("request %d switched without having been asked", a.id)
		}
		c.tun, a.answered = true, true
		c.open++
		return len(head) + 4
	case (a.method == "HEAD" || status == 204 || status == 304) && !(own && bytes.HasPrefix(rest, []byte("<html>"))):
		size = 0 // a page to a head that never came to its end has a body: nobody knows it was HEAD
	case field("transfer-encoding") == "chunked":
		if a.minor == 0 {
			c.w.fatalf("chunks for an HTTP/1.0 client")
		}
		var n int
		body, n = dechunk(rest)
		if n < 0 {
			c.prefix(a, own, body)
			return 0
		}
		size = n
	case field("content-length") != "":
		size, _ = strconv.Atoi(field("content-length"))
		body = string(rest[:min(size, len(rest))])
	default:
		body = string(rest)
		if !closes {
			c.w.fatalf("request %d: no length and no close: %q", a.id, head)
		}
		if !c.end.closed && !c.end.shut {
			c.prefix(a, own, body)
			return 0
		}
		size = len(rest)
	}
	c.prefix(a, own, body)
	if size > len(rest) {
		return 0
	}
	framed := field("transfer-encoding") != "" || field("content-length") != ""
	if !own && a.method != "HEAD" && status == 200 && (framed || !c.w.faults) && !c.w.cut[a.id] && len(body) != c.w.sizes[a.id] {
		c.w.fatalf("request %d: body of %d bytes, the server sent %d", a.id, len(body), c.w.sizes[a.id])
	}
	a.answered, a.final = true, closes
	c.open++
	c.over = closes
	if len(c.held) > 0 { // a final answer instead of 100
		c.held, c.gone = nil, true
		c.fault = true
		c.end.eof = true
		c.w.s.note(c.end)
	}
	return len(head) + 4 + size
}

// prefix checks that what came of a body so far is the right one.
func (c *monkeyClient) prefix(a *ask, own bool, body string) {
	if own {
		if !strings.HasPrefix(body, "<html>"[:min(6, len(body))]) {
			c.w.fatalf("request %d: %.100q as an error page", a.id, body)
		}
		return
	}
	if body != payload("a", a.id, len(body)) {
		c.w.fatalf("request %d: wrong body %.300q", a.id, body)
	}
}

// dechunk returns the content of a chunked body and the bytes it takes, -1
// while it is not complete.
func dechunk(b []byte) (string, int) {
	var out strings.Builder
	at := 0
	for {
		line, _, ok := bytes.Cut(b[at:], []byte("\r\n"))
		if !ok {
			return out.String(), -1
		}
		n, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return "garbled chunk size " + string(line), -1
		}
		at += len(line) + 2
		if n == 0 {
			if len(b) < at+2 {
				return out.String(), -1
			}
			return out.String(), at + 2
		}
		out.Write(b[at:min(len(b), at+int(n))])
		if at += int(n) + 2; at > len(b) {
			return out.String(), -1
		}
	}
}

// take gives the client's kernel a little room.
func (c *monkeyClient) take(n int) {
	if c.end.room >= 0 {
		c.end.room += n
		c.w.s.note(c.end)
	}
}
