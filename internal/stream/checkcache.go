package stream

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/logs"
)

// leaks tells whether a cache might hand the answer's cookies to others ("option
// checkcache"): it sets some, its method and status let caches keep it, or it says
// "public", and nothing keeps caches from it.
func (st *stream) leaks() bool {
	h := &st.res
	if !st.be.CheckCache || h.Find("set-cookie", 0) < 0 {
		return false
	}
	public := false
	for i := range h.Len() {
		switch name := h.Name(i); {
		case bytes.EqualFold(name, namePragma):
			if bytes.Contains(bytes.ToLower(h.Value(i)), valueNoCache) {
				return false
			}
		case bytes.EqualFold(name, nameCacheControl):
			said, safe := cookieDirectives(bytes.ToLower(h.Value(i)))
			if safe {
				return false
			}
			public = public || said
		}
	}
	return public || keptByMethod(st.req.Method) && keptByStatus(h.Status)
}

// cookieDirectives reads a Cache-Control field in small letters: whether it says
// "public", and whether it keeps caches from the answer or from its cookies.
func cookieDirectives(v []byte) (public, safe bool) {
	for len(v) > 0 {
		var d []byte
		d, v, _ = bytes.Cut(v, []byte{','})
		name, value, has := bytes.Cut(trim(d), []byte{'='})
		value = bytes.Trim(value, `"`)
		switch string(name) {
		case "public":
			public = true
		case "private", "no-store":
			safe = true
		case "max-age", "s-maxage":
			safe = safe || string(value) == "0"
		case "no-cache":
			safe = safe || !has || string(value) == "set-cookie"
		}
	}
	return public, safe
}

// keptByMethod: caches may keep what answers these requests.
func keptByMethod(m http1.Method) bool {
	switch m {
	case http1.MethodGet, http1.MethodHead, http1.MethodOptions, http1.MethodTrace:
		return true
	}
	return false
}

// keptByStatus: caches keep these answers of their own accord (RFC 9110 15.1).
func keptByStatus(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// blockCookie answers in place of the server, and says so.
func (st *stream) blockCookie() {
	st.th.sink.Message(st.be.Output, logs.Alert, "Blocking cacheable cookie in response from instance "+st.be.Name+", server "+st.srv.Name+".")
	st.giveUp(502, 'P', 'H')
}
