package stream

import (
	"testing"
	"unsafe"
)

// An idle connection holds a session and its link: one more word may move it to the
// next size of the allocator, for each of a million of them.
func TestSizeOfIdleConnection(t *testing.T) {
	if n := unsafe.Sizeof(session{}); n > 480 {
		t.Errorf("a session takes %d bytes, more than the allocator's size of 480", n)
	}
}
