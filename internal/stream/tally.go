package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

type counters = proxy.Counters

// tally counts something at the frontend and, with "option socket-stats", at the
// listener as well.
func (c *session) tally(count func(*counters)) {
	count(&c.fe.Loops[c.th.id])
	if own := c.ln.Loops; own != nil {
		count(&own[c.th.id])
	}
}
