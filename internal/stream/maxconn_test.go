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
