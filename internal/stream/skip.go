package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// maxSkip bounds the announced length of a body that is thrown away so that the
// connection can go on: above it, closing costs the client less.
const maxSkip = 1 << 20

// canSkip tells whether what is left of the request can be thrown away in front
// of the next one. A client that waits for "100 Continue" may send its body
// after a final answer or not (RFC 9110 10.1.1): nobody can tell.
func (st *stream) canSkip() bool {
	return !st.req.Expect100 && !st.c.link.ended && (st.req.Chunked || st.reqBody.Direct() <= maxSkip)
}

// keeps tells whether the client's connection goes on after an answer that is
// about to be sent.
func (st *stream) keeps() bool {
	return st.keep && !st.th.retiring() && (st.reqDone || st.canSkip())
}

// skipRest has what is left of a request's body thrown away.
func (c *session) skipRest(b http1.Body) { c.skip = &b }

// skipping throws away bytes of the body that nobody wants any more.
func (c *session) skipping(b []byte) (used int) {
	used, err := c.skip.Pass(b)
	switch {
	case err != nil:
		c.skip = nil
		c.unread = true
		c.closeGently()
		return len(b)
	case c.skip.Done():
		c.skip = nil
		c.idleSince = c.th.Now()
		c.waitRequest(c.idleSince)
	default:
		c.arm(c.th.Now(), c.fe.Timeouts.Client)
	}
	return used
}
