package mworker

import (
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// descriptor is a descriptor with several holders: the store, and every frame
// that waits to be sent. The last one closes it, so that a number is never
// reused while somebody is about to send it.
type descriptor struct {
	fd   int
	refs atomic.Int32
}

// own makes a descriptor with one holder.
func own(fd int) *descriptor {
	d := &descriptor{fd: fd}
	d.refs.Store(1)
	return d
}

func (d *descriptor) hold() *descriptor {
	d.refs.Add(1)
	return d
}

func (d *descriptor) release() {
	if d.refs.Add(-1) == 0 {
		sys.Close(d.fd)
	}
}

func releaseAll(ds []*descriptor) {
	for _, d := range ds {
		d.release()
	}
}
