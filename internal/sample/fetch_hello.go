package sample

import "github.com/sluice-proxy/sluice/internal/codec/tlshello"

// Fetches of TLS hellos that pass undecrypted (manual 7.3.5).

// clientHello compiles a fetch from a client's hello.
func clientHello(get func(c *Ctx, h *tlshello.Hello, s *Sample) bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		h, ok := c.hello(c.Payload)
		return ok && h.Type == tlshello.ClientHello && get(c, &h, s)
	})
}

// hello reads the hello in b.
func (c *Ctx) hello(b []byte) (tlshello.Hello, bool) {
	h, state := tlshello.Parse(b, c.bytes)
	if state == tlshello.Incomplete {
		c.unsure()
	}
	return h, state == tlshello.Complete
}

// helloType is that of the first handshake message in a buffer.
func helloType(of buffer) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		h, ok := c.hello(of(c))
		return ok && s.setInt(int64(h.Type))
	})
}

func fetchHelloVersion(c *Ctx, s *Sample) bool {
	v, state := tlshello.Version(c.Payload, c.bytes)
	if state == tlshello.Incomplete {
		c.unsure()
	}
	return state == tlshello.Complete && s.setInt(v)
}

func helloName(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	name := h.ServerName()
	return name != nil && s.setStr(name)
}

func helloCiphers(_ *Ctx, h *tlshello.Hello, s *Sample) bool { return s.setBin(h.Ciphers) }

func helloHasGroups(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	_, listed := h.Groups()
	return s.setBool(listed)
}

func helloGroups(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	groups, _ := h.Groups()
	return groups != nil && s.setBin(groups)
}

func helloSignatures(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	list := h.Signatures()
	return list != nil && s.setBin(list)
}

func helloTicket(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	switch known, sent := h.Ticket(); {
	case sent:
		return s.setInt(2)
	case known:
		return s.setInt(1)
	}
	return s.setInt(0)
}

// helloALPN is the first protocol that is offered; a condition sees all of them.
func helloALPN(_ *Ctx, h *tlshello.Hello, s *Sample) bool {
	i := 0
	if s.it.all {
		if s.it.begun {
			i = s.it.field + 1
		}
		s.it.begun, s.it.field = true, i
		s.it.more = h.Protocol(i+1) != nil
	}
	name := h.Protocol(i)
	return name != nil && s.setStr(name)
}

func helloKeyShares(c *Ctx, h *tlshello.Hello, s *Sample) bool {
	return c.appended(s, h.AppendKeyShares) && s.setBin(s.Data)
}

// appended has a function append to the scratch arena. What it makes is shorter
// than the hello, which fits.
func (c *Ctx) appended(s *Sample, f func([]byte) ([]byte, bool)) bool {
	b := c.bytes(len(c.Payload))
	if b == nil {
		return false
	}
	out, ok := f(b[:0])
	s.Data = c.keep(b, len(out))
	return ok
}
