package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Letters of the log for what became of a server's persistence cookie (manual 8.5).
const (
	cookieInserted  = 'I'
	cookieUpdated   = 'U'
	cookiePassed    = 'P'
	cookieRewritten = 'R'
	cookieDeleted   = 'D'
)

// responseCookies changes, removes or adds the cookie that brings the client back.
func (st *stream) responseCookies() {
	k, h := st.be.Cookie, &st.res
	// The client was sent to this server, by whatever way, and has what it needs.
	direct := st.waiter.Want != nil && st.waiter.Want == st.srv
	letter, found := byte(cookieNone), false
	for i := h.Find("set-cookie", 0); i >= 0; i = h.Find("set-cookie", i+1) {
		line := h.Value(i)
		it := nextItem(line, 0) // one field is one cookie
		st.capture(&st.capturedOut, &it)
		if k == nil || !it.pair || string(it.name) != k.Name {
			continue
		}
		found = true
		switch {
		case !k.Preserve && (k.Mode == config.CookieInsert || k.Indirect && direct):
			letter = cookieDeleted
			h.DelAt(i)
			i--
		case st.srv.Cookie != "" && (k.Mode == config.CookieRewrite || k.Mode == config.CookiePrefix):
			letter = cookieRewritten
			out := append(st.th.Out[:0], it.name...)
			out = append(append(out, '='), st.srv.Cookie...)
			if k.Mode == config.CookiePrefix {
				out = append(append(out, cookieDelimiter), it.value...)
			}
			out = append(out, line[it.to:]...)
			h.SetValueAt(i, out)
			st.th.Out = out[:0]
		default:
			letter = cookiePassed
			if plain := len(it.name) + 1 + len(it.value); plain < len(trim(line[:it.to])) { // blanks around the equals sign
				out := append(append(append(st.th.Out[:0], it.name...), '='), it.value...)
				out = append(out, line[it.to:]...)
				h.SetValueAt(i, out)
				st.th.Out = out[:0]
			}
		}
	}
	if k == nil {
		return
	}
	if k.Mode == config.CookieInsert && !(found && k.Preserve) && (!k.PostOnly || st.req.Method == http1.MethodPost) && (!direct || st.cookieStale) && !st.cookieIgnored {
		letter = cookieInserted
		if direct {
			letter = cookieUpdated
		}
		st.insertCookie(k)
	}
	if k.Shown {
		st.cookieOut = letter
	}
}

var nameSetCookie = []byte("set-cookie")

// insertCookie tells the client how to come back; without a value for the server,
// to forget where it was.
func (st *stream) insertCookie(k *proxy.Cookie) {
	out := append(append(st.th.Out[:0], k.Name...), '=')
	if st.srv.Cookie == "" {
		out = append(out, "; Expires=Thu, 01-Jan-1970 00:00:01 GMT"...)
	} else {
		out = append(out, st.srv.Cookie...)
		if now := st.th.Wall() / 1e9; k.MaxIdle > 0 || k.MaxLife > 0 {
			out = proxy.AppendCookieDate(append(out, dateDelimiter), now)
			if k.MaxLife > 0 {
				since := st.cookieSince
				if since == 0 || st.waiter.Want != st.srv {
					since = now
				}
				out = proxy.AppendCookieDate(append(out, dateDelimiter), since)
			}
		}
	}
	out = append(out, k.Tail...)
	h := &st.res
	h.Add(nameSetCookie, out)
	st.th.Out = out[:0]
	if k.NoCache && cacheable(st.req.Method, h) {
		h.Add(nameCacheControl, valuePrivate)
	}
}
