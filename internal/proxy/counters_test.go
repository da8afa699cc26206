package proxy

import (
	"strings"
	"testing"
)

func TestGauge(t *testing.T) {
	var g Gauge
	for i, want := range []bool{true, true, false} {
		if got := g.TryAdd(2); got != want {
			t.Errorf("number %d of 2: %v", i+1, got)
		}
	}
	if g.Load() != 2 || g.Max(2) != 0 {
		t.Errorf("%d of 2, at most %d before any is kept", g.Load(), g.Max(2))
	}
	g.Keep()
	if g.Add(-2); !g.TryAdd(0) || g.Load() != 1 || g.Max(2) != 2 {
		t.Errorf("now %d, at most %d", g.Load(), g.Max(2))
	}
}

func TestRate(t *testing.T) {
	var r Rate
	for range 10 {
		r.Hit(5e9)
	}
	for _, tt := range []struct{ now, want int64 }{{5e9, 10}, {5.9e9, 10}, {6e9, 10}, {6.5e9, 5}, {7e9, 0}, {9e9, 0}} {
		if got := r.PerSecond(tt.now); got != tt.want {
			t.Errorf("at %d: %d, want %d", tt.now, got, tt.want)
		}
	}
	if r.Max() != 10 {
		t.Errorf("max %d", r.Max())
	}
}

func TestAverage(t *testing.T) {
	var a Average
	if a.Value() != 0 {
		t.Error("of nothing")
	}
	for range 100 {
		a.Put(10)
	}
	if a.Value() != 10 {
		t.Errorf("%d", a.Value())
	}
	for range 5000 {
		a.Put(50)
	}
	if v := a.Value(); v < 48 || v > 50 {
		t.Errorf("%d after many 50s", v)
	}
}

// Every counter is summed.
func TestCountersAdd(t *testing.T) {
	a := Counters{Connections: 1, Sessions: 2, Requests: 3, BytesIn: 4, BytesOut: 5, DeniedReq: 6, DeniedRes: 7, DeniedConn: 8, ReqErrors: 9, ConnErrors: 10, ResErrors: 11,
		Retries: 12, Redispatches: 13, Intercepted: 14, Status: [6]int64{1, 2, 3, 4, 5, 6}, ClientAborts: 15, ServerAborts: 16, Chosen: 17, Connects: 18, Reuses: 19, Failed: 20, LastSession: 21}
	a.Rate.Hit(1e9)
	a.TotalTime.Put(7)
	var sum Counters
	sum.Add(&a, 1e9)
	sum.Add(&a, 1e9)
	if sum.Sessions != 4 || sum.Failed != 40 || sum.Status[5] != 12 || sum.LastSession != 21 || sum.Rate.PerSecond(1e9) != 2 || sum.TotalTime.Value() != 7 || sum.Reuses != 38 || sum.DeniedConn != 16 {
		t.Errorf("%+v", sum)
	}
}

func TestPages(t *testing.T) {
	own := &Page{Status: 503, Head: []byte("HTTP/1.0 503 Gone fishing\r\n"), Body: []byte("x")}
	p := NewPages(map[int]*Page{503: own})
	if p.Get(503) != own {
		t.Error("the errorfile is not used")
	}
	if g := p.Get(502); g.Status != 502 || !strings.HasPrefix(string(g.Head), "HTTP/1.1 502 Bad Gateway\r\n") {
		t.Errorf("%s", g.Head)
	}
	if p.Get(999).Status != 500 {
		t.Error("an unknown status is not 500")
	}
	for status := range builtin {
		g := p.Get(status)
		if i := strings.Index(string(g.Head), "content-length: "); status != 503 && (i < 0 || len(g.Body) == 0) {
			t.Errorf("%d: %q %q", status, g.Head, g.Body)
		}
	}
	if Reason(404) != "Not Found" || Reason(299) != "Other" {
		t.Error("reasons")
	}
}
