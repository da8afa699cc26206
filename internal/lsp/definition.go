package lsp

import "slices"

// define finds what the word at p names: a proxy, a defaults section, an ACL.
func define(d *document, p position) *location {
	w, ok := wordAt(d, p)
	if !ok || w.index == 0 {
		return nil
	}
	previous := w.words[w.index-1]
	switch {
	case slices.Contains([]string{"use_backend", "default_backend"}, previous):
		return d.find(d.headings(), w.text, "backend", "listen")
	case previous == "from":
		return d.find(d.headings(), w.text, "defaults")
	case slices.Contains(w.words[:w.index], "if") || slices.Contains(w.words[:w.index], "unless"):
		name := w.text
		if len(name) > 1 && name[0] == '!' {
			name = name[1:]
		}
		return d.find(d.acls(p.Line), name, "acl")
	}
	return nil
}

// find returns the place of the first of list with that name and one of kinds.
func (d *document) find(list []named, name string, kinds ...string) *location {
	for _, n := range list {
		if n.name == name && slices.Contains(kinds, n.kind) {
			return &location{d.uri, textRange{d.at(n.line, 0), d.at(n.line, len(d.line(n.line)))}}
		}
	}
	return nil
}
