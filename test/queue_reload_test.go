package test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Limits are a worker's own: while a former one drains, a server with maxconn 1
// sees two requests at a time, never three, and those who wait in the queue of
// the former worker are served by it.
func TestMaxconnOverGenerations(t *testing.T) {
	var now, most atomic.Int64
	arrived, leave := make(chan string, 10), make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	origin := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		arrived <- q.URL.Path
		<-leave
		now.Add(-1)
	})}
	go origin.Serve(l)
	t.Cleanup(func() { origin.Close() })

	at := harness.Addr(t)
	p := harness.Start(t, harness.Options{Config: fmt.Sprintf(`
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout queue 20s
listen web
    bind %s
    server s %s maxconn 1
`, at, l.Addr()), Await: []string{at}})
	var clients sync.WaitGroup
	ask := func(path string) {
		clients.Go(func() {
			if a, err := harness.Get(t, at, path); err != nil || a.Status != 200 {
				t.Errorf("%s: %v %v", path, a, err)
			}
		})
	}
	first := func(want string) {
		t.Helper()
		select {
		case got := <-arrived:
			if want != "" && got != want {
				t.Fatalf("%s arrived, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s did not arrive", want)
		}
	}
	ask("/old1")
	first("/old1")
	ask("/old2")
	ask("/old3")
	eventually(t, 5*time.Second, "two wait", func() error {
		if n := now.Load(); n != 1 {
			return fmt.Errorf("%d at the server", n)
		}
		if out, err := p.TryMaster("@1 show stat"); err != nil || !strings.Contains(out, "web,BACKEND,2,2,3,3,") {
			return fmt.Errorf("%s %v", out, err)
		}
		return nil
	})
	p.MustReload()
	ask("/new1")
	first("/new1") // beside the one of the former worker
	ask("/new2")
	eventually(t, 5*time.Second, "one waits in the new worker", func() error {
		if out, err := p.TryMaster("@1 show stat"); err != nil || !strings.Contains(out, "web,BACKEND,1,1,2,2,") {
			return fmt.Errorf("%s %v", out, err)
		}
		return nil
	})
	close(leave)
	for range 3 {
		first("")
	}
	clients.Wait()
	if n := most.Load(); n != 2 {
		t.Errorf("the server saw %d requests at a time, two generations with maxconn 1 make 2", n)
	}
}
