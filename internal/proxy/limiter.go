package proxy

import (
	"sync"
	"sync/atomic"
)

// Limiter holds events to a number a second. Those of the second before count
// in the share of it that lies within the last second. The zero value sets no
// limit.
type Limiter struct {
	Max int64

	mu        sync.Mutex
	start     int64 // of the current second, ns
	cur, last int64 // events of it and of the one before
}

// Limit returns Max as it is now.
func (l *Limiter) Limit() int64 { return atomic.LoadInt64(&l.Max) }

// SetLimit changes Max; 0 sets no limit. Who waits already asks again within a second.
func (l *Limiter) SetLimit(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	atomic.StoreInt64(&l.Max, n)
}

const second = int64(1e9)

// advance takes the time forward; it returns it. The clocks of loops that are
// busy stand still for a while, and are behind those of others.
func (l *Limiter) advance(now int64) int64 {
	switch passed := now - l.start; {
	case passed >= 2*second:
		l.start, l.cur, l.last = now, 0, 0
	case passed >= second:
		l.start, l.last, l.cur = l.start+second, l.cur, 0
	}
	return max(now, l.start)
}

// room is how many ns to wait for the next event; 0: none.
func (l *Limiter) room(now int64) int64 {
	left := second - (now - l.start)
	if l.cur+l.last*left/second < l.Max {
		return 0
	}
	if l.cur >= l.Max || l.last == 0 {
		return left
	}
	// When the events of the last second weigh little enough.
	return min(left, max(left-((l.Max-l.cur)*second-1)/l.last, 1e6))
}

// Hit counts an event, whatever the limit.
func (l *Limiter) Hit(now int64) {
	if l.Limit() <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(now)
	l.cur++
}

// Take counts an event unless it has to wait; how long, it says then.
func (l *Limiter) Take(now int64) int64 {
	if l.Limit() <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.room(l.advance(now))
	if wait == 0 {
		l.cur++
	}
	return wait
}

// Undo takes back an event that was counted and did not happen.
func (l *Limiter) Undo() {
	if l.Limit() <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cur > 0 {
		l.cur--
	}
}
