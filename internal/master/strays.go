package master

import (
	"os"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// reapEvery is how often the first process of a container looks for orphans that
// have ended.
const reapEvery = 5 * time.Second

// reapStrays waits for what nobody else waits for: the children of a worker that
// has ended come to the first process of a PID namespace.
func reapStrays(ended <-chan struct{}) {
	if os.Getpid() != 1 {
		return
	}
	tick := time.NewTicker(reapEvery)
	defer tick.Stop()
	var s sys.Strays
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			s.Reap()
		}
	}
}
