package hash

import (
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// XXH64Seed is XXH64 with a seed.
func XXH64Seed(b []byte, seed uint64) uint64 {
	var d xxhash.Digest
	d.ResetWithSeed(seed)
	d.Write(b)
	return d.Sum64()
}

const (
	prime64n1 = 0x9E3779B185EBCA87
	prime64n2 = 0xC2B2AE3D27D4EB4F
	prime64n3 = 0x165667B19E3779F9
	prime64n4 = 0x85EBCA77C2B2AE63
	prime64n5 = 0x27D4EB2F165667C5
	mix64n1   = 0x165667919E3779F9
	mix64n2   = 0x9FB21C651E98DF25
)

// xxh3Secret is the default secret of the xxHash specification.
const xxh3Secret = "\xb8\xfe\x6c\x39\x23\xa4\x4b\xbe\x7c\x01\x81\x2c\xf7\x21\xad\x1c\xde\xd4\x6d\xe9\x83\x90\x97\xdb\x72\x40\xa4\xa4\xb7\xb3\x67\x1f" +
	"\xcb\x79\xe6\x4e\xcc\xc0\xe5\x78\x82\x5a\xd0\x7d\xcc\xff\x72\x21\xb8\x08\x46\x74\xf7\x43\x24\x8e\xe0\x35\x90\xe6\x81\x3a\x26\x4c" +
	"\x3c\x28\x52\xbb\x91\xc3\x00\xcb\x88\xd0\x65\x8b\x1b\x53\x2e\xa3\x71\x64\x48\x97\xa2\x0d\xf9\x4e\x38\x19\xef\x46\xa9\xde\xac\xd8\xa8" +
	"\xfa\x76\x3f\xe3\x9c\x34\x3f\xf9\xdc\xbb\xc7\xc7\x0b\x4f\x1d\x8a\x51\xe0\x4b\xcd\xb4\x59\x31\xc8\x9f\x7e\xc9\xd9\x78\x73\x64\xea" +
	"\xc5\xac\x83\x34\xd3\xeb\xc3\xc5\x81\xa0\xff\xfa\x13\x63\xeb\x17\x0d\xdd\x51\xb7\xf0\xda\x49\xd3\x16\x55\x26\x29\xd4\x68\x9e\x2b" +
	"\x16\xbe\x58\x7d\x47\xa1\xfc\x8f\xf8\xb8\xd1\x7a\xd0\x31\xce\x45\xcb\x3a\x8f\x95\x16\x04\x28\xaf\xd7\xfb\xca\xbb\x4b\x40\x7e"

const (
	xxh3Stripe   = 64
	xxh3Stripes  = (len(xxh3Secret) - xxh3Stripe) / 8 // of a block
	xxh3Block    = xxh3Stripe * xxh3Stripes
	xxh3Midsize  = 240
	xxh3LastKey  = len(xxh3Secret) - xxh3Stripe - 7
	xxh3MergeKey = 11
)

// XXH3 is XXH3_64bits of the xxHash specification, with a seed.
func XXH3(b []byte, seed uint64) uint64 {
	var secret [len(xxh3Secret)]byte
	copy(secret[:], xxh3Secret)
	k := secret[:]
	n := uint64(len(b))
	switch {
	case n == 0:
		return avalanche64(seed ^ le64(k[56:]) ^ le64(k[64:]))
	case n <= 3:
		v := uint32(b[0])<<16 | uint32(b[n>>1])<<24 | uint32(b[n-1]) | uint32(n)<<8
		return avalanche64(uint64(v) ^ (uint64(le32(k)^le32(k[4:])) + seed))
	case n <= 8:
		return xxh3Small(b, k, seed)
	case n <= 16:
		lo := le64(b) ^ ((le64(k[24:]) ^ le64(k[32:])) + seed)
		hi := le64(b[n-8:]) ^ ((le64(k[40:]) ^ le64(k[48:])) - seed)
		return avalanche3(n + bits.ReverseBytes64(lo) + hi + fold(lo, hi))
	case n <= xxh3Midsize:
		return xxh3Middle(b, k, seed)
	}
	if seed != 0 {
		for i := 0; i < len(k); i += 16 {
			binary.LittleEndian.PutUint64(k[i:], le64(k[i:])+seed)
			binary.LittleEndian.PutUint64(k[i+8:], le64(k[i+8:])-seed)
		}
	}
	return xxh3Long(b, k)
}

func xxh3Small(b, k []byte, seed uint64) uint64 {
	n := uint64(len(b))
	seed ^= uint64(bits.ReverseBytes32(uint32(seed))) << 32
	h := uint64(le32(b[n-4:])) + uint64(le32(b))<<32
	h ^= (le64(k[8:]) ^ le64(k[16:])) - seed
	h ^= bits.RotateLeft64(h, 49) ^ bits.RotateLeft64(h, 24)
	h *= mix64n2
	h ^= h>>35 + n
	h *= mix64n2
	return h ^ h>>28
}

func xxh3Middle(b, k []byte, seed uint64) uint64 {
	n := len(b)
	h := uint64(n) * prime64n1
	if n <= 128 {
		for i := (n - 1) / 32; i >= 0; i-- {
			h += mix16(b[16*i:], k[32*i:], seed) + mix16(b[n-16*(i+1):], k[32*i+16:], seed)
		}
		return avalanche3(h)
	}
	for i := range 8 {
		h += mix16(b[16*i:], k[16*i:], seed)
	}
	h = avalanche3(h)
	for i := 8; i < n/16; i++ {
		h += mix16(b[16*i:], k[16*(i-8)+3:], seed)
	}
	return avalanche3(h + mix16(b[n-16:], k[136-17:], seed))
}

func xxh3Long(b, k []byte) uint64 {
	n := len(b)
	acc := [8]uint64{prime3, prime64n1, prime64n2, prime64n3, prime64n4, prime2, prime64n5, prime1}
	last := b[n-xxh3Stripe:]
	for ; len(b) > xxh3Block; b = b[xxh3Block:] {
		for i := range xxh3Stripes {
			accumulate(&acc, b[i*xxh3Stripe:], k[i*8:])
		}
		for i, key := range acc {
			acc[i] = (key ^ key>>47 ^ le64(k[len(k)-xxh3Stripe+8*i:])) * prime1
		}
	}
	for i := range (len(b) - 1) / xxh3Stripe {
		accumulate(&acc, b[i*xxh3Stripe:], k[i*8:])
	}
	accumulate(&acc, last, k[xxh3LastKey:])
	h := uint64(n) * prime64n1
	for i := 0; i < len(acc); i += 2 {
		h += fold(acc[i]^le64(k[xxh3MergeKey+8*i:]), acc[i+1]^le64(k[xxh3MergeKey+8*i+8:]))
	}
	return avalanche3(h)
}

func accumulate(acc *[8]uint64, b, k []byte) {
	for i := range acc {
		v := le64(b[8*i:])
		key := v ^ le64(k[8*i:])
		acc[i^1] += v
		acc[i] += (key & 0xffffffff) * (key >> 32)
	}
}

func mix16(b, k []byte, seed uint64) uint64 {
	return fold(le64(b)^(le64(k)+seed), le64(b[8:])^(le64(k[8:])-seed))
}

// fold multiplies into 128 bits and mixes the halves.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func avalanche64(h uint64) uint64 {
	h = (h ^ h>>33) * prime64n2
	h = (h ^ h>>29) * prime64n3
	return h ^ h>>32
}

func avalanche3(h uint64) uint64 {
	h = (h ^ h>>37) * mix64n1
	return h ^ h>>32
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
