package config

// NamespaceList is a namespace_list section: network namespaces to be opened
// before privileges are dropped.
type NamespaceList struct {
	SectionHead
	Namespaces []string
}

var namespaceRows = Table{
	{Name: "namespace", In: InNamespaceList, Min: 1, Max: 1, Since: "1.6", Syntax: "namespace <name>",
		Doc: "Opens a network namespace.", Parse: of(func(_ *Parser, l *Line, n *NamespaceList) {
			n.Namespaces = append(n.Namespaces, l.Words[1])
		})},
}

func openNamespaceList(p *Parser, l *Line) {
	p.skipSection("namespace_list")
	switch {
	case p.discovery:
	case len(l.Words) > 1:
		p.Alert(l.Pos, "'namespace_list' cannot handle unexpected argument '%s'.", clip(l.Words[1]))
	default:
		p.enter(InNamespaceList, "namespace_list", "namespace_list")
		n := &NamespaceList{SectionHead: SectionHead{Pos: l.Pos}}
		p.other = n
		p.spec.Namespaces = append(p.spec.Namespaces, n)
	}
}

func (n *NamespaceList) write(t *textWriter) {
	t.section("namespace_list")
	for _, name := range n.Namespaces {
		t.line("namespace", name)
	}
}
