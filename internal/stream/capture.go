package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// openCaptures gives the stream the slots of its frontend, empty; streams of
// other frontends may have used this one before.
func (st *stream) openCaptures() {
	x := &st.ctx
	x.ReqMethod, x.ReqURI = nil, nil
	x.ReqVersion, x.ResVersion = 0, 0
	openSlots(st.fe.ReqCaptures, &x.ReqCaptures)
	openSlots(st.fe.ResCaptures, &x.ResCaptures)
}

func openSlots(of *proxy.Captures, to *sample.Captures) {
	if of != nil {
		to.Open(of.Lens)
	} else if len(to.All()) > 0 {
		to.Open(nil)
	}
}

// captureRequest keeps what is asked for of the request as it came.
func (st *stream) captureRequest() {
	st.ctx.ReqMethod, st.ctx.ReqURI = st.method, st.uri
	st.ctx.ReqVersion = uint8(st.req.Minor) + 1
	capture(st.fe.ReqCaptures, &st.ctx.ReqCaptures, &st.req)
}

// captureResponse is captureRequest for the server's answer.
func (st *stream) captureResponse() {
	st.ctx.ResVersion = uint8(st.res.Minor) + 1
	capture(st.fe.ResCaptures, &st.ctx.ResCaptures, &st.res)
}

// capture keeps the last line of each field.
func capture(of *proxy.Captures, to *sample.Captures, h *http1.Head) {
	if of == nil {
		return
	}
	for _, f := range of.Headers {
		for i := h.Find(f.Name, 0); i >= 0; i = h.Find(f.Name, i+1) {
			to.Set(f.Slot, h.Value(i))
		}
	}
}
