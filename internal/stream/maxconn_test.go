package stream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// At one below its limit a listener takes the next client at once, whatever the
// threads try at the same time: with the other places held for long, nobody
// would come to wake it.
func TestLastPlaceIsTaken(t *testing.T) {
	r := newReal(t, true, 4, func(r *real) { r.fe.MaxConn = 3 }, origin(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, "ok") })))
	ask := func(i int) net.Conn {
		c, err := net.Dial("tcp", r.at)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(3 * time.Second))
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
		return c
	}
	defer ask(-1).Close()
	for i := range 150 {
		a := ask(i)
		b := ask(i)
		a.Close()
		b.Close()
	}
}

// A listener at its frontend's maxconn leaves clients in the kernel's queue and
// takes them when there is room.
func TestFrontendMaxconn(t *testing.T) {
	r := newReal(t, true, 2, func(r *real) { r.fe.MaxConn = 3 }, origin(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, "ok") })))
	var held []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", r.at)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	c, err := net.Dial("tcp", r.at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Fatal("a fourth client was served although maxconn is 3")
	}
	held[1].Close()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Fatalf("not served after a place became free: %v", err)
	}
	held[0].Close()
	held[2].Close()
}
