package build

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// directory finds running objects by name (sample.Names).
type directory struct {
	frontends map[string]*proxy.Frontend
	backends  map[string]*proxy.Backend
}

func (b *builder) directory() *directory {
	d := &directory{map[string]*proxy.Frontend{}, b.be}
	for _, f := range b.r.Frontends {
		d.frontends[f.Name] = f
	}
	for _, be := range b.be {
		be.Index()
	}
	return d
}

// Backend implements sample.Names.
func (d *directory) Backend(name string) sample.Source {
	if b := d.backends[name]; b != nil {
		return b
	}
	return nil
}

// Server implements sample.Names.
func (d *directory) Server(backend, server string) sample.Source {
	if s := d.server(backend, server); s != nil {
		return s
	}
	return nil
}

func (d *directory) server(backend, server string) *proxy.Server {
	if be := d.backends[backend]; be != nil {
		return be.Named(server)
	}
	return nil
}

// Frontend implements sample.Names.
func (d *directory) Frontend(name string) bool { return d.frontends[name] != nil }

// references looks up the proxies and servers that expressions name.
func (b *builder) references() {
	if len(b.spec.References) == 0 {
		return
	}
	dir := b.directory()
	for _, ref := range b.spec.References {
		if r, ok := ref.What.(*sample.UserList); ok {
			b.userList(&ref, r)
			continue
		}
		r, ok := ref.What.(*sample.Reference)
		if !ok {
			continue
		}
		if r.Kind == sample.NamesAny {
			r.BindNames(dir)
			continue
		}
		s, fault := b.referred(dir, &ref, r)
		switch {
		case fault != "":
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormTight, Pos: ref.Pos, Text: fault})
		case s != nil:
			r.Bind(s)
		}
	}
}

// referred is what a reference means, or what is wrong with it; neither: it is
// disabled.
func (b *builder) referred(dir *directory, ref *config.Reference, r *sample.Reference) (s sample.Source, fault string) {
	at := fmt.Sprintf("referenced in arg 1 of %s", ref.Where)
	own := "" // the section's name
	if ref.In != nil {
		own = ref.In.Name
		at += " in proxy '" + own + "'"
	}
	name := r.Proxy
	if name == "" {
		if ref.In == nil || ref.In.Kind == config.KindDefaults {
			return nil, "missing name of a proxy " + at + "."
		}
		name = own
	}
	front := r.Kind == sample.NamesFrontend
	p := b.spec.Find(name, front)
	what := "backend"
	if front {
		what = "frontend"
	}
	switch {
	case r.Kind == sample.NamesServer:
		return b.serverNamed(dir, r, name, at)
	case p == nil && r.Proxy == "":
		return nil, fmt.Sprintf("proxy '%s', %s, has not %s capability.", own, at, what)
	case p == nil:
		return nil, fmt.Sprintf("unable to find %s '%s' %s.", what, name, at)
	case front:
		if f := dir.frontends[name]; f != nil {
			return f, ""
		}
		return nil, ""
	}
	return dir.Backend(name), ""
}

func (b *builder) serverNamed(dir *directory, r *sample.Reference, name, at string) (sample.Source, string) {
	p := b.spec.Find(name, false)
	if p == nil && b.spec.Find(name, true) == nil {
		return nil, fmt.Sprintf("unable to find proxy '%s' %s.", name, at)
	}
	if s := dir.server(name, r.Server); s != nil {
		s.Referenced = true
		return s, ""
	}
	if p != nil && p.Disabled {
		return nil, ""
	}
	return nil, fmt.Sprintf("unable to find server '%s' in proxy '%s', %s.", r.Server, name, at)
}
