package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
)

// forwardFor returns the "option forwardfor" in force: the backend's wins over
// the frontend's where both set it.
func (st *stream) forwardFor() *config.ForwardFor {
	if f := st.be.ForwardFor; f != nil {
		return f
	}
	return st.fe.ForwardFor
}

// addForwardFor adds the client's address as a field of its own, so that what
// earlier proxies said stays as it is.
func (st *stream) addForwardFor(f *config.ForwardFor) {
	src := st.src.Addr()
	if !src.IsValid() || f.Except.IsValid() && f.Except.Contains(src) {
		return
	}
	name := f.Name
	if f.IfNone && st.req.Find(name, 0) >= 0 {
		return
	}
	x := &st.ctx
	n := len(x.Scratch)
	x.Scratch = src.AppendTo(x.Scratch)
	v := x.Scratch[n:]
	n = len(x.Scratch)
	x.Scratch = append(x.Scratch, name...)
	st.req.Add(x.Scratch[n:], v)
}
