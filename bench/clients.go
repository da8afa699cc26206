package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// clients ask for as long as they are let, half of them on connections that they
// keep, and count what was not answered.
type clients struct {
	done     chan struct{}
	wg       sync.WaitGroup
	ok, lost atomic.Int64
}

// think is the pause between two requests of a client.
const think = time.Millisecond

func startClients(addr string, n int) *clients {
	c := &clients{done: make(chan struct{})}
	for i := range n {
		c.wg.Go(func() { c.run(addr, i%2 == 0) })
	}
	return c
}

func (c *clients) stop() (ok, lost int64) {
	close(c.done)
	c.wg.Wait()
	return c.ok.Load(), c.lost.Load()
}

func (c *clients) run(addr string, keep bool) {
	var conn net.Conn
	var in *bufio.Reader
	hangUp := func() {
		if conn != nil {
			conn.Close()
			conn = nil
		}
	}
	defer hangUp()
	for {
		select {
		case <-c.done:
			return
		case <-time.After(think):
		}
		if conn != nil && ended(conn, in) {
			hangUp() // nothing was asked on it: nothing is lost
		}
		var err error
		if conn == nil {
			if conn, err = net.DialTimeout("tcp", addr, answerWait); err != nil {
				c.lost.Add(1)
				continue
			}
			in = bufio.NewReader(conn)
		}
		last, err := exchange(conn, in, keep)
		if err != nil {
			c.lost.Add(1)
		} else {
			c.ok.Add(1)
		}
		if last || err != nil {
			hangUp()
		}
	}
}

// ended says whether the other side has closed an idle connection.
func ended(conn net.Conn, in *bufio.Reader) bool {
	conn.SetReadDeadline(time.Now().Add(100 * time.Microsecond))
	_, err := in.Peek(1)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// exchange asks once; last: the connection is not to be used again.
func exchange(conn net.Conn, in *bufio.Reader, keep bool) (last bool, err error) {
	conn.SetDeadline(time.Now().Add(answerWait))
	request := "GET / HTTP/1.1\r\nHost: bench\r\n"
	if !keep {
		request += "Connection: close\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		return true, err
	}
	a, err := http.ReadResponse(in, nil)
	if err != nil {
		return true, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err == nil && (a.StatusCode != 200 || !strings.HasPrefix(string(body), "v")) {
		err = errors.New("a wrong answer")
	}
	return a.Close || !keep, err
}

// A watch asks a master again and again how it is.
type watch struct {
	done   chan struct{}
	ended  chan struct{}
	silent time.Duration
}

func watchMaster(v *service) *watch {
	w := &watch{done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		last := time.Now()
		for over := false; ; {
			if a, err := v.command("show proc\nquit"); err == nil && strings.Contains(a, "master") {
				w.silent = max(w.silent, time.Since(last))
				last = time.Now()
				if over {
					return
				}
			}
			select {
			case <-w.done:
				over = over || time.Since(last) < answerWait
				if time.Since(last) > answerWait {
					return
				}
			case <-time.After(think):
			}
		}
	}()
	return w
}

// stop returns the longest time in which there was no answer.
func (w *watch) stop() time.Duration {
	close(w.done)
	<-w.ended
	return w.silent
}
