package sample

import "sync"

// Fetch is one row of manual 7.3.2 to 7.3.7: a way to take a sample out of the
// subject. A row whose Compile is nil is known but not built yet.
type Fetch struct {
	Name    string
	Args    string // argument grammar: "string[,integer]"
	Out     Type
	Use     Use
	Raw     bool   // it reads the bytes that came, of whatever protocol: no head is waited for
	Section string // of the manual; "" when it is not documented there
	Compile func(a []Arg, sc *Scope) (Eval, error)
	Doc     string
}

// FetchTables lists the tables of fetches, one a section of the manual.
func FetchTables() [][]Fetch {
	return [][]Fetch{internalFetches, layer4Fetches, counterFetches, layer5Fetches, layer6Fetches, httpFetches, developerFetches}
}

var fetchIndex = sync.OnceValue(func() map[string]*Fetch {
	m := map[string]*Fetch{}
	for _, t := range FetchTables() {
		for i := range t {
			m[t[i].Name] = &t[i]
		}
	}
	return m
})

// LookupFetch finds a row by name; nil when the language has no such fetch.
func LookupFetch(name string) *Fetch { return fetchIndex()[name] }
