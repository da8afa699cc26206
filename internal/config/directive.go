package config

// Directive is an ACL or a rule: its text for printing and comparing, and what
// the owner of its row made of it.
type Directive struct {
	Pos   Pos
	Words []string // without the ruleset's keyword
	// Program is the compiled form. It says nothing that Words do not say, so it
	// is ignored when Specs are compared.
	Program any `json:"-"`
}
