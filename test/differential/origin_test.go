package differential

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// An origin reads requests by the letter of RFC 9112 and writes down what it
// understood. What it does not understand it calls garbage: nothing of the kind
// may come out of a proxy.
type origin struct {
	addr string
	lax  bool // takes a version of any kind and NUL, which cannot move the end of a message
	mu   sync.Mutex
	seen []string
}

func newOrigin(t *testing.T, lax bool) *origin {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &origin{addr: l.Addr().String(), lax: lax}
	var wg sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Go(func() {
				o.serve(c)
				c.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return o
}

// take returns what was understood since the last call.
func (o *origin) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.seen
	o.seen = nil
	return s
}

func (o *origin) note(s string) {
	o.mu.Lock()
	o.seen = append(o.seen, s)
	o.mu.Unlock()
}

func (o *origin) serve(c net.Conn) {
	br := bufio.NewReaderSize(c, 64<<10)
	for {
		if _, err := br.Peek(1); err != nil {
			return
		}
		r, err := readRequest(br, c, o.lax)
		if r == nil {
			if err != io.ErrUnexpectedEOF {
				o.note("garbage: " + err.Error())
			}
			return // cut in the middle: the proxy gave up on it
		}
		if err == io.ErrUnexpectedEOF {
			o.note(r.String() + " (cut)")
			return
		}
		if err != nil {
			o.note("garbage: " + err.Error())
			return
		}
		o.note(r.String())
		body := "ok"
		if r.method == "HEAD" {
			body = ""
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n%s", body)
	}
}

// controls are what no line may hold.
const controls = "\r\x00"

// A request as the origin understood it.
type request struct{ method, target, body string }

func (r *request) String() string {
	t := r.target
	if len(t) > 60 {
		t = t[:40] + "…" + strconv.Itoa(len(t))
	}
	return fmt.Sprintf("%s %q %q", r.method, t, r.body)
}

func readLine(br *bufio.Reader, bad string) (string, error) {
	s, err := br.ReadString('\n')
	if err != nil {
		return "", io.ErrUnexpectedEOF
	}
	s, ok := strings.CutSuffix(s, "\r\n")
	if !ok || strings.ContainsAny(s, bad) {
		return "", fmt.Errorf("line %.60q", s)
	}
	return s, nil
}

func readRequest(br *bufio.Reader, c net.Conn, lax bool) (*request, error) {
	bad := controls
	if lax {
		bad = "\r"
	}
	line, err := readLine(br, bad)
	if err != nil {
		return nil, err
	}
	f := strings.Split(line, " ")
	if len(f) != 3 || f[0] == "" || f[1] == "" || f[2] != "HTTP/1.1" && f[2] != "HTTP/1.0" && !lax {
		return nil, fmt.Errorf("request line %.60q", line)
	}
	r := &request{method: f[0], target: f[1]}
	var length, coding []string
	for {
		line, err := readLine(br, bad)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("field %.60q", line)
		}
		value = strings.Trim(value, " \t")
		switch strings.ToLower(name) {
		case "content-length":
			length = append(length, value)
		case "transfer-encoding":
			coding = append(coding, value)
		case "expect":
			if strings.EqualFold(value, "100-continue") {
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			}
		}
	}
	switch {
	case len(coding) > 0 && len(length) > 0, len(coding) > 1, len(length) > 1:
		return nil, fmt.Errorf("framing %q, %q", length, coding)
	case len(coding) == 1:
		if !strings.EqualFold(coding[0], "chunked") {
			return nil, fmt.Errorf("coding %q", coding[0])
		}
		return r, r.readChunks(br)
	case len(length) == 1:
		n, err := strconv.ParseUint(length[0], 10, 63)
		if err != nil || length[0][0] == '+' {
			return nil, fmt.Errorf("length %q", length[0])
		}
		b, _ := io.ReadAll(io.LimitReader(br, int64(n)))
		r.body = string(b)
		if uint64(len(b)) < n {
			return r, io.ErrUnexpectedEOF
		}
	}
	return r, nil
}

func (r *request) readChunks(br *bufio.Reader) error {
	for {
		line, err := readLine(br, controls)
		if err != nil {
			return err
		}
		line, _, _ = strings.Cut(line, ";")
		n, err := strconv.ParseUint(line, 16, 63)
		if err != nil || line[0] == '+' {
			return fmt.Errorf("chunk size %.60q", line)
		}
		if n == 0 {
			for line != "" {
				if line, err = readLine(br, controls); err != nil {
					return err
				}
			}
			return nil
		}
		b, _ := io.ReadAll(io.LimitReader(br, int64(n)))
		r.body += string(b)
		if uint64(len(b)) < n {
			return io.ErrUnexpectedEOF
		}
		if end, err := readLine(br, controls); err != nil || end != "" {
			return cmp.Or(err, fmt.Errorf("end of a chunk %.60q", end))
		}
	}
}
