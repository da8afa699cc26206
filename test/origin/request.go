package origin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
)

// A Request as it arrived: written by hand, because net/http would repair or
// refuse what a test wants to see.
type Request struct {
	Method, Target, Proto string
	Fields                []string // "Name: value" as received
	Body                  []byte
}

// ReadRequest reads a request head; the body stays in br for ReadBody.
func ReadRequest(br *bufio.Reader) (*Request, error) {
	tp := textproto.NewReader(br)
	line, err := tp.ReadLine()
	if err != nil {
		return nil, err
	}
	w := strings.Split(line, " ")
	if len(w) != 3 {
		return nil, fmt.Errorf("start line %q", line)
	}
	r := &Request{Method: w[0], Target: w[1], Proto: w[2]}
	for {
		line, err := tp.ReadLine()
		if err != nil {
			return nil, err
		}
		if line == "" {
			return r, nil
		}
		r.Fields = append(r.Fields, line)
	}
}

// Header returns the value of the first field of that name.
func (r *Request) Header(name string) string {
	for _, f := range r.Fields {
		if n, v, _ := strings.Cut(f, ":"); strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Path is the target up to the query.
func (r *Request) Path() string {
	p, _, _ := strings.Cut(r.Target, "?")
	return p
}

// Arg returns an argument of the query.
func (r *Request) Arg(name string) string {
	_, q, _ := strings.Cut(r.Target, "?")
	for a := range strings.SplitSeq(q, "&") {
		if n, v, _ := strings.Cut(a, "="); n == name {
			return v
		}
	}
	return ""
}

// Int returns a numeric argument of the query or otherwise def.
func (r *Request) Int(name string, def int64) int64 {
	if n, err := strconv.ParseInt(r.Arg(name), 10, 64); err == nil {
		return n
	}
	return def
}

// ReadBody reads the body by Content-Length or chunks.
func (r *Request) ReadBody(br *bufio.Reader) error {
	if strings.EqualFold(r.Header("transfer-encoding"), "chunked") {
		return r.readChunks(br)
	}
	n, err := strconv.ParseInt("0"+r.Header("content-length"), 10, 64)
	if err != nil || n > 1<<28 {
		return errors.New("content-length")
	}
	r.Body = make([]byte, n)
	_, err = io.ReadFull(br, r.Body)
	return err
}

func (r *Request) readChunks(br *bufio.Reader) error {
	tp := textproto.NewReader(br)
	for {
		line, err := tp.ReadLine()
		if err != nil {
			return err
		}
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseInt(strings.TrimSpace(size), 16, 32)
		if err != nil {
			return err
		}
		if n == 0 {
			for line != "" {
				if line, err = tp.ReadLine(); err != nil {
					return err
				}
			}
			return nil
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(br, b); err != nil {
			return err
		}
		r.Body = append(r.Body, b...)
		if line, err := tp.ReadLine(); err != nil || line != "" {
			return fmt.Errorf("end of chunk: %q %v", line, err)
		}
	}
}
