package stream

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// monkeyServer is one connection that was opened to a server.
type monkeyServer struct {
	w     *monkey
	end   *end
	up    bool // established
	got   []byte
	send  []byte
	last  bool // it closes when everything is sent
	quiet bool // it hangs
	tun   bool
	ask   *ask // being received
	rest  int  // bytes of its body that are missing; -1: chunked
	late  *ask // answered before its end: the rest is still coming
}

// step has the server do something.
func (x *monkeyServer) step(r *rand.Rand) {
	w := x.w
	if x.end.closed {
		return
	}
	if !x.up {
		switch n := r.IntN(20); {
		case w.faults && n == 0:
			w.s.refused(x.end)
		case w.faults && n == 1: // never answers the SYN
		default:
			x.up = true
			w.s.note(x.end)
		}
		return
	}
	x.read(r)
	if w.faults && r.IntN(150) == 0 {
		w.s.kill(x.end)
		return
	}
	if len(x.send) > 0 {
		n := len(x.send)
		if r.IntN(3) == 0 {
			n = 1 + r.IntN(n)
		}
		w.s.arrive(x.end, x.send[:n])
		x.send = x.send[n:]
	}
	if x.last && len(x.send) == 0 && !x.end.eof {
		x.end.eof = true
		w.s.note(x.end)
	}
}

// read understands what the proxy sent and answers.
func (x *monkeyServer) read(r *rand.Rand) {
	x.got = append(x.got, x.end.got...)
	x.end.got = nil
	for len(x.got) > 0 && !x.quiet {
		if x.tun {
			x.send = append(x.send, x.got...)
			x.got = nil
			break
		}
		if x.ask == nil {
			head, _, ok := bytes.Cut(x.got, []byte("\r\n\r\n"))
			if !ok {
				break
			}
			x.begin(r, string(head))
			x.got = x.got[len(head)+4:]
		}
		if !x.body() {
			if x.late == nil && !x.ask.expect && len(x.send) == 0 && r.IntN(40) == 0 {
				x.late = x.ask // early answer
				x.answer(r, x.ask)
			}
			break
		}
		a := x.ask
		x.ask = nil
		x.w.whole[a.id]++
		if x.w.whole[a.id] > 1 && a.method == "POST" && !x.w.replays {
			x.w.fatalf("request %d, a POST, was sent twice", a.id)
		}
		if x.late == a {
			x.late = nil
			continue
		}
		x.answer(r, a)
	}
	if x.tun && x.end.shut && len(x.send) == 0 {
		x.last = true
	}
	if !x.tun && x.end.shut {
		x.last = true
	}
}

func (x *monkeyServer) begin(r *rand.Rand, head string) {
	_, after, ok := strings.Cut(strings.ToLower(head), "\r\nx-id: ")
	idText, _, _ := strings.Cut(after, "\r\n")
	id, err := strconv.Atoi(idText)
	if !ok || err != nil || x.w.asked[id] == nil {
		x.w.fatalf("the server was sent %.300q", head)
	}
	x.ask = x.w.asked[id]
	if !strings.HasPrefix(head, fmt.Sprintf("%s /r HTTP/1.%d\r\n", x.ask.method, x.ask.minor)) {
		x.w.fatalf("request %d arrived as %.100q", id, head)
	}
	x.rest = x.ask.size
	if x.ask.expect && r.IntN(4) > 0 {
		x.send = append(x.send, "HTTP/1.1 100 Continue\r\n\r\n"...)
	} else if x.ask.expect {
		// As a server may: it answers without having wanted the body.
		x.late = x.ask
		x.answer(r, x.ask)
	}
}

// body takes the request's body; false while it is not complete.
func (x *monkeyServer) body() bool {
	a := x.ask
	if a.chunked {
		body, n := dechunk(x.got)
		if body != payload("q", a.id, len(body)) {
			x.w.fatalf("request %d: body %.200q", a.id, body)
		}
		if n < 0 {
			return false
		}
		if len(body) != a.size {
			x.w.fatalf("request %d: body of %d bytes, want %d", a.id, len(body), a.size)
		}
		x.got = x.got[n:]
		return true
	}
	n := min(x.rest, len(x.got))
	at := a.size - x.rest
	if string(x.got[:n]) != payload("q", a.id, a.size)[at:at+n] {
		x.w.fatalf("request %d: body %.200q", a.id, x.got[:n])
	}
	x.got = x.got[n:]
	x.rest -= n
	return x.rest == 0
}

// answer composes the answer to a.
func (x *monkeyServer) answer(r *rand.Rand, a *ask) {
	w := x.w
	size := []int{0, 5, 900, 30_000, 200_000}[r.IntN(5)]
	body := payload("a", a.id, size)
	put := func(format string, args ...any) { x.send = fmt.Appendf(x.send, format, args...) }
	if w.faults {
		switch r.IntN(25) {
		case 0:
			x.quiet = true
			return
		case 1:
			x.last = true
			return
		case 2:
			put("220 smtp ready\r\n\r\n")
			return
		case 3:
			put("HTTP/1.1 200 O")
			x.last = true
			return
		case 4:
			put("HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: %d\r\n\r\n%s", a.id, size+10, body)
			w.cut[a.id], x.last, x.quiet = true, r.IntN(2) == 0, true
			return
		case 6:
			if w.replays {
				put("HTTP/1.1 503 Not Now\r\nX-Id: %d\r\nContent-Length: 0\r\n\r\n", a.id)
				return
			}
		case 5:
			put("HTTP/1.1 200 OK\r\nX-Id: %d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%szz", a.id, payload("a", a.id, 5))
			w.cut[a.id] = true
			return
		}
	}
	if a.upgrade {
		put("HTTP/1.1 101 Switching Protocols\r\nX-Id: %d\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n", a.id)
		x.tun = true
		return
	}
	for range r.IntN(2) * r.IntN(3) {
		put("HTTP/1.1 103 Early Hints\r\nX-Id: %d\r\nLink: x\r\n\r\n", a.id)
	}
	w.sizes[a.id] = size
	closes := ""
	if r.IntN(8) == 0 {
		closes, x.last = "Connection: close\r\n", true
	}
	switch r.IntN(7) {
	case 0:
		put("HTTP/1.1 204 No Content\r\nX-Id: %d\r\n%s\r\n", a.id, closes)
	case 1:
		put("HTTP/1.1 304 Not Modified\r\nX-Id: %d\r\nContent-Length: 77\r\n%s\r\n", a.id, closes)
	case 2, 3:
		put("HTTP/1.1 200 OK\r\nX-Id: %d\r\nTransfer-Encoding: chunked\r\n%s\r\n", a.id, closes)
		if a.method == "HEAD" {
			return
		}
		for at := 0; at < size; {
			n := min(1+r.IntN(size), size-at)
			put("%x\r\n%s\r\n", n, body[at:at+n])
			at += n
		}
		put("0\r\n\r\n")
	case 4:
		if a.method == "HEAD" {
			put("HTTP/1.1 200 OK\r\nX-Id: %d\r\n%s\r\n", a.id, closes)
			return
		}
		put("HTTP/1.0 200 OK\r\nX-Id: %d\r\n\r\n%s", a.id, body)
		x.last = true
	default:
		put("HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: %d\r\n%s\r\n", a.id, size, closes)
		if a.method != "HEAD" {
			put("%s", body)
		}
	}
}
