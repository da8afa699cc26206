package proxy

import "github.com/sluice-proxy/sluice/internal/config"

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

// Willing tells whether the server takes what persistence sends it.
func (s *Server) Willing() bool {
	h := s.Health.Get()
	return h.Willing()
}
