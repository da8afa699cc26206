package userlist

import (
	"strings"
	"sync"
	"testing"
)

const (
	secret1 = "$1$salt$ez2vlPGdaLYkJam5pWs/Y1" // of "secret"
	longest = 511
)

func hashOf(t *testing.T, text string) *Hash {
	t.Helper()
	h, err := ParseHash(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestUsers(t *testing.T) {
	l := New("l", WithPassword("ann", "pw"), WithPassword("bob", "pw"), WithoutPassword("eve"), WithPassword("ann", "later"),
		WithPassword("long", strings.Repeat("x", longest+1)), WithPassword("edge", strings.Repeat("x", longest)))
	for _, x := range []struct {
		user, password string
		want           Answer
	}{
		{"ann", "pw", Yes}, {"ann", "later", No}, {"ann", "", No}, {"ann", "pw\x00", No}, {"ann", "PW", No},
		{"bob", "pw", Yes}, {"eve", "", No}, {"eve", "x", No},
		{"long", strings.Repeat("x", longest+1), No}, {"long", strings.Repeat("x", longest), No},
		{"edge", strings.Repeat("x", longest), Yes},
	} {
		if _, got := l.User([]byte(x.user)).Ask([]byte(x.password)); got != x.want {
			t.Errorf("%s, %.20q: %d, want %d", x.user, x.password, got, x.want)
		}
	}
	for _, name := range []string{"", "anna", "an", "Ann", "ann\x00"} {
		if l.User([]byte(name)) != nil {
			t.Errorf("%q is a user", name)
		}
	}
}

// What was proven once needs no work again; what was refuted neither, until another
// wrong password was.
func TestProven(t *testing.T) {
	u := WithHash("ann", hashOf(t, secret1))
	prove := func(password string, want bool) {
		t.Helper()
		m, a := u.Ask([]byte(password))
		if a != Unknown {
			t.Fatalf("%q is known: %d", password, a)
		}
		if got := u.Prove(m, []byte(password)); got != want {
			t.Fatalf("%q: %v", password, got)
		}
	}
	known := func(password string, want Answer) {
		t.Helper()
		if _, a := u.Ask([]byte(password)); a != want {
			t.Fatalf("%q: %d, want %d", password, a, want)
		}
	}
	prove("wrong", false)
	known("wrong", No)
	prove("secret", true)
	known("secret", Yes)
	prove("other", false)
	known("other", No)
	known("secret", Yes)
	prove("wrong", false)
	known("secret", Yes)
	known(strings.Repeat("x", longest+1), No)
}

func TestAskAllocatesNothing(t *testing.T) {
	l := New("l", WithHash("ann", hashOf(t, secret1)))
	name, password := []byte("ann"), []byte("secret")
	m, _ := l.User(name).Ask(password)
	l.User(name).Prove(m, password)
	if n := testing.AllocsPerRun(100, func() {
		if _, a := l.User(name).Ask(password); a != Yes {
			t.Fatal("not known")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Users are asked by all threads at once.
func TestRace(t *testing.T) {
	u := WithHash("ann", hashOf(t, secret1))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			password := []byte("secret")
			if i%2 == 1 {
				password = []byte{byte(i)}
			}
			for range 20 {
				m, a := u.Ask(password)
				if a == Unknown {
					a = answer(u.Prove(m, password))
				}
				if (a == Yes) != (i%2 == 0) {
					t.Errorf("%q: %d", password, a)
				}
			}
		})
	}
	all.Wait()
}
