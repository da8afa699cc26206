package proxy

import "strings"

// weight is the weight in force; the caller holds the backend's lock, or is alone.
func (s *Server) weight() int {
	if n := s.changed.Load(); n > 0 {
		return int(n - 1)
	}
	return s.Weight
}

// UserWeight returns the weight in force: the configured one, or what somebody
// set since.
func (s *Server) UserWeight() int { return s.weight() }

// SetWeight changes the weight of a server, from 0 to 256. A server of weight 0
// gets no new sessions but those of persistence.
func (b *Backend) SetWeight(srv *Server, weight int) {
	if srv.weight() == weight {
		return
	}
	b.mu.Lock()
	srv.changed.Store(int64(weight) + 1)
	if weight > 0 {
		b.weigh(srv)
	}
	b.mu.Unlock()
	h := srv.Health.Get()
	b.SetUp(srv, h.Usable())
}

// ChangeWeight sets a weight as the CLI and agents write it: from 0 to 256, or in
// percent of the configured one (management guide 9.3, "set weight"). It returns
// what is wrong with the text; "" is done.
func (b *Backend) ChangeWeight(srv *Server, text string) string {
	digits := strings.TrimPrefix(text, "-")
	n, rest := 0, strings.TrimLeft(digits, "0123456789")
	for _, c := range digits[:len(digits)-len(rest)] {
		n = min(n*10+int(c-'0'), 1<<20)
	}
	negative := len(digits) < len(text) && n > 0
	switch {
	case text == "":
		return "Require <weight> or <weight%>."
	case len(rest) == len(digits):
		return "Empty weight string empty or preceded by garbage"
	case rest == "%" && negative:
		return "Relative weight must be positive."
	case rest == "%":
		n = min(n*srv.Weight/100, MaxWeight)
	case rest != "":
		return "Trailing garbage in weight string"
	case negative || n > MaxWeight:
		return "Absolute weight can only be between 0 and 256 inclusive."
	}
	if n != 0 && n != srv.Weight && b.Static() {
		return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'."
	}
	b.SetWeight(srv, n)
	return ""
}

// MaxWeight is the largest weight of a server.
const MaxWeight = 256
