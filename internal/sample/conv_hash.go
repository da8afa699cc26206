package sample

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash/crc32"
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
				h = avalanche(h)
			}
			return s.setInt(int64(h))
		}, nil
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func hashCRC32C(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// hashDJB2 is Bernstein's hash, h*33 + c.
func hashDJB2(b []byte) uint32 {
	h := uint32(5381)
	for _, ch := range b {
		h = h*33 + uint32(ch)
	}
	return h
}

// hashSDBM is the hash of the sdbm database library, h*65599 + c.
func hashSDBM(b []byte) (h uint32) {
	for _, ch := range b {
		h = h*65599 + uint32(ch)
	}
	return h
}

// avalanche is Jenkins' integer hash with a full avalanche, its lowest bits
// carried into the highest ones as the reference does (seen in its results).
func avalanche(a uint32) uint32 {
	a = a + 0x7ed55d16 + a<<12
	a = a ^ 0xc761c23c ^ a>>19
	a = a + 0x165667b1 + a<<5
	a = (a + 0xd3a2646c) ^ a<<9
	a = a + 0xfd7046c5 + a<<3
	a = a ^ 0xb55a4f09 ^ a>>16
	return a * 0xc0000001
}
