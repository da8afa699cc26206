package sample

// Entry is what documentation and editors show of a fetch or a converter.
type Entry struct {
	Name    string
	Args    string // argument grammar: "string[,integer]"
	In      Type   // of a converter; Any for a fetch
	Out     Type
	Section string // of the manual; "" when it is not described there
	Doc     string // a sentence
	Built   bool   // false: known, refused when it is used
}

// Fetches lists every fetch, by section of the manual.
func Fetches() []Entry {
	var list []Entry
	for _, t := range FetchTables() {
		for _, f := range t {
			list = append(list, Entry{f.Name, f.Args, Any, f.Out, f.Section, f.Doc, f.Compile != nil})
		}
	}
	return list
}

// Converters lists every converter.
func Converters() []Entry {
	var list []Entry
	for _, t := range ConverterTables() {
		for _, c := range t {
			list = append(list, Entry{c.Name, c.Args, c.In, c.Out, "7.3.1", c.Doc, c.Compile != nil})
		}
	}
	return list
}

// names gives the names of entries one by one.
func names(list []Entry) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, e := range list {
			if !yield(e.Name) {
				return
			}
		}
	}
}
