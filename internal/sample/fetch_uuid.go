package sample

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// compileUUID makes identifiers of RFC 9562: version 4, all random, or version
// 7, which begins with the milliseconds since 1970.
func compileUUID(a []Arg, _ *Scope) (Eval, error) {
	version := int64(4)
	if a[0].Set {
		version = a[0].Int
	}
	if version != 4 && version != 7 {
		return nil, fmt.Errorf("Unsupported UUID version: '%d'", version)
	}
	return func(c *Ctx, s *Sample) bool {
		u := c.bytes(16)
		b := c.bytes(36)
		if _, err := rand.Read(u); err != nil {
			return false
		}
		if version == 7 {
			ms := c.Now / 1e6
			for i := range 6 {
				u[i] = byte(ms >> (40 - 8*i))
			}
		}
		u[6] = u[6]&0x0f | byte(version)<<4
		u[8] = u[8]&0x3f | 0x80 // the variant
		out := b[:0]
		for i, end := range [...]int{4, 6, 8, 10, 16} {
			begin := [...]int{0, 4, 6, 8, 10}[i]
			if i > 0 {
				out = append(out, '-')
			}
			out = hex.AppendEncode(out, u[begin:end])
		}
		return s.setStr(out)
	}, nil
}
