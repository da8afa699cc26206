package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/diff"
)

// edited is a configuration as lines, and how one of them is edited.
type edited struct {
	lines []string
	r     *rand.Rand
}

func (e *edited) text() string { return strings.Join(e.lines, "\n") + "\n" }

// random makes a configuration of some proxies.
func random(r *rand.Rand) *edited {
	e := &edited{r: r}
	add := func(format string, args ...any) { e.lines = append(e.lines, fmt.Sprintf(format, args...)) }
	add("defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s")
	n := 1 + r.IntN(5)
	for i := range n {
		add("frontend f%d", i)
		add(" bind 127.0.0.1:%d", 1000+i)
		for j := range r.IntN(5) {
			add(" http-request set-header x%d y", j)
		}
		add(" default_backend b%d", r.IntN(n))
	}
	for i := range n {
		add("backend b%d", i)
		for j := range 1 + r.IntN(5) {
			add(" server s%d 10.0.%d.%d:80 weight %d", j, i, j, 1+r.IntN(25))
		}
	}
	e.lines = strings.Split(strings.Join(e.lines, "\n"), "\n")
	return e
}

// pick is a random line that begins with a prefix, -1 without any.
func (e *edited) pick(prefix string) int {
	var at []int
	for i, l := range e.lines {
		if strings.HasPrefix(l, prefix) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return -1
	}
	return at[e.r.IntN(len(at))]
}

// edit makes one edit and returns how it is told; "" if it could not be made.
func (e *edited) edit() string {
	section := func(i int) string {
		for ; !strings.HasPrefix(e.lines[i], "frontend") && !strings.HasPrefix(e.lines[i], "backend"); i-- {
		}
		return e.lines[i]
	}
	at := func(i int) string { return fmt.Sprintf("f.cfg:%d", i+1) }
	switch e.r.IntN(7) {
	case 0:
		i := e.pick(" server")
		name := strings.Fields(e.lines[i])[1]
		e.lines[i] += "0"
		return fmt.Sprintf("changed server %s %s %s %s {weight}", section(i), name, at(i), at(i))
	case 1:
		i := e.pick(" server")
		want := fmt.Sprintf("removed server %s %s %s ", section(i), strings.Fields(e.lines[i])[1], at(i))
		e.lines = slices.Delete(e.lines, i, i+1)
		return want
	case 2:
		i := e.pick(" server")
		want := fmt.Sprintf("added server %s new  %s", section(i), at(i))
		e.lines = slices.Insert(e.lines, i, " server new 10.1.1.1:80")
		return want
	case 3:
		i := e.pick(" default_backend")
		e.lines = slices.Insert(e.lines, i, " http-request deny")
		return fmt.Sprintf("added rule %s http-request  %s", section(i), at(i))
	case 4:
		i := e.pick(" http-request")
		if i < 0 {
			return ""
		}
		want := fmt.Sprintf("removed rule %s http-request %s ", section(i), at(i))
		e.lines = slices.Delete(e.lines, i, i+1)
		return want
	case 5:
		i := e.pick("backend")
		e.lines = slices.Insert(e.lines, i+1, " retries 7")
		return fmt.Sprintf("added setting %s retries  %s", e.lines[i], at(i+1))
	}
	i := e.pick("#")
	if i < 0 {
		i = e.r.IntN(len(e.lines))
	}
	e.lines = slices.Insert(e.lines, i, "# nothing")
	return "nothing"
}

// A random edit is found, and nothing else.
func TestRandomEdit(t *testing.T) {
	for seed := range uint64(400) {
		e := random(rand.New(rand.NewPCG(seed, 2)))
		before := e.text()
		want := e.edit()
		if want == "" {
			continue
		}
		d := diff.Compare(mustParse(t, "f.cfg", before, nil), mustParse(t, "f.cfg", e.text(), nil))
		if got := said(d); got != want && !(want == "nothing" && d.Same) {
			t.Fatalf("%d: got %q, want %q in\n%s", seed, got, want, before)
		}
	}
}
