package config

// SocketKey names the listening sockets of a bind line: the address, and
// everything that only a new socket can change. A reload keeps the sockets whose
// key it finds again.
func (b *Bind) SocketKey() string {
	k := b.Address.String()
	if b.Namespace != "" {
		k += " namespace " + b.Namespace
	}
	if b.Interface != "" {
		k += " interface " + b.Interface
	}
	if b.V6Only {
		k += " v6only"
	}
	if b.V4V6 {
		k += " v4v6"
	}
	if b.Transparent {
		k += " transparent"
	}
	return k
}
