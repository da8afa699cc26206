// Package balance chooses the next server of a backend (manual 4.2,
// "balance"). An algorithm knows servers only by their index, weight and load;
// whether one may be taken right now (it is up, it has a free slot) is asked of
// the caller. Algorithms keep no lock: the backend's own protects them. A choice
// allocates nothing.
package balance

import "fmt"

// Scale is the unit of weights: a server of weight w has w*Scale, and less while
// it starts slowly.
const Scale = 16

// Algorithm is one of the manual's load balancing algorithms.
type Algorithm interface {
	// SetWeight puts server i in with a weight of 1 or more, or out with 0.
	SetWeight(i, weight int)
	// SetLoad says how many streams server i is serving or has queued.
	SetLoad(i, streams int)
	// Pick returns the server for the next stream, -1 without one.
	Pick(a Ask) int
}

// Ask is what an algorithm is told of a stream.
type Ask struct {
	// OK says whether server i may be taken.
	OK func(i int) bool
	// Key is the hash of what the request is known by, if it is Keyed: some
	// algorithms choose by it, and take turns for other requests.
	Key   uint32
	Keyed bool
	// Faithful has a key's own server chosen even if it is not OK: to wait for it.
	Faithful bool
	Now      int64 // ns, of a clock that all loops share
}

// Server is what an algorithm has to know of a server from the beginning.
type Server struct {
	Weight int    // at first, in units of 1/Scale; 0: out
	ID     uint32 // orders the servers for "first"
	Node   uint32 // see Ring
}

// Params say which algorithm, and what it needs.
type Params struct {
	Name       string // the manual's word, without arguments
	Consistent bool   // hash-type; else map-based
	Draws      int    // of "random"
	Factor     int    // hash-balance-factor in percent; 0: no bound
}

// Hashes tells the algorithms that choose by a key of the request.
func Hashes(name string) bool {
	switch name {
	case "source", "uri", "url_param", "hdr", "rdp-cookie", "hash":
		return true
	}
	return false
}

// Static says that weights do not change while a server is up.
func (p *Params) Static() bool {
	return p.Name == "static-rr" || Hashes(p.Name) && !p.Consistent
}

// New returns the algorithm for the servers.
func New(p Params, servers []Server) (Algorithm, error) {
	switch {
	case p.Name == "roundrobin":
		return newRoundRobin(servers), nil
	case p.Name == "leastconn":
		return newLeastConn(servers), nil
	case p.Name == "first":
		return newFirst(servers), nil
	case p.Name == "sticky":
		return newSticky(servers), nil
	case p.Name == "random":
		return newRandom(servers, max(p.Draws, 1), p.Factor), nil
	case Hashes(p.Name) && p.Consistent:
		return newConsistent(servers, p.Factor), nil
	case Hashes(p.Name) || p.Name == "static-rr":
		return newStatic(servers), nil
	}
	return nil, fmt.Errorf("balance algorithm '%s' is not built yet", p.Name)
}

// unloaded is part of algorithms that do not look at the load.
type unloaded struct{}

func (unloaded) SetLoad(int, int) {}
