package stream

import (
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
func (nobody) connected(syscall.Errno) {}
func (nobody) failed(any)              {}

// When one end of a tunnel closes, the other's pipe goes with it: the closed
// one's object is soon somebody else's connection.
func TestPipeEndsWithItsTunnel(t *testing.T) {
	s := newSim(t, false, 1)
	th := s.th
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
		if err := l[i].open(th.Loop, sockets{}, p[0], nobody{}); err != nil {
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
