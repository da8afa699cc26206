package config

// unbuiltPart is a part of the manual that a configuration needs and that is not
// built yet.
type unbuiltPart struct {
	part string // "peers", say
	what string // what needs it first: "'peers' section"
	pos  Pos
}

// lacks notes that what stands at pos needs a part that is not built yet. The
// file is read on, so that everything else is checked, and refused at its end
// with one message for each part.
func (p *Parser) lacks(pos Pos, part, what string) {
	if p.discovery {
		return
	}
	for _, u := range p.unbuilt {
		if u.part == part {
			return
		}
	}
	p.unbuilt = append(p.unbuilt, unbuiltPart{part, what, pos})
}

// reportUnbuilt refuses what lacks noted.
func (p *Parser) reportUnbuilt() {
	for _, u := range p.unbuilt {
		p.report(Diagnostic{Level: Alert, Unbuilt: true, Pos: u.pos,
			Text: sprintf("%s needs %s, which this version of Sluice does not have yet.", u.what, u.part)})
	}
}
