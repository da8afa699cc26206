package sys

import "golang.org/x/sys/unix"

// DescriptorLimit returns the limit of open descriptors in force.
func DescriptorLimit() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(min(l.Cur, 1<<30))
}

// DescriptorLimits returns the soft and the hard limit of open descriptors.
func DescriptorLimits() (soft, hard int) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 1024, 1024
	}
	return int(min(l.Cur, 1<<30)), int(min(l.Max, 1<<30))
}

// SetDescriptors makes n the limit of open descriptors, and the hard one too
// when it is lower.
func SetDescriptors(n int) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(n), Max: max(l.Max, uint64(n))})
}

// GrowDescriptors has the kernel make its table large enough for n descriptors
// now, not while connections wait.
func GrowDescriptors(n int) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return
	}
	if high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, n-1); err == nil {
		Close(high)
	}
	Close(fd)
}
