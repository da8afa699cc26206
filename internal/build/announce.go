package build

import (
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// announcement makes what a server's PROXY protocol headers say besides addresses;
// nil: nothing.
func (b *builder) announcement(be *proxy.Backend, s *config.Server) *proxy.Announcement {
	h := &s.ProxyHeader
	if !h.CRC32C && !h.UniqueID && !h.Authority && len(h.TLVs) == 0 {
		return nil
	}
	hostname, _ := os.Hostname() // without one it is empty
	scope := &sample.Scope{Env: os.LookupEnv, Hostname: hostname, PID: os.Getpid()}
	a := &proxy.Announcement{CRC32C: h.CRC32C, Authority: h.Authority}
	for _, t := range h.TLVs {
		f, err := sample.ParseFormat(t.Format, sample.TextStyle, sample.ServerSrc, scope)
		if err != nil {
			b.serverAlert(be, s, fmt.Sprintf("'set-proxy-v2-tlv-fmt(%d)' : %v.", t.Type, err))
			continue
		}
		a.TLVs = append(a.TLVs, proxy.TLV{Type: proxyproto.Type(t.Type), Value: f})
	}
	if h.UniqueID {
		e, _, err := sample.ParseExpr("unique-id", scope)
		if err != nil {
			b.serverAlert(be, s, fmt.Sprintf("'proxy-v2-options unique-id' : %v.", err))
		}
		a.UniqueID = e
	}
	return a
}
