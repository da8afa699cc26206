package sys

import "golang.org/x/sys/unix"

// KeepAlive says how the kernel probes a silent connection; 0 leaves the
// system's values. Times are in seconds.
type KeepAlive struct{ Count, Idle, Interval int }

// Apply turns the probes on. On sockets that are not of TCP it has no effect.
func (k *KeepAlive) Apply(fd int) {
	SetKeepAlive(fd)
	for _, o := range [...]struct{ opt, v int }{{unix.TCP_KEEPCNT, k.Count}, {unix.TCP_KEEPIDLE, k.Idle}, {unix.TCP_KEEPINTVL, k.Interval}} {
		if o.v > 0 {
			setInt(fd, unix.IPPROTO_TCP, o.opt, int32(o.v))
		}
	}
}
