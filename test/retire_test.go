package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// echoes sends some bytes through an open TCP session and wants them back.
func echoes(t *testing.T, c net.Conn, text string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatalf("the open session: %v", err)
	}
	b := make([]byte, len(text))
	for n := 0; n < len(b); {
		m, err := c.Read(b[n:])
		if err != nil {
			t.Fatalf("the open session: %v", err)
		}
		n += m
	}
	if string(b) != text {
		t.Fatalf("the open session: %q came back as %q", text, b)
	}
}

// A bind removed by a reload refuses within a second; sessions accepted from
// it go on in the old worker, which costs nothing, and leaves when they end.
func TestRemovedBind(t *testing.T) {
	s := newService(t)
	extra := harness.Addr(t)
	sock := filepath.Join(harness.TempDir(t), "extra.sock")
	with := s.Config("", fmt.Sprintf("listen extra\n    mode tcp\n    bind %s\n    bind unix@%s\n    server e1 %s\n", extra, sock, s.Echo.Addr()))
	p := harness.Start(t, harness.Options{Config: with, Await: []string{s.HTTP, extra, sock}})
	old := p.Worker()
	c := harness.Dial(t, extra)
	echoes(t, c, "before")
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	refusedWithin(t, extra, time.Second)
	eventually(t, time.Second, "refusal of the UNIX socket", func() error {
		if harness.Connects(sock) == nil {
			return fmt.Errorf("a connect succeeded")
		}
		return nil
	})
	if err := harness.Connects(s.HTTP); err != nil {
		t.Errorf("the bind that stayed: %v", err)
	}
	echoes(t, c, "after")
	if cpu := harness.CPUDuring(t, old, 2*time.Second); cpu >= 50*time.Millisecond {
		t.Errorf("the old worker used %v of CPU in 2 s", cpu)
	}
	echoes(t, c, "much later")
	c.Close()
	p.AwaitGone(old, 5*time.Second)
	// And back again.
	p.WriteConfig(with)
	p.MustReload()
	if err := harness.Connects(extra); err != nil {
		t.Errorf("the bind that came back: %v", err)
	}
	if err := harness.Connects(sock); err != nil {
		t.Errorf("the UNIX bind that came back: %v", err)
	}
}

// An old worker with an idle keep-alive HTTP connection costs nothing either.
func TestOldWorkerWithIdleKeepAlive(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	old := p.Worker()
	c := harness.Dial(t, s.TCP) // keeps the old worker
	echoes(t, c, "x")
	for range 20 {
		k := harness.Dial(t, s.HTTP)
		fmt.Fprintf(k, "GET /echo HTTP/1.1\r\nHost: t\r\n\r\n")
	}
	eventually(t, 5*time.Second, "20 requests", func() error {
		if n := s.Origin.Requests(); n != 20 {
			return fmt.Errorf("%d", n)
		}
		return nil
	})
	p.MustReload()
	if cpu := harness.CPUDuring(t, old, 2*time.Second); cpu >= 50*time.Millisecond {
		t.Errorf("the old worker used %v of CPU in 2 s", cpu)
	}
	echoes(t, c, "y")
}

// The path of a UNIX listener stays connectable through reloads, at any time.
func TestUnixListenerThroughReload(t *testing.T) {
	s := newService(t)
	sock := filepath.Join(harness.TempDir(t), "web.sock")
	p := s.Start(t, "    bind unix@"+sock, "")
	stop, failed := make(chan bool), make(chan error, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := harness.Connects(sock); err != nil {
				failed <- err
				return
			}
			// A queue that is filled faster than one worker on a busy machine can
			// empty it says EAGAIN, reload or not.
			time.Sleep(200 * time.Microsecond)
		}
	}()
	for range 3 {
		p.MustReload()
	}
	close(stop)
	if err := <-failed; err != nil {
		t.Errorf("a connect during the reloads: %v", err)
	}
	if _, err := os.Stat(sock); err != nil {
		t.Error(err)
	}
}
