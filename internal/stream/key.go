package stream

// name notes under which key the connection can be asked for.
func (p *idlePool) name(u *upstream) {
	if p.keyed == nil {
		p.keyed = map[string]*upstream{}
	}
	if u.below = p.keyed[u.key]; u.below != nil {
		u.below.above = u
	}
	p.keyed[u.key] = u
}

func (p *idlePool) unname(u *upstream) {
	if u.below != nil {
		u.below.above = u.above
	}
	switch {
	case u.above != nil:
		u.above.below = u.below
	case u.below != nil:
		p.keyed[u.key] = u.below
	default:
		delete(p.keyed, u.key)
	}
	u.above, u.below = nil, nil
}

// named returns the newest connection of a key.
func (p *idlePool) named(key []byte, proven bool) *upstream {
	u := p.keyed[string(key)]
	for proven && u != nil && !u.proven() {
		u = u.below
	}
	return u
}

// connKey is what a connection of a Keyed server must have in common with the
// one that the stream would open: the header that tells the server whose it is.
// It is good until the thread's next use of Out.
func (st *stream) connKey() []byte {
	if !st.srv.Keyed {
		return nil
	}
	st.th.Out = st.appendAnnouncement(st.th.Out[:0])
	return st.th.Out
}
