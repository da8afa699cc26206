package stats

import (
	"strconv"
	"strings"
)

// Format is how "show info" and "show stat" write values.
type Format uint8

// The formats of guide 9.1 and 9.2.
const (
	Plain Format = iota // lines of "show info", CSV of "show stat"
	Typed               // a line for each value
	JSON                // one line, described by Schema
)

// Form is what the words of a command ask for.
type Form struct {
	Format
	Desc  bool // say what each value is; not in JSON and CSV
	Float bool // times of "show info" with their fractions
}

// value is one value with what guide 9.2 says about it.
type value struct {
	tags string // origin, nature, scope, persistence: "MGPV"
	kind string // u32, u64, s32, str, flt
	text string
}

// valueOf takes the tags of a table.
func valueOf(tags, text string) value {
	t, kind, _ := strings.Cut(tags, ":")
	return value{t, kind, text}
}

// append writes the text without its control characters: a value is a part of a line.
func (v value) append(b []byte) []byte {
	for i := 0; i < len(v.text); i++ {
		if c := v.text[i]; c < ' ' || c == 0x7f {
			b = append(b, ' ')
		} else {
			b = append(b, c)
		}
	}
	return b
}

// endLine adds the description behind a value, when it was asked for.
func endLine(b []byte, description string, wanted bool) []byte {
	if wanted {
		b = append(append(append(b, `:"`...), description...), '"')
	}
	return append(b, '\n')
}

// Names of the tags in JSON, by their letter.
var (
	origins = map[byte]string{'M': "Metric", 'S': "Status", 'K': "Key", 'C': "Config", 'P': "Product"}
	natures = map[byte]string{'G': "Gauge", 'L': "Limit", 'm': "Min", 'M': "Max", 'R': "Rate", 'C': "Counter", 'D': "Duration",
		'A': "Age", 'T': "Time", 'N': "Name", 'O': "Output", 'a': "Avg"}
	scopes = map[byte]string{'C': "Cluster", 'P': "Process", 'S': "Service", 's': "System"}
)

// appendJSON writes the members that both commands have.
func (v value) appendJSON(b []byte, pos int, name string) []byte {
	b = append(b, `"field":{"pos":`...)
	b = strconv.AppendInt(b, int64(pos), 10)
	b = append(append(append(b, `,"name":"`...), name...), `"},"processNum":1,"tags":{"origin":"`...)
	b = append(append(b, origins[v.tags[0]]...), `","nature":"`...)
	b = append(append(b, natures[v.tags[1]]...), `","scope":"`...)
	b = append(append(b, scopes[v.tags[2]]...), `"},"value":{"type":"`...)
	b = append(append(b, v.kind...), `","value":`...)
	if v.kind == "str" {
		b = appendString(b, v.text)
	} else {
		b = append(b, v.text...)
	}
	return append(b, '}')
}

// appendString writes a JSON string; what is not UTF-8 is replaced, so that the answer is always
// valid JSON.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	s = strings.ToValidUTF8(s, "\ufffd")
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
