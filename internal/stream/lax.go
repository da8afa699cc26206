package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

func laxLimits(l http1.Limits) http1.Limits {
	l.Lax = true
	return l
}

// requestLimits are those of "option accept-unsafe-violations-in-http-request"
// where the frontend has it.
func (st *stream) requestLimits() *http1.Limits {
	if st.fe.LaxRequest {
		return &st.th.e.lax
	}
	return &st.th.e.limits
}

// responseLimits are those of "option accept-unsafe-violations-in-http-response"
// where the backend has it.
func (st *stream) responseLimits() *http1.Limits {
	if st.be.LaxResponse {
		return &st.th.e.lax
	}
	return &st.th.e.limits
}
