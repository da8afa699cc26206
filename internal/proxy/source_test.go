package proxy

import (
	"sync"
	"testing"
)

func TestPorts(t *testing.T) {
	p := NewPorts(10, 12)
	take := func(want uint16, ok bool) {
		t.Helper()
		if got, have := p.Take(); got != want || have != ok {
			t.Fatalf("took %d, %v, want %d, %v", got, have, want, ok)
		}
	}
	take(10, true)
	p.Give(10)
	take(11, true) // one that was never used comes first
	take(12, true)
	take(10, true)
	take(0, false)
	p.Give(12)
	p.Give(11)
	take(12, true) // then that used longest ago
	take(11, true)
	take(0, false)
	for range 1000 { // memory of what was taken does not grow
		p.Give(11)
		p.Give(12)
		take(11, true)
		take(12, true)
	}
	if n := cap(p.back); n > 256 {
		t.Errorf("%d places for 3 ports", n)
	}
	last := NewPorts(65535, 65535)
	if got, ok := last.Take(); got != 65535 || !ok {
		t.Errorf("took %d, %v", got, ok)
	}
	if _, ok := last.Take(); ok {
		t.Error("took a port after the last")
	}
}

// No port is had by two at a time.
func TestPortsAtOnce(t *testing.T) {
	p := NewPorts(1, 50)
	var mu sync.Mutex
	held := map[uint16]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 2000 {
				port, ok := p.Take()
				if !ok {
					continue
				}
				mu.Lock()
				if held[port] {
					t.Errorf("port %d twice", port)
				}
				held[port] = true
				mu.Unlock()
				mu.Lock()
				delete(held, port)
				mu.Unlock()
				p.Give(port)
			}
		})
	}
	all.Wait()
}
