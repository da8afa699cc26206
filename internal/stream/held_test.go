package stream

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var withoutClient = cmpopts.IgnoreFields(Held{}, "Client", "Accepted")

// Who is asked what holds a process tells of each connection what it does, the oldest
// first.
func TestHeld(t *testing.T) {
	s := newSim(t, true, 1)
	idleClients(s, 1)
	s.pass(2e9)
	busy := s.client()
	s.say(busy, get)
	s.server(len(s.made) - 1)
	s.pass(1e9)
	half := s.client()
	s.say(half, get[:10])
	var h Holding
	s.th.held(&h, 10, HeldBy{})
	want := Holding{Total: 3, Idle: 1, Oldest: []Held{
		{Frontend: "web", State: "idle", Age: 3 * time.Second, Idle: 3 * time.Second},
		{Frontend: "web", Backend: "app", Server: "a", State: "response", Age: time.Second},
		{Frontend: "web", State: "head"},
	}}
	if diff := cmp.Diff(want, h, withoutClient); diff != "" {
		t.Error(diff)
	}
	if got := h.Oldest[0].Client.String(); got != "192.0.2.1:1234" {
		t.Error(got)
	}
	h = Holding{}
	s.th.held(&h, 2, HeldBy{})
	want.Oldest = want.Oldest[:2]
	if diff := cmp.Diff(want, h, withoutClient); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		by   HeldBy
		want int
	}{
		{HeldBy{Frontend: "web"}, 3}, {HeldBy{Frontend: "other"}, 0},
		{HeldBy{Client: netip.MustParsePrefix("192.0.2.0/24")}, 3}, {HeldBy{Client: netip.MustParsePrefix("192.0.2.2/32")}, 0},
		{HeldBy{Client: netip.MustParsePrefix("::/0")}, 0},
	} {
		h = Holding{}
		if s.th.held(&h, 0, c.by); h.Total != c.want || len(h.Oldest) > 0 {
			t.Errorf("%v: %+v", c.by, h)
		}
	}
}

// Connections that are ended by hand are gone at once, whatever went on in them; who
// waits for an answer is told.
func TestRelease(t *testing.T) {
	s := newSim(t, true, 1)
	idle := idleClients(s, 1)[0]
	half := s.client()
	s.say(half, get[:10])
	busy := s.client()
	s.say(busy, get)
	s.client()
	fresh := s.ends[s.next]
	if n := s.th.release(HeldBy{Frontend: "other"}); n != 0 || idle.closed || busy.closed {
		t.Fatalf("%d ended that were not meant", n)
	}
	s.e.SoftStop(0)
	if n := s.th.release(HeldBy{}); n != 4 {
		t.Errorf("%d ended", n)
	}
	s.turn()
	s.want(busy, "503")
	s.pass(2e9) // the client that was answered had its time to read it
	for name, c := range map[string]*end{"idle": idle, "half": half, "busy": busy, "fresh": fresh} {
		if !c.closed {
			t.Errorf("%s is open", name)
		}
	}
	if n := s.e.Conns.Load(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
	if n := s.e.Streams(); n != 0 {
		t.Errorf("%d streams are left", n)
	}
}

// A tunnel is cut.
func TestReleaseTunnel(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.server(0)
	s.say(c, "hello")
	var h Holding
	if s.th.held(&h, 1, HeldBy{}); h.Idle != 0 || h.Oldest[0].State != "tunnel" || h.Oldest[0].Server != "a" {
		t.Errorf("%+v", h)
	}
	if n := s.th.release(HeldBy{}); n != 1 || !c.closed || s.e.Conns.Load() != 0 {
		t.Errorf("%d ended, closed %v", n, c.closed)
	}
}

// A stop that is to hurry does not spread what it closes any more, and closes what was
// to be told with an answer.
func TestHurry(t *testing.T) {
	for name, prepare := range map[string]func(*sim){
		"spread": func(s *sim) {}, "idle-close-on-response": func(s *sim) { s.fe.IdleOnResponse = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSim(t, true, 1, prepare)
			s.fe.Timeouts.HTTPKeepAlive = 3600e9
			list := idleClients(s, 10)
			s.pass(2e9)
			s.e.SoftStop(time.Hour)
			s.pass(1e9)
			if n := closed(list); n > 2 {
				t.Fatalf("%d of 10 closed at once", n)
			}
			busy := s.client()
			s.say(busy, get)
			s.e.Hurry()
			s.turn()
			if n := closed(list); n != 10 {
				t.Errorf("%d of 10 closed", n)
			}
			s.say(s.server(len(s.made)-1), ok)
			s.want(busy, "connection: close")
			s.e.SoftStop(time.Hour) // after a time of grace, say
			if s.e.spread.Load() != 0 {
				t.Error("it spreads again")
			}
		})
	}
}
