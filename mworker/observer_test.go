package mworker

import (
	"syscall"
	"testing"
)

// An observer that is held up loses log lines, never anything else, and a
// panic in it is contained.
func TestObserverHeldUp(t *testing.T) {
	hold := make(chan struct{})
	counts := map[EventKind]int{}
	o := newObservers(func(e Event) {
		<-hold
		counts[e.Kind]++
		if e.Text == "panic" {
			panic("observer")
		}
	})
	l := &StartupLog{}
	for range 3 * maxQueuedEvents {
		o.push(delivery{event: Event{Kind: EventLog, Text: "x", Startup: l}})
	}
	o.push(delivery{event: Event{Kind: EventReady, Text: "panic", Startup: l}})
	to := make(chan Result, 1)
	o.push(delivery{to: to, result: Result{OK: true}, log: l})
	close(hold)
	o.close()
	<-o.done
	if res := <-to; !res.OK || len(res.Log) == 0 {
		t.Errorf("%+v", res)
	}
	if counts[EventReady] != 1 || counts[EventLog] < maxQueuedEvents || counts[EventLog] > 2*maxQueuedEvents+1 {
		t.Errorf("%v", counts)
	}
}

// Each signal is held once, in the order of arrival.
func TestSignalsAreHeldOnce(t *testing.T) {
	s := noSignals()
	s.attach()
	for range 100 {
		s.add(syscall.SIGUSR2)
		s.add(syscall.SIGTERM)
		s.add(syscall.SIGQUIT)
	}
	if got := s.take(); len(got) != 2 || got[0] != syscall.SIGUSR2 || got[1] != syscall.SIGTERM {
		t.Errorf("%v", got)
	}
	if got := s.take(); got != nil {
		t.Errorf("%v", got)
	}
}

func TestMasterOptions(t *testing.T) {
	if _, err := NewMaster(Options{}); err == nil {
		t.Error("no Snapshot, and accepted")
	}
}
