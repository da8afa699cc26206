package stream

// Content rules may look at what comes until they can decide (manual 4.2,
// "tcp-request inspect-delay"). Until then everything is held back: the bytes of
// a TCP session stay in its link, where each look begins at the first of them;
// the head of an HTTP request is kept beside, for those of the link move.

// inspected tells whether nothing will come any more that could change what the
// rules say of a request: the delay is over, the client has sent all it will, or
// there is no room for more.
func (st *stream) inspected() bool {
	if st.inspectTill != 0 && st.th.Now() >= st.inspectTill {
		return true
	}
	return st.c.link.ended || st.c.link.dead || st.full(st.ctx.Payload)
}

// full tells whether as much waits as rules get to see at a time.
func (st *stream) full(b []byte) bool { return len(b) >= st.th.e.inspectMost() }

// inspectMost is how many bytes content rules get to see: what a head may have.
func (e *Engine) inspectMost() int {
	if e.limits.MaxHead > 0 {
		return e.limits.MaxHead
	}
	return maxInspect
}

const maxInspect = 15 << 10

// inspect waits for more, or for the end of the delay.
func (st *stream) inspect(delay int64) {
	now := st.th.Now()
	if st.inspectTill == 0 {
		st.inspectTill = now + delay
	}
	st.halt()
	st.th.SetTimer(&st.timer, st.inspectTill)
	if !st.http {
		st.c.arm(now, st.clientTime())
	}
}

// halt stops the stream on its way to a server until carryOn.
func (st *stream) halt() {
	st.phase = phaseRules
	if st.http && st.raw != nil {
		st.kept = append(st.kept[:0], st.raw...)
		st.req.Rebase(st.kept)
		st.raw = nil
	}
}

// admit ends an inspection.
func (st *stream) admit() {
	if st.inspectTill == 0 {
		return
	}
	st.inspectTill = 0
	st.th.ClearTimer(&st.timer)
	if st.http {
		st.tHead = st.th.Now() // its wait counts as the request's
	} else {
		st.th.ClearTimer(&st.c.timer)
	}
}

// carryOn has the rules go on with what is there.
func (st *stream) carryOn() {
	c := st.c
	if st.http {
		st.withRest(st.route)
	} else {
		st.look(c.link.in)
		if st.http && st.phase == phaseHead {
			st.offerAgain()
			return
		}
	}
	if c.st == st && (st.phase == phaseQueue || st.phase == phaseConnect) {
		c.link.pause() // until there is who takes it
	}
}

// look has the rules of a TCP session go on, over the bytes b of the client. They
// may ask for HTTP in them.
func (st *stream) look(b []byte) {
	x := &st.ctx
	x.Payload = b
	if len(b) > 0 {
		st.req.Reset()
		switch n, err := st.req.ParseRequest(b, st.requestLimits()); {
		case err != nil:
			x.NotHTTP = true
		case n > 0:
			x.Req = &st.req
		}
	}
	st.route()
	x.Payload, x.Req, x.NotHTTP = nil, nil, false
}

// inspectMore offers what came of a TCP session to the rules; none of it is used
// before there is who takes it.
func (st *stream) inspectMore(b []byte) (used int) {
	c := st.c
	st.look(b)
	switch {
	case c.st != st:
		return len(b) // it was refused
	case st.phase == phaseQueue || st.phase == phaseConnect:
		c.link.pause()
	case st.phase == phaseTunnel:
		return st.tunnelUp(b)
	}
	return 0
}
