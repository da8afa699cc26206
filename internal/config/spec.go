package config

// Spec is what a configuration says.
type Spec struct {
	Global   *Global
	Defaults []*Proxy // in file order
	Proxies  []*Proxy // frontend, backend and listen, in file order

	// The other sections, each in file order.
	UserLists    []*UserList
	HTTPErrors   []*HTTPErrors
	LogProfiles  []*LogProfile
	Rings        []*Ring
	LogForwards  []*LogForward
	Resolvers    []*Resolvers
	Mailers      []*Mailers
	Peers        []*Peers
	Caches       []*Cache
	FCGIApps     []*FCGIApp
	CrtStores    []*CrtStore
	ACME         []*ACME
	HealthChecks []*HealthCheck
	Programs     []*Program
	Namespaces   []*NamespaceList
	Traces       []*Traces

	References []Reference // in expressions, to proxies and servers

	PatternFiles []PatternFiles `json:"-"` // of rules, in file order
	Patterns     any            `json:"-"` // the lists and maps, of whoever compiles rules
}

// Find returns the proxy of that name which has the wanted side, or nil.
func (s *Spec) Find(name string, frontend bool) *Proxy {
	for _, p := range s.Proxies {
		if p.Name == name && (frontend && p.Kind.IsFrontend() || !frontend && p.Kind.IsBackend()) {
			return p
		}
	}
	return nil
}
