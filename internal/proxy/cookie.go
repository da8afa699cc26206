package proxy

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/hash"
)

// Cookie is how a cookie keeps clients with their server (manual 4.2, "cookie").
type Cookie struct {
	*config.Cookie
	// Shown: what becomes of the cookie shows in logs.
	Shown bool
	// Tail is what follows the value in a Set-Cookie field: path, domains and
	// attributes.
	Tail    []byte
	servers map[string]*Server
}

// NewCookie compiles a backend's cookie for its servers.
func NewCookie(c *config.Cookie, servers []*Server) *Cookie {
	k := &Cookie{Cookie: c, Shown: c.Mode != config.CookieLearn || c.Indirect, servers: map[string]*Server{}}
	tail := "; path=/"
	for _, d := range c.Domains {
		tail += "; domain=" + d
	}
	if c.HTTPOnly {
		tail += "; HttpOnly"
	}
	if c.Secure {
		tail += "; Secure"
	}
	for _, a := range c.Attrs {
		tail += "; " + a
	}
	k.Tail = []byte(tail)
	for _, s := range servers {
		if s.Cookie != "" && k.servers[s.Cookie] == nil { // of equal values the first counts
			k.servers[s.Cookie] = s
		}
	}
	return k
}

// Server returns the server of a value, nil without one.
func (k *Cookie) Server(value []byte) *Server { return k.servers[string(value)] }

// DynamicCookie is the value that stands for a server in cookies when none is
// configured (manual 4.2, "dynamic-cookie-key"): HAProxy's, so that load balancers
// of both kinds may stand side by side. It is "" for a server without an IP address.
func (s *Server) DynamicCookie(key string) string {
	if !s.Addr.IsValid() {
		return ""
	}
	port := s.Addr.Port()
	b := append([]byte(key), s.Addr.Addr().AsSlice()...)
	b = append(b, 0, 0, byte(port>>8), byte(port))
	return fmt.Sprintf("%016x", hash.XXH64(b))
}

// Willing tells whether the server takes what persistence sends it.
func (s *Server) Willing() bool {
	h := s.Health.Get()
	return h.Willing()
}
