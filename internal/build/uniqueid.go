package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// uniqueID makes fe identify its requests.
func (b *builder) uniqueID(p *config.Proxy, fe *proxy.Frontend) {
	if p.Kind == config.KindListen { // made with its backend
		fe.UniqueID = b.be[p.Name].UniqueID
	} else {
		fe.UniqueID = b.uniqueIDFormat(p)
	}
	if fe.UniqueID != nil && p.UniqueIDHeader != "" {
		fe.UniqueIDHeader = []byte(p.UniqueIDHeader)
	}
}

// uniqueIDFormat compiles "unique-id-format"; nil: there is none. A backend's is
// that of its health checks.
func (b *builder) uniqueIDFormat(p *config.Proxy) *logs.Format {
	if p.UniqueID == nil {
		return nil
	}
	kind := logs.BackendID
	if p.Kind == config.KindFrontend {
		kind = logs.UniqueID
	}
	f, err := logs.Compile(p.UniqueID.Text, p.UniqueID.Pos, kind, b.logScope(p, p.UniqueID.Pos, "unique-id-format"))
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.UniqueID.Pos, Text: err.Error()})
		return nil
	}
	return f
}
