package balance

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/hash"
)

// Node numbers decide where a server's points lie on the ring of consistent
// hashing (manual 5.2, "hash-key"). They are HAProxy's, found from the points.

// NodeID is the number of a server known by its ID.
func NodeID(id uint32) uint32 { return id * 256 * Scale }

// NodeID32 is the same with all bits of the ID.
func NodeID32(id uint32) uint32 {
	return hash.Avalanche(bits.ReverseBytes32(id))
}

// NodeGUID is the number of a server known by its unique name.
func NodeGUID(guid string) uint32 { return hash.XXH32([]byte(guid), 0) }

// NodeAddr is the number of a server known by its address, and by its port if
// that is not 0.
func NodeAddr(a netip.Addr, port uint16) uint32 {
	seed := uint32(0)
	if port != 0 {
		seed = hash.Avalanche(uint32(port))
	}
	if a.Is4() {
		b := a.As4()
		return hash.Avalanche(binary.LittleEndian.Uint32(b[:]) + seed)
	}
	b := a.As16()
	return hash.XXH32(b[:], seed)
}
