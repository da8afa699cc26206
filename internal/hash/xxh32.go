package hash

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime1 = 2654435761
	prime2 = 2246822519
	prime3 = 3266489917
	prime4 = 668265263
	prime5 = 374761393
)

// XXH32 is XXH32 of the xxHash specification.
func XXH32(data []byte, seed uint32) uint32 {
	n := uint32(len(data))
	h := seed + prime5
	if len(data) >= 16 {
		v := [4]uint32{seed + prime1 + prime2, seed + prime2, seed, seed - prime1}
		for ; len(data) >= 16; data = data[16:] {
			for i := range v {
				v[i] = bits.RotateLeft32(v[i]+binary.LittleEndian.Uint32(data[4*i:])*prime2, 13) * prime1
			}
		}
		h = bits.RotateLeft32(v[0], 1) + bits.RotateLeft32(v[1], 7) + bits.RotateLeft32(v[2], 12) + bits.RotateLeft32(v[3], 18)
	}
	h += n
	for ; len(data) >= 4; data = data[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(data)*prime3, 17) * prime4
	}
	for _, c := range data {
		h = bits.RotateLeft32(h+uint32(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>15) * prime2
	h = (h ^ h>>13) * prime3
	return h ^ h>>16
}
