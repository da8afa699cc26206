package proxy

import "testing"

// Over time as many events pass as Max allows.
func TestLimiter(t *testing.T) {
	for _, rate := range []int64{1, 3, 10, 100} {
		l := Limiter{Max: rate}
		var times []int64
		now := int64(5e9)
		for end := now + 10*second; now < end; {
			if wait := l.Take(now); wait > 0 {
				if wait > second {
					t.Fatalf("%d a second: a wait of %d ns", rate, wait)
				}
				now += wait
				continue
			}
			times = append(times, now)
			now += 1e5
		}
		if n := int64(len(times)); n < 9*rate || n > 11*rate {
			t.Errorf("%d a second: %d in 10 s", rate, n)
		}
	}
	var none Limiter
	if none.Take(1) != 0 {
		t.Error("no limit limits")
	}
	l := Limiter{Max: 2}
	l.Hit(1)
	l.Hit(1)
	l.Hit(1)
	if l.Take(1) == 0 {
		t.Error("Hit does not count")
	}
	if l.Take(1+3*second) != 0 {
		t.Error("what was long ago counts")
	}
}

// The clocks of loops differ a little; together they keep to the limit.
func TestLimiterOfSeveralClocks(t *testing.T) {
	l := Limiter{Max: 5}
	n := 0
	for i := range int64(100) {
		if l.Take(5e9-i%7*1e6) == 0 {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d events of 5", n)
	}
	l.Undo()
	if l.Take(5e9) != 0 || l.Take(5e9) == 0 {
		t.Error("what was taken back is not free once")
	}
	var none Limiter
	none.Undo()
	if none.Take(1) != 0 {
		t.Error("no limit limits")
	}
}
