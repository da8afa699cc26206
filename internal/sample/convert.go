package sample

import "sync"

// Converter is one row of manual 7.3.1. A row whose Compile is nil is known but
// not built yet.
type Converter struct {
	Name    string
	Args    string
	In, Out Type
	Compile func(a []Arg, sc *Scope) (Eval, error)
	Doc     string
}

// ConverterTables lists the tables of converters.
func ConverterTables() [][]Converter {
	return [][]Converter{converters, mapConverters, tableConverters}
}

var converterIndex = sync.OnceValue(func() map[string]*Converter {
	m := map[string]*Converter{}
	for _, t := range ConverterTables() {
		for i := range t {
			m[t[i].Name] = &t[i]
		}
	}
	return m
})

// LookupConverter finds a row by name; nil when the language has none.
func LookupConverter(name string) *Converter { return converterIndex()[name] }
