package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// uniqueID compiles "unique-id-format".
func (b *builder) uniqueID(p *config.Proxy, fe *proxy.Frontend) {
	if p.UniqueID == nil {
		return
	}
	f, err := logs.Compile(p.UniqueID.Text, p.UniqueID.Pos, logs.UniqueID, b.logScope(p, p.UniqueID.Pos, "unique-id-format"))
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.UniqueID.Pos, Text: err.Error()})
		return
	}
	fe.UniqueID = f
	if p.UniqueIDHeader != "" {
		fe.UniqueIDHeader = []byte(p.UniqueIDHeader)
	}
}
