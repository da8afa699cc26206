package build

import (
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// forwarded compiles "option forwarded"; nil without it.
func (b *builder) forwarded(p *config.Proxy) *proxy.Forwarded {
	f := p.Options.Forwarded
	if f == nil {
		return nil
	}
	part := func(x config.ForwardedPart) *proxy.ForwardedPart {
		if !x.On {
			return nil
		}
		out := &proxy.ForwardedPart{}
		if x.Expr != "" {
			out.Expr = b.forwardedExpr(p, x.Expr)
		}
		return out
	}
	node := func(name, port config.ForwardedPart) *proxy.ForwardedNode {
		if !name.On {
			return nil
		}
		return &proxy.ForwardedNode{Name: *part(name), Port: part(port)}
	}
	return &proxy.Forwarded{Proto: f.Proto, Host: part(f.Host), By: node(f.By, f.ByPort), For: node(f.For, f.ForPort)}
}

func (b *builder) forwardedExpr(p *config.Proxy, text string) *sample.Expr {
	e, rest, err := sample.ParseExpr(text, &sample.Scope{Env: os.LookupEnv, PID: os.Getpid()})
	switch {
	case err != nil:
	case rest != "":
		err = fmt.Errorf("unexpected '%s'", rest)
	case !e.Fetch.Use.At(sample.BeReqHead):
		err = fmt.Errorf("fetch method '%s' extracts information from '%s', none of which is available here", e.Text, e.Fetch.Use)
	}
	if err != nil {
		pos := p.Options.Forwarded.Pos
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: pos,
			Text: fmt.Sprintf("%s [%s]: failed to parse 'option forwarded' expression '%s' in : %v.", p.Title(), pos, text, err)})
		return nil
	}
	return e
}
