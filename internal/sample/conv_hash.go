package sample

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash/crc32"

	"github.com/sluice-proxy/sluice/internal/hash"
)

// Digests and hashes of bytes (manual 7.3.1).

func convSHA1(c *Ctx, s *Sample) bool {
	sum := sha1.Sum(s.Data)
	return setSum(c, s, sum[:])
}

// compileSHA2 knows the sizes of SHA-2 in bits, 256 by default.
func compileSHA2(a []Arg, _ *Scope) (Eval, error) {
	bits := int64(256)
	if a[0].Set {
		bits = a[0].Int
	}
	switch bits {
	case 224:
		return func(c *Ctx, s *Sample) bool { sum := sha256.Sum224(s.Data); return setSum(c, s, sum[:]) }, nil
	case 256:
		return func(c *Ctx, s *Sample) bool { sum := sha256.Sum256(s.Data); return setSum(c, s, sum[:]) }, nil
	case 384:
		return func(c *Ctx, s *Sample) bool { sum := sha512.Sum384(s.Data); return setSum(c, s, sum[:]) }, nil
	case 512:
		return func(c *Ctx, s *Sample) bool { sum := sha512.Sum512(s.Data); return setSum(c, s, sum[:]) }, nil
	}
	return nil, fmt.Errorf("Unsupported number of bits: '%d'", bits)
}

func setSum(c *Ctx, s *Sample, sum []byte) bool {
	b := c.bytes(len(sum))
	copy(b, sum)
	return b != nil && s.setBin(b)
}

// hashed compiles a converter to a hash of 32 bits; an argument other than 0
// spreads it over all bits.
func hashed(f func([]byte) uint32) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		spread := a[0].Int != 0
		return func(_ *Ctx, s *Sample) bool {
			h := f(s.Data)
			if spread {
				h = hash.Avalanche(h)
			}
			return s.setInt(int64(h))
		}, nil
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func hashCRC32C(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// compileXXH32 has the seed as its argument, 0 by default.
func compileXXH32(a []Arg, _ *Scope) (Eval, error) {
	seed := uint32(a[0].Int)
	return func(_ *Ctx, s *Sample) bool { return s.setInt(int64(hash.XXH32(s.Data, seed))) }, nil
}

// compileHash64 has the seed as its argument, 0 by default.
func compileHash64(f func(b []byte, seed uint64) uint64) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		seed := uint64(a[0].Int)
		return func(_ *Ctx, s *Sample) bool { return s.setInt(int64(f(s.Data, seed))) }, nil
	}
}
