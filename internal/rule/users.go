package rule

import (
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// mentions are the userlists and ACLs that a line names. The ACLs may get further
// tests on lines that follow.
type mentions struct {
	users []*sample.UserList
	acls  []*ACL
}

// lists gives the userlists that evaluating the line may ask, those of its ACLs
// included.
func (m *mentions) lists() []*sample.UserList {
	if m == nil {
		return nil
	}
	var all []*sample.UserList
	seen := map[*mentions]bool{}
	var visit func(m *mentions)
	visit = func(m *mentions) {
		if m == nil || seen[m] {
			return
		}
		seen[m] = true
		all = append(all, m.users...)
		for _, a := range m.acls {
			for _, t := range a.tests {
				visit(t.mentions)
			}
		}
	}
	visit(m)
	return all
}

// pending gives the first work that lists take to be asked; nil: none.
func pending(c *sample.Ctx, lists []*sample.UserList) *sample.Proof {
	for _, l := range lists {
		if p := l.Pending(c); p != nil {
			return p
		}
	}
	return nil
}

// Pending gives the first work that the conditions and names of the cases take; nil:
// none.
func (s Switch) Pending(c *sample.Ctx) *sample.Proof {
	for _, r := range s {
		if r.users == nil {
			continue
		}
		if p := pending(c, r.users); p != nil {
			return p
		}
	}
	return nil
}

// AsksUsers says whether Pending may give work.
func (s Switch) AsksUsers() bool {
	for _, r := range s {
		if r.users != nil {
			return true
		}
	}
	return false
}

// askedGroups has the groups looked up in the userlist once it is known.
func (p *testParser) askedGroups(acl *ACL) {
	t, users := p.t, p.k.mentions.users
	if len(users) == 0 {
		return
	}
	users[len(users)-1].Groups = func() (string, []string) {
		var names []string
		for _, v := range append(t.files[:len(t.files):len(t.files)], t.own) {
			for _, e := range v.Reference().Entries(pattern.Current) {
				names = append(names, e.Key())
			}
		}
		return acl.Name, names
	}
}

// grouped is match for http_auth_group, whose patterns are names of groups.
func (t *test) grouped(c *sample.Ctx) bool {
	mark, s := c.Mark(), c.Borrow()
	found := false
	if t.expr.Eval(c, s) && c.User != nil {
		for _, g := range c.User.Groups {
			s.Data = append(c.Out[:0], g...)
			if c.Out = s.Data; t.compare(c, s) {
				found = true
				break
			}
		}
	}
	c.Return()
	c.Release(mark)
	return found
}
