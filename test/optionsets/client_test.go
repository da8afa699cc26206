package optionsets

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A step is what a client does.
type step struct {
	send    string
	methods []string // of the requests that are complete with it
	await   int      // waits for so many answers more
	pause   time.Duration
	end     string // "fin", "close", "reset"
}

type conversation []step

const keep = "keep" // nothing about the connection

var behaviours = strings.Fields(`ok ok ok ok empty 10ka ka chunk chunk trail trail 204 304 304l 301 cookie cachable private big head0 keepprox twolen www ntlm odd
	close 10 nolen nolen10 nolenka chclose sayless midhead midline midbody nobody midchunk midchunks midtrail badchunk garbage badname badlen lens only100 void swp
	rst rsth never stall stallch extra parts wait 400 401 403 404 408 425 429 500 501 502 503 504 noexp cont+ok hints+ok proc+chunk hints+close
	early-ok early-close early-nolen early-403 early-chunk f1-rst f1-void f1-rsth f1-404 f1-500 f1-503 f1-garbage f1-never f1-midhead f1-425 f2-rst f2-void f1-408 f1-badname f1-lens f1-http2`)

// fields are what a request may carry besides.
var extras = []string{"X-X: deny", "X-X: tarpit", "X-X: return", "X-X: redirect", "X-X: reject", "X-X: tcp", "X-X: late", "X-X: silent", "X_Under: 1", "X-Dot.Name: 2", "x-lower: 3", "X-Forwarded-For: 1.2.3.4", "X-Client: 9.9.9.9", "X-Real: 8.8.8.8", "Forwarded: for=1.1.1.1",
	"Cookie: SRV=c1", "Cookie: SRV=c2; B=x", "Cookie: A=b; SRV=c3~v", "Cookie: SRV=none", "Cookie: SRV=", "Proxy-Connection: keep-alive", "Proxy-Connection: close", "Keep-Alive: 300", "TE: trailers", "Accept-Encoding: gzip", "X-Empty:", "Authorization: Basic eDp5", "X-Server: me", "X-Uid: theirs",
	"Via: 1.1 x", "X-Dst: 7.7.7.7", "X-Original-To: 6.6.6.6", "Connection: x-lower\r\nX-Lower: 4", "Max-Forwards: 0"}

// head makes a request up to its body.
func (g *gen) head(method, version, connection, how, more string) string {
	g.id++
	target := g.one("/", "/a?b=c", "/a/b", "/alive", "http://www.example.net/abs", "//x", "/very/long/"+strings.Repeat("x", 300))
	if g.IntN(3) > 0 {
		target = fmt.Sprintf("/%d", g.id)
	}
	switch {
	case method == "CONNECT":
		target = "www.example.net:443"
	case method == "OPTIONS" && g.in(2):
		target = "*"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/%s\r\n", method, target, version)
	switch {
	case method == "CONNECT":
		b.WriteString("Host: www.example.net:443\r\n")
	case version == "1.1" || g.in(2):
		b.WriteString("Host: www.example.net\r\n")
	}
	fmt.Fprintf(&b, "X-B: r%d %s\r\n", g.id, how)
	for method != "CONNECT" && g.in(2) {
		b.WriteString(g.one(extras...) + "\r\n")
	}
	if connection != keep {
		fmt.Fprintf(&b, "Connection: %s\r\n", connection)
	}
	return b.String() + more
}

// request makes a request that is complete.
func (g *gen) request(connection string) (text, method string) {
	method = g.one("GET", "GET", "GET", "GET", "POST", "POST", "PUT", "HEAD", "OPTIONS", "DELETE")
	version := g.one("1.1", "1.1", "1.1", "1.1", "1.0")
	if version == "1.0" && connection == keep && g.in(2) {
		connection = "keep-alive"
	}
	how := g.one(behaviours...)
	for !g.first && !g.newer && faulty(how) { // HAProxy 2.6 then closes without a word
		how = g.one(behaviours...)
	}
	g.first = false
	if version == "1.0" {
		how = old(how)
	}
	if speechless(how) {
		method = "POST"
	}
	body := ""
	if method == "POST" || method == "PUT" || g.in(15) {
		body = g.body(version)
	}
	if body == "" {
		body = "\r\n"
	}
	return g.head(method, version, connection, how, body), method
}

// speechless: the server closes without an answer. Sluice then repeats a request that may be repeated
// if the connection has served before; HAProxy leaves that to the client.
func speechless(how string) bool {
	for _, w := range []string{"rst", "void", "only100", "sayless"} {
		if strings.Contains(how, w) {
			return true
		}
	}
	return false
}

// faulty: the answer is none.
func faulty(how string) bool {
	if i, rest, ok := strings.Cut(how, "-"); ok && len(i) == 2 {
		how = rest
	}
	_, whole := kept[how]
	_, code := strconv.Atoi(how)
	return !whole && code != nil && !slices.Contains([]string{"close", "10", "nolen", "nolen10", "nolenka", "chclose", "idle", "extra", "parts", "wait", "noexp", "cont+ok", "hints+ok", "proc+chunk", "hints+close", "early-ok", "early-403", "early-chunk"}, how)
}

// old is a behaviour towards a client of HTTP/1.0: HAProxy sends it what it cannot
// understand, interim answers and chunks.
func old(how string) string {
	if strings.Contains(how, "+") || strings.Contains(how, "ch") || strings.Contains(how, "trail") || how == "parts" || how == "only100" {
		return "ok"
	}
	return how
}

// steady is a behaviour towards a request whose body comes in parts: HAProxy does not repeat those.
func (g *gen) steady() string {
	for {
		how := old(g.one(behaviours...))
		if _, err := strconv.Atoi(how); err != nil && how[0] != 'f' && !strings.HasPrefix(how, "early") && (g.newer || !faulty(how)) {
			return how
		}
	}
}

// body gives fields, the empty line and a body.
func (g *gen) body(version string) string {
	switch n := g.IntN(8); {
	case n < 3:
		text := g.one("abc", "a=b&c=d", strings.Repeat("z", 3000), strings.Repeat("y", 9000))
		return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text)
	case n == 3:
		return "Content-Length: 0\r\n\r\n"
	case version == "1.0":
		return "Content-Length: 2\r\n\r\nhi"
	case n == 4:
		return "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: tv\r\nX-Dot.T: 1\r\n\r\n"
	case n == 5:
		return "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	}
	return "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n"
}

// last is a request that ends a kept connection.
func (g *gen) last() step {
	return step{send: g.head("GET", "1.1", "close", "ok", "\r\n"), methods: []string{"GET"}}
}

func (g *gen) ending() step { return step{end: g.one("fin", "close", "close", "reset")} }

// conversation is what a client does on one connection.
func (g *gen) conversation() (c conversation) {
	if g.proxy {
		c = append(c, step{send: g.one("PROXY TCP4 10.1.2.3 10.3.2.1 1234 80\r\n", "PROXY TCP4 127.0.0.1 10.3.2.1 1234 80\r\n", "PROXY UNKNOWN\r\n", "PROXY TCP6 ::1 ::2 5 6\r\n", "PROXY TCP4 10.1.2.3 10.3.2.1 1234 80\r\n", "PROXY TCP5 bad\r\n")})
	}
	g.first = true
	ask := func(connection string) {
		text, method := g.request(connection)
		c = append(c, step{send: text, methods: []string{method}, await: 1})
	}
	switch g.IntN(20) {
	case 0: // nothing
		switch n := g.IntN(4); {
		case !g.newer && n > 1: // HAProxy 2.6 has no page of its own for these
			c = append(c, g.last())
		case n == 0:
			c = append(c, step{pause: 5 * time.Millisecond, end: "close"})
		case n == 1:
			c = append(c, step{pause: 5 * time.Millisecond, end: "reset"})
		case n == 2:
			c = append(c, step{send: "\r\n", pause: 5 * time.Millisecond, end: "fin"})
		}
		return c
	case 1: // half a head
		if g.in(2) {
			ask(keep)
		}
		h := g.head("GET", "1.1", keep, "ok", "")
		c = append(c, step{send: h[:1+g.IntN(len(h)-1)], pause: 10 * time.Millisecond})
		if g.in(2) {
			c = append(c, g.ending())
		}
		return c
	case 2: // half a body: HAProxy 2.6 says other things of it
		if !g.newer {
			ask("close")
			return c
		}
		h := g.head("POST", "1.1", keep, g.one(behaviours...), g.one("Content-Length: 20\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "Content-Length: 30000\r\n\r\n"+strings.Repeat("u", 18000)))
		c = append(c, step{send: h, methods: []string{"POST"}, pause: 30 * time.Millisecond})
		if g.in(2) {
			c = append(c, g.ending())
		}
		return c
	case 3: // a body in parts
		h := g.head("POST", g.one("1.1", "1.1", "1.0"), keep, g.steady(), "Content-Length: 10\r\n\r\n")
		c = append(c, step{send: h, pause: 20 * time.Millisecond}, step{send: "abcde", pause: 5 * time.Millisecond}, step{send: "fghij", methods: []string{"POST"}, await: 1}, g.last())
		return c
	case 4, 5: // Expect
		h := g.head("POST", "1.1", "close", g.steady(), "Expect: 100-continue\r\n"+g.one("Content-Length: 10\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"))
		body := "0123456789"
		if strings.Contains(h, "chunked") {
			body = "a\r\n0123456789\r\n0\r\n\r\n"
		}
		if g.in(4) {
			c = append(c, step{send: h + body, methods: []string{"POST"}, await: 1})
		} else {
			c = append(c, step{send: h, pause: 20 * time.Millisecond}, step{send: body, methods: []string{"POST"}, await: 1})
		}
		return c
	case 6, 7: // pipelined
		s := step{}
		for range 2 + g.IntN(2) {
			text, method := g.request(keep)
			s.send, s.methods, s.await = s.send+text, append(s.methods, method), s.await+1
		}
		return append(c, s, g.last())
	case 8: // tunnels
		if g.in(2) {
			h := g.head("GET", "1.1", keep, g.one("ws", "ws", "ok", "swp", "403"), "Connection: upgrade\r\nUpgrade: "+g.one("foo", "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")+"\r\n\r\n")
			c = append(c, step{send: h, methods: []string{"GET"}, pause: 20 * time.Millisecond})
		} else {
			c = append(c, step{send: g.head("CONNECT", "1.1", keep, g.one("tunnel", "tunnel", "403"), "\r\n"), methods: []string{"CONNECT"}, pause: 20 * time.Millisecond})
		}
		c = append(c, step{send: "through", pause: 10 * time.Millisecond})
		if g.in(3) {
			return append(c, step{send: "bye"})
		}
		return append(c, g.ending())
	case 9: // gone before the answer
		h := g.head(g.one("GET", "GET", "POST"), "1.1", keep, g.one("never", "stall", "stallch", "wait", "big", "early-ok"), "\r\n")
		return append(c, step{send: h, methods: []string{"GET"}, pause: 10 * time.Millisecond, end: "close"}) // a reset HAProxy does not always notice
	case 10: // nonsense
		return append(c, step{send: g.one("GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nBad Field: x\r\n\r\n", "GET /a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "\x16\x03\x01\x00\xa5\x01", "GET / HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n",
			"GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("X-Y: "+strings.Repeat("v", 90)+"\r\n", 200)+"\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("X: v\r\n", 110)+"\r\n"), methods: []string{"GET"}})
	}
	for range g.IntN(4) {
		ask(keep)
	}
	switch g.IntN(5) {
	case 0:
		if g.first { // nothing was said yet
			return append(c, g.last())
		}
		return append(c, g.ending())
	case 1:
		ask("close")
		return c
	case 2:
		ask(keep)
		return append(c, step{pause: 160 * time.Millisecond}, g.last()) // behind timeout http-keep-alive
	}
	return append(c, g.last())
}

// play has a client speak with addr, and tells what it got.
func (c conversation) play(addr string) []string {
	conn, err := net.DialTimeout("tcp", addr, 2*time.Second)
	if err != nil {
		return []string{"refused"}
	}
	defer conn.Close()
	tc := conn.(*net.TCPConn)
	var got []byte
	var methods []string
	over := ""
	want := 0
	read := func(until time.Time, enough func() bool) {
		for over == "" && !enough() {
			var buf [64 << 10]byte
			conn.SetReadDeadline(until)
			n, err := conn.Read(buf[:])
			got = append(got, buf[:n]...)
			switch {
			case errors.Is(err, os.ErrDeadlineExceeded):
				return
			case err != nil:
				over = "closed" // by a reset or not: that depends on what was on its way
			}
		}
	}
	answered := func() bool {
		_, n := answers(got, methods, false)
		return n >= want
	}
	for _, s := range c {
		if s.send != "" {
			conn.Write([]byte(s.send))
		}
		methods = append(methods, s.methods...)
		if s.await > 0 {
			want += s.await
			read(time.Now().Add(1500*time.Millisecond), answered)
		}
		if s.pause > 0 {
			read(time.Now().Add(s.pause), func() bool { return false })
		}
		switch s.end {
		case "fin":
			tc.CloseWrite()
		case "close":
			conn.Close()
			return append(whole(got, methods), "gone")
		case "reset":
			reset(conn)
			return append(whole(got, methods), "gone with a reset")
		}
	}
	read(time.Now().Add(1500*time.Millisecond), func() bool { return false })
	if over == "" {
		over = "open"
	}
	return append(told(got, methods, over == "closed"), over)
}

func told(got []byte, methods []string, over bool) []string {
	list, _ := answers(got, methods, over)
	return list
}

// whole are the answers that came whole: when a part of one leaves is the kernel's affair.
func whole(got []byte, methods []string) []string {
	list, _ := answers(got, methods, false)
	if n := len(list); n > 0 && (strings.HasSuffix(list[n-1], "(cut)") && !strings.Contains(list[n-1], " tunnel ") || strings.HasPrefix(list[n-1], "no head")) {
		list = list[:n-1]
	}
	return list
}

// show is what a report needs to say about a conversation.
func (c conversation) show() string {
	var b strings.Builder
	for _, s := range c {
		text := s.send
		if len(text) > 600 {
			text = fmt.Sprintf("%s...%d", text[:500], len(s.send))
		}
		fmt.Fprintf(&b, "%q await %d pause %v %s\n", text, s.await, s.pause, s.end)
	}
	return b.String()
}
