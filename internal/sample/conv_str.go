package sample

import (
	"bytes"
	"encoding/base64"
)

// Converters on text and bytes (manual 7.3.1).

// mapped compiles a converter that changes every byte.
func mapped(f func(byte) byte) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		b := c.bytes(len(s.Data))
		if b == nil {
			return false
		}
		for i, ch := range s.Data {
			b[i] = f(ch)
		}
		return s.setStr(b)
	})
}

func upper(ch byte) byte {
	if 'a' <= ch && ch <= 'z' {
		ch -= 'a' - 'A'
	}
	return ch
}

func convLength(_ *Ctx, s *Sample) bool { return s.setInt(int64(len(s.Data))) }

func convReverse(c *Ctx, s *Sample) bool {
	b := c.bytes(len(s.Data))
	if b == nil {
		return false
	}
	for i, ch := range s.Data {
		b[len(b)-1-i] = ch
	}
	return s.setStr(b)
}

func convHex(c *Ctx, s *Sample) bool {
	const digits = "0123456789ABCDEF"
	b := c.bytes(2 * len(s.Data))
	if b == nil {
		return false
	}
	for i, ch := range s.Data {
		b[2*i], b[2*i+1] = digits[ch>>4], digits[ch&15]
	}
	return s.setStr(b)
}

// convHex2i reads hexadecimal digits into an integer; what is none fails.
func convHex2i(_ *Ctx, s *Sample) bool {
	v := int64(0)
	for _, ch := range s.Data {
		d := hexVal(ch)
		if d < 0 {
			return false
		}
		v = v<<4 | int64(d)
	}
	return s.setInt(v)
}

func convBase64(c *Ctx, s *Sample) bool {
	b := c.bytes(base64.StdEncoding.EncodedLen(len(s.Data)))
	if b == nil {
		return false
	}
	base64.StdEncoding.Encode(b, s.Data)
	return s.setStr(b)
}

func convUnbase64(c *Ctx, s *Sample) bool {
	b := c.bytes(base64.StdEncoding.DecodedLen(len(s.Data)))
	if b == nil {
		return false
	}
	n, err := base64.StdEncoding.Decode(b, s.Data)
	return err == nil && s.setBin(b[:n])
}

func convCutCRLF(_ *Ctx, s *Sample) bool {
	if i := bytes.IndexAny(s.Data, "\r\n"); i >= 0 {
		s.Data = s.Data[:i]
	}
	return true
}

// compileTrim drops bytes of its argument at the chosen end.
func compileTrim(left bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		set := newByteSet(a[0].Text)
		return func(_ *Ctx, s *Sample) bool {
			b := s.Data
			for left && len(b) > 0 && set.has(b[0]) {
				b = b[1:]
			}
			for !left && len(b) > 0 && set.has(b[len(b)-1]) {
				b = b[:len(b)-1]
			}
			return s.setStr(b)
		}, nil
	}
}

// convHostOnly drops the port of a Host value and folds its case.
func convHostOnly(c *Ctx, s *Sample) bool {
	host, _ := splitHost(s.Data)
	b := c.bytes(len(host))
	if b == nil {
		return false
	}
	for i, ch := range host {
		b[i] = lower(ch)
	}
	return s.setStr(b)
}

// convPortOnly gives the port of a Host value, 0 when there is none.
func convPortOnly(_ *Ctx, s *Sample) bool {
	_, port := splitHost(s.Data)
	v, n := leadingInt(port)
	if n == 0 || n != len(port) || v < 0 || v > 65535 {
		v = 0
	}
	return s.setInt(v)
}

func splitHost(b []byte) (host, port []byte) {
	i := bytes.LastIndexByte(b, ':')
	if i < 0 || bytes.IndexByte(b[i:], ']') >= 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

// convReverseDom puts the labels of a domain name in reverse order, the dot at
// its end dropped. Empty labels fail.
func convReverseDom(c *Ctx, s *Sample) bool {
	name := bytes.TrimSuffix(s.Data, []byte{'.'})
	b := c.bytes(len(name))
	if b == nil || len(name) == 0 {
		return false
	}
	for at := 0; ; at++ {
		i := bytes.LastIndexByte(name, '.')
		label := name[i+1:]
		if len(label) == 0 {
			return false
		}
		at += copy(b[at:], label)
		if i < 0 {
			return s.setStr(b)
		}
		b[at], name = '.', name[:i]
	}
}

// convBase2 writes the bits of the input, the highest of each byte first.
func convBase2(c *Ctx, s *Sample) bool {
	b := c.bytes(8 * len(s.Data))
	if b == nil {
		return false
	}
	for i := range b {
		b[i] = '0' + s.Data[i/8]>>(7-i%8)&1
	}
	return s.setStr(b)
}

func convHasCtl(_ *Ctx, s *Sample) bool {
	for _, ch := range s.Data {
		if ch < 0x20 || ch == 0x7f {
			return s.setBool(true)
		}
	}
	return s.setBool(false)
}
