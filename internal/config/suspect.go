package config

// suspect reports what is right and yet hardly meant, for those who ask for it
// ("-dD"). It changes no verdict, not even where warnings do.
func (p *Parser) suspect(form Form, pos Pos, text string) {
	if !p.discovery {
		p.report(Diagnostic{Level: Diag, Form: form, Pos: pos, Text: text})
	}
}
