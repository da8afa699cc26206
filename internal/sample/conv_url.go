package sample

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// Converters on what travels in URLs (manual 7.3.1).

// compileURLDec decodes %XX, and plus signs where they stand for blanks: after
// the question mark, or everywhere when the argument is not 0. A bad %XX fails.
func compileURLDec(a []Arg, _ *Scope) (Eval, error) {
	form := a[0].Int != 0
	return func(c *Ctx, s *Sample) bool {
		b := c.bytes(len(s.Data))
		if b == nil {
			return false
		}
		n, query := 0, form
		for i := 0; i < len(s.Data); i++ {
			ch := s.Data[i]
			switch {
			case ch == '+' && query:
				ch = ' '
			case ch == '?':
				query = true
			case ch == '%':
				if i+2 >= len(s.Data) || hexVal(s.Data[i+1]) < 0 || hexVal(s.Data[i+2]) < 0 {
					return false
				}
				ch = byte(hexVal(s.Data[i+1])<<4 | hexVal(s.Data[i+2]))
				i += 2
			}
			b[n] = ch
			n++
		}
		return s.setStr(c.keep(b, n))
	}, nil
}

// compileURLEnc encodes every byte that RFC 3986 does not leave unreserved.
func compileURLEnc(a []Arg, _ *Scope) (Eval, error) {
	if a[0].Set && a[0].Text != "query" {
		return nil, errors.New("Unexpected encode type. Allowed value is 'query'")
	}
	return func(c *Ctx, s *Sample) bool {
		size := len(s.Data)
		for _, ch := range s.Data {
			if !unreserved(ch) {
				size += len("%XX") - 1
			}
		}
		b := c.bytes(size)
		if b == nil {
			return false
		}
		const digits = "0123456789ABCDEF"
		n := 0
		for _, ch := range s.Data {
			if unreserved(ch) {
				b[n] = ch
				n++
				continue
			}
			b[n], b[n+1], b[n+2] = '%', digits[ch>>4], digits[ch&15]
			n += 3
		}
		return s.setStr(c.keep(b, n))
	}, nil
}

func unreserved(ch byte) bool {
	return '0' <= ch && ch <= '9' || 'a' <= ch|0x20 && ch|0x20 <= 'z' || ch == '-' || ch == '.' || ch == '_' || ch == '~'
}

// compileParam finds a parameter in text like a query; one without a value is
// empty.
func compileParam(a []Arg, _ *Scope) (Eval, error) {
	name, delimiter := []byte(a[0].Text), byte('&')
	if a[1].Set {
		switch v, err := strconv.ParseUint(strings.TrimPrefix(a[1].Text, "0x"), 16, 8); {
		case len(a[1].Text) == 1:
			delimiter = a[1].Text[0]
		case len(a[1].Text) == 4 && strings.HasPrefix(a[1].Text, "0x") && err == nil:
			delimiter = byte(v)
		default:
			return nil, errors.New("Delimiter must be either exactly 1 character, or 0xHH for an ASCII code")
		}
	}
	return func(_ *Ctx, s *Sample) bool {
		for rest := s.Data; len(rest) > 0; {
			item := rest
			if i := bytes.IndexByte(rest, delimiter); i >= 0 {
				item, rest = rest[:i], rest[i+1:]
			} else {
				rest = nil
			}
			key, value, _ := bytes.Cut(item, []byte{'='})
			if bytes.Equal(key, name) {
				return s.setStr(value)
			}
		}
		return false
	}, nil
}

func convURLBase64(c *Ctx, s *Sample) bool {
	b := c.bytes(base64.RawURLEncoding.EncodedLen(len(s.Data)))
	if b == nil {
		return false
	}
	base64.RawURLEncoding.Encode(b, s.Data)
	return s.setStr(b)
}

func convUnURLBase64(c *Ctx, s *Sample) bool {
	in := bytes.TrimRight(s.Data, "=")
	b := c.bytes(base64.RawURLEncoding.DecodedLen(len(in)))
	if b == nil {
		return false
	}
	n, err := base64.RawURLEncoding.Decode(b, in)
	return err == nil && s.setBin(c.keep(b, n))
}
