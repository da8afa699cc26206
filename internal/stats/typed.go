package stats

import (
	"fmt"
	"io"
	"strconv"
)

var (
	kindLetter = [...]byte{Frontend: 'F', Backend: 'B', Server: 'S', Listener: 'L'}
	kindName   = [...]string{Frontend: "Frontend", Backend: "Backend", Server: "Server", Listener: "Listener"}
)

// typedRows writes a line for each value: object, proxy, number in it, position and name of the column, process, tags,
// type, value.
func typedRows(w io.Writer, src Source, f Filter, desc bool) (err error) {
	var b []byte
	src.Rows(func(r *Row) bool {
		if !f.Match(r) {
			return true
		}
		b = b[:0]
		eachValue(r, f.counted(), func(pos int, c *column, v value) {
			b = fmt.Appendf(b, "%c.%d.%d.%d.%s.1:%s:%s:", kindLetter[r.Kind], r.ProxyID, r.objectID(), pos, c.name, v.tags, v.kind)
			b = endLine(v.append(b), columnText[c.name], desc)
		})
		_, err = w.Write(b)
		return err == nil
	})
	return err
}

// jsonRows writes an array of objects, each of which is an array of values.
func jsonRows(w io.Writer, src Source, f Filter) (err error) {
	b := []byte{'['}
	src.Rows(func(r *Row) bool {
		if !f.Match(r) {
			return true
		}
		start := len(b)
		b = append(b, '[')
		eachValue(r, f.counted(), func(pos int, c *column, v value) {
			if len(b) > start+1 {
				b = append(b, ',')
			}
			b = append(append(append(b, `{"objType":"`...), kindName[r.Kind]...), `","proxyId":`...)
			b = append(strconv.AppendInt(b, int64(r.ProxyID), 10), `,"id":`...)
			b = append(strconv.AppendInt(b, int64(r.objectID()), 10), ',')
			b = append(v.appendJSON(b, pos, c.name), '}')
		})
		b = append(b, ']')
		_, err = w.Write(b)
		b = append(b[:0], ',')
		return err == nil
	})
	if err != nil {
		return err
	}
	end := "]\n"
	if b[0] == '[' {
		end = "[]\n" // no object at all
	}
	_, err = io.WriteString(w, end)
	return err
}

// objectID is the number of a server or listener in its proxy; others have none.
func (r *Row) objectID() int {
	if r.Kind == Server || r.Kind == Listener {
		return r.ID
	}
	return 0
}

// eachValue hands out the values of a row. The last column only ends a line of CSV.
func eachValue(r *Row, counted bool, yield func(pos int, c *column, v value)) {
	for pos := range columns {
		c := &columns[pos]
		if c.tags == "" || !c.shown(r) {
			continue
		}
		v := valueOf(c.typed(r), c.value(r, counted))
		if v.kind == "str" && v.text == "" && c.name != "last_chk" && c.name != "last_agt" {
			continue
		}
		yield(pos, c, v)
	}
}
