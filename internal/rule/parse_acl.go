package rule

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// declaration is the Program of an "acl" line: the ACL it completes, and all
// the ACLs of its section by name.
type declaration struct {
	acl   *ACL
	index map[string]*ACL
}

// declared finds an ACL of a section; those of its defaults section are not
// visible (manual 4.2, "acl").
func declared(p *config.Proxy, name string) *ACL {
	if p == nil || len(p.ACLs) == 0 {
		return nil
	}
	d, ok := p.ACLs[0].Program.(*declaration)
	if !ok {
		return nil
	}
	return d.index[name]
}

func (t *table) acl(p *config.Parser, l *config.Line) {
	name := l.Arg(1)
	for i := range len(name) {
		if !nameByte(name[i]) {
			p.Alert(l.Pos, "character '%c' is not permitted in acl name '%s'.", name[i], name)
			return
		}
	}
	if strings.EqualFold(name, "or") {
		p.Alert(l.Pos, "acl name '%s' will never match. 'or' is used to express a logical disjunction within a condition.", name)
		return
	}
	if name == "" {
		p.Alert(l.Pos, "error detected while parsing ACL '%s' : missing fetch method in ACL expression ''.", name)
		return
	}
	px := p.Proxy()
	a := declared(px, name)
	if a == nil {
		a = &ACL{Name: name}
	}
	if err := t.compiler(p, l).Test(a, l.Words[2:]); err != nil {
		p.Alert(l.Pos, "error detected while parsing ACL '%s' : %v.", name, err)
		// it is declared all the same: the rules that name it are not to blame
	}
	var index map[string]*ACL
	if len(px.ACLs) > 0 {
		if d, ok := px.ACLs[0].Program.(*declaration); ok {
			index = d.index
		}
	}
	if index == nil {
		index = map[string]*ACL{}
	}
	index[name] = a
	px.ACLs = append(px.ACLs, &config.Directive{Pos: l.Pos, Words: l.Words[1:], Program: &declaration{a, index}})
}

func nameByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '_' || c == '.' || c == ':'
}
