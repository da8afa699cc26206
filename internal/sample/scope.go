package sample

import "github.com/sluice-proxy/sluice/internal/pattern"

// Scope is what compiling an expression may ask about the world around it.
type Scope struct {
	Env      func(name string) (value string, ok bool) // environment of the configuration
	Hostname string
	PID      int
	// ACL compiles the fetch acl([!]name,...); nil where there are no ACLs.
	ACL func(names []string) (Eval, error)
	// Refer is told of each proxy and server that is named, to look it up later; nil
	// where there are none.
	Refer func(*Reference)
	// JWE says which encrypted tokens are opened; nil: all.
	JWE func(alg, enc string) bool
	// Users is told of each userlist that is named, to look it up later; nil where
	// there are none.
	Users func(*UserList)
	// Map gives the map of a name as a converter wants to look it up; nil where there
	// are no maps.
	Map func(name string, m pattern.Method, out pattern.Output) (*pattern.View, error)
	// ReadFile reads a file that an argument names; nil where the sample does that itself.
	ReadFile func(name string) ([]byte, error)
	InACL    bool // for messages
}

// Eval is a compiled fetch or converter: it fills or changes s and says whether
// there is a value.
type Eval func(c *Ctx, s *Sample) bool
