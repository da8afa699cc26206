package harness

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Dial connects or fails the test; the connection ends with the test.
func Dial(tb testing.TB, addr string) net.Conn {
	tb.Helper()
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		tb.Fatalf("connect to the program: %v", err)
	}
	tb.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(60 * time.Second))
	return c
}

// An Answer to Get.
type Answer struct {
	Status int
	Header http.Header
	Close  bool // announced by Connection: close, or HTTP/1.0
	Body   []byte
	Err    error // of the body
}

// ReadAnswer reads one answer to a request of that method.
func ReadAnswer(br *bufio.Reader, method string) (*Answer, error) {
	r, err := http.ReadResponse(br, &http.Request{Method: method})
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	a := &Answer{Status: r.StatusCode, Header: r.Header, Close: r.Close}
	a.Body, a.Err = io.ReadAll(r.Body)
	return a, nil
}

// Ask sends a request as it is written on a connection of its own and reads
// one answer. The error is that of the connection or of parsing.
func Ask(tb testing.TB, addr, request string) (*Answer, error) {
	tb.Helper()
	c := Dial(tb, addr)
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		return nil, err
	}
	return ReadAnswer(bufio.NewReader(c), "")
}

// Get is Ask for the path, with Connection: close.
func Get(tb testing.TB, addr, path string) (*Answer, error) {
	tb.Helper()
	return Ask(tb, addr, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", path))
}

// MustGet fails the test unless the origin answered 200.
func MustGet(tb testing.TB, addr, path string) *Answer {
	tb.Helper()
	a, err := Get(tb, addr, path)
	if err == nil {
		err = a.Err
	}
	if err != nil {
		tb.Fatalf("GET %s: %v", path, err)
	}
	if a.Status != 200 || a.Header.Get("X-Origin") == "" {
		tb.Fatalf("GET %s: %d %v %.200q", path, a.Status, a.Header, a.Body)
	}
	return a
}
