package sys

import (
	"os"

	"golang.org/x/sys/unix"
)

// Credentials identify the process at the other end of a UNIX socket.
type Credentials struct{ PID, UID, GID int }

// PeerCredentials reads SO_PEERCRED. For a socketpair these are its creator's,
// whoever holds the other end now.
func PeerCredentials(fd int) (Credentials, error) {
	c, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Credentials{}, os.NewSyscallError("getsockopt", err)
	}
	return Credentials{PID: int(c.Pid), UID: int(c.Uid), GID: int(c.Gid)}, nil
}
