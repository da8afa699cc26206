package sample

import (
	"fmt"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
)

// tlvNames are the names that "fc_pp_tlv" knows (manual 7.3.3).
var tlvNames = map[string]proxyproto.Type{
	"ALPN": proxyproto.TypeALPN, "AUTHORITY": proxyproto.TypeAuthority, "CRC32": proxyproto.TypeCRC32C, "NETNS": proxyproto.TypeNetNS,
	"NOOP": proxyproto.TypeNoop, "SSL": proxyproto.TypeSSL, "UNIQUE_ID": proxyproto.TypeUniqueID,
	"SSL_VERSION": proxyproto.SubtypeSSLVersion, "SSL_CN": proxyproto.SubtypeSSLCN, "SSL_CIPHER": proxyproto.SubtypeSSLCipher,
	"SSL_SIG_ALG": proxyproto.SubtypeSSLSigAlg, "SSL_KEY_ALG": proxyproto.SubtypeSSLKeyAlg,
}

// maxTLV is the longest value that "fc_pp_tlv" returns (manual 7.3.3).
const maxTLV = 1024

func fetchTLV(t proxyproto.Type) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		if c.Proxy == nil {
			return false
		}
		v, ok := c.Proxy.TLVs.Find(t)
		return ok && len(v) <= maxTLV && s.setStr(v)
	})
}

func compileTLV(a []Arg, scope *Scope) (Eval, error) {
	t, ok := tlvNames[a[0].Text]
	if !ok {
		n, err := strconv.ParseUint(a[0].Text, 0, 8) // "0x20" too
		if err != nil {
			return nil, fmt.Errorf("Could not convert type '%s'", a[0].Text)
		}
		t = proxyproto.Type(n)
	}
	return fetchTLV(t)(a, scope)
}

func fetchReceivedProxy() func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool { return s.setBool(c.Proxy != nil) })
}
