package stream

// A glitch is a message that breaks the rules of HTTP/1 and is accepted all the same
// ("option accept-unsafe-violations-in-http-request" and "-response"). Connections
// with many of them end ("tune.h1.fe.glitches-threshold", "tune.h1.be…").

// wearsOut tells whether n glitches are so many that a connection should serve no
// further request: three quarters of the threshold most, as in the reference.
func wearsOut(n, most int) bool { return most > 0 && n >= (3*most+1)/4 }

// glitch counts that of a request. False: the connection had too many and is closed.
func (st *stream) glitch() bool {
	c, most := st.c, st.th.e.tune.ClientGlitches
	c.glitches++
	switch {
	case most > 0 && int(c.glitches) >= most:
		st.c.tally(func(n *counters) { n.ReqErrors++ })
		st.abort('P', 'R')
		return false
	case wearsOut(int(c.glitches), most):
		st.keep = false
	}
	return true
}

// serverGlitch counts that of an answer, which is passed on; its connection may be
// left to no other request.
func (st *stream) serverGlitch() {
	u := st.up
	u.glitches++
	if wearsOut(u.glitches, st.th.e.tune.ServerGlitches) {
		st.serverWorn = true
	}
	st.serverGlitches = u.glitches
}

// Glitches implements sample.Actor.
func (st *stream) Glitches(server bool) int64 {
	if server {
		return int64(st.serverGlitches)
	}
	return int64(st.c.glitches)
}
