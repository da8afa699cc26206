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

// parseRights returns the descriptors of every SCM_RIGHTS block in oob. On an
// error it returns those it found, so that they can be closed.
func parseRights(oob []byte) ([]int, error) {
	if len(oob) == 0 {
		return nil, nil
	}
	blocks, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var fds []int
	for i := range blocks {
		h := blocks[i].Header
		if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_RIGHTS {
			continue
		}
		got, perr := unix.ParseUnixRights(&blocks[i])
		if perr != nil {
			return fds, perr
		}
		fds = append(fds, got...)
	}
	return fds, nil
}

// CloseAll closes descriptors, ignoring errors.
func CloseAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
