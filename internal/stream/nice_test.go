package stream

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// In a turn with many events the nice connections are served after the others.
func TestNiceOrder(t *testing.T) {
	s := newSim(t, true, 1)
	arrive := func(nice int) *end {
		ln := &proxy.Listener{Frontend: s.fe, Nice: nice}
		fd, x := s.open()
		s.th.newSession(fd, ln, netip.MustParseAddrPort("192.0.2.1:1234"), s.now)
		s.turn()
		return x
	}
	nice, plain, keen := arrive(500), arrive(0), arrive(-500)
	var order []string
	tell := func(x *end, name string) {
		x.in = append(x.in, get...)
		x.h.OnEvents(sys.In)
		if len(x.in) == 0 {
			order = append(order, name)
		}
	}
	tell(nice, "nice, at once")
	tell(plain, "plain")
	tell(keen, "keen")
	s.th.Step(s.now) // the end of the turn
	if len(nice.in) == 0 {
		order = append(order, "nice")
	}
	if want := []string{"plain", "keen", "nice"}; !slices.Equal(order, want) {
		t.Errorf("read in the order %v, want %v", order, want)
	}
}

// The nicer a connection, the less it may read at a time.
func TestNiceShare(t *testing.T) {
	for nice, want := range map[int]int{-1024: 16, -512: 12, 0: 8, 512: 4, 1023: 1, 1024: 1} {
		if got := (&link{nice: int16(nice)}).reads(); got != want {
			t.Errorf("nice %d: %d reads, want %d", nice, got, want)
		}
	}
}
