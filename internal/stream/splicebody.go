package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// The content of HTTP bodies is spliced where "option splice-request",
// "splice-response" or "splice-auto" says so: what a Content-Length or a chunk has left,
// and all that comes up to the end of a connection. Framing goes on being read, for
// nobody else understands it.

// minSplice is the content from which splicing it beats copying it; of a chunk it is
// more, because its framing takes two more calls.
const (
	minSplice      = 32 << 10
	minSpliceChunk = 128 << 10
)

// spliceUp has the kernel move what is left of the request's content, if that is
// wanted; got is what the last read brought.
func (st *stream) spliceUp(got int) {
	f, b := &st.fe.ConnOptions, &st.be.ConnOptions
	if always := f.SpliceUp || b.SpliceUp; (always || f.SpliceAuto || b.SpliceAuto) && !st.replay {
		st.splice(&st.c.link, &st.up.link, &st.reqBody, always, got)
	}
}

// spliceDown does the same for the answer.
func (st *stream) spliceDown(got int) {
	f, b := &st.fe.ConnOptions, &st.be.ConnOptions
	if always := f.SpliceDown || b.SpliceDown; (always || f.SpliceAuto || b.SpliceAuto) && !st.dechunk && !st.mute() {
		st.splice(&st.up.link, &st.c.link, &st.resBody, always, got)
	}
}

// splice begins to move content. Without always, only who sends much at a time is
// spliced from.
func (st *stream) splice(from, to *link, body *http1.Body, always bool, got int) {
	least := int64(minSplice)
	if body.Kind() == http1.BodyChunked {
		least = minSpliceChunk
	}
	if from.splice != nil || from.full < 0 || to.dead || body.Direct() < least {
		return
	}
	if !always && from.full < bulkReads {
		if got < len(st.th.Buf) {
			from.full = 0
			return
		}
		if from.full++; from.full < bulkReads {
			return
		}
	}
	if _, real := from.th.net.(sockets); !real || st.th.pipe.poor {
		return
	}
	from.splice = &splice{st: st, to: to, body: body}
	from.other, to.other = to, from
}

// forwarded passes on n bytes of a body that are in the pipe now.
func (s *splice) forwarded(l *link, n int) {
	st := s.st
	s.body.Skip(int64(n))
	l.got += int64(n)
	s.to.sent += int64(n)
	if l == &st.c.link {
		st.bytesIn += int64(n)
	} else {
		st.bytesOut += int64(n)
	}
	if !s.push(l) {
		return // the stream has ended
	}
	if s.over() {
		s.end(l)
		return
	}
	st.armClient()
	st.armServer()
}

// over tells whether all that could be moved has been.
func (s *splice) over() bool { return s.body != nil && s.in == 0 && s.body.Direct() == 0 }

// end goes on with what comes after the content.
func (s *splice) end(l *link) {
	st := s.st
	l.dropPipe()
	s.part(l)
	l.sip = !s.body.Done() // the size of the next chunk, and no more of that
	if l == &st.c.link {
		if st.reqBody.Done() {
			st.requestSent()
		} else {
			st.wantBody()
		}
		return
	}
	if st.resBody.Done() && !l.hup && !l.th.net.waiting(int(l.fd)) {
		l.readable = false // nothing was read beyond the body that would have told
	}
	st.afterBody(0)
}

// unsplice goes back to reading content: some of it was kept here, and comes before
// what the kernel has. The pipe is empty then, else nothing would be read.
func (l *link) unsplice() {
	if s := l.splice; s != nil && s.body != nil {
		l.dropPipe()
		s.part(l)
	}
}

// part forgets that the two connections belong together, unless the other direction
// is spliced too.
func (s *splice) part(l *link) {
	if l.tunnelOf == nil && s.to.splice == nil {
		l.other, s.to.other = nil, nil
	}
}

// lost: the server takes no more of the request. What it may have answered is read
// before anything else is decided, and the rest of the body is thrown away.
func (s *splice) lost(l *link) {
	s.to.dead = true
	l.dropPipe()
	s.part(l)
}
