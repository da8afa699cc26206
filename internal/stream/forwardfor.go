package stream

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/config"
)

// addresses tells the server who the client is and what it connected to ("option
// forwardfor", "option originalto", "option forwarded").
func (st *stream) addresses() {
	if fe, be := st.fe.ForwardFor, st.be.ForwardFor; fe != nil || be != nil {
		st.addAddress(fe, be, st.src.Addr())
	}
	if fe, be := st.fe.OriginalTo, st.be.OriginalTo; fe != nil || be != nil {
		st.addAddress(fe, be, st.LocalAddr().Addr())
	}
	if f := st.be.Forwarded; f != nil {
		st.addForwarded(f)
	}
}

// addAddress adds an address as a field of its own, so that what earlier proxies
// said stays as it is. The backend's name for the field wins; each side excepts
// clients; "if-none" holds when nobody wants the field in any case.
func (st *stream) addAddress(fe, be *config.ForwardFor, a netip.Addr) {
	if !a.IsValid() {
		return
	}
	f, ifNone := be, true
	if be == nil {
		f = fe
	}
	for _, x := range [...]*config.ForwardFor{fe, be} {
		if x == nil {
			continue
		}
		if x.Except.IsValid() && x.Except.Contains(a) {
			return
		}
		ifNone = ifNone && x.IfNone
	}
	name := f.Name
	if ifNone && st.req.Find(name, 0) >= 0 {
		return
	}
	x := &st.ctx
	n := len(x.Scratch)
	x.Scratch = a.AppendTo(x.Scratch)
	v := x.Scratch[n:]
	n = len(x.Scratch)
	x.Scratch = append(x.Scratch, name...)
	st.req.Add(x.Scratch[n:], v)
}
