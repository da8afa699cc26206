package proxy

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Rates are counted once a rule asks for them, by threads whose clocks differ.
func TestMeter(t *testing.T) {
	var none *Meter
	none.Hit(1)
	if n := none.PerSecond(1); n != 0 {
		t.Errorf("a meter that nobody asks for counts %d", n)
	}
	m := none.orNew()
	if m.orNew() != m {
		t.Error("asking twice forgets what was counted")
	}
	for _, at := range []int64{10e9, 10.2e9, 10.9e9, 11e9, 10.999e9} {
		m.Hit(at)
	}
	for _, c := range []struct{ at, want int64 }{
		{11e9, 5},     // all within a second; the last clock was behind
		{11.5e9, 3},   // half of three, and two
		{10.5e9, 5},   // a clock that is behind forgets nothing
		{12e9 - 1, 2}, // the first three are over
		{12.75e9, 0},  // a quarter of two
		{15e9, 0},     // nothing
	} {
		if n := m.PerSecond(c.at); n != c.want {
			t.Errorf("at %d: %d a second, want %d", c.at, n, c.want)
		}
	}
}

// What is watched is counted, and only that.
func TestWatch(t *testing.T) {
	f, b, s := &Frontend{}, &Backend{}, &Server{}
	f.Watch(sample.FrontendConns)
	b.Watch(sample.BackendConns)
	s.Watch(sample.ServerConns)
	if f.Meter != nil || f.ReqMeter != nil || b.Meter != nil || s.Meter != nil {
		t.Error("a figure that costs nothing is metered")
	}
	f.Watch(sample.FrontendRate)
	f.Watch(sample.FrontendRequests)
	b.Watch(sample.BackendRate)
	s.Watch(sample.ServerRate)
	now := int64(1) << 62 // the future: nothing of it is over
	f.Meter.Hit(now)
	f.ReqMeter.Hit(now)
	f.ReqMeter.Hit(now)
	b.Meter.Hit(now)
	s.Meter.Hit(now)
	for _, c := range []struct {
		of   sample.Source
		what sample.Figure
		want int64
	}{{f, sample.FrontendRate, 1}, {f, sample.FrontendRequests, 2}, {b, sample.BackendRate, 1}, {s, sample.ServerRate, 1}} {
		if n := c.of.Figure(c.what); n != c.want {
			t.Errorf("figure %d of %T: %d, want %d", c.what, c.of, n, c.want)
		}
	}
}
