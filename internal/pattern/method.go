package pattern

// Method says how patterns are compared with a value.
type Method uint8

const (
	Found Method = iota // any value at all
	Bool                // a value that is true
	Int                 // integers and ranges of integers
	IP                  // addresses and networks
	Bin                 // bytes, given in hexadecimal
	Len                 // the length of the value
	Str                 // the whole value
	Beg                 // its beginning
	Sub                 // any part of it
	Dir                 // parts between slashes
	Dom                 // parts between dots, colons and slashes
	End                 // its end
	Reg                 // regular expressions
	methods
)

var methodNames = [methods]string{"found", "bool", "int", "ip", "bin", "len", "str", "beg", "sub", "dir", "dom", "end", "reg"}

// String gives the name that -m takes.
func (m Method) String() string {
	if m < methods {
		return methodNames[m]
	}
	return "?"
}

// ParseMethod finds the method that -m name means.
func ParseMethod(name string) (Method, bool) {
	for i, n := range methodNames {
		if n == name {
			return Method(i), true
		}
	}
	return 0, false
}

// Bare says whether the method takes no pattern.
func (m Method) Bare() bool { return m == Found || m == Bool }

// MethodDoc is what documentation and editors show of a method.
type MethodDoc struct {
	Name string
	Doc  string // a sentence
}

var docs = [methods]string{
	Found: "Matches when there is a value, whatever it is; takes no pattern.",
	Bool:  "Matches booleans that are true and integers other than 0; takes no pattern.",
	Int:   "Matches integers that equal a pattern, lie in its range or fit its operator (eq, ge, gt, le, lt).",
	IP:    "Matches addresses that equal a pattern or lie in its network.",
	Bin:   "Matches values whose bytes are those the pattern gives in hexadecimal.",
	Len:   "Matches values whose length in bytes fits an integer or a range.",
	Str:   "Matches values that equal a pattern.",
	Beg:   "Matches values that begin with a pattern.",
	Sub:   "Matches values that contain a pattern.",
	Dir:   "Matches values of which a part between slashes equals a pattern.",
	Dom:   "Matches values of which a part between dots, colons or slashes equals a pattern.",
	End:   "Matches values that end with a pattern.",
	Reg:   "Matches values that a regular expression finds something in.",
}

// Methods lists the methods that -m takes.
func Methods() []MethodDoc {
	list := make([]MethodDoc, methods)
	for m := range methods {
		list[m] = MethodDoc{m.String(), docs[m]}
	}
	return list
}

// Names gives the names of the methods one by one.
func Names(yield func(string) bool) {
	for _, n := range methodNames {
		if !yield(n) {
			return
		}
	}
}
