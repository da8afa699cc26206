package stream

import (
	"math/rand/v2"
	"time"
)

// Never, as the time over which a soft stop closes connections, leaves them to
// their clients and timeouts ("close-spread-time infinite").
const Never time.Duration = -1

// young is how long a connection has to be idle before a soft stop closes it: a
// client that is at work would lose the request that is on its way, and gets
// "Connection: close" with the answer to it anyway.
const young = 1e9

// SoftStop has connections end: those that have been idle for a moment at once
// and the others after the answer they are waiting for; or, when it may take some time, spread over it
// (manual 3.1 "close-spread-time"). The channel receives a value when none is
// left.
func (e *Engine) SoftStop(spread time.Duration) <-chan struct{} {
	if !e.hurried.Load() {
		e.spread.Store(int64(spread))
	}
	e.retireAll()
	e.CheckIdle()
	return e.idle
}

// Hurry makes a soft stop one that spreads nothing, and closes idle connections even
// where they were to be told with an answer (option idle-close-on-response).
func (e *Engine) Hurry() {
	e.hurried.Store(true)
	e.spread.Store(0)
	e.retireAll()
}

func (e *Engine) retireAll() {
	e.stopping.Store(true)
	for _, t := range e.threads {
		t.Post(t.retireIdle)
	}
}

// retiring says whether a connection that would be kept is to be ended now.
// During a spread stop the odds grow from none to certainty.
func (t *Thread) retiring() bool {
	if !t.e.stopping.Load() {
		return false
	}
	spread := t.e.spread.Load()
	if spread <= 0 {
		return spread == 0
	}
	return t.stopAt != 0 && rand.Int64N(spread) < t.Now()-t.stopAt
}

// poolless tells whether connections to servers are not kept any more: nobody
// will use them.
func (e *Engine) poolless() bool { return e.stopping.Load() && e.spread.Load() == 0 }

// retireIdle gives each idle client connection its moment to be closed, and
// closes those to servers.
func (t *Thread) retireIdle() {
	t.stopAt = t.Now()
	for c := t.first; c != nil; {
		next := c.next
		if c.st == nil && c.http && !c.closing && !c.lingering {
			c.retire()
		}
		c = next
	}
	if t.e.spread.Load() == 0 {
		t.closeIdle()
	}
}

// retire closes an idle connection, now or at a moment within the time that the
// stop may take.
func (c *session) retire() {
	e := c.th.e
	spread := e.spread.Load()
	if spread < 0 || c.fe.IdleOnResponse && !e.hurried.Load() {
		return // it is told with the answer to one more request
	}
	at := c.th.Now()
	if spread > 0 {
		at = max(at, c.th.stopAt+rand.Int64N(spread))
	}
	at = max(at, c.idleSince+young)
	if due := c.timer.Due(); due != 0 && due <= at {
		return // its own timeout comes first
	}
	c.retired = true
	if at <= c.th.Now() {
		c.expired()
		return
	}
	c.th.SetTimer(&c.timer, at)
}

// leave closes an idle connection whose moment has come, unless something of a
// request has arrived: that one is answered first.
func (c *session) leave() {
	c.retired = false
	if len(c.link.in) > 0 || c.link.readable || c.th.net.waiting(int(c.link.fd)) {
		c.armRequest(c.th.Now())
		return
	}
	c.close()
}
