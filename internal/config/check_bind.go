package config

// binds checks what is known of bind lines only when all is read.
func (c *checker) binds(p *Proxy) {
	index := 0
	for i, b := range p.Binds {
		if i > 0 && p.Binds[i-1].Pos != b.Pos {
			index = 0
		}
		c.proto(p, b)
		c.bindGUID(p, b, index)
		index++
	}
}

// proto checks that the protocol forced on connections fits the mode.
func (c *checker) proto(p *Proxy, b *Bind) {
	fits := map[string]Mode{"h1": ModeHTTP, "h2": ModeHTTP, "quic": ModeHTTP, "qmux": ModeHTTP, "none": ModeTCP}
	if m, ok := fits[b.Proto]; b.Proto != "" && (!ok || m != p.Mode) {
		c.alert(b.Pos, "%s : MUX protocol '%s' is not usable for 'bind %s' at [%s].", p.Title(), b.Proto, clip(b.Text), b.Pos)
	}
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }
