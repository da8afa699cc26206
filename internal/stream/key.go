package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

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
// one that the stream would open: the header that tells the server whose it is,
// and the name ("pool-conn-name"). It is good until the thread's next use of Out.
func (st *stream) connKey() []byte {
	if !st.srv.Keyed {
		return nil
	}
	b := st.appendAnnouncement(st.th.Out[:0])
	if st.srv.Mapped() {
		at := st.mappedAddr()
		b, _ = at.AppendBinary(append(b, byte(at.Addr().BitLen())))
	}
	if src := st.srv.Source; src != nil && src.Use > config.UseAddress {
		at := st.origin(src).Addr
		b, _ = at.AppendBinary(append(b, byte(at.Addr().BitLen())))
	}
	if n := st.srv.ConnName; n > 0 {
		b = append(b, st.names[n-1]...) // the header tells its own end
	}
	st.th.Out = b
	return b
}

// nameConns computes the names of connections to the backend's servers while the
// request can still be asked: a server may be found much later.
func (st *stream) nameConns() {
	for i, e := range st.be.ConnNames {
		if i == len(st.names) {
			st.names = append(st.names, nil)
		}
		x := &st.ctx
		m, s := x.Mark(), x.Borrow()
		name := st.names[i][:0]
		if e.Eval(x, s) && sample.Cast(x, s, sample.Bin) {
			name = append(name, s.Data...)
		}
		st.names[i] = name
		x.Return()
		x.Release(m)
	}
}
