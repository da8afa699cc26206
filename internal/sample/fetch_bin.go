package sample

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// Header fields in binary form (manual 7.3.6, req.hdrs_bin): lengths as variable
// integers of SPOE, each followed by its text, ended by two empty texts.

// AppendVarint appends v as SPOE writes integers.
func AppendVarint(b []byte, v uint64) []byte {
	if v < 240 {
		return append(b, byte(v))
	}
	b = append(b, byte(v)|240)
	for v = (v - 240) >> 4; v >= 128; v = (v - 128) >> 7 {
		b = append(b, byte(v)|128)
	}
	return append(b, byte(v))
}

// Varint reads one; n is 0 when there is no whole one.
func Varint(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	v = uint64(b[0])
	if v < 240 {
		return v, 1
	}
	for n, shift := 1, 4; n < len(b) && shift < 64; n, shift = n+1, shift+7 {
		v += uint64(b[n]) << shift
		if b[n] < 128 {
			return v, n + 1
		}
	}
	return 0, 0
}

// NextBin takes the next text off b, which is in binary form.
func NextBin(b []byte) (text, rest []byte, ok bool) {
	v, n := Varint(b)
	if n == 0 || v > uint64(len(b)-n) {
		return nil, nil, false
	}
	return b[n : n+int(v)], b[n+int(v):], true
}

func fetchHdrsBin(head func(*Ctx) *http1.Head) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		h := head(c)
		if h == nil {
			return false
		}
		const most = 10 // bytes of a length
		room := 2
		for i := range h.Len() {
			if name := h.Name(i); name != nil {
				room += 2*most + len(name) + len(h.Value(i))
			}
		}
		b := c.bytes(room)
		if b == nil {
			return false
		}
		out := b[:0]
		for i := range h.Len() {
			if name := h.Name(i); name != nil {
				out = appendLower(AppendVarint(out, uint64(len(name))), name)
				v := h.Value(i)
				out = append(AppendVarint(out, uint64(len(v))), v...)
			}
		}
		return s.setBin(c.keep(b, len(append(out, 0, 0))))
	})
}
