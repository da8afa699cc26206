package sys

import (
	"errors"

	"golang.org/x/sys/unix"
)

// MaxRights is the kernel's limit of descriptors in one message (SCM_MAX_FD).
const MaxRights = 253

var (
	// ErrTooManyRights refuses a message with more than MaxRights descriptors.
	ErrTooManyRights = errors.New("sys: more than 253 descriptors in one message")
	// ErrRightsDropped says that the kernel could not install every descriptor
	// of a message (MSG_CTRUNC), which usually means a full descriptor table.
	ErrRightsDropped = errors.New("sys: descriptors of a message were dropped (is the descriptor table full?)")
)

// parseControl returns the descriptors of every SCM_RIGHTS block in oob, and the
// sender of an SCM_CREDENTIALS block. On an error it returns the descriptors it
// found, so that they can be closed.
func parseControl(oob []byte) (fds []int, pid int, err error) {
	if len(oob) == 0 {
		return nil, 0, nil
	}
	blocks, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, 0, err
	}
	for i := range blocks {
		switch h := blocks[i].Header; {
		case h.Level != unix.SOL_SOCKET:
		case h.Type == unix.SCM_CREDENTIALS:
			c, err := unix.ParseUnixCredentials(&blocks[i])
			if err != nil {
				return fds, 0, err
			}
			pid = int(c.Pid)
		case h.Type == unix.SCM_RIGHTS:
			got, err := unix.ParseUnixRights(&blocks[i])
			if err != nil {
				return fds, 0, err
			}
			fds = append(fds, got...)
		}
	}
	return fds, pid, nil
}

// CloseAll closes descriptors, ignoring errors.
func CloseAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
