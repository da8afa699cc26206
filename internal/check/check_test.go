package check

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
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
		spec := Spec{Target: Target{Network: "tcp", Address: "x"}, Inter: 10 * time.Second, FastInter: time.Second, DownInter: 30 * time.Second, Rise: 2, Fall: 2}
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
