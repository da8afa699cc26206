// Package hash holds the hash functions that configurations name: of keys by
// which a server is chosen (manual 4.2, "hash-type"), and of converters (7.3.1).
package hash

import (
	"hash/crc32"
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// SDBM is the hash of the sdbm database library, h*65599 + c.
func SDBM(b []byte) (h uint32) {
	for _, c := range b {
		h = h*65599 + uint32(c)
	}
	return h
}

// DJB2 is Bernstein's hash, h*33 + c.
func DJB2(b []byte) uint32 {
	h := uint32(5381)
	for _, c := range b {
		h = h*33 + uint32(c)
	}
	return h
}

// CRC32 is that of Ethernet and gzip.
func CRC32(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// WT6 is HAProxy's own: two halves that are exchanged at each byte, rotated by
// distances that their state sets. The starting values show in the hash of
// nothing, which is their exclusive or.
func WT6(b []byte) uint32 {
	x, y := uint32(0xa53c965a), uint32(0x5ca6953a)
	byY, byX := 6, 18
	for _, c := range b {
		t := uint32(c)
		x, y = ^(x ^ t), ^(y + t)
		x, y = bits.RotateLeft32(y, byY), bits.RotateLeft32(x, byX)
		step := uint16(x>>16) ^ uint16(y)
		byY, byX = int(step&31), int(step>>11)
	}
	return x ^ y
}

// None reads a key that is a hash already: a decimal number at its beginning,
// which stays within 64 bits; of those the lowest 32 count.
func None(b []byte) uint32 {
	const most, least = 1<<63 - 1, -1 << 63
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	var v int64
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		d := int64(c - '0')
		switch {
		case neg && v < (least+d)/10:
			return 0 // the lowest bits of the least number
		case !neg && v > (most-d)/10:
			return 1<<32 - 1
		case neg:
			v = v*10 - d
		default:
			v = v*10 + d
		}
	}
	return uint32(v)
}

// Avalanche is Jenkins' integer hash with a full avalanche, its lowest bits
// carried into the highest ones as the reference does (seen in its results).
func Avalanche(a uint32) uint32 {
	a = a + 0x7ed55d16 + a<<12
	a = a ^ 0xc761c23c ^ a>>19
	a = a + 0x165667b1 + a<<5
	a = (a + 0xd3a2646c) ^ a<<9
	a = a + 0xfd7046c5 + a<<3
	a = a ^ 0xb55a4f09 ^ a>>16
	return a * 0xc0000001
}

// XXH64 is the 64-bit hash of the xxHash family, without a seed.
func XXH64(b []byte) uint64 { return xxhash.Sum64(b) }
