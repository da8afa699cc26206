package stream

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// real is an engine on real sockets.
type real struct {
	t    *testing.T
	e    *Engine
	fe   *proxy.Frontend
	be   *proxy.Backend
	l    *Listening
	at   string
	tune Tuning
}

func newReal(t *testing.T, http bool, threads int, set func(*real), servers ...string) *real {
	t.Helper()
	r := &real{t: t}
	r.be = &proxy.Backend{Name: "app", HTTP: http, Spec: &config.Proxy{Name: "app"}, Retries: 3, RetryOn: config.RetryConnFailure, Pages: proxy.NewPages(nil), Loops: make([]proxy.Counters, threads)}
	r.be.Timeouts = proxy.Timeouts{Connect: 5e9, Server: 20e9, Queue: 20e9}
	for i, addr := range servers {
		ap := netip.MustParseAddrPort(addr)
		r.be.Servers = append(r.be.Servers, &proxy.Server{Name: fmt.Sprint("s", i), Index: i, Num: i, Weight: 1, Backend: r.be,
			Loops: make([]proxy.Counters, threads), Idle: newIdle(threads), Addr: ap, To: sys.InetSockaddr(ap)})
	}
	if err := r.be.Init("roundrobin"); err != nil {
		t.Fatal(err)
	}
	r.fe = &proxy.Frontend{Name: "web", HTTP: http, Spec: &config.Proxy{Name: "web"}, Pages: proxy.NewPages(nil), Loops: make([]proxy.Counters, threads)}
	r.fe.Timeouts = proxy.Timeouts{Client: 30e9, HTTPRequest: 10e9, HTTPKeepAlive: 15e9}
	r.fe.Choose = func(*sample.Ctx) *proxy.Backend { return r.be }
	if set != nil {
		set(r)
	}
	fd, err := sys.BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), sys.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sys.Listen(fd, 1024); err != nil {
		t.Fatal(err)
	}
	r.at = sys.LocalAddr(fd).String()
	r.e, err = New(Options{Threads: threads, Servers: len(servers), Logf: t.Logf, Tuning: r.tune})
	if err != nil {
		t.Fatal(err)
	}
	r.e.Start()
	r.l = r.e.Serve(&proxy.Listener{Frontend: r.fe, Backlog: 1024}, proxy.Socket{Key: r.at, FD: fd})
	t.Cleanup(func() {
		if r.l != nil {
			r.l.Leave()
		}
		r.e.Stop()
		if n := r.e.Conns.Load(); n != 0 {
			t.Errorf("%d connections counted after the end", n)
		}
		if n := r.e.Streams(); n != 0 {
			t.Errorf("%d streams counted after the end", n)
		}
	})
	return r
}

func origin(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// Bodies of any size, both ways, over kept and fresh connections, arrive as
// they were sent.
func TestBodiesOverRealSockets(t *testing.T) {
	echo := origin(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, err := io.ReadAll(q.Body)
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		sum := sha256.Sum256(b)
		w.Header().Set("Sum", fmt.Sprintf("%x", sum))
		if len(b)%2 == 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		}
		for len(b) > 0 { // chunked when the length is odd
			n := min(len(b), 1+rand.IntN(200_000))
			w.Write(b[:n])
			b = b[n:]
		}
	}))
	r := newReal(t, true, 2, nil, echo)
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			tr := &http.Transport{DisableKeepAlives: c%4 == 0}
			defer tr.CloseIdleConnections()
			client := &http.Client{Transport: tr, Timeout: 20 * time.Second}
			src := rand.New(rand.NewPCG(uint64(c), 7))
			for range 20 {
				body := make([]byte, []int{0, 1, 999, 70_000, 400_001}[src.IntN(5)])
				for i := range body {
					body[i] = byte(src.Uint32())
				}
				res, err := client.Post("http://"+r.at+"/x", "application/octet-stream", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || res.StatusCode != 200 || !bytes.Equal(got, body) || res.Header.Get("Sum") != fmt.Sprintf("%x", sha256.Sum256(body)) {
					t.Errorf("status %d, %d of %d bytes, %v", res.StatusCode, len(got), len(body), err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Bulk in both directions of a TCP session, long enough to be spliced, with
// half-closes.
func TestBulkOverRealSockets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
				c.(*net.TCPConn).CloseWrite()
			}()
		}
	}()
	r := newReal(t, false, 2, nil, l.Addr().String())
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			c, err := net.Dial("tcp", r.at)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(30 * time.Second))
			const size = 8 << 20
			sent, got := sha256.New(), sha256.New()
			go func() {
				src := rand.New(rand.NewPCG(uint64(i), 9))
				buf := make([]byte, 1<<20)
				for n := 0; n < size; n += len(buf) {
					for k := 0; k < len(buf); k += 8 {
						buf[k] = byte(src.Uint32())
					}
					sent.Write(buf)
					if _, err := c.Write(buf); err != nil {
						t.Error(err)
						return
					}
				}
				c.(*net.TCPConn).CloseWrite()
			}()
			n, err := io.Copy(got, c)
			if err != nil || n != size {
				t.Errorf("session %d: %d bytes of %d back, %v", i, n, size, err)
				return
			}
			if !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
				t.Errorf("session %d: other bytes came back", i)
			}
		})
	}
	wg.Wait()
}

// Bulk sessions whose server resets in the middle leave nothing behind that
// could reach the sessions that come after them.
func TestBulkWithResets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				kind := make([]byte, 1)
				if _, err := io.ReadFull(c, kind); err != nil {
					return
				}
				if kind[0] == 'r' {
					io.CopyN(io.Discard, c, 2<<20)
					c.(*net.TCPConn).SetLinger(0)
					return
				}
				c.Write(kind)
				io.Copy(c, c)
				c.(*net.TCPConn).CloseWrite()
			}()
		}
	}()
	r := newReal(t, false, 1, nil, l.Addr().String())
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for k := range 6 {
				kind := "re"[(i+k)%2]
				c, err := net.Dial("tcp", r.at)
				if err != nil {
					t.Error(err)
					return
				}
				c.SetDeadline(time.Now().Add(20 * time.Second))
				piece := bytes.Repeat([]byte{kind}, 1<<20)
				go func() {
					for range 6 {
						if _, err := c.Write(piece); err != nil {
							return
						}
					}
					c.(*net.TCPConn).CloseWrite()
				}()
				got, err := io.ReadAll(c)
				c.Close()
				if kind == 'r' {
					continue // it was cut
				}
				if n := bytes.Count(got, []byte{kind}); err != nil || n != len(got) || n != 6<<20 {
					t.Errorf("session %d/%d: %d bytes back, %d of them its own, %v", i, k, len(got), n, err)
				}
			}
		})
	}
	wg.Wait()
}

// With several threads a server with maxconn 1 never sees two connections at a
// time, and nobody sleeps in the queue while the slot is free.
func TestMaxconnOverThreads(t *testing.T) {
	var now, most, served atomic.Int64
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var requests sync.WaitGroup
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			requests.Go(func() {
				defer c.Close()
				br := bufio.NewReader(c)
				for {
					q, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					if n := now.Add(1); n > most.Load() {
						most.Store(n)
					}
					io.Copy(io.Discard, q.Body)
					served.Add(1)
					now.Add(-1)
					fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			})
		}
	}()
	r := newReal(t, true, 4, func(r *real) { r.be.Servers[0].MaxConn = 1 }, l.Addr().String())
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			tr := &http.Transport{}
			defer tr.CloseIdleConnections()
			client := &http.Client{Transport: tr, Timeout: 20 * time.Second}
			for range 20 {
				res, err := client.Get("http://" + r.at + "/")
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if res.StatusCode != 200 {
					t.Errorf("status %d", res.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 || served.Load() != 64*20 {
		t.Errorf("the server saw %d requests at a time, %d in all; want 1 and %d", most.Load(), served.Load(), 64*20)
	}
	if n := r.be.Servers[0].Conns.Load(); n > 1 {
		t.Errorf("%d connections to a server with maxconn 1", n)
	}
}

// Accepted connections send at once, although nobody tells each of them to: the
// listening socket hands the option on.
func TestAcceptedSocketsSendAtOnce(t *testing.T) {
	r := newReal(t, true, 1, nil)
	c, err := net.Dial("tcp", r.at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := make(chan int, 1)
	for deadline := time.Now().Add(5 * time.Second); ; {
		r.e.threads[0].Post(func() {
			v := -1
			if s := r.e.threads[0].first; s != nil {
				v, _ = syscall.GetsockoptInt(int(s.link.fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
			}
			got <- v
		})
		v := <-got
		if v > 0 {
			return
		}
		if v == 0 || time.Now().After(deadline) {
			t.Fatalf("TCP_NODELAY of an accepted connection: %d", v)
		}
	}
}
