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

// PatternFiles are the files that one set of patterns is made of.
type PatternFiles struct {
	Pos   Pos
	Names []string // as they are read
	What  any      // what the owner of the row made of them
}

// ReadsPatterns notes a set that was made of files.
func (p *Parser) ReadsPatterns(f PatternFiles) { p.spec.PatternFiles = append(p.spec.PatternFiles, f) }

// Patterns gives the lists and maps of the configuration, which fresh makes when
// they are asked for first.
func (p *Parser) Patterns(fresh func() any) any {
	if p.spec.Patterns == nil {
		p.spec.Patterns = fresh()
	}
	return p.spec.Patterns
}

// FileName returns the name by which ReadFile reads a file.
func (p *Parser) FileName(name string) string { return p.spec.Global.DefaultPath.Name(p.pos, name) }
