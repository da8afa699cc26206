package pattern

import (
	"hash/maphash"
	"math/bits"
)

// secret keys the hash of addresses and numbers.
var secret = func() (s [4]uint64) {
	for i := range s {
		s[i] = maphash.Bytes(seed, []byte{byte(i)}) | 1
	}
	return s
}()

// mix folds the product of two numbers into one.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
