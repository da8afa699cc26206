package diff

import "github.com/sluice-proxy/sluice/internal/config"

// Verb is what became of something.
type Verb string

// The verbs. Moved: it is the same at another place among those whose order
// counts.
const (
	Added   Verb = "added"
	Removed Verb = "removed"
	Changed Verb = "changed"
	Moved   Verb = "moved"
)

// Kind is what a change is about.
type Kind string

// The kinds.
const (
	Section Kind = "section" // a whole one; what it has is not listed
	Setting Kind = "setting" // any line that is none of the following
	Bind    Kind = "bind"
	Server  Kind = "server"
	Rule    Kind = "rule"
	ACL     Kind = "acl"
	Log     Kind = "log"
	Page    Kind = "error page"
	Content Kind = "file" // the contents of a file that the configuration names
)

// Change is one difference.
type Change struct {
	Verb Verb `json:"change"`
	Kind Kind `json:"kind"`
	// Section is where it stands: "backend app", "global". What is inherited stands
	// in a defaults section, and Affects are those that inherit it. "" for files.
	Section string   `json:"section,omitempty"`
	Affects []string `json:"affects,omitempty"`
	// Name is that of a server, an ACL, a section or a file, the address of a bind,
	// the ruleset of a rule, the keyword of anything else.
	Name string `json:"name,omitempty"`
	// Old and New are the lines in canonical form; "" on the side that has none. Of
	// a file they are its hash.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// OldAt and NewAt are where they stand, "file:line". A setting that has its
	// default value on one side stands nowhere there.
	OldAt string `json:"old_at,omitempty"`
	NewAt string `json:"new_at,omitempty"`
	// Fields are what changed of a server: "address", "weight", "maxconn", "state",
	// and "options" for everything else.
	Fields []string `json:"fields,omitempty"`

	proxy                *config.Proxy // that it is part of, the new one if there are two
	oldServer, newServer *config.Server
}
