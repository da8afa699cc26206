// Package explain is the record of why a request was treated as it was: what
// rules were looked at, with which values, what they changed, and where the
// request went.
//
// Who evaluates keeps the record: expressions, ACLs, rules and streams tell a
// Recorder, if there is one, what they do. Nothing here evaluates anything.
package explain

// Kind tells what a node stands for.
type Kind string

// The kinds of nodes, from the outside in.
const (
	Proxy  Kind = "proxy"  // what follows belongs to the frontend or backend that Text names
	Rule   Kind = "rule"   // a line of the configuration that decides or does something
	Term   Kind = "acl"    // a term of its condition: an ACL, perhaps negated
	Test   Kind = "test"   // one comparison of an ACL
	Sample Kind = "sample" // the value of an expression
	Change Kind = "change" // a line of the message's head before ("-") or after ("+") a rule
	Note   Kind = "note"   // what was decided outside of rules
	Head   Kind = "head"   // a line of a message as it was sent
)

// Node is one thing that was looked at or done, with what that took.
type Node struct {
	Kind Kind   `json:"kind"`
	File string `json:"file,omitempty"` // where it is configured
	Line int    `json:"line,omitempty"`
	Text string `json:"text"` // as configured; of a Sample the expression
	// Type and Value are of a Sample; a missing one has neither.
	Type  string `json:"type,omitempty"`
	Value string `json:"value,omitempty"`
	// Result says how it ended: of a Rule "no" when its condition did not hold,
	// else what it did; of a Term and a Test "yes", "no" or "unknown"; of a Sample
	// "missing", or nothing.
	Result string  `json:"result,omitempty"`
	Nodes  []*Node `json:"nodes,omitempty"`
}

// Report is the explanation of one request.
type Report struct {
	Frontend string  `json:"frontend"`
	Listener string  `json:"listener,omitempty"` // its name, or its address
	Client   string  `json:"client,omitempty"`
	Request  string  `json:"request,omitempty"` // the request line as it came; "" for TCP
	Nodes    []*Node `json:"nodes"`
	Outcome  Outcome `json:"outcome"`
	// Cut: the record was longer than it may be; what came later is not in it.
	Cut bool `json:"cut,omitempty"`
}

// Outcome is what became of the request.
type Outcome struct {
	Backend     string `json:"backend,omitempty"`
	Server      string `json:"server,omitempty"`
	Address     string `json:"address,omitempty"` // of the server
	Status      int    `json:"status,omitempty"`  // of the answer, 0: none
	Location    string `json:"location,omitempty"`
	Termination string `json:"termination,omitempty"` // the letters of manual 8.5
	Log         string `json:"log,omitempty"`         // the line in the log
	// State says what is not over yet: "waiting for the server's answer".
	State string `json:"state,omitempty"`
}
