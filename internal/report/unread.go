package report

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// unread writes to a descriptor that may be a pipe nobody reads: what it does not take is
// dropped, and told of once it takes something again. No message is worth a service that
// stands still.
type unread struct {
	to *os.File
	fd int // its number; File.Fd may change the mode that it shares with others

	mu      sync.Mutex
	dropped int // messages since the last one that was written
}

const (
	// A pipe that can be written to takes so many bytes (PIPE_BUF).
	pipePiece = 4096
	// unreadPatience is how long a message waits for a reader who is only slow. Those after
	// one that was dropped do not wait.
	unreadPatience = 200 * time.Millisecond
)

// Write implements io.Writer. It reports no error: there is nobody to tell.
func (u *unread) Write(b []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	whole := len(b)
	if u.dropped > 0 {
		if !sys.Writable(u.fd, 0) {
			u.dropped++
			return whole, nil
		}
		b = append(fmt.Appendf(nil, "(%d messages were dropped: nobody read this output)\n", u.dropped), b...)
	}
	for len(b) > 0 {
		if !sys.Writable(u.fd, unreadPatience) {
			u.dropped++
			return whole, nil
		}
		n := min(len(b), pipePiece)
		_, _ = u.to.Write(b[:n])
		b = b[n:]
	}
	u.dropped = 0
	return whole, nil
}
