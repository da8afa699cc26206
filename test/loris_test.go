package test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Thousands of clients that send a head a byte a second take places and a
// little memory, and nothing else: the others are served, and each slow one is
// told so (408) when its time for a request is over.
func TestSlowLoris(t *testing.T) {
	const clients, patience = 8000, 5 * time.Second
	s := newService(t)
	p := harness.Start(t, harness.Options{Await: []string{s.HTTP, s.TCP},
		Config: "global\n    maxconn 9500\n" + strings.Replace(s.Config("", ""), "defaults\n", fmt.Sprintf("defaults\n    timeout http-request %ds\n", int(patience.Seconds())), 1)})
	worker := p.Worker()
	harness.MustGet(t, s.HTTP, "/echo")
	before := harness.RSS(t, worker)
	tr := s.Load(t, 4)
	head := "GET /echo HTTP/1.1\r\nHost: slow\r\nX-Patience: " + strings.Repeat("z", 100)
	conns := make([]net.Conn, clients)
	for i := range conns {
		conns[i] = harness.Dial(t, s.HTTP)
		conns[i].Write([]byte(head[:1+i%40])) // the head stops everywhere
	}
	begun := time.Now()
	for n := 1; time.Since(begun) < patience-2*time.Second; n++ {
		time.Sleep(time.Second)
		for i, c := range conns {
			at := i%40 + n
			c.Write([]byte(head[at : at+1])) // one that was refused already shows below
		}
		tr.Progress(t, 5*time.Second)
	}
	if grown := harness.RSS(t, worker) - before; grown > clients*8<<10 {
		t.Errorf("%d slow clients cost %d KiB, %d bytes each", clients, grown>>10, grown/clients)
	} else {
		t.Logf("%d slow clients cost %d KiB, %d bytes each", clients, grown>>10, grown/clients)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	wrong := map[string]int{}
	for part := range 8 {
		wg.Go(func() {
			for _, c := range conns[part*clients/8 : (part+1)*clients/8] {
				c.SetReadDeadline(time.Now().Add(3 * patience))
				r, err := http.ReadResponse(bufio.NewReaderSize(c, 1024), nil)
				if err != nil || r.StatusCode != 408 {
					mu.Lock()
					if err != nil {
						wrong[err.Error()]++
					} else {
						wrong[r.Status]++
					}
					mu.Unlock()
				}
				c.Close()
			}
		})
	}
	wg.Wait()
	if len(wrong) > 0 {
		t.Errorf("instead of 408: %v", wrong)
	}
	tr.Stop(t)
	if p.Worker() != worker {
		t.Error("another worker serves")
	}
}
