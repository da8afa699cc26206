package config

// Reference is a name of a proxy or a server within an expression. It is looked
// up when everything has been read.
type Reference struct {
	Pos   Pos
	In    *Proxy // the section it stands in; nil: none
	Where string // "ACL keyword 'nbsrv'"
	// What is named: of whoever made the reference, who knows its type.
	What any
}

// Refer keeps a reference until everything has been read.
func (p *Parser) Refer(r Reference) { p.spec.References = append(p.spec.References, r) }
