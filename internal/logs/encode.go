package logs

import (
	"encoding/binary"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// encoding is how a format writes its items (flags json and cbor of manual 8.2.6).
type encoding uint8

const (
	plain encoding = iota
	jsonMap
	cborMap
)

// as is the type that %(name:type) asks for.
type as uint8

const (
	asIs as = iota
	asText
	asInt
	asBool
	asRaw
)

// asNames are the types by their names.
var asNames = map[string]as{"": asIs, "str": asText, "sint": asInt, "bool": asBool, "raw": asRaw}

// appendMap appends the items that have a name as one object of JSON, or one map of
// CBOR (RFC 8949), in hexadecimal digits unless binary data is wanted.
func (f *Format) appendMap(dst []byte, e *Entry, c *sample.Ctx) []byte {
	start := len(dst)
	if f.encoding == jsonMap {
		dst = append(dst, '{')
	} else {
		dst = append(dst, 0xbf) // of unknown length
	}
	first := true
	for i := range f.items {
		it := &f.items[i]
		if it.name == "" {
			continue
		}
		if f.encoding == jsonMap {
			if !first {
				dst = append(dst, ", "...)
			}
			dst = append(appendJSONText(dst, []byte(it.name)), ": "...)
		} else {
			dst = appendCBORText(dst, []byte(it.name))
		}
		dst, first = it.appendValue(dst, e, c, f.encoding), false
	}
	if f.encoding == jsonMap {
		return append(dst, '}')
	}
	if dst = append(dst, 0xff); f.binary {
		return dst
	}
	return hexInPlace(dst, start)
}

// hexInPlace replaces what stands from start on by its hexadecimal digits.
func hexInPlace(dst []byte, start int) []byte {
	n := len(dst)
	for range n - start {
		dst = append(dst, 0)
	}
	for i := n - 1; i >= start; i-- {
		b := dst[i]
		at := start + 2*(i-start)
		dst[at], dst[at+1] = upperHex[b>>4], upperHex[b&15]
	}
	return dst
}

// appendValue appends the value of one item.
func (it *item) appendValue(dst []byte, e *Entry, c *sample.Ctx, enc encoding) []byte {
	switch it.code {
	case codeExpr:
		return it.appendSample(dst, c, enc)
	case codeReqHeadersCLF:
		return appendList(dst, e.ReqCaptures, enc)
	case codeResHeadersCLF:
		return appendList(dst, e.ResCaptures, enc)
	}
	// Printed as in a plain line, then written over by its encoding.
	start := len(dst)
	printed := *it
	printed.flags = it.flags&flagX | flagOpt
	if it.code == codeRetries && e.Redispatched {
		dst = appendInt(dst, e.Retries)
	} else if partial := e.Partial; partial {
		e.Partial = false
		dst = printed.append(dst, e, c)
		e.Partial = partial
	} else {
		dst = printed.append(dst, e, c)
	}
	n := len(dst)
	v, number := int64(0), it.number && n > start && (it.flags&flagX == 0 || !it.code.hexed())
	if number {
		v, _ = strconv.ParseInt(string(dst[start:n]), 10, 64)
	}
	switch {
	case n == start && (enc == cborMap || it.code == codeReqHeaders || it.code == codeResHeaders):
		dst = appendNull(dst, enc)
	case number && it.as != asText:
		dst = appendNumber(dst, v, it.as == asBool, enc)
	default:
		dst = appendString(dst, dst[start:n], enc)
	}
	size := copy(dst[start:], dst[n:])
	return dst[:start+size]
}

// appendSample appends the value of an expression by its own type, or by the type
// that was asked for.
func (it *item) appendSample(dst []byte, c *sample.Ctx, enc encoding) []byte {
	if c == nil {
		return appendNothing(dst, enc)
	}
	mark, s := c.Mark(), c.Borrow()
	ok := it.expr.Eval(c, s)
	if ok {
		switch it.as {
		case asText:
			ok = sample.Cast(c, s, sample.Str)
		case asInt:
			ok = sample.Cast(c, s, sample.Sint)
		case asBool:
			ok = sample.Cast(c, s, sample.Bool)
		case asRaw:
			ok = sample.Cast(c, s, sample.Bin)
		}
	}
	switch {
	case !ok:
		dst = appendNothing(dst, enc)
	case it.as == asRaw:
		dst = append(dst, s.Data...)
	case s.Type == sample.Sint || s.Type == sample.Bool:
		dst = appendNumber(dst, s.Int, s.Type == sample.Bool, enc)
	case s.Type == sample.Bin && enc == cborMap:
		dst = append(appendCBORHead(dst, 2, uint64(len(s.Data))), s.Data...)
	case s.Type == sample.Bin && it.flags&flagBin != 0:
		dst = append(dst, s.Data...)
	case sample.Cast(c, s, sample.Str):
		dst = appendString(dst, s.Data, enc)
	default:
		dst = appendNothing(dst, enc)
	}
	c.Return()
	c.Release(mark)
	return dst
}

// appendNothing stands for no value: null, in JSON an empty text as in HAProxy.
func appendNothing(dst []byte, enc encoding) []byte {
	if enc == jsonMap {
		return append(dst, `""`...)
	}
	return appendNull(dst, enc)
}

func appendNull(dst []byte, enc encoding) []byte {
	if enc == jsonMap {
		return append(dst, "null"...)
	}
	return append(dst, 0xf6)
}

func appendNumber(dst []byte, v int64, isBool bool, enc encoding) []byte {
	switch {
	case isBool && enc == jsonMap:
		return strconv.AppendBool(dst, v != 0)
	case isBool && v != 0:
		return append(dst, 0xf5)
	case isBool:
		return append(dst, 0xf4)
	case enc == jsonMap:
		return appendInt(dst, v)
	case v < 0:
		return appendCBORHead(dst, 1, uint64(-(v + 1)))
	}
	return appendCBORHead(dst, 0, uint64(v))
}

func appendString(dst, b []byte, enc encoding) []byte {
	if enc == jsonMap {
		return appendJSONText(dst, b)
	}
	return appendCBORText(dst, b)
}

// appendList appends captures as an array.
func appendList(dst []byte, captures [][]byte, enc encoding) []byte {
	if len(captures) == 0 {
		return appendNull(dst, enc)
	}
	if enc == jsonMap {
		dst = append(dst, '[')
	} else {
		dst = append(dst, 0x9f)
	}
	for i, b := range captures {
		if i > 0 && enc == jsonMap {
			dst = append(dst, ", "...)
		}
		if len(b) == 0 {
			dst = appendString(dst, dash, enc)
			continue
		}
		start := len(dst)
		dst = appendEncoded(dst, b, &headerSafe, 0)
		n := len(dst)
		dst = appendString(dst, dst[start:n], enc)
		dst = dst[:start+copy(dst[start:], dst[n:])]
	}
	if enc == jsonMap {
		return append(dst, ']')
	}
	return append(dst, 0xff)
}

var dash = []byte("-")

// appendJSONText appends a text in quotes (RFC 8259 7). Bytes that are no UTF-8
// stay as they are.
func appendJSONText(dst, b []byte) []byte {
	dst = append(dst, '"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

const lowerHex = "0123456789abcdef"

func appendCBORText(dst, b []byte) []byte {
	return append(appendCBORHead(dst, 3, uint64(len(b))), b...)
}

// appendCBORHead appends the head of an item: its major type and its argument in
// network order (RFC 8949 3).
func appendCBORHead(dst []byte, major byte, v uint64) []byte {
	major <<= 5
	switch {
	case v < 24:
		return append(dst, major|byte(v))
	case v < 1<<8:
		return append(dst, major|24, byte(v))
	case v < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(v))
	case v < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), v)
}
