package optionsets

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A server does what the field X-B of a request tells it, "ID BEHAVIOUR", and writes
// down what each of its connections brought. "fN-BEHAVIOUR" is done N times, then the
// request is answered.
type server struct {
	l        net.Listener
	name     string
	abrupt   string // "close", "reset": what becomes of every connection at once
	wg       sync.WaitGroup
	mu       sync.Mutex
	conns    []*served
	attempts map[string]int
}

// A served is a connection and what it brought.
type served struct {
	c    net.Conn
	seen []string
	end  string
}

func newServer(t *testing.T, name, abrupt string) *server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{l: l, name: name, abrupt: abrupt, attempts: map[string]int{}}
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			v := &served{c: c, end: idle}
			s.mu.Lock()
			s.conns = append(s.conns, v)
			s.mu.Unlock()
			s.wg.Go(func() {
				how := s.serve(v)
				s.mu.Lock()
				v.end = how
				s.mu.Unlock()
				c.Close()
			})
		}
	})
	return s
}

// idle is the end of a connection that is kept, or that the proxy has closed since: Sluice does
// so where a server's maxconn counts those, too.
const idle = "idle"

// report closes the server and gives what it got.
func (s *server) report() (list []string) {
	s.l.Close()
	s.mu.Lock()
	for i, v := range s.conns {
		list = append(list, fmt.Sprintf("%s#%d %s", s.name, i, v.end))
		for _, m := range v.seen {
			list = append(list, fmt.Sprintf("%s#%d   %s", s.name, i, m))
		}
		v.c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
	return list
}

func (s *server) note(v *served, text string) {
	s.mu.Lock()
	v.seen = append(v.seen, hide(text))
	s.mu.Unlock()
}

// reader reads one connection.
type reader struct {
	c net.Conn
	b []byte
}

func (r *reader) more() bool {
	var buf [32 << 10]byte
	n, err := r.c.Read(buf[:])
	r.b = append(r.b, buf[:n]...)
	return n > 0 || err == nil
}

var v2sig = []byte("\r\n\r\n\x00\r\nQUIT\n")

// preface takes a PROXY header off.
func (r *reader) preface() string {
	for {
		switch {
		case len(r.b) >= 16 && bytes.HasPrefix(r.b, v2sig):
			n := 16 + int(r.b[14])<<8 + int(r.b[15])
			if len(r.b) >= n {
				h := append([]byte(nil), r.b[:n]...)
				if len(h) >= 28 && h[13] == 0x11 {
					copy(h[24:28], "\xff\xff\xff\xff")
				}
				r.b = r.b[n:]
				return fmt.Sprintf("%q", h)
			}
		case len(r.b) >= 6 && string(r.b[:6]) == "PROXY ":
			if line, rest, ok := bytes.Cut(r.b, []byte("\r\n")); ok {
				r.b = rest
				return string(line)
			}
		case len(r.b) >= 16:
			return ""
		}
		if !r.more() {
			return ""
		}
	}
}

func reset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// serve tells how the connection ended.
func (s *server) serve(v *served) string {
	c := v.c
	c.SetDeadline(time.Now().Add(20 * time.Second))
	switch s.abrupt {
	case "close":
		return "closed at once"
	case "reset":
		reset(c)
		return "reset at once"
	}
	r := &reader{c: c}
	if h := r.preface(); h != "" {
		s.note(v, h)
	}
	for {
		m, rest := head(r.b)
		for m == nil {
			if !r.more() {
				if len(r.b) > 0 {
					s.note(v, fmt.Sprintf("half a head: %q", r.b))
				}
				return idle
			}
			m, rest = head(r.b)
		}
		r.b = rest
		if end := s.answer(v, r, m); end != "" {
			return end
		}
	}
}

// body reads what belongs to the request. It notes the request.
func (s *server) body(v *served, r *reader, m *message) bool {
	all := r.b
	for {
		m.body = ""
		rest := m.take(all, false)
		if m.whole {
			r.b = rest
			s.note(v, m.String())
			return true
		}
		r.b = nil
		if !r.more() {
			s.note(v, m.String())
			return false
		}
		all = append(all, r.b...)
	}
}

// interim, before the final answer.
var interim = map[string]string{
	"cont":  "HTTP/1.1 100 Continue\r\n\r\n",
	"hints": "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n",
	"proc":  "HTTP/1.1 102 Processing\r\nX-P: 1\r\n\r\n",
}

// whole answers, after which the connection stays open.
var kept = map[string]string{
	"ok":       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Resp-A: Va\r\n\r\nhello",
	"empty":    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	"10ka":     "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
	"ka":       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello",
	"chunk":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
	"trail":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5;ext=1\r\nhello\r\n0\r\nX-T: Tv\r\nX-U: 2\r\n\r\n",
	"204":      "HTTP/1.1 204 No Content\r\n\r\n",
	"304":      "HTTP/1.1 304 Not Modified\r\nEtag: \"a\"\r\n\r\n",
	"304l":     "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
	"301":      "HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
	"cookie":   "HTTP/1.1 200 OK\r\nSet-Cookie: SRV=x; path=/\r\nSet-Cookie: B=c\r\nContent-Length: 2\r\n\r\nok",
	"cachable": "HTTP/1.1 200 OK\r\nSet-Cookie: SRV=one\r\nCache-Control: public\r\nContent-Length: 2\r\n\r\nok",
	"private":  "HTTP/1.1 200 OK\r\nSet-Cookie: SRV=one\r\nCache-Control: private\r\nContent-Length: 2\r\n\r\nok",
	"big":      "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + strings.Repeat("0123456789abcdef", 2500),
	"head0":    "HTTP/1.1 200 OK\r\ncontent-length:5\r\nX-Empty:\r\nx-sp:  v  \r\n\r\nhello",
	"noreason": "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
	"keepprox": "HTTP/1.1 200 OK\r\nProxy-Connection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
	"twolen":   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	"www":      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
	"ntlm":     "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
	"odd":      "HTTP/1.1 200 OK\r\nX_Y.Z: 1\r\nContent-Length: 5\r\n\r\nhello",
}

// last answers, after which the server closes.
var last = map[string]string{
	"close":     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
	"10":        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"nolen":     "HTTP/1.1 200 OK\r\nX-N: 1\r\n\r\nhello",
	"nolen10":   "HTTP/1.0 200 OK\r\n\r\nhello",
	"nolenka":   "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nhello",
	"chclose":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"sayless":   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"midhead":   "HTTP/1.1 200 OK\r\nContent-Le",
	"midline":   "HTTP/1.1 20",
	"midbody":   "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
	"nobody":    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
	"midchunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhello",
	"midchunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	"midtrail":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n",
	"badchunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
	"garbage":   "This is not HTTP\r\n\r\n",
	"badname":   "HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 5\r\n\r\nhello",
	"badlen":    "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nhello",
	"lens":      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
	"only100":   "HTTP/1.1 100 Continue\r\n\r\n",
	"http2":     "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"nul":       "HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 5\r\n\r\nhello",
	"void":      "",
	"swp":       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: upgrade\r\n\r\nbye",
}

// answer does what the request wants; "" when the connection goes on, else how it ended.
func (s *server) answer(v *served, r *reader, m *message) string {
	c := r.c
	switch {
	case m.has("transfer-encoding", "chunked"):
		m.framing = "chunks"
	case m.get("content-length") != "":
		m.framing = "length"
	}
	id, how, _ := strings.Cut(m.get("x-b"), " ")
	s.mu.Lock()
	s.attempts[id]++
	attempt := s.attempts[id]
	s.mu.Unlock()
	if len(how) > 2 && how[0] == 'f' && how[2] == '-' {
		if n, _ := strconv.Atoi(how[1:2]); attempt > n {
			how = "ok"
		} else {
			how = how[3:]
		}
	}
	method, _, _ := strings.Cut(m.start, " ")
	if method == "CONNECT" && kept[how] != "" {
		how = "tunnel"
	}
	if early, ok := strings.CutPrefix(how, "early-"); ok { // answered before the body
		s.note(v, "early: "+m.start)
		write(c, method, answerOf(early))
		if kept[early] != "" {
			if !s.body(v, r, m) {
				return "closed in a body by the proxy"
			}
			return ""
		}
		c.(*net.TCPConn).CloseWrite()
		for r.more() {
		}
		return "closed early"
	}
	if how == "rsth" {
		s.note(v, "reset behind a head: "+m.start)
		reset(c)
		return "reset"
	}
	if m.has("expect", "100-continue") && how != "noexp" {
		write(c, "", interim["cont"])
	}
	if !s.body(v, r, m) {
		return "closed in a body by the proxy"
	}
	if i, final, ok := strings.Cut(how, "+"); ok {
		write(c, "", interim[i])
		how = final
	}
	if how == "rst" {
		reset(c)
		return "reset"
	}
	if code, err := strconv.Atoi(how); err == nil && kept[how] == "" && last[how] == "" {
		write(c, method, fmt.Sprintf("HTTP/1.1 %d Status\r\nContent-Length: 3\r\n\r\nerr", code))
		return ""
	}
	switch how {
	case "wait": // shorter than any timeout
		time.Sleep(30 * time.Millisecond)
		write(c, method, kept["ok"])
		return ""
	case "never":
		for r.more() {
		}
		return "closed in vain"
	case "stall", "stallch":
		write(c, method, map[string]string{"stall": last["midbody"], "stallch": last["midchunk"]}[how])
		for r.more() {
		}
		return "closed in an answer"
	case "idle": // closed a little later
		write(c, method, kept["ok"])
		time.Sleep(15 * time.Millisecond)
		return "closed idle"
	case "extra":
		write(c, method, kept["ok"]+"EXTRA")
		return ""
	case "parts":
		text := kept["trail"]
		for len(text) > 0 {
			n := min(len(text), 17)
			write(c, "", text[:n])
			text = text[n:]
			time.Sleep(time.Millisecond)
		}
		return ""
	case "tunnel", "ws":
		text := "HTTP/1.1 200 Connected\r\n\r\n"
		if how == "ws" {
			text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + m.get("upgrade") + "\r\nConnection: upgrade\r\n\r\n"
		}
		write(c, "", text)
		for len(r.b) > 0 || r.more() { // an echo
			c.Write(bytes.ToUpper(r.b))
			if bytes.Contains(r.b, []byte("bye")) {
				return "closed in a tunnel"
			}
			r.b = nil
		}
		return "tunnel closed by the proxy"
	}
	write(c, method, answerOf(how))
	if _, ok := last[how]; ok {
		return "closed"
	}
	return ""
}

func answerOf(how string) string {
	if t, ok := kept[how]; ok {
		return t
	}
	if t, ok := last[how]; ok {
		return t
	}
	return kept["ok"]
}

// write sends an answer, without its body to HEAD.
func write(c net.Conn, method, text string) {
	if h, _, ok := strings.Cut(text, "\r\n\r\n"); ok && method == "HEAD" {
		text = h + "\r\n\r\n"
	}
	c.Write([]byte(text))
}
