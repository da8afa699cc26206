package config

import "fmt"

// Options are those of Parse. The zero value parses with the built-in tables, an empty
// environment and no extra rows.
type Options struct {
	Tables []Table // more rows: those of rules, for instance
	Env    Env     // environment of the configuration; changed by setenv and its like
}

// Parser is the state of a parse, for the parse functions of rows.
type Parser struct {
	spec  *Spec
	diag  *Diagnostics
	env   Env
	proxy *Proxy
	sect  Sections
	pos   Pos
}

// Spec returns what has been read so far.
func (p *Parser) Spec() *Spec { return p.spec }

// Global returns the global section.
func (p *Parser) Global() *Global { return p.spec.Global }

// Proxy returns the proxy section being read, nil outside of one.
func (p *Parser) Proxy() *Proxy { return p.proxy }

// Section returns the kind of section being read.
func (p *Parser) Section() Sections { return p.sect }

// Pos returns the place of the line being parsed.
func (p *Parser) Pos() Pos { return p.pos }

// Env returns the environment of the configuration.
func (p *Parser) Env() Env { return p.env }

// Alert reports an error at pos: "parsing [file:line] : text".
func (p *Parser) Alert(pos Pos, format string, args ...any) {
	p.diag.Add(Diagnostic{Alert, FormParsing, pos, fmt.Sprintf(format, args...)})
}

// Warn reports a warning at pos.
func (p *Parser) Warn(pos Pos, format string, args ...any) {
	p.diag.Add(Diagnostic{Warning, FormParsing, pos, fmt.Sprintf(format, args...)})
}

// Diagnostics returns the messages so far, for rows whose message has another
// form.
func (p *Parser) Diagnostics() *Diagnostics { return p.diag }

// Parse reads the files in their order as one configuration.
func Parse(files []File, o Options) (*Spec, *Diagnostics) {
	panic("not yet")
}
