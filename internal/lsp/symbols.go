package lsp

// outline lists the sections of a document.
func outline(d *document) []symbol {
	list := []symbol{}
	for _, h := range d.headings() {
		name := h.kind
		if h.name != "" {
			name += " " + h.name
		}
		head := textRange{d.at(h.line, 0), d.at(h.line, len(d.line(h.line)))}
		list = append(list, symbol{Name: name, Kind: symbolModule, SelectionRange: head,
			Range: textRange{head.Start, d.at(h.last, len(d.line(h.last)))}})
	}
	return list
}
