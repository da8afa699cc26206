package sample

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// Converters of bytes to text, chunk by chunk (manual 7.3.1: be2hex, be2dec,
// le2dec).

// chunked is a separator between chunks of size bytes; truncate leaves out a
// last chunk that is shorter.
type chunked struct {
	separator string
	size      int
	digits    int // of a chunk, at most
	truncate  bool
	print     func(dst, chunk []byte) []byte
}

func compileBe2hex(a []Arg, _ *Scope) (Eval, error) {
	size := a[1].Int
	if a[0].Text == "" && !a[1].Set {
		size = 1 // without separators the size of a chunk does not show
	}
	if size <= 0 {
		return nil, fmt.Errorf("chunk_size needs to be positive (%d)", size)
	}
	size = min(size, MaxData)
	return chunked{a[0].Text, int(size), int(2 * size), a[2].Int != 0, appendHex}.convert, nil
}

func compile2dec(print func(dst, chunk []byte) []byte) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		if a[1].Int < 1 || a[1].Int > 8 {
			return nil, fmt.Errorf("chunk_size out of [1..8] range (%d)", a[1].Int)
		}
		digits := [...]int{1: 3, 5, 8, 10, 13, 15, 17, 20}[a[1].Int]
		return chunked{a[0].Text, int(a[1].Int), digits, a[2].Int != 0, print}.convert, nil
	}
}

func (k chunked) convert(c *Ctx, s *Sample) bool {
	in := s.Data
	whole, rest := len(in)/k.size, len(in)%k.size
	b := c.bytes(whole*(k.digits+len(k.separator)) + min(k.digits, 3*rest) + len(k.separator))
	if b == nil {
		return false
	}
	out := b[:0]
	for i := 0; i < len(in); i += k.size {
		chunk := in[i:min(i+k.size, len(in))]
		if k.truncate && len(chunk) < k.size {
			break
		}
		if i > 0 {
			out = append(out, k.separator...)
		}
		out = k.print(out, chunk)
	}
	return s.setStr(c.keep(b, len(out)))
}

func appendHex(dst, chunk []byte) []byte {
	n := len(dst)
	dst = hex.AppendEncode(dst, chunk)
	for i, ch := range dst[n:] {
		dst[n+i] = upper(ch)
	}
	return dst
}

func appendBigEndian(dst, chunk []byte) []byte {
	v := uint64(0)
	for _, ch := range chunk {
		v = v<<8 | uint64(ch)
	}
	return strconv.AppendUint(dst, v, 10)
}

func appendLittleEndian(dst, chunk []byte) []byte {
	v := uint64(0)
	for i, ch := range chunk {
		v |= uint64(ch) << (8 * i)
	}
	return strconv.AppendUint(dst, v, 10)
}
