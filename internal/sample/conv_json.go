package sample

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Converters to and from JSON (manual 7.3.1: json, json_query).

// jsonInput says how json reads its input.
type jsonInput struct {
	utf8       bool
	skip       bool // leave out what is no character, instead of failing
	permissive bool // take characters that are written longer than need be
}

var jsonInputs = map[string]jsonInput{
	"": {}, "ascii": {},
	"utf8": {utf8: true}, "utf8s": {utf8: true, skip: true},
	"utf8p": {utf8: true, permissive: true}, "utf8ps": {utf8: true, skip: true, permissive: true},
}

func compileJSON(a []Arg, _ *Scope) (Eval, error) {
	in, ok := jsonInputs[a[0].Text]
	if !ok {
		return nil, errors.New("Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'")
	}
	return func(c *Ctx, s *Sample) bool {
		if len(s.Data) > MaxData {
			return false
		}
		m, out := len(c.Scratch), c.Scratch
		for b := s.Data; len(b) > 0; {
			r, n := rune(b[0]), 1
			if in.utf8 {
				r, n = decodeUTF8(b, in.permissive)
			}
			b = b[n:]
			if r < 0 || r > 0xffff { // \u has four digits
				if in.skip {
					continue
				}
				return false
			}
			out = appendJSON(out, r)
		}
		if len(out)-m > MaxData {
			return false
		}
		c.Scratch = out
		return s.setStr(out[m:len(out):len(out)])
	}, nil
}

// decodeUTF8 returns the character that b begins with, -1 when it is none, and
// its length.
func decodeUTF8(b []byte, permissive bool) (r rune, n int) {
	if r, n = utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
		if r == 0xfffe || r == 0xffff {
			return -1, n
		}
		return r, n
	}
	size, v := 0, rune(0)
	switch c := b[0]; {
	case c&0xe0 == 0xc0:
		size, v = 2, rune(c&0x1f)
	case c&0xf0 == 0xe0:
		size, v = 3, rune(c&0x0f)
	case c&0xf8 == 0xf0:
		size, v = 4, rune(c&0x07)
	default:
		return -1, 1
	}
	for n = 1; n < size && n < len(b) && b[n]&0xc0 == 0x80; n++ {
		v = v<<6 | rune(b[n]&0x3f)
	}
	// What is left to accept is a character written too long.
	if n == size && permissive && utf8.ValidRune(v) && utf8.RuneLen(v) < size {
		return v, n
	}
	return -1, n
}

func appendJSON(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\', '/':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if 0x20 <= r && r < 0x7f {
		return append(dst, byte(r))
	}
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// jsonQuery is a path into a JSON text, "$.name[1].other", and the type asked for.
type jsonQuery struct {
	steps   []jsonStep
	integer bool
}

// jsonStep goes to a member, by its name escaped for gjson, or to an element.
type jsonStep struct {
	key   string
	array bool
}

// maxSteps bounds what a request costs.
const maxSteps = 64

func parseJSONQuery(path, kind Arg) (q jsonQuery, err error) {
	if path.Text == "" {
		return q, errors.New("json_path must not be empty")
	}
	switch kind.Text {
	case "":
	case "int":
		q.integer = true
	default:
		return q, errors.New(`output_type only supports "int" as argument`)
	}
	rest, ok := strings.CutPrefix(path.Text, "$")
	for ok && rest != "" {
		var step jsonStep
		switch rest[0] {
		case '.':
			end := 1
			for end < len(rest) && rest[end] != '.' && rest[end] != '[' {
				if rest[end] == '\\' && end+1 < len(rest) {
					end++
				}
				end++
			}
			name := unescapeName(rest[1:end])
			ok = name != ""
			step.key, rest = gjson.Escape(name), rest[end:]
		case '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return q, fmt.Errorf("invalid json_path '%s'", path.Text)
			}
			n, nerr := strconv.ParseUint(rest[1:end], 10, 31)
			ok = nerr == nil
			step, rest = jsonStep{strconv.FormatUint(n, 10), true}, rest[end+1:]
		default:
			ok = false
		}
		q.steps = append(q.steps, step)
	}
	if !ok || len(q.steps) > maxSteps {
		return q, fmt.Errorf("invalid json_path '%s'", path.Text)
	}
	return q, nil
}

func unescapeName(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func compileJSONQuery(a []Arg, _ *Scope) (Eval, error) {
	q, err := parseJSONQuery(a[0], a[1])
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, s *Sample) bool { return q.find(c, s, s.Data) }, nil
}

// find sets s to what the path leads to; null, objects and what is not there fail.
func (q jsonQuery) find(c *Ctx, s *Sample, text []byte) bool {
	if !gjson.ValidBytes(text) {
		return false
	}
	r := gjson.ParseBytes(text)
	for _, step := range q.steps {
		if step.array != r.IsArray() || !step.array && !r.IsObject() {
			return false
		}
		if r = r.Get(step.key); !r.Exists() {
			return false
		}
	}
	switch {
	case r.Type == gjson.True || r.Type == gjson.False:
		return s.setBool(r.Bool())
	case r.Type == gjson.Number:
		n, err := strconv.ParseInt(r.Raw, 10, 64)
		switch {
		case q.integer && err == nil:
			return s.setInt(n)
		case q.integer:
			return math.Abs(r.Num) < 1<<63 && s.setInt(int64(r.Num))
		case err == nil:
			return s.setCopy(c, r.Raw)
		}
		b := c.bytes(32)
		return s.setStr(c.keep(b, len(strconv.AppendFloat(b[:0], r.Num, 'g', 6, 64))))
	case r.Type == gjson.String:
		return s.setCopy(c, r.Str)
	case r.IsArray():
		return s.setCopy(c, r.Raw)
	}
	return false
}

// setCopy sets s to text that is not bytes of the message or the arena.
func (s *Sample) setCopy(c *Ctx, text string) bool {
	b := c.bytes(len(text))
	if b == nil {
		return false
	}
	copy(b, text)
	return s.setStr(b)
}
