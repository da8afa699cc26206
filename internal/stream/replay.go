package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
)

// Layer-7 retries (manual 4.2, "retry-on"): the request is kept as it was given
// to the server, in hold, and is sent again when its answer fails. One that does
// not fit into tune.bufsize is sent once.

// keepsRequest decides, when the request is composed, whether it is kept.
func (st *stream) keepsRequest() bool {
	return st.be.RetryOn.Replays() && !st.ctx.NoReplay && st.retries > 0 && len(st.hold) <= st.th.e.tune.replayLimit()
}

// keepBody keeps a piece of the body that was given to the server.
func (st *stream) keepBody(out []byte) {
	if len(st.hold)+len(out) > st.th.e.tune.replayLimit() {
		st.replay = false
		st.letGo()
		return
	}
	if n := len(st.hold) + len(out); n > cap(st.hold) {
		larger := append(st.th.Get(n), st.hold...)
		st.th.Put(st.hold)
		st.hold = larger
	}
	st.hold = append(st.hold, out...)
}

// letGo forgets the request's head and what else was kept.
func (st *stream) letGo() {
	if st.hold != nil {
		st.th.Put(st.hold)
		st.hold = nil
	}
}

// sendAgain starts over with the request after a failure of one of the kinds in
// on. False when that is not wanted, or not possible any more.
func (st *stream) sendAgain(on config.RetryOn) bool {
	if !st.replay || st.be.RetryOn&on == 0 || st.tries >= st.retries {
		return false
	}
	t := st.th
	st.tries++
	st.th.e.events.serverClosed(st, st.up.link.fd)
	st.up.close()
	st.countServer()
	st.up = nil
	st.phase = phaseConnect
	st.sent, st.reused = false, false
	st.tConnected = 0
	st.res.Reset()
	t.ClearTimer(&st.c.timer) // the client owes us nothing now
	if st.redispatches() {
		st.redispatch()
		return true
	}
	st.countRetry()
	st.attempt()
	return true
}
