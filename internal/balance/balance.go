// Package balance chooses the next server of a backend (manual 4.2,
// "balance"). An algorithm knows servers only by their index, weight and load;
// whether one may be taken right now (it is up, it has a free slot) is asked of
// the caller. Algorithms keep no lock: the backend's own protects them.
package balance

import "fmt"

// Algorithm is one of the manual's load balancing algorithms.
type Algorithm interface {
	// SetWeight puts server i in with a weight of 1 or more, or out with 0.
	SetWeight(i, weight int)
	// SetLoad says how many streams server i is serving or has queued.
	SetLoad(i, streams int)
	// Pick returns the server for the next stream, -1 when ok accepts none.
	Pick(ok func(i int) bool) int
}

// New returns the algorithm of that name for n servers, none of them in yet.
func New(name string, n int) (Algorithm, error) {
	switch name {
	case "", "roundrobin":
		return newRoundRobin(n), nil
	case "leastconn":
		return newLeastConn(n), nil
	}
	return nil, fmt.Errorf("balance algorithm '%s' is not built yet", name)
}
