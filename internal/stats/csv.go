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

// Write writes the rows of the source that the filter lets through, in the form asked for. It stops at the first error
// of w.
func Write(w io.Writer, src Source, f Filter, form Form) error {
	switch form.Format {
	case Typed:
		return typedRows(w, src, f, form.Desc)
	case JSON:
		return jsonRows(w, src, f)
	}
	return CSV(w, src, f)
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
		line = appendRow(line[:0], r, f.counted())
		_, err = w.Write(line)
		return err == nil
	})
	return err
}

// appendRow writes a line.
func appendRow(b []byte, r *Row, counted bool) []byte {
	for i := range columns {
		c := &columns[i]
		switch {
		case !c.shown(r):
		case c.num != nil:
			b = strconv.AppendInt(b, c.num(r), 10)
		default:
			b = appendText(b, c.value(r, counted))
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

// counted tells whether the filter leaves servers out by their state.
func (f *Filter) counted() bool { return f.Up || f.NoMaint }

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
