package config

import "strings"

// UserList is a userlist section (manual 12.2). Nothing is authenticated until a
// rule names the list.
type UserList struct {
	SectionHead
	Users  []*User
	Groups []*UserGroup
}

// User is a "user" line.
type User struct {
	Pos      Pos
	Name     string
	Password string // "": none, nobody can log in
	Insecure bool   // Password is the password itself, not its hash by crypt(3)
	Groups   []string
}

// UserGroup is a "group" line.
type UserGroup struct {
	Pos   Pos
	Name  string
	Users []string
}

var userListRows = Table{
	{Name: "group", In: InUserlist, Max: -1, Syntax: "group <name> [users <user>,...]",
		Doc: "Declares a group of users, and which users belong to it.", Parse: of(parseUserGroup)},
	{Name: "user", In: InUserlist, Max: -1, Syntax: "user <name> [password|insecure-password <password>] [groups <group>,...]",
		Doc: "Declares a user with a password and the groups the user belongs to.", Parse: of(parseUser)},
}

func openUserList(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InUserlist, FormTight, "'userlist' expects <name> as arguments.")
	if !ok {
		return
	}
	list := &UserList{SectionHead: h}
	p.other = list
	if _, taken := p.taken(l, h.Name); taken {
		// Its lines are checked and go nowhere.
		p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos, Text: "ignoring duplicated userlist '" + h.Name + "'."})
		return
	}
	p.spec.UserLists = append(p.spec.UserLists, list)
}

func parseUser(p *Parser, l *Line, list *UserList) {
	if len(l.Words) < 2 {
		p.alertTight(l.Pos, "'user' expects <name> as arguments.")
		return
	}
	u := &User{Pos: l.Pos, Name: l.Words[1]}
	for i := 2; i < len(l.Words); i += 2 {
		word, value := l.Words[i], l.Arg(i+1)
		switch word {
		case "password", "insecure-password":
			u.Password, u.Insecure = value, word == "insecure-password"
		case "groups":
			u.Groups = nameList(value)
		default:
			p.alertTight(l.Pos, "'user' only supports 'password', 'insecure-password' and 'groups' options.")
			return
		}
		if value == "" {
			p.alertTight(l.Pos, "'user' : '%s' expects an argument.", word)
			return
		}
	}
	if _, again := p.again(l, u.Name); again {
		list.ignoring(p, l)
		return
	}
	list.Users = append(list.Users, u)
}

func parseUserGroup(p *Parser, l *Line, list *UserList) {
	if len(l.Words) < 2 {
		p.alertTight(l.Pos, "'group' expects <name> as arguments.")
		return
	}
	g := &UserGroup{Pos: l.Pos, Name: l.Words[1]}
	for i := 2; i < len(l.Words); i += 2 {
		if l.Words[i] != "users" {
			p.alertTight(l.Pos, "'group' only supports 'users' option.")
			return
		}
		if g.Users = nameList(l.Arg(i + 1)); l.Arg(i+1) == "" {
			p.alertTight(l.Pos, "'group' : 'users' expects an argument.")
			return
		}
	}
	if _, again := p.again(l, g.Name); again {
		list.ignoring(p, l)
		return
	}
	list.Groups = append(list.Groups, g)
}

func (u *UserList) ignoring(p *Parser, l *Line) {
	p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos,
		Text: "ignoring duplicated " + l.Words[0] + " '" + clip(l.Words[1]) + "' in userlist '" + u.Name + "'."})
}

// nameList splits a comma list; empty names count for nothing.
func nameList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

func (u *UserList) check(c *checker) {
	users, groups := map[string]bool{}, map[string]bool{}
	for _, x := range u.Users {
		users[x.Name] = true
	}
	for _, g := range u.Groups {
		groups[g.Name] = true
		for _, name := range g.Users {
			if !users[name] {
				c.alert(g.Pos, "userlist '%s': no such user '%s' specified in group '%s'", u.Name, clip(name), clip(g.Name))
			}
		}
	}
	for _, x := range u.Users {
		for _, name := range x.Groups {
			if !groups[name] {
				c.alert(x.Pos, "userlist '%s': no such group '%s' specified in user '%s'", u.Name, clip(name), clip(x.Name))
			}
		}
	}
}

func (u *UserList) write(t *textWriter) {
	t.section("userlist", u.Name)
	for _, g := range u.Groups {
		w := []string{"group", g.Name}
		if len(g.Users) > 0 {
			w = append(w, "users", strings.Join(g.Users, ","))
		}
		t.line(w...)
	}
	for _, x := range u.Users {
		w := []string{"user", x.Name}
		switch {
		case x.Password == "":
		case x.Insecure:
			w = append(w, "insecure-password", x.Password)
		default:
			w = append(w, "password", x.Password)
		}
		if len(x.Groups) > 0 {
			w = append(w, "groups", strings.Join(x.Groups, ","))
		}
		t.line(w...)
	}
}
