package sys

import "golang.org/x/sys/unix"

// maxCPU is the number of CPUs the kernel is asked about.
const maxCPU = 1024

// CPUMask has a bit for each of the first 1024 CPUs, in words of 64.
type CPUMask = [maxCPU / 64]uint64

// Affinity returns the CPUs that the calling thread may use, those of the
// process as long as nobody changed a single thread.
func Affinity() CPUMask { return AffinityOf(0) }

// AffinityOf returns the CPUs that the thread tid may use; none when it is
// gone.
func AffinityOf(tid int) CPUMask {
	var s unix.CPUSet
	var m CPUMask
	if unix.SchedGetaffinity(tid, &s) != nil {
		return m
	}
	for n := range maxCPU {
		if s.IsSet(n) {
			m[n/64] |= 1 << (n % 64)
		}
	}
	return m
}

// SetAffinity has the calling thread run on those CPUs only.
func SetAffinity(m CPUMask) error {
	var s unix.CPUSet
	for n := range maxCPU {
		if m[n/64]>>(n%64)&1 != 0 {
			s.Set(n)
		}
	}
	return unix.SchedSetaffinity(0, &s)
}
