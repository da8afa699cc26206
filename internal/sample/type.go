package sample

// Type is the type of a sample, or what a fetch or a converter declares. Addr,
// Any and Same only occur in declarations: a sample itself is IPv4 or IPv6.
type Type uint8

const (
	Any  Type = iota // whatever the subject is
	Same             // a converter that gives back what it got
	Bool
	Sint // signed 64 bits
	Addr // IPv4 or IPv6, known when it is fetched
	IPv4
	IPv6
	Str
	Bin
	Meth // an HTTP method: its number and its name
	types
)

var typeNames = [types]string{"any", "same", "bool", "sint", "addr", "ipv4", "ipv6", "str", "bin", "meth"}

// String gives the name the reference's keyword lists use.
func (t Type) String() string {
	if t < types {
		return typeNames[t]
	}
	return "?"
}

// castable says whether a value declared as from may be given to a converter
// or a match method that wants to. The answer does not depend on the value; a
// conversion that is castable can still fail (text that is no address).
func castable(from, to Type) bool {
	if from == to || from == Any || from == Same || to == Any || to == Same {
		return true
	}
	switch from {
	case Bool:
		return to == Sint || to == Str || to == Bin
	case Sint:
		return to == Bool || to == Addr || to == IPv4 || to == IPv6 || to == Str || to == Bin
	case Addr:
		return to == IPv4 || to == IPv6 || to == Str || to == Bin
	case IPv4:
		return to == Bool || to == Sint || to == Addr || to == IPv6 || to == Str || to == Bin
	case IPv6:
		return to == Addr || to == IPv4 || to == Str || to == Bin
	case Str:
		return true
	case Bin:
		return to == Str || to == Meth
	case Meth:
		return to == Str || to == Bin
	}
	return false
}

// Castable is castable for other packages: the matrix of manual 7.1.
func Castable(from, to Type) bool { return castable(from, to) }
