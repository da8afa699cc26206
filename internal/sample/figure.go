package sample

import (
	"errors"
	"strings"
)

// Figure is a number that a frontend, a backend or a server keeps of itself
// (manual 7.3.2).
type Figure uint8

// The figures, by the names of their fetches.
const (
	AvgQueue Figure = iota
	BackendConns
	BackendFree
	BackendRate
	ConnSlots
	Queued
	UsableServers
	FrontendConns
	FrontendRequests
	FrontendRate
	ServerConns
	ServerFree
	ServerUp
	ServerConfigured // srv_iweight
	ServerQueue
	ServerRate
	ServerUserWeight
	ServerWeight
)

// Source is whoever keeps figures. It is asked by all threads at once.
type Source interface {
	Figure(f Figure) int64
	// Watch says, before there is traffic, that f will be asked for.
	Watch(f Figure)
}

// Names finds sources by what a request says.
type Names interface {
	Backend(name string) Source // nil: there is none
	Server(backend, server string) Source
	Frontend(name string) bool
}

// Kind is what an argument names.
type Kind uint8

// The kinds.
const (
	NamesAny Kind = iota // names are looked up while requests are served
	NamesBackend
	NamesFrontend
	NamesServer
)

// Reference is an argument that names a proxy or a server. It is looked up when
// the whole configuration was read; what is disabled stays without a source, and
// its figures are 0.
type Reference struct {
	Keyword string // of the fetch
	InACL   bool
	Kind    Kind
	Proxy   string // "": the section it stands in
	Server  string
	figure  Figure
	source  Source
	names   Names
}

// Bind ends the search.
func (r *Reference) Bind(s Source) {
	r.source = s
	s.Watch(r.figure)
}

// BindNames does, for NamesAny.
func (r *Reference) BindNames(n Names) { r.names = n }

var errNoProxies = errors.New("names of proxies and servers are not known here")

// figure compiles a fetch of a figure.
func figure(keyword string, kind Kind, f Figure) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		if sc == nil || sc.Refer == nil {
			return nil, errNoProxies
		}
		r := &Reference{Keyword: keyword, InACL: sc.InACL, Kind: kind, figure: f}
		r.Proxy = a[0].Text
		if kind == NamesServer {
			r.Proxy, r.Server = splitServer(a[0].Text)
		}
		sc.Refer(r)
		return func(_ *Ctx, s *Sample) bool {
			var n int64
			if r.source != nil {
				n = r.source.Figure(f)
			}
			if f == ServerUp {
				return s.setBool(n != 0)
			}
			return s.setInt(n)
		}, nil
	}
}

// splitServer takes "backend/server" apart; the backend may be missing.
func splitServer(text string) (backend, server string) {
	if b, s, ok := strings.Cut(text, "/"); ok {
		return b, s
	}
	return "", text
}

// named compiles a converter from a name to a figure.
func named(find func(n Names, c *Ctx, name string, s *Sample) bool) func([]Arg, *Scope) (Eval, error) {
	return func(_ []Arg, sc *Scope) (Eval, error) {
		if sc == nil || sc.Refer == nil {
			return nil, errNoProxies
		}
		r := &Reference{Kind: NamesAny}
		sc.Refer(r)
		return func(c *Ctx, s *Sample) bool {
			return r.names != nil && find(r.names, c, string(s.Data), s)
		}, nil
	}
}

func convUsable(n Names, _ *Ctx, name string, s *Sample) bool {
	b := n.Backend(name)
	return b != nil && s.setInt(b.Figure(UsableServers))
}

func convFrontend(n Names, _ *Ctx, name string, s *Sample) bool { return s.setBool(n.Frontend(name)) }

// serverNamed finds a server by a name that a request says, by default in the
// backend that it goes to.
func serverNamed(n Names, c *Ctx, text string) Source {
	be, srv := splitServer(text)
	if be == "" {
		be = c.BackendName
	}
	return n.Server(be, srv)
}

func convServerUp(n Names, c *Ctx, name string, s *Sample) bool {
	srv := serverNamed(n, c, name)
	return srv != nil && s.setBool(srv.Figure(ServerUp) != 0)
}

func convServerQueue(n Names, c *Ctx, name string, s *Sample) bool {
	srv := serverNamed(n, c, name)
	return srv != nil && s.setInt(srv.Figure(ServerQueue))
}
