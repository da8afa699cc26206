// Package userlist knows the users of userlist sections, their passwords and their
// groups (manual 12.2).
package userlist

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"sync/atomic"
)

// List is a userlist section at run time. It does not change once it serves.
type List struct {
	Name  string
	users map[string]*User
}

// New gives a list of users, of whom those of a name that was there before do not
// count.
func New(name string, users ...*User) *List {
	l := &List{name, make(map[string]*User, len(users))}
	for _, u := range users {
		if l.users[u.Name] == nil {
			l.users[u.Name] = u
		}
	}
	return l
}

// User finds a user by name; nil: there is none.
func (l *List) User(name []byte) *User { return l.users[string(name)] }

// User is one who may log in. It is asked by all threads at once.
type User struct {
	Name   string
	Groups []string

	hash   *Hash // nil: the password itself is known, or there is none
	barred bool  // no password: nobody can log in
	right  Mark  // of the password, when it is known

	// The passwords that were last found to be right and wrong. The one is what spares
	// nearly all requests the work, the other what a client that keeps trying would
	// cost.
	proven, refuted atomic.Pointer[Mark]
}

// Mark is what is remembered of a password: a digest that says nothing to who does
// not have the key of this process.
type Mark [sha256.Size]byte

var markKey = func() (k [32]byte) {
	_, _ = rand.Read(k[:]) // it never fails
	return k
}()

// maxPassword is the longest password that is looked at, as in libxcrypt: hashing
// takes time in proportion.
const maxPassword = 511

// WithPassword gives a user whose password is known.
func WithPassword(name, password string, groups ...string) *User {
	u := &User{Name: name, Groups: groups, barred: len(password) > maxPassword}
	if !u.barred {
		u.right = u.mark([]byte(password))
	}
	return u
}

// WithHash gives a user of whose password the hash is known.
func WithHash(name string, h *Hash, groups ...string) *User {
	return &User{Name: name, Groups: groups, hash: h}
}

// WithoutPassword gives a user who cannot log in.
func WithoutPassword(name string, groups ...string) *User {
	return &User{Name: name, Groups: groups, barred: true}
}

// mark is the digest of a password of at most maxPassword bytes. It is of this user
// only: the name sets the digests of users with the same password apart.
func (u *User) mark(password []byte) Mark {
	var room [len(markKey) + 256 + maxPassword + 1]byte
	b := append(room[:0], markKey[:]...)
	b = append(b, u.Name...)
	b = append(b, 0)
	b = append(b, password...)
	return sha256.Sum256(b)
}

// Answer says whether a password is right.
type Answer uint8

// The answers.
const (
	No Answer = iota
	Yes
	Unknown // it takes work to know: see Prove
)

// Ask says whether password is the user's, as far as that is known without work, and
// gives its mark. It takes as long for every password of a length, and allocates
// nothing.
func (u *User) Ask(password []byte) (Mark, Answer) {
	if u.barred || len(password) > maxPassword {
		return Mark{}, No
	}
	m := u.mark(password)
	if u.hash == nil {
		return m, answer(same(&m, &u.right))
	}
	if p := u.proven.Load(); p != nil && same(&m, p) {
		return m, Yes
	}
	if p := u.refuted.Load(); p != nil && same(&m, p) {
		return m, No
	}
	return m, Unknown
}

// Prove hashes password, which takes milliseconds and more, and remembers the
// outcome under its mark.
func (u *User) Prove(m Mark, password []byte) bool {
	ok := u.hash != nil && u.hash.Match(password)
	if ok {
		u.proven.Store(&m)
	} else {
		u.refuted.Store(&m)
	}
	return ok
}

func same(a, b *Mark) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}
