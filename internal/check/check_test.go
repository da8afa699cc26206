package check

import (
	"bufio"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// server answers every connection as f says; f closes it.
func server(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f(c)
		}
	}()
	return l.Addr().String()
}

func answer(s string) func(net.Conn) {
	return func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		for {
			line, err := r.ReadString('\n')
			if err != nil || line == "\r\n" {
				break
			}
		}
		_, _ = c.Write([]byte(s))
	}
}

func TestProbe(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().String()
	closed.Close()
	get := &HTTP{Request: []byte("GET / HTTP/1.0\r\n\r\n"), Method: http1.MethodGet}
	only204 := &HTTP{Request: get.Request, Method: http1.MethodGet, Expect: func(s int) bool { return s == 204 }, Want: "204"}
	for _, tt := range []struct {
		name   string
		addr   string
		http   *HTTP
		status string
		code   int
	}{
		{"accepts", server(t, func(c net.Conn) { c.Close() }), nil, "L4OK", 0},
		{"refused", refused, nil, "L4CON", 0},
		{"refused for http", refused, get, "L4CON", 0},
		{"200", server(t, answer("HTTP/1.0 200 Fine\r\n\r\n")), get, "L7OK", 200},
		{"302", server(t, answer("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")), get, "L7OK", 302},
		{"101", server(t, answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")), &HTTP{Request: get.Request, Method: get.Method, Expect: func(s int) bool { return s == 101 }}, "L7OK", 101},
		{"100 then 200", server(t, answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")), get, "L7OK", 200},
		{"500", server(t, answer("HTTP/1.0 500 No\r\n\r\n")), get, "L7STS", 500},
		{"expect", server(t, answer("HTTP/1.0 204 No Content\r\n\r\n")), only204, "L7OK", 204},
		{"expect something else", server(t, answer("HTTP/1.0 200 OK\r\n\r\n")), only204, "L7STS", 200},
		{"garbage", server(t, answer("SSH-2.0-OpenSSH\r\n\r\n\r\n\r\n")), get, "L7RSP", 0},
		{"closes", server(t, answer("")), get, "L7RSP", 0},
		{"silent", server(t, func(c net.Conn) { time.Sleep(2 * time.Second); c.Close() }), get, "L7TOUT", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &Checker{spec: Spec{Network: "tcp", Address: tt.addr, Inter: 5 * time.Second, Read: 300 * time.Millisecond, HTTP: tt.http}, dial: net.DialTimeout}
			r := c.probe()
			if r.Status != tt.status || r.Code != tt.code {
				t.Fatalf("status %s code %d (%s), want %s %d", r.Status, r.Code, r.Info, tt.status, tt.code)
			}
			if want := tt.status == "L4OK" || tt.status == "L7OK"; r.OK != want {
				t.Fatalf("OK is %v", r.OK)
			}
		})
	}
}

// The answer's head may come in any pieces.
func TestAnswerCutAtEveryByte(t *testing.T) {
	const whole = "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"
	for i := range len(whole) {
		a, b := net.Pipe()
		go func() {
			defer b.Close()
			_, _ = b.Read(make([]byte, 100))
			_, _ = b.Write([]byte(whole[:i]))
			_, _ = b.Write([]byte(whole[i:]))
		}()
		h := &HTTP{Request: []byte("GET / HTTP/1.0\r\n\r\n"), Method: http1.MethodGet}
		if r := h.exchange(a); !r.OK || r.Code != 204 {
			t.Fatalf("cut at %d: %+v", i, r)
		}
		a.Close()
	}
}

// Intervals follow the state: inter when steady, fastinter between, downinter
// when down.
func TestIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := true
		var at []time.Duration
		began := time.Now()
		told := func(Result, State, Change) {
			at = append(at, time.Since(began))
			switch len(at) {
			case 3: // steady: 2 good checks of rise 2 fall 2 take it there
				up = false
			case 6:
				up = true
			}
		}
		spec := Spec{Network: "tcp", Address: "x", Inter: 10 * time.Second, FastInter: time.Second, DownInter: 30 * time.Second, Rise: 2, Fall: 2}
		c := &Checker{spec: spec, told: told, state: Initial(2, 2)}
		c.dial = func(string, string, time.Duration) (net.Conn, error) {
			if !up {
				return nil, &net.OpError{Op: "dial", Err: net.UnknownNetworkError("down")}
			}
			a, b := net.Pipe()
			b.Close()
			return a, nil
		}
		c.mu.Lock()
		c.timer = time.AfterFunc(0, c.run)
		c.mu.Unlock()
		time.Sleep(150 * time.Second)
		c.Stop()
		want := []time.Duration{0, 10, 20, 30, 31, 61, 91, 92, 102}
		for i, w := range want {
			if i >= len(at) || at[i].Round(time.Second) != w*time.Second {
				t.Fatalf("check %d of %v, want %v", i, at, want)
			}
		}
	})
}
