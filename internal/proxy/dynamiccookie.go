package proxy

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/hash"
)

// DynamicCookie says whether the cookie values of servers that have none of their
// own are made of their addresses (manual 4.2, "dynamic-cookie-key").
type DynamicCookie struct {
	On  bool
	Key string // without one there are no values
}

// Value is what stands for a server in cookies: what HAProxy has for it too, so that
// load balancers of both kinds may stand side by side. It is "" for a server without
// an IP address.
func (d DynamicCookie) Value(s *Server) string {
	if !d.On || d.Key == "" || !s.Addr.IsValid() {
		return ""
	}
	port := s.Addr.Port()
	b := append([]byte(d.Key), s.Addr.Addr().AsSlice()...)
	b = append(b, 0, 0, byte(port>>8), byte(port))
	return fmt.Sprintf("%016x", hash.XXH64(b))
}

// SetDynamicCookie changes the values of servers whose own one, which own tells, is
// "". Nothing else may read them meanwhile.
func (b *Backend) SetDynamicCookie(d DynamicCookie, own func(*Server) string) {
	b.DynamicCookie = d
	for _, s := range b.Servers {
		b.Recookie(s, own(s))
	}
	b.LearnCookies()
}

// Recookie sets the value of one server, own or, of "", made of its address.
// LearnCookies is to follow.
func (b *Backend) Recookie(s *Server, own string) {
	if s.Cookie = own; own == "" {
		s.Cookie = b.DynamicCookie.Value(s)
	}
}

// LearnCookies has the backend know the values that its servers have now.
func (b *Backend) LearnCookies() {
	if b.Cookie != nil {
		b.Cookie = NewCookie(b.Spec.Cookie, b.Servers)
	}
}
