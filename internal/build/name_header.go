package build

import "github.com/sluice-proxy/sluice/internal/proxy"

// nameHeader has be tell its servers their names (http-send-name-header).
func (b *builder) nameHeader(be *proxy.Backend) {
	be.NameHeader = be.Spec.Options.NameHeader
	if be.NameHeader == "" {
		return
	}
	name, ok := be.CaseAdjust[be.NameHeader]
	if !ok {
		name = be.NameHeader
	}
	be.NameLine = []byte(name + ": ")
}
