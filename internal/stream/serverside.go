package stream

import (
	"github.com/sluice-proxy/sluice/internal/sample"
)

// What a stream knows of its connections to servers.

// takeServer notes where on the connection the stream begins.
func (st *stream) takeServer(u *upstream) {
	st.sentFrom, st.gotFrom, st.serverNumber = u.link.sent, u.link.got, int64(u.used)
	st.serverErr, st.serverGone, st.serverWorn, st.serverGlitches = 0, false, false, u.glitches
}

// countServer counts what went over the connection that the stream is leaving.
func (st *stream) countServer() {
	st.serverSent, st.serverGot = st.serverBytes()
	if u := st.up; u != nil {
		st.sentFrom, st.gotFrom = u.link.sent, u.link.got
	}
}

// serverBytes is how much went to servers and came from them.
func (st *stream) serverBytes() (sent, got int64) {
	sent, got = st.serverSent, st.serverGot
	if u := st.up; u != nil {
		sent, got = sent+u.link.sent-st.sentFrom, got+u.link.got-st.gotFrom
	}
	return sent, got
}

// ConnError implements sample.Actor.
func (st *stream) ConnError(server bool) (sample.ConnError, bool) {
	if server {
		return st.serverErr, st.last != nil
	}
	return st.clientErr, true
}

// StreamID implements sample.Actor.
func (st *stream) StreamID(server bool) (int64, bool) {
	if server {
		return st.serverNumber, st.last != nil
	}
	return int64(st.c.requests) - 1, true
}

// SavedSYN implements sample.Actor.
func (st *stream) SavedSYN(b []byte) int {
	if st.c.link.closed() {
		return 0
	}
	return st.th.net.syn(int(st.c.link.fd), b)
}

// givenUp ends a wait that a rule asked for, whose decision this is.
func (st *stream) givenUp() {
	if r := st.result.Waiting; r != nil {
		st.result.Last, st.result.Waiting = r, nil
	}
}
