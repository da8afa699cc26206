package diff

// Operation is a change that a running worker can make without a new one. Do says
// which fields count.
type Operation struct {
	Do Do `json:"do"`
	// Backend and Server are names.
	Backend string `json:"backend,omitempty"`
	Server  string `json:"server,omitempty"`
	// Value is the weight, the limit ("0": none), the address or the state ("ready",
	// "maint") that a server is to have.
	Value string `json:"value,omitempty"`
	// Line is the line of a server that is added, with all its options.
	Line string `json:"line,omitempty"`
	// File is the name of a file whose patterns are loaded again. Its contents go
	// beside the operations, see Proposal.
	File string `json:"file,omitempty"`
	// Sections are proxies, or "global", which get Lines: their log targets, or the
	// error pages of a proxy, all of them.
	Sections []string `json:"sections,omitempty"`
	Lines    []string `json:"lines,omitempty"`
}

// Do is what an operation does.
type Do string

// The operations.
const (
	SetWeight    Do = "set weight"
	SetAddress   Do = "set address"
	SetMaxconn   Do = "set maxconn"
	SetState     Do = "set state"
	AddServer    Do = "add server"
	RemoveServer Do = "remove server"
	LoadPatterns Do = "load patterns"
	SetPages     Do = "set error pages"
	SetLogs      Do = "set logs"
)

// Proposal is what a worker is asked to apply: operations, and the contents of the
// files that they name.
type Proposal struct {
	Operations []Operation       `json:"operations"`
	Files      map[string][]byte `json:"files,omitempty"` // base64
}
