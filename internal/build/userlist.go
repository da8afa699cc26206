package build

import (
	"fmt"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/userlist"
)

// userList looks up the userlist that an expression names. Only lists that are named
// are built: passwords in others may be of any form.
func (b *builder) userList(ref *config.Reference, r *sample.UserList) {
	fault := func(what string) {
		text := what + " in arg 1 of " + ref.Where
		if ref.In != nil {
			text += " in proxy '" + ref.In.Name + "'"
		}
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormTight, Pos: ref.Pos, Text: text + "."})
	}
	if r.Name == "" {
		fault("missing userlist name")
		return
	}
	i := slices.IndexFunc(b.spec.UserLists, func(u *config.UserList) bool { return u.Name == r.Name })
	if i < 0 {
		fault("unable to find userlist '" + r.Name + "' referenced")
		return
	}
	if b.users == nil {
		b.users = map[string]*userlist.List{}
	}
	l := b.users[r.Name]
	if l == nil {
		l = b.makeUsers(b.spec.UserLists[i])
		b.users[r.Name] = l
	}
	r.Bind(l)
	if r.Groups != nil {
		b.groupsOf(b.spec.UserLists[i], ref.In, r)
	}
}

// groupsOf checks the groups that an ACL asks for, in the reference's words.
func (b *builder) groupsOf(list *config.UserList, p *config.Proxy, r *sample.UserList) {
	acl, names := r.Groups()
	fault := func(what string) {
		b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Text: "proxy " + p.Name + ": acl " + acl + " http_auth_group(): " + what + "."})
	}
	for _, name := range names {
		if !slices.ContainsFunc(list.Groups, func(g *config.UserGroup) bool { return g.Name == name }) {
			fault("invalid group '" + name + "'")
		}
	}
	if len(names) == 0 {
		fault("no groups specified")
	}
}

// makeUsers builds a list. A user is in the groups that the line of the user and those
// of groups say.
func (b *builder) makeUsers(list *config.UserList) *userlist.List {
	var users []*userlist.User
	for _, u := range list.Users {
		groups := u.Groups
		for _, g := range list.Groups {
			if slices.Contains(g.Users, u.Name) && !slices.Contains(groups, g.Name) {
				groups = append(slices.Clip(groups), g.Name)
			}
		}
		switch {
		case u.Password == "":
			users = append(users, userlist.WithoutPassword(u.Name, groups...))
			continue
		case u.Insecure:
			users = append(users, userlist.WithPassword(u.Name, u.Password, groups...))
			continue
		}
		h, err := userlist.ParseHash(u.Password)
		if err != nil {
			b.alert(u.Pos, "userlist '%s': the password of user '%s' cannot be verified: %v.", list.Name, u.Name, err)
			continue
		}
		if h.Slow != "" {
			b.d.Add(config.Diagnostic{Level: config.Warning, Form: config.FormParsing, Pos: u.Pos,
				Text: fmt.Sprintf("userlist '%s': verifying the password of user '%s' takes a good part of a second of a processor (%s): whoever sends wrong ones keeps it busy.", list.Name, u.Name, h.Slow)})
		}
		users = append(users, userlist.WithHash(u.Name, h, groups...))
	}
	return userlist.New(list.Name, users...)
}
