package worker

import (
	"strings"
	"testing"
)

// What is kept of the start ends with it, and is bounded.
func TestSaid(t *testing.T) {
	var s said
	s.add("one")
	s.add("two")
	if got := s.end(); got != "one\ntwo\n" {
		t.Errorf("kept %q", got)
	}
	s.add("late")
	if got := s.end(); got != "one\ntwo\n" {
		t.Errorf("kept %q after the end", got)
	}
	s = said{}
	long := strings.Repeat("x", maxSaid/2)
	for range 5 {
		s.add(long)
	}
	s.add("fits")
	got := s.end()
	if len(got) > maxSaid || !strings.HasPrefix(got, long+"\n") || !strings.HasSuffix(got, "fits\n") {
		t.Errorf("%d bytes kept, at most %d wanted", len(got), maxSaid)
	}
}
