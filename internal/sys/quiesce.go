package sys

import "golang.org/x/sys/unix"

// Quiesce has a listening TCP socket, and all its duplicates, begin no
// connection any more, while those that have begun can still be accepted: to
// close it would reset them. A client that comes meanwhile hears nothing, tries
// again a second later, and then finds whoever has the address. (A UNIX socket,
// whose connections begin and are there at once, is left as it is.)
func Quiesce(fd int) error {
	if domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || domain == unix.AF_UNIX {
		return err
	}
	const flags, syn, ack = 13, 0x02, 0x10 // of the TCP header, with which the filter's view begins
	drop := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: syn | ack},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: syn, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1},
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(drop)), Filter: &drop[0]})
}

// Unquiesce ends Quiesce: somebody else may hold a duplicate.
func Unquiesce(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
}
