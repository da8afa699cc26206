package proxyproto

import (
	"encoding/binary"
	"hash/crc32"
	"iter"
)

// Type is the type of a TLV (section 2.2).
type Type uint8

// The types that are registered.
const (
	TypeALPN      Type = 0x01
	TypeAuthority Type = 0x02
	TypeCRC32C    Type = 0x03
	TypeNoop      Type = 0x04
	TypeUniqueID  Type = 0x05
	TypeSSL       Type = 0x20
	TypeNetNS     Type = 0x30
)

// The types within the value of TypeSSL (section 2.2.6).
const (
	SubtypeSSLVersion Type = 0x21
	SubtypeSSLCN      Type = 0x22
	SubtypeSSLCipher  Type = 0x23
	SubtypeSSLSigAlg  Type = 0x24
	SubtypeSSLKeyAlg  Type = 0x25
)

// maxUniqueID is the longest value of TypeUniqueID (section 2.2.5).
const maxUniqueID = 128

// TLVs are the vectors of type, length and value that end a header of version 2.
type TLVs []byte

// All yields the vectors in their order, up to the first that does not fit.
func (t TLVs) All() iter.Seq2[Type, []byte] {
	return func(yield func(Type, []byte) bool) {
		for len(t) >= 3 {
			n := 3 + int(binary.BigEndian.Uint16(t[1:]))
			if n > len(t) || !yield(Type(t[0]), t[3:n:n]) {
				return
			}
			t = t[n:]
		}
	}
}

// sslFixed are the flags and the verdict before the vectors in TypeSSL.
const sslFixed = 5

// Find returns the value of the first vector of a type; those within TypeSSL
// count too.
func (t TLVs) Find(want Type) ([]byte, bool) {
	for typ, v := range t.All() {
		if typ == want {
			return v, true
		}
		if typ == TypeSSL && len(v) >= sslFixed {
			for typ, v := range TLVs(v[sslFixed:]).All() {
				if typ == want {
					return v, true
				}
			}
		}
	}
	return nil, false
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// valid says whether the vectors fill t exactly and what can be checked of them is right; header is all of the header,
// whose end t is.
func (t TLVs) valid(header []byte) bool {
	used := 0
	for typ, v := range t.All() {
		used += 3 + len(v)
		switch typ {
		case TypeUniqueID:
			if len(v) > maxUniqueID {
				return false
			}
		case TypeCRC32C:
			if len(v) != 4 {
				return false
			}
			at := len(header) - len(t) + used - 4
			sum := crc32.Update(0, castagnoli, header[:at])
			sum = crc32.Update(sum, castagnoli, []byte{0, 0, 0, 0})
			sum = crc32.Update(sum, castagnoli, header[at+4:])
			if sum != binary.BigEndian.Uint32(v) {
				return false
			}
		}
	}
	return used == len(t)
}
