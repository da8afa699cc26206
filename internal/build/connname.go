package build

import (
	"fmt"
	"os"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// connName compiles a server's "pool-conn-name", once for all servers that have
// the same, and returns its place in be.ConnNames plus one; 0: none.
func (b *builder) connName(be *proxy.Backend, s *config.Server) int {
	text := s.Pool.ConnName
	if text == "" || !be.HTTP {
		return 0
	}
	if i := slices.IndexFunc(be.ConnNames, func(e *sample.Expr) bool { return e.Text == text }); i >= 0 {
		return i + 1
	}
	e, rest, err := sample.ParseExpr(text, &sample.Scope{Env: os.LookupEnv, PID: os.Getpid()})
	switch {
	case err != nil:
	case rest != "":
		err = fmt.Errorf("unexpected '%s'", rest)
	case !e.Fetch.Use.At(sample.BeServer):
		err = fmt.Errorf("fetch method '%s' extracts information from '%s', none of which is available here.", e.Text, e.Fetch.Use)
	}
	if err != nil {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormPlace, Pos: s.Pos,
			Text: fmt.Sprintf("'server %s/%s' : error detected while parsing sni or pool-conn-name expressions : %v.", be.Name, s.Name, err)})
		return 0
	}
	be.ConnNames = append(be.ConnNames, e)
	return len(be.ConnNames)
}
