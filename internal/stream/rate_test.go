package stream

import (
	"net"
	"testing"
	"time"
)

// A burst does not get past "rate-limit sessions", however many threads take it.
func TestSessionRateOfABurst(t *testing.T) {
	r := newReal(t, true, 4, func(r *real) { r.fe.SessRate.Max = 5 })
	begin := time.Now()
	for range 40 {
		c, err := net.Dial("tcp", r.at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	var most int64
	for range 20 {
		var n int64
		r.e.Collect(time.Second, func(i int) { n += r.fe.Loops[i].Sessions })
		if most = max(most, n); n >= 5 {
			break
		}
	}
	if allowed := 6 + int64(5*time.Since(begin).Seconds()); most == 0 || most > allowed {
		t.Errorf("%d sessions at once, 5 a second are allowed", most)
	}
}
