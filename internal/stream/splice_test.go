package stream

import (
	"bytes"
	"io"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// nobody is the side of a link that nobody uses.
type nobody struct{}

func (nobody) input(b []byte) int      { return len(b) }
func (nobody) eof()                    {}
func (nobody) broken(syscall.Errno)    {}
func (nobody) progress()               {}
func (nobody) ending()                 {}
func (nobody) drained()                {}
func (nobody) stream() *stream         { return nil }
func (nobody) connected(syscall.Errno) {}
func (nobody) failed(any)              {}

// When one end of a tunnel closes, the other's pipe goes with it: the closed
// one's object is soon somebody else's connection.
func TestPipeEndsWithItsTunnel(t *testing.T) {
	s := newSim(t, false, 1)
	th := s.th
	th.net = sockets{}
	var l [2]link
	var peer [2]int
	st := &stream{th: th}
	for i := range l {
		p, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer sys.Close(p[1])
		peer[i] = p[1]
		if err := l[i].open(th, p[0], nobody{}); err != nil {
			t.Fatal(err)
		}
	}
	l[0].tunnel(st, &l[1])
	l[1].tunnel(st, &l[0])
	pipe, ok := th.pipe.get()
	if !ok {
		t.Skip("no pipes")
	}
	l[0].splice = &splice{st: st, to: &l[1], pipe: pipe, held: true}
	l[1].feeder = &l[0]
	l[1].close()
	if l[0].splice != nil || l[0].other != nil || l[0].tunnelOf != nil {
		t.Error("the tunnel's other end still knows it")
	}
	if len(th.pipe.free) != 1 {
		t.Errorf("%d pipes came back", len(th.pipe.free))
	}
	l[0].close()
	th.pipe.close()
}

// What a link has kept of a body is forwarded before what the kernel has of it.
func TestKeptBeforeSpliced(t *testing.T) {
	r, l := newSpliced(t)
	c, s := splicedPeers(t, func() *real { return r }, l, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n")
	c.Write(noise[:1000])
	head := make([]byte, 4096)
	n, _ := s.Read(head)
	for n == 0 || !bytes.HasSuffix(head[:n], noise[:1000]) {
		k, err := s.Read(head[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += k
	}
	done := make(chan struct{})
	th := r.e.threads[0]
	th.Post(func() { // as a part would that holds bodies back
		defer close(done)
		in := &th.first.link
		if in.splice == nil || in.splice.body == nil {
			t.Error("the body is not spliced")
		}
		in.in = append(th.Get(1000), noise[1000:2000]...)
		in.again()
	})
	<-done
	c.Write(noise[2000:600000])
	rest := make([]byte, 599000)
	if _, err := io.ReadFull(s, rest); err != nil || !bytes.Equal(rest, noise[1000:600000]) {
		t.Errorf("other bytes came, %v", err)
	}
	io.WriteString(s, "HTTP/1.1 204 No Content\r\n\r\n")
	if n, err := c.Read(head); err != nil || !bytes.HasPrefix(head[:n], []byte("HTTP/1.1 204")) {
		t.Errorf("answer %q, %v", head[:n], err)
	}
}
