package proxy

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Announcement is what the PROXY protocol headers of version 2 say besides addresses
// (manual 5.2, "proxy-v2-options", "set-proxy-v2-tlv-fmt").
type Announcement struct {
	TLVs      []TLV
	CRC32C    bool
	Authority bool
	UniqueID  *sample.Expr // nil: not told
}

// TLV is a vector whose value is computed for each connection.
type TLV struct {
	Type  proxyproto.Type
	Value *sample.Format
}

// Append appends the header of a connection from src to dst, or the one of a
// connection of our own without them; x is the client's side, of which nothing but
// the connection counts. client: there is one.
func (a *Announcement) Append(b []byte, src, dst netip.AddrPort, x *sample.Ctx, client bool) []byte {
	start, sum := len(b), 0
	b = proxyproto.AppendV2(b, src, dst)
	for _, t := range a.TLVs {
		b = proxyproto.AppendTLV(b, start, t.Type, t.Value.Append(nil, x))
	}
	if a.CRC32C {
		n := len(b)
		if b = proxyproto.AppendTLV(b, start, proxyproto.TypeCRC32C, make([]byte, 4)); len(b) > n {
			sum = n + 3
		}
	}
	if client && a.Authority && x.Proxy != nil {
		if v, ok := x.Proxy.TLVs.Find(proxyproto.TypeAuthority); ok {
			b = proxyproto.AppendTLV(b, start, proxyproto.TypeAuthority, v)
		}
	}
	if client && a.UniqueID != nil {
		b = proxyproto.AppendTLV(b, start, proxyproto.TypeUniqueID, uniqueID(a.UniqueID, x))
	}
	proxyproto.Seal(b, start, sum)
	return b
}

// maxUniqueID is the longest value that receivers take (proxy-protocol.txt, 2.2.5).
const maxUniqueID = 128

// uniqueID is empty where there is none, as without "unique-id-format".
func uniqueID(e *sample.Expr, x *sample.Ctx) []byte {
	m, s := x.Mark(), x.Borrow()
	defer func() {
		x.Return()
		x.Release(m)
	}()
	if !e.Eval(x, s) || !sample.Cast(x, s, sample.Str) {
		return nil
	}
	return append([]byte(nil), s.Data[:min(len(s.Data), maxUniqueID)]...)
}
