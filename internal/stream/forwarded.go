package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

var nameForwarded = []byte("forwarded")

// addForwarded says it in the field of RFC 7239, behind what earlier proxies said.
func (st *stream) addForwarded(f *proxy.Forwarded) {
	host, _ := st.req.Get("host")
	x := &st.ctx
	x.Response, x.Req = false, &st.req
	m := x.Mark()
	last := -1
	for i := st.req.Find("forwarded", 0); i >= 0; i = st.req.Find("forwarded", i+1) {
		last = i
	}
	out := st.th.Out[:0]
	if last >= 0 {
		out = append(append(out, st.req.Value(last)...), ',')
	}
	n := len(out)
	out = f.Append(out, x, "http", host, st.src, st.LocalAddr())
	x.Release(m)
	switch {
	case len(out) == n: // nothing to say
	case last >= 0:
		st.req.SetValueAt(last, out)
	default:
		st.req.Add(nameForwarded, out)
	}
	st.th.Out = out[:0]
}
