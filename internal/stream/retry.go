package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
)

// turnAround is the pause before a server that refused is tried again
// (manual 4.2, "retries"): time enough to restart, too short to be noticed.
const turnAround = 1e9

// retry tries again after a connection that failed: the same server, after a
// turn-around if it refused, or another one where redispatching is allowed.
func (st *stream) retry(cause byte) {
	t, failed := st.th, st.srv
	st.up.close()
	st.countServer()
	st.up = nil
	t.ClearTimer(&st.timer)
	if st.tries >= st.retries || st.be.RetryOn&config.RetryConnFailure == 0 {
		failed.Loops[t.id].ConnErrors++
		st.be.Loops[t.id].ConnErrors++
		st.giveUp(503, cause, 'C')
		return
	}
	st.tries++
	if st.redispatches() {
		st.redispatch()
		return
	}
	st.countRetry()
	if cause == 's' { // time enough has passed
		st.attempt()
		return
	}
	wait := int64(turnAround)
	if d := st.connectTime(); d > 0 && d < wait {
		wait = d
	}
	t.SetTimer(&st.timer, t.Now()+wait)
}

// countRetry counts another attempt at the stream's server.
func (st *stream) countRetry() {
	st.srv.Loops[st.th.id].Retries++
	st.be.Loops[st.th.id].Retries++
}

// redispatch gives the server's slot back and asks for another server.
func (st *stream) redispatch() {
	failed := st.srv
	st.left, st.waiter.Want = failed, nil
	st.srv, st.tQueued = nil, 0
	st.lastConns = failed.Served() - 1
	st.be.Release(failed)
	st.assign(failed)
}

// redispatches tells whether this retry may choose another server: every n-th
// for a positive interval, the n-th from the last for a negative one. Who was
// not sent to this server by persistence, nor by an algorithm that would choose
// it again, need not wait for that.
func (st *stream) redispatches() bool {
	if !st.mayLeave() {
		return false
	}
	n := st.be.Redispatch
	switch {
	case n > 0 && st.tries%n == 0, n < 0 && st.tries == st.retries+1+n:
		return true
	}
	return st.waiter.Want == nil && st.be.Fickle()
}
