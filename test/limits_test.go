package test

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/payload"
)

// When the worker has no descriptors left it waits, quietly, and recovers.
func TestDescriptorsExhausted(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	harness.MustGet(t, s.HTTP, "/echo")
	limit := uint64(len(harness.Descriptors(t, worker)) + 12)
	harness.LimitDescriptors(t, worker, limit)
	var conns []net.Conn
	for range 60 { // more than the worker can accept; the rest waits in the kernel
		c, err := net.DialTimeout("tcp", s.HTTP, time.Second)
		if err != nil {
			break
		}
		fmt.Fprintf(c, "GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
		conns = append(conns, c)
	}
	eventually(t, 5*time.Second, "use of all descriptors", func() error {
		if n := len(harness.Descriptors(t, worker)); n+1 < int(limit) {
			return fmt.Errorf("%d of %d", n, limit)
		}
		return nil
	})
	if cpu := harness.CPUDuring(t, worker, time.Second); cpu > 300*time.Millisecond {
		t.Errorf("a worker without descriptors uses %v of CPU per second", cpu)
	}
	if !harness.Alive(worker) {
		t.Fatal("the worker is gone")
	}
	for _, c := range conns {
		c.Close()
	}
	eventually(t, 10*time.Second, "recovery", func() error {
		a, err := harness.Get(t, s.HTTP, "/echo")
		if err != nil {
			return err
		}
		if a.Status != 200 {
			return fmt.Errorf("status %d", a.Status)
		}
		return nil
	})
	if now := p.Worker(); now != worker {
		t.Errorf("worker %d instead of %d", now, worker)
	}
	harness.LimitDescriptors(t, worker, 10000)
	for range 10 {
		harness.MustGet(t, s.HTTP, "/echo")
	}
}

// A master without descriptors refuses the reload and loses nothing; with
// descriptors it reloads.
func TestMasterDescriptorsExhausted(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	p.MustReload() // whatever a first reload opens for good
	if worker == p.Worker() {
		t.Fatal("no reload")
	}
	// One session on the command line, and nothing else.
	harness.LimitDescriptors(t, p.Pid, uint64(len(harness.Descriptors(t, p.Pid))+1))
	a, err := harness.CLIWithin(p.MasterSocket(), "reload", 10*time.Second)
	t.Logf("reload without descriptors: %q %v", a, err)
	if p.Exited() {
		t.Fatalf("the master ended with %d", p.AwaitExit(0))
	}
	harness.MustGet(t, s.HTTP, "/echo")
	harness.LimitDescriptors(t, p.Pid, 10000)
	eventually(t, 10*time.Second, "good reload", func() error {
		a, err := harness.CLIWithin(p.MasterSocket(), "reload", 10*time.Second)
		if len(a) < 9 || a[:9] != "Success=1" {
			return fmt.Errorf("%q %v", a, err)
		}
		return nil
	})
	harness.MustGet(t, s.HTTP, "/echo")
}

// Clients that never read an endless answer cost a bounded amount of memory.
func TestMemoryOfNeverReaders(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	for range 20 {
		harness.MustGet(t, s.HTTP, "/echo?size=100000")
	}
	before := harness.RSS(t, worker)
	n := soak(50, 500)
	for i := range n {
		c := harness.Dial(t, s.HTTP)
		c.(*net.TCPConn).SetReadBuffer(4096)
		path := "/echo"
		if i%2 == 1 {
			path = "/chunked"
		}
		fmt.Fprintf(c, "GET %s?size=1000000000 HTTP/1.1\r\nHost: x\r\n\r\n", path)
	}
	eventually(t, 10*time.Second, "all requests at the origin", func() error {
		if got := s.Origin.Requests(); got < int64(n)+20 {
			return fmt.Errorf("%d", got)
		}
		return nil
	})
	// Two seconds in which everything that can be buffered is; then it is quiet.
	harness.CPUDuring(t, worker, 2*time.Second)
	if cpu := harness.CPUDuring(t, worker, time.Second); cpu > 50*time.Millisecond {
		t.Errorf("%d clients that do not read cost %v of CPU per second", n, cpu)
	}
	// Two buffers of 16 KiB and the connection itself; 64 KiB each is generous.
	if grown := harness.RSS(t, worker) - before; grown > int64(n)*64<<10+16<<20 {
		t.Errorf("%d clients that do not read cost %d KiB", n, grown>>10)
	}
	harness.MustGet(t, s.HTTP, "/echo")
}

// A huge answer and a huge request pass through a bounded amount of memory.
func TestMemoryOfHugeBodies(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	harness.MustGet(t, s.HTTP, "/echo")
	before := harness.RSS(t, worker)
	size := int64(soak(128<<20, 4<<30))
	var wg sync.WaitGroup
	wg.Go(func() {
		c := harness.Dial(t, s.HTTP)
		c.SetDeadline(time.Now().Add(time.Hour))
		fmt.Fprintf(c, "GET /echo?seed=5&size=%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", size)
		check := payload.Checker{Seed: 5}
		head := make([]byte, 1)
		for end := 0; end < 4; { // to the empty line
			if _, err := c.Read(head); err != nil {
				t.Error(err)
				return
			}
			if head[0] == "\r\n\r\n"[end] {
				end++
			} else {
				end = 0
			}
		}
		if _, err := io.Copy(&check, c); err != nil || check.Verdict(size) != "" {
			t.Errorf("huge answer: %v %s", err, check.Verdict(size))
		}
	})
	wg.Go(func() {
		c := harness.Dial(t, s.TCP)
		c.SetDeadline(time.Now().Add(time.Hour))
		go func() {
			payload.WriteTo(c, 6, size)
			c.(*net.TCPConn).CloseWrite()
		}()
		check := payload.Checker{Seed: 6}
		if _, err := io.Copy(&check, c); err != nil || check.Verdict(size) != "" {
			t.Errorf("huge TCP session: %v %s", err, check.Verdict(size))
		}
	})
	wg.Wait()
	if grown := harness.RSS(t, worker) - before; grown > 32<<20 {
		t.Errorf("bodies of %d MiB cost %d KiB", size>>20, grown>>10)
	}
}
