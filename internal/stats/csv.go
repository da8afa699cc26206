package stats

import (
	"io"
	"strconv"
	"strings"
)

// Header writes the line with the names of the columns.
func Header(w io.Writer) error {
	b := []byte("# ")
	for i := range columns {
		b = append(append(b, columns[i].name...), ',')
	}
	_, err := w.Write(append(b, '\n'))
	return err
}

// CSV writes the header and the rows of the source that the filter lets through. It stops at the first error of w.
func CSV(w io.Writer, src Source, f Filter) error {
	err := Header(w)
	if err != nil {
		return err
	}
	var line []byte
	src.Rows(func(r *Row) bool {
		if !f.Match(r) {
			return true
		}
		line = appendRow(line[:0], r, f.Up || f.NoMaint)
		_, err = w.Write(line)
		return err == nil
	})
	return err
}

// appendRow writes a line. counted adds the servers of a backend to its status, as the reference does when some of
// them are left out.
func appendRow(b []byte, r *Row, counted bool) []byte {
	for i := range columns {
		c := &columns[i]
		switch {
		case c.in&(1<<r.Kind) == 0 || c.when != nil && !c.when(r):
		case c.num != nil:
			if v := c.num(r); v != Unset {
				b = strconv.AppendInt(b, v, 10)
			}
		case counted && c.name == "status" && r.Kind == Backend:
			b = append(b, r.Status...)
			b = append(b, " ("...)
			b = strconv.AppendInt(b, int64(r.Usable), 10)
			b = append(b, '/')
			b = strconv.AppendInt(b, int64(r.Total), 10)
			b = append(b, ')')
		default:
			b = appendText(b, c.text(r))
		}
		b = append(b, ',')
	}
	return append(b, '\n')
}

// appendText quotes a text that contains a delimiter. Control characters, which a server's answer may bring into
// last_chk, become blanks: an empty line would end the answer.
func appendText(b []byte, s string) []byte {
	quoted := strings.ContainsAny(s, `",`)
	if quoted {
		b = append(b, '"')
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			b = append(b, ' ')
		case c == '"':
			b = append(b, '"', '"')
		default:
			b = append(b, c)
		}
	}
	if quoted {
		b = append(b, '"')
	}
	return b
}

// All as a Filter's Types, and as its ProxyID or ID, lets everything through.
const All = -1

// Filter is what "show stat" was asked for. The zero value lets nothing through; begin with NewFilter.
type Filter struct {
	ProxyID int // iid, or All
	Types   int // bits 1: frontends, 2: backends, 4: servers, 8: listeners, or All
	ID      int // sid of servers and listeners, or All
	Up      bool
	NoMaint bool
}

// NewFilter returns the filter that lets everything through.
func NewFilter() Filter { return Filter{ProxyID: All, Types: All, ID: All} }

// Match tells whether a row is wanted.
func (f *Filter) Match(r *Row) bool {
	switch {
	case f.ProxyID != All && r.ProxyID != f.ProxyID:
		return false
	case f.Types&(1<<r.Kind) == 0:
		return false
	case r.Kind != Server && r.Kind != Listener:
		return true
	case f.ID != All && r.ID != f.ID:
		return false
	case r.Kind == Server && f.Up && (r.Down || r.Maint):
		return false
	case r.Kind == Server && f.NoMaint && r.Maint:
		return false
	}
	return true
}
