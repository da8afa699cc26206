package build

import (
	"errors"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// later is a builder for what is added to a runtime that serves. Nothing is looked
// up: that would take its time.
func (r *Runtime) later() *builder {
	return &builder{
		o:    Options{Resolve: refuseName},
		spec: r.Spec, d: &config.Diagnostics{}, r: r, groups: r.Spec.ErrorGroups(), made: map[*config.ErrorFile]*proxy.Page{},
	}
}

// fault is the first error of a build, nil without one.
func (b *builder) fault() error {
	for _, m := range b.d.List {
		if m.Level == config.Alert {
			return errors.New(m.String())
		}
	}
	return nil
}

// NewServer makes a server for a backend that runs, which does not know it yet.
func (r *Runtime) NewServer(be *proxy.Backend, s *config.Server) (*proxy.Server, error) {
	switch {
	case s.Namespace != "" || s.Pool.ConnName != "" && be.HTTP || s.Track != "" || s.Host != "" && !slices.Equal(s.InitAddr, []config.InitMethod{config.InitNone}):
		return nil, errors.New("it needs more than a running process can get")
	case s.Source != nil && s.Source.Use != config.UseOwn || be.Spec.Source != nil && be.Spec.Source.Use != config.UseOwn:
		return nil, errors.New("its connections come from an address that only a new process can use")
	}
	b, references := r.later(), len(r.Spec.References)
	srv := b.server(be, s, len(be.Servers))
	if err := b.fault(); err != nil {
		r.Vacate(srv)
		return nil, err
	}
	if len(r.Spec.References) > references {
		r.Spec.References = r.Spec.References[:references]
		r.Vacate(srv)
		return nil, errors.New("it refers to proxies or servers")
	}
	if srv.ID = s.ID; srv.ID == 0 {
		for srv.ID = 1; slices.ContainsFunc(be.Servers, func(o *proxy.Server) bool { return o.ID == srv.ID }); {
			srv.ID++
		}
	}
	srv.SlowStart, srv.Node = s.SlowStart, Node(srv, s)
	if be.HTTP {
		srv.Redir = s.Redir
		be.Recookie(srv, s.Cookie)
	}
	return srv, nil
}

// serverNum takes a number for a server: one that another had, or a new one.
func (r *Runtime) serverNum() int {
	if last := len(r.vacant) - 1; last >= 0 {
		n := r.vacant[last]
		r.vacant = r.vacant[:last]
		return n
	}
	r.Servers++
	return r.Servers - 1
}

// Vacate gives the number of a server back, of which nothing is left.
func (r *Runtime) Vacate(srv *proxy.Server) { r.vacant = append(r.vacant, srv.Num) }

// NewPages makes the error pages that p has set.
func (r *Runtime) NewPages(p *config.Proxy) (*proxy.Pages, error) {
	b := r.later()
	pages := b.pages(p)
	return pages, b.fault()
}

// NewTargets makes log targets, with global in place of "log global".
func (r *Runtime) NewTargets(lines []*config.LogTarget, global []*logs.Target) ([]*logs.Target, error) {
	for _, l := range lines {
		if l.Addr.Host != "" {
			return nil, errors.New("the receiver of logs '" + l.Address + "' has to be looked up")
		}
	}
	return r.Hub.Targets(lines, global)
}

// NewOutput makes what p logs to, with other targets than before.
func (r *Runtime) NewOutput(p *config.Proxy, targets []*logs.Target) (*logs.Output, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	spec := logs.OutputSpec{Targets: targets, Tag: p.LogTag, Steps: p.LogSteps}
	if o := r.Outputs[p]; o != nil {
		spec.Format, spec.Error, spec.Structured = o.Format, o.Error, o.Structured
		return r.Hub.Output(spec), nil
	}
	b, references := r.later(), len(r.Spec.References)
	spec.Format, spec.Error, spec.Structured = b.format(p), b.errorFormat(p), b.structured(p)
	if len(r.Spec.References) > references {
		r.Spec.References = r.Spec.References[:references]
		return nil, errors.New("the log format refers to proxies or servers")
	}
	return r.Hub.Output(spec), b.fault()
}
