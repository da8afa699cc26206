package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
)

// plainNames does to header names with odd characters what a proxy wants done
// ("option http-restrict-req-hdr-names"); false: the request was refused.
func (st *stream) plainNames(policy config.HeaderNames) bool {
	if policy == config.PreserveNames || !st.http {
		return true
	}
	h := &st.req
	for i := range h.Len() {
		switch name := h.Name(i); {
		case name == nil || isPlainName(name):
		case policy == config.DeleteNames:
			h.DelAt(i)
		default:
			st.denied(true)
			st.end('P', 'R')
			st.page(403)
			return false
		}
	}
	return true
}

func isPlainName(name []byte) bool {
	for _, c := range name {
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}
