package pattern

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// parsed is a pattern as a method reads it.
type parsed struct {
	text   string // str, bin, beg, end, sub, dir, dom
	raw    []byte // the text, for sub
	span   span   // int, len
	net    prefix // ip
	sparse masked4
	holes  bool // the mask of the network has holes: sparse holds it
	re     Regexp
}

// prefix is a network: its first bits of addr, the others are zero. IPv4 and IPv6
// are told apart by the number of bits: IPv4 counts from v4Bits.
type prefix struct {
	addr u128
	bits int
}

const v4Bits = 256

// parsePattern reads one pattern. The error is in the reference's words.
func parsePattern(m Method, fold bool, key string) (p parsed, err error) {
	switch m {
	case Found, Bool:
	case Int, Len:
		p.span, err = parseRange(key, opNone)
	case IP:
		err = p.network(key)
	case Reg:
		p.re, err = CompileRegexp(key, fold)
	case Bin:
		var v []byte
		v, err = parseHex(key)
		p.text = string(v)
	default:
		if p.text = trimmed(m, key); fold {
			p.text = foldString(p.text)
		} else if m == Sub {
			p.raw = []byte(p.text)
		}
	}
	return p, err
}

func (p *parsed) network(key string) error {
	var n networks
	if err := n.add(key); err != nil {
		return err
	}
	switch {
	case len(n.sparse) > 0:
		p.sparse, p.holes = n.sparse[0], true
	case len(n.v4) > 0:
		r := n.v4[0]
		p.net = prefix{u128{0, uint64(r.lo)}, v4Bits + width(uint64(r.lo^r.hi), 32)}
	default:
		r := n.v6[0]
		p.net = prefix{r.lo, width(r.lo.hi^r.hi.hi, 64)}
		if p.net.bits == 64 {
			p.net.bits += width(r.lo.lo^r.hi.lo, 64)
		}
	}
	return nil
}

// width is the number of leading bits, of size, that the ends of a range share.
func width(diff uint64, size int) int {
	n := 0
	for n < size && diff>>(size-1-n)&1 == 0 {
		n++
	}
	return n
}

// masked is a with only its first bits.
func (a u128) masked(bits int) u128 {
	switch {
	case bits == 0:
		return u128{}
	case bits <= 64:
		return u128{a.hi & (^uint64(0) << (64 - bits)), 0}
	case bits < 128:
		return u128{a.hi, a.lo & (^uint64(0) << (128 - bits))}
	}
	return a
}

func (p prefix) hash() uint64 {
	h := mix(p.addr.hi^secret[0], p.addr.lo^secret[1]^uint64(p.bits)<<40)
	return mix(h^secret[2], uint64(p.bits)^secret[3])
}

func as4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func parseHex(s string) ([]byte, error) {
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		return nil, fmt.Errorf("an hex digit is expected (found '%c')", s[i])
	}
	v, err := hex.DecodeString(s)
	if err != nil {
		return nil, errors.New("an even number of hex digit is expected")
	}
	return v, nil
}
