package stream

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Letters of the log for what a client's persistence cookie was good for (manual
// 8.5).
const (
	cookieNone    = 'N'
	cookieInvalid = 'I'
	cookieDown    = 'D' // of a server that is down
	cookieValid   = 'V'
	cookieExpired = 'E' // "maxidle"
	cookieOld     = 'O' // "maxlife"
	cookieUnused  = 'U'
)

const (
	cookieDelimiter = '~' // behind the server's value in mode "prefix"
	dateDelimiter   = '|'
)

// cookieItem is one item of a Cookie field: its place in the line, with the blanks
// around it, and its parts.
type cookieItem struct {
	from, to    int // to: of the separator, or the end
	name, value []byte
	pair        bool // it has an equals sign
}

// nextItem returns the item of a line that begins at from; the next one begins
// behind to. Separators are semicolons and commas outside of quoted values.
func nextItem(line []byte, from int) (it cookieItem) {
	it.from, it.to = from, len(line)
	equals, quoted := -1, false
scan:
	for i := from; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"' && equals >= 0:
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '=' && equals < 0:
			equals = i
		case c == ';' || c == ',':
			it.to = i
			break scan
		}
	}
	it.name = trim(line[from:it.to])
	if it.pair = equals >= 0; it.pair {
		it.name, it.value = trim(line[from:equals]), trim(line[equals+1:it.to])
	}
	return it
}

func trim(b []byte) []byte { return bytes.Trim(b, " \t") }

// requestCookies reads the client's cookies: the first valid one of the backend's
// name chooses the server. Servers do not see what is not theirs.
func (st *stream) requestCookies(takes func(*proxy.Server) bool, ignored bool) {
	k := st.be.Cookie
	if k != nil && k.Shown {
		st.cookieIn, st.cookieOut = cookieNone, cookieNone
	}
	st.cookieIgnored = ignored
	ignored = ignored || st.waiter.Want != nil
	h := &st.req
	for i := h.Find("cookie", 0); i >= 0; i = h.Find("cookie", i) {
		line := h.Value(i)
		out, changed, left, gap := st.th.Out[:0], false, false, false
		for at := 0; at <= len(line); {
			it := nextItem(line, at)
			at = it.to + 1
			st.capture(&st.capturedIn, &it)
			if k == nil || !it.pair || string(it.name) != k.Name {
				left = left || len(it.name) > 0 && it.name[0] != '$' || it.pair && len(it.name) == 0
				out, gap = keepItem(out, line, &it, gap), false
				continue
			}
			if !ignored {
				st.useCookie(k, it.value, takes)
			} else if st.cookieIn != 0 {
				st.cookieIn = cookieUnused
			}
			switch value := it.value; {
			case k.Mode == config.CookieInsert && k.Indirect:
				changed, gap = true, true
				if it.to == len(line) { // nothing follows: the separator before it goes too
					out = bytes.TrimRight(out, " \t")
					if n := len(out); n > 0 && (out[n-1] == ';' || out[n-1] == ',') {
						out = out[:n-1]
					}
				}
			case k.Mode == config.CookiePrefix && bytes.IndexByte(value, cookieDelimiter) >= 0:
				value = value[bytes.IndexByte(value, cookieDelimiter)+1:]
				changed, left = true, true
				out = replaceItem(out, line, &it, value)
			default:
				left = true
				if plain := len(it.name) + 1 + len(value); plain < len(trim(line[it.from:it.to])) {
					changed = true
					out = replaceItem(out, line, &it, value)
				} else {
					out, gap = keepItem(out, line, &it, gap), false
				}
			}
		}
		st.th.Out = out[:0]
		switch {
		case changed && !left:
			h.DelAt(i)
			continue
		case changed:
			h.SetValueAt(i, trim(out))
		}
		i++
	}
}

// keepItem copies an item with its separator. Where the item before it was left
// out, a blank parts it from the one before that.
func keepItem(out, line []byte, it *cookieItem, gap bool) []byte {
	text := line[it.from:min(it.to+1, len(line))]
	if len(out) == 0 {
		text = bytes.TrimLeft(text, " \t")
	} else if gap && len(text) > 0 && text[0] != ' ' && text[0] != '\t' {
		out = append(out, ' ')
	}
	return append(out, text...)
}

// replaceItem copies an item with another value.
func replaceItem(out, line []byte, it *cookieItem, value []byte) []byte {
	lead := line[it.from : it.from+len(line[it.from:it.to])-len(bytes.TrimLeft(line[it.from:it.to], " \t"))]
	if len(out) > 0 {
		out = append(out, lead...)
	}
	out = append(append(append(out, it.name...), '='), value...)
	if it.to < len(line) {
		tail := line[it.from:it.to]
		out = append(out, tail[len(bytes.TrimRight(tail, " \t")):]...)
		out = append(out, line[it.to])
	}
	return out
}

// useCookie takes the server of a cookie's value, unless one was found before.
func (st *stream) useCookie(k *proxy.Cookie, value []byte, takes func(*proxy.Server) bool) {
	if st.waiter.Want != nil {
		return
	}
	letter := byte(cookieInvalid)
	defer func() {
		if st.cookieIn != 0 {
			st.cookieIn = letter
		}
	}()
	delimiter := byte(dateDelimiter)
	if k.Mode == config.CookiePrefix {
		delimiter = cookieDelimiter
	}
	id, rest, _ := bytes.Cut(value, []byte{delimiter})
	stale, since := false, int64(0)
	if k.Mode == config.CookieInsert {
		var spent byte
		if spent, stale, since = st.cookieDates(k, rest); spent != 0 {
			letter = spent
			return
		}
	}
	srv := k.Server(id)
	if srv == nil {
		return
	}
	letter = cookieValid
	if !srv.Willing() {
		letter = cookieDown
	}
	if takes(srv) {
		st.waiter.Want, st.cookieStale, st.cookieSince = srv, stale, since
	}
}

// A cookie of tomorrow's clock is let pass, one of a later date is not believed.
const cookieFuture = 24 * 3600

// cookieDates reads the dates behind a cookie's value, "last|first". spent is the
// letter of a cookie that is too old, 0 for others; stale wants new dates sent.
func (st *stream) cookieDates(k *proxy.Cookie, dates []byte) (spent byte, stale bool, since int64) {
	now := st.th.Wall() / 1e9
	text, rest, _ := bytes.Cut(dates, []byte{dateDelimiter})
	last, first := proxy.ParseCookieDate(text), proxy.ParseCookieDate(rest)
	outside := func(date int64, limit int) bool {
		return date != 0 && (now-date > int64(limit) || date-now > cookieFuture)
	}
	switch {
	case k.MaxIdle == 0 && k.MaxLife == 0:
		return 0, last != 0 || first != 0, 0
	case k.MaxLife > 0 && outside(first, k.MaxLife):
		return cookieOld, false, 0
	case k.MaxIdle > 0 && outside(last, k.MaxIdle):
		return cookieExpired, false, 0
	}
	stale = k.MaxIdle > 0 && last == 0 || last != 0 && last <= now || k.MaxLife > 0 && first == 0
	return 0, stale, first
}

// capture keeps the first cookie whose name begins as asked for.
func (st *stream) capture(to *[]byte, it *cookieItem) {
	want := st.fe.CaptureCookie
	if want == nil || len(*to) > 0 || !it.pair || !bytes.HasPrefix(it.name, []byte(want.Name)) {
		return
	}
	text := append((*to)[:0], it.name...)
	text = append(append(text, '='), it.value...)
	*to = text[:min(len(text), want.Len)]
}
