package proxy

// Index keeps the servers by name from now on, for who asks often.
func (b *Backend) Index() {
	if b.named == nil {
		b.named = make(map[string]*Server, len(b.Servers))
		b.reindex()
	}
}

func (b *Backend) reindex() {
	if b.named == nil {
		return
	}
	clear(b.named)
	for _, s := range b.Servers {
		b.named[s.Name] = s
	}
}

// Named returns the server of a name, nil without one.
func (b *Backend) Named(name string) *Server {
	if b.named != nil {
		return b.named[name]
	}
	for _, s := range b.Servers {
		if s.Name == name {
			return s
		}
	}
	return nil
}
