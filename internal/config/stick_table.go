package config

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// StickTable is a "table" line of a peers section (manual 11.1).
type StickTable struct {
	Pos      Pos
	Name     string
	Type     string // ip, ipv6, integer, string, binary
	Len      int    // of string and binary keys, 0 when not set: 32
	Size     int
	Expire   time.Duration // 0: never
	NoPurge  bool
	RecvOnly bool
	WriteTo  string
	SrvKey   string // name or addr; "" is name
	Factor   int    // brates-factor, 1 when not set
	Store    []TableData
}

// TableData is what a table keeps for a key.
type TableData struct {
	Name   string
	Size   int           // of an array, 0 otherwise
	Period time.Duration // of a rate, 0 otherwise
}

var tableTypes = []string{"ip", "ipv6", "integer", "string", "binary"}

type tableDataName struct {
	name        string
	array, rate bool
}

func findTableData(name string) (tableDataName, bool) {
	k := slices.IndexFunc(tableData, func(d tableDataName) bool { return d.name == name })
	if k < 0 {
		return tableDataName{}, false
	}
	return tableData[k], true
}

// tableData are the names after "store". A rate has a period as argument, an
// array its size, an array of rates both.
var tableData = []tableDataName{
	{"server_id", false, false}, {"gpt", true, false}, {"gpt0", false, false}, {"gpc", true, false}, {"gpc_rate", true, true},
	{"gpc0", false, false}, {"gpc0_rate", false, true}, {"gpc1", false, false}, {"gpc1_rate", false, true},
	{"conn_cnt", false, false}, {"conn_cur", false, false}, {"conn_rate", false, true},
	{"sess_cnt", false, false}, {"sess_rate", false, true}, {"http_req_cnt", false, false}, {"http_req_rate", false, true},
	{"http_err_cnt", false, false}, {"http_err_rate", false, true}, {"http_fail_cnt", false, false}, {"http_fail_rate", false, true},
	{"bytes_in_cnt", false, false}, {"bytes_in_rate", false, true}, {"bytes_out_cnt", false, false}, {"bytes_out_rate", false, true},
	{"server_key", false, false}, {"glitch_cnt", false, false}, {"glitch_rate", false, true},
}

// maxTableArray is the greatest array of a key.
const maxTableArray = 100

// parseTable parses "<name> type … size …" and reports what is wrong.
func parseTable(p *Parser, l *Line) *StickTable {
	t := &StickTable{Pos: l.Pos, Name: l.Arg(1), Factor: 1}
	fail := func(format string, args ...any) *StickTable {
		p.Alert(l.Pos, "table: "+format, args...)
		return nil
	}
	for i := 2; i < len(l.Words); i += 2 {
		word, value := l.Words[i], l.Arg(i+1)
		switch word {
		case "type":
			if !slices.Contains(tableTypes, value) {
				return fail("unknown type '%s'.", clip(value))
			}
			t.Type = value
			if (value == "string" || value == "binary") && l.Arg(i+2) == "len" {
				n, ok := parseInt(l.Arg(i+3), 1, maxInt)
				if !ok {
					p.Alert(l.Pos, "'len' expects a positive integer argument.")
					return nil
				}
				t.Len = n
				i += 2
			}
			continue
		case "nopurge":
			t.NoPurge = true
			i--
			continue
		case "recv-only":
			t.RecvOnly = true
			i--
			continue
		case "write-to":
			if value == "" {
				p.Alert(l.Pos, "table : write-to requires table name.")
				return nil
			}
			t.WriteTo = value
			continue
		case "size", "expire", "store", "srvkey", "brates-factor":
		default:
			return fail("unknown argument '%s'.", clip(word))
		}
		if value == "" {
			return fail("missing argument after '%s'.", word)
		}
		switch word {
		case "size":
			n, rest := parseSize(value)
			if rest != "" {
				return fail("unexpected character '%s' in argument of 'size'.", rest[:1])
			}
			t.Size = int(n)
		case "expire":
			d, err := p.delay(value, time.Millisecond)
			switch {
			case err == errTimerOverflow:
				p.alertTight(l.Pos, "table: timer overflow in argument <%s> to <expire>, maximum value is 2147483647 ms (~24.8 days).", clip(value))
				return nil
			case err != nil:
				return fail("%s in argument of 'expire'.", err)
			}
			t.Expire = d
		case "srvkey":
			if value != "name" && value != "addr" {
				p.Alert(l.Pos, "table : unknown server key type '%s'.", clip(value))
				return nil
			}
			t.SrvKey = value
		case "brates-factor":
			n, ok := parseInt(value, 1, 1024)
			if !ok {
				return fail("unexpected character '%s' in argument of 'brates-factor'.", value[:1])
			}
			t.Factor = n
		case "store":
			if text := t.store(p, l, value); text != "" {
				return fail("%s", text)
			}
		}
	}
	switch {
	case t.Size == 0:
		return fail("missing size.")
	case t.Type == "":
		return fail("missing type.")
	}
	return t
}

// store reads the list after "store" and returns the text of an error.
func (t *StickTable) store(p *Parser, l *Line, list string) string {
	for list != "" {
		// A comma inside of parentheses is the arguments'.
		end := strings.IndexByte(list, ',')
		if open := strings.IndexByte(list, '('); open >= 0 && open < end {
			end = len(list)
			if c := strings.IndexByte(list, ')'); c >= 0 {
				end = c + 1
			}
		}
		one, rest := list, ""
		if end >= 0 && end < len(list) {
			one, rest = list[:end], strings.TrimPrefix(list[end:], ",")
		}
		list = rest
		name, args, has := strings.Cut(one, "(")
		args, _ = strings.CutSuffix(args, ")")
		d, known := findTableData(name)
		switch {
		case !known:
			return "unknown store option '" + clip(name) + "'."
		case has && !d.array && !d.rate:
			return "unexpected argument to store option '" + name + "'."
		case !has && (d.array || d.rate):
			return "missing argument to store option '" + name + "'."
		}
		data := TableData{Name: name}
		if d.array {
			size, after, _ := strings.Cut(args, ",")
			n, ok := parseInt(size, 1, maxTableArray)
			if !ok {
				return sprintf("array size is out of allowed range (1-%d) for store option '%s'.", maxTableArray, name)
			}
			if data.Size, args = n, after; d.rate && after == "" {
				return "missing argument to store option '" + name + "'."
			}
		}
		if d.rate {
			period, err := p.delay(args, time.Millisecond)
			if err != nil {
				return "error when processing store option '" + name + "'."
			}
			data.Period = period
		}
		if slices.ContainsFunc(t.Store, func(o TableData) bool { return o.Name == name }) {
			p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos, Text: "table: store option '" + name + "' already enabled, ignored."})
			continue
		}
		t.Store = append(t.Store, data)
	}
	return ""
}

// words are those of the line after the name.
func (t *StickTable) words() []string {
	w := []string{"type", t.Type}
	if t.Len != 0 {
		w = append(w, "len", strconv.Itoa(t.Len))
	}
	w = append(w, "size", strconv.Itoa(t.Size))
	if t.Expire != 0 {
		w = append(w, "expire", duration(t.Expire))
	}
	if t.NoPurge {
		w = append(w, "nopurge")
	}
	if t.RecvOnly {
		w = append(w, "recv-only")
	}
	if t.WriteTo != "" {
		w = append(w, "write-to", t.WriteTo)
	}
	if t.SrvKey != "" {
		w = append(w, "srvkey", t.SrvKey)
	}
	if t.Factor != 1 {
		w = append(w, "brates-factor", strconv.Itoa(t.Factor))
	}
	for _, d := range t.Store {
		var args []string
		if d.Size != 0 {
			args = append(args, strconv.Itoa(d.Size))
		}
		if k, _ := findTableData(d.Name); k.rate {
			args = append(args, duration(d.Period))
		}
		s := d.Name
		if args != nil {
			s += "(" + strings.Join(args, ",") + ")"
		}
		w = append(w, "store", s)
	}
	return w
}
