package optionsets

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

var (
	seeds       = flag.Int("seeds", 150, "sites to try")
	first       = flag.Uint64("first", 1, "the first seed")
	talks       = flag.Int("talks", 3, "conversations of a site")
	everything  = flag.Bool("whole", false, "show all that was seen")
	versionsToo = flag.Bool("versions", false, "show differences of versions, too")
	batch       = flag.Int("batch", 50, "sites in one configuration")
)

func reference(t *testing.T) string {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p
	}
	p, err := exec.LookPath("haproxy")
	if err != nil {
		p = "/usr/sbin/haproxy"
		if _, err := os.Stat(p); err != nil {
			t.Skip("haproxy is not installed")
		}
	}
	return p
}

// all plays in several programs.
func all(t *testing.T, programs []string, plays []play) [][]seen {
	got := make([][]seen, len(programs))
	var wg sync.WaitGroup
	for i, p := range programs {
		wg.Go(func() {
			var err error
			if got[i], err = run(t, p, plays); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() && slices.ContainsFunc(got, func(s []seen) bool { return s == nil }) {
		t.FailNow()
	}
	return got
}

// lines are what was seen, one a line.
func (s seen) lines() (list []string) {
	for i, c := range s.talks {
		for _, l := range c {
			list = append(list, fmt.Sprintf("c%d: %s", i, l))
		}
	}
	return slices.Concat(list, s.server, s.log, s.st)
}

// A difference is a line that one program has more often than the other.
type difference struct {
	sign   string
	text   string
	second bool // the second oracle stands with Sluice
}

func compare(got []seen) (list []difference) {
	var n []map[string]int
	for _, s := range got {
		m := map[string]int{}
		for _, l := range s.lines() {
			m[l]++
		}
		n = append(n, m)
	}
	second := n[len(n)-1] // without a second oracle: Sluice itself
	for _, l := range got[0].lines() {
		if n[0][l] > n[1][l] {
			list = append(list, difference{"-", l, len(n) > 2 && second[l] == n[1][l]})
			n[0][l]--
		}
	}
	for _, l := range got[1].lines() {
		if m := n[0][l]; n[1][l] > m {
			list = append(list, difference{"+", l, len(n) > 2 && second[l] == n[1][l]})
			n[1][l]--
		}
	}
	return list
}

func show(p play, list []difference, got []seen) string {
	var out strings.Builder
	shown := map[string]bool{}
	for _, d := range list {
		if c, _, ok := strings.Cut(d.text, ": "); ok && c[0] == 'c' && !shown[c] {
			shown[c] = true
			i, _ := strconv.Atoi(c[1:])
			if i < len(p.talks) {
				fmt.Fprintf(&out, "  %s does\n%s", c, p.talks[i].show())
			}
		}
		mark := ""
		if d.second {
			mark = " (as the second)"
		}
		fmt.Fprintf(&out, "%s %s%s\n", d.sign, d.text, mark)
	}
	if *everything {
		for i, c := range p.talks {
			fmt.Fprintf(&out, "  c%d does\n%s", i, c.show())
		}
		for i, s := range got {
			fmt.Fprintf(&out, "program %d\n  %s\n", i, strings.Join(s.lines(), "\n  "))
		}
	}
	if len(got) > 2 {
		for _, l := range got[2].lines() {
			if !slices.Contains(got[0].lines(), l) && !slices.Contains(got[1].lines(), l) {
				fmt.Fprintf(&out, "second: %s\n", l)
			}
		}
	}
	return out.String()
}

// TestOptionSets compares the two programs. REF_SECOND names a third: what it does
// as Sluice is a difference of versions.
func TestOptionSets(t *testing.T) {
	ref := reference(t)
	out, _ := exec.Command(ref, "-v").Output()
	newer := !strings.Contains(string(out), "version 2.")
	programs := []string{ref, harness.Binary(t)}
	if p := os.Getenv("REF_SECOND"); p != "" {
		programs = append(programs, p)
	}
	exchanges, differing, versions, known := 0, 0, 0, 0
	for at := *first; at < *first+uint64(*seeds); at += uint64(*batch) {
		var plays []play
		for s := at; s < min(at+uint64(*batch), *first+uint64(*seeds)); s++ {
			plays = append(plays, newPlay(s, newer))
		}
		got := all(t, programs, plays)
		for i, p := range plays {
			exchanges += len(p.talks)
			of := func(i int) (one []seen) {
				for _, g := range got {
					one = append(one, g[i])
				}
				return one
			}
			one := of(i)
			list := compare(one)
			for try := 0; len(list) > 0 && try < 2; try++ { // what comes from a race does not come twice
				got := all(t, programs, []play{p})
				one = one[:0]
				for _, g := range got {
					one = append(one, g[0])
				}
				list = compare(one)
			}
			if len(list) == 0 {
				continue
			}
			if why := allowed[p.seed]; why != "" && *talks == 3 && len(programs) == 2 && !newer {
				t.Logf("seed %d: %s", p.seed, why)
				known++
				continue
			}
			if !slices.ContainsFunc(list, func(d difference) bool { return !d.second }) {
				versions++
				if !*versionsToo {
					continue
				}
			}
			differing++
			t.Errorf("seed %d\n%s%s", p.seed, p.site.text, show(p, list, one))
		}
	}
	t.Logf("%d sites, %d conversations, %d sites differ, %d by version only, %d as is known", *seeds, exchanges, differing, versions, known)
}
