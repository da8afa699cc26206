package sample

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/userlist"
)

// Hashing a password takes milliseconds and more, for which no event loop should
// stand still. So who evaluates asks first, by Pending, for the work that the answer
// takes, has it done elsewhere, and gives the result back by Settle. Who does not ask
// gets the right answer as well, but has to wait for it.

// UserList is an argument that names a userlist section (manual 12.2). It is looked
// up when the whole configuration was read.
type UserList struct {
	Keyword string // of the fetch
	InACL   bool
	Name    string // "": none was given
	// Groups lists those that an ACL asks for, by the name of the ACL; nil: no ACL does.
	Groups func() (acl string, names []string)
	list   *userlist.List
}

// Bind ends the search.
func (r *UserList) Bind(l *userlist.List) { r.list = l }

// Proof is the work that is needed to know whether a password is right.
type Proof struct {
	proof
	password []byte
}

// proof is a password of a user, and whether it is right.
type proof struct {
	user *userlist.User
	mark userlist.Mark
	ok   bool
}

// Run does the work. It touches nothing but the proof and is for any goroutine.
func (p *Proof) Run() { p.ok = p.user.Prove(p.mark, p.password) }

// Pending gives the work without which the list cannot be asked for the user of the
// request; nil: none, the answer is known.
func (r *UserList) Pending(c *Ctx) *Proof {
	m := c.Mark()
	defer c.Release(m)
	u, password, mark, a := r.ask(c)
	if a != userlist.Unknown {
		return nil
	}
	return &Proof{proof{user: u, mark: mark}, append([]byte(nil), password...)}
}

// Settle keeps the result of a proof that has run, until Forget.
func (c *Ctx) Settle(p *Proof) {
	for i := range c.proofs {
		if c.proofs[i].user == p.user {
			c.proofs[i] = p.proof
			return
		}
	}
	c.proofs = append(c.proofs, p.proof)
}

// ForgetUsers forgets what was found out about the credentials of a request.
func (c *Ctx) ForgetUsers() { c.proofs, c.User, c.Proxied = c.proofs[:0], nil, false }

// ask looks up who the request says it comes from. The password lies in the scratch
// arena.
func (r *UserList) ask(c *Ctx) (u *userlist.User, password []byte, m userlist.Mark, a userlist.Answer) {
	name, password, ok := c.Basic()
	if !ok || r.list == nil {
		return nil, nil, m, userlist.No
	}
	if u = r.list.User(name); u == nil {
		return nil, nil, m, userlist.No
	}
	if m, a = u.Ask(password); a != userlist.Unknown {
		return u, password, m, a
	}
	for i := range c.proofs {
		if p := &c.proofs[i]; p.user == u && p.mark == m {
			if p.ok {
				return u, password, m, userlist.Yes
			}
			return u, password, m, userlist.No
		}
	}
	return u, password, m, a
}

// user is whom the request has authenticated as; nil: nobody.
func (r *UserList) user(c *Ctx) *userlist.User {
	u, password, m, a := r.ask(c)
	if a == userlist.Yes || a == userlist.Unknown && u.Prove(m, password) {
		return u
	}
	return nil
}

// compileAuth compiles http_auth, or http_auth_group, which gives the name.
func compileAuth(keyword string) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		if sc == nil || sc.Users == nil {
			return nil, errors.New("userlists are not known here")
		}
		r := &UserList{Keyword: keyword, InACL: sc.InACL, Name: a[0].Text}
		sc.Users(r)
		if keyword == "http_auth" {
			return func(c *Ctx, s *Sample) bool {
				m := c.Mark()
				defer c.Release(m)
				_, _, ok := c.Basic() // without credentials there is nothing to say
				return ok && s.setBool(r.user(c) != nil)
			}, nil
		}
		return func(c *Ctx, s *Sample) bool {
			m := c.Mark()
			c.User = r.user(c)
			c.Release(m)
			if c.User == nil {
				return false
			}
			b := c.bytes(len(c.User.Name))
			if b == nil {
				return false
			}
			return s.setStr(append(b[:0], c.User.Name...))
		}, nil
	}
}
