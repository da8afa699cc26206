package cli

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

func listen(t *testing.T, v *Server, b Bind) (path string, done chan error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "s.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done = make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- v.Serve(ctx, l, b) }()
	t.Cleanup(func() {
		l.Close()
		cancel()
		v.Close()
	})
	return path, done
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

func expect(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v; want %q", got[:n], err, want)
	}
}

func TestServer(t *testing.T) {
	v := &Server{Table: Commands(testWorker()), Maxconn: 2}
	path, _ := listen(t, v, Bind{Level: line.LevelOperator, Severity: line.SeverityNumber})
	c := dial(t, path)
	io.WriteString(c, "show cli level\nshow version\n")
	if got, err := io.ReadAll(c); err != nil || string(got) != "[6]: operator\n\n" {
		t.Errorf("%q %v", got, err)
	}
}

// The third client waits until one of two leaves.
func TestMaxconn(t *testing.T) {
	v := &Server{Table: Commands(testWorker()), Maxconn: 2}
	path, _ := listen(t, v, Bind{})
	a, b, c := dial(t, path), dial(t, path), dial(t, path)
	for _, x := range []net.Conn{a, b} {
		io.WriteString(x, "prompt i\n")
		expect(t, x, "\n")
	}
	if n := v.Sessions(); n != 2 {
		t.Errorf("%d sessions", n)
	}
	io.WriteString(c, "show version\n")
	io.WriteString(a, "quit\n")
	expect(t, c, "3.4.0-x\n\n")
	io.WriteString(b, "show version\n")
	expect(t, b, "3.4.0-x\n\n")
}

func TestCloseEndsSessions(t *testing.T) {
	v := &Server{Table: Commands(testWorker())}
	path, done := listen(t, v, Bind{})
	c := dial(t, path)
	io.WriteString(c, "prompt\n")
	expect(t, c, "\n> ")
	v.Close()
	if rest, err := io.ReadAll(c); err != nil || len(rest) != 0 {
		t.Errorf("%q %v", rest, err)
	}
	select {
	case err := <-done:
		t.Errorf("Serve ended with the sessions: %v", err)
	default:
	}
}

func TestBrokenSocketIsLogged(t *testing.T) {
	logged := make(chan string, 1)
	v := &Server{Table: Commands(testWorker()), Logf: func(f string, args ...any) {
		select {
		case logged <- f:
		default:
		}
	}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Serve(ctx, brokenListener{}, Bind{}) }()
	if text := <-logged; !strings.Contains(text, "cannot accept") {
		t.Errorf("logged %q", text)
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("Serve: %v", err)
	}
}

type brokenListener struct{}

func (brokenListener) Accept() (net.Conn, error) { return nil, io.ErrUnexpectedEOF }
func (brokenListener) Close() error              { return nil }
func (brokenListener) Addr() net.Addr            { return nil }
