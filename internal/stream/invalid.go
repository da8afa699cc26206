package stream

import (
	"errors"
	"slices"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// keepRequest keeps an invalid request for "show errors": b is what came of it,
// head how much of that the error does not count.
func (st *stream) keepRequest(b []byte, err error, head int) {
	st.fe.BadRequest.Keep(st.invalid(b, err, head))
}

// keepResponse keeps an invalid response.
func (st *stream) keepResponse(b []byte, err error, head int) {
	st.be.BadResponse.Keep(st.invalid(b, err, head))
}

// keepBroken keeps the piece b of a body that turned out broken; before is how much of
// the body was sound and is gone.
func (st *stream) keepBroken(body *http1.Body, b []byte, err error, before int64) {
	if body == &st.reqBody {
		st.keepRequest(b, err, -int(before))
		return
	}
	st.keepResponse(b, err, -int(before))
}

// invalid copies what is known of an invalid message. A proxy keeps the last one,
// of a buffer at most.
func (st *stream) invalid(b []byte, err error, head int) *proxy.Invalid {
	size := st.th.e.tune.replayLimit()
	m := &proxy.Invalid{Wall: st.th.Wall(), Event: st.th.e.Invalids.Add(1) - 1, Frontend: st.fe, Backend: st.be, Server: st.srv, Src: st.src,
		Data: slices.Clone(b[:min(len(b), size)]), Room: size - min(len(b), size), Reason: err.Error()}
	var e *http1.Error
	if errors.As(err, &e) {
		m.Pos, m.Reason = head+e.Pos, e.Reason
	}
	return m
}
