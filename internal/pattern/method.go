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
