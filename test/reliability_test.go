package test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/load"
)

// TestMain also is the process that holds descriptors in flight (see
// TestFaultDescriptorsInFlight). With RELIABILITY=FILE it writes the table of
// what the tests of this run have measured to that file.
func TestMain(m *testing.M) {
	if os.Getenv(hoardVariable) != "" {
		hoard()
	}
	code := m.Run()
	if path := os.Getenv("RELIABILITY"); path != "" && code == 0 {
		if err := os.WriteFile(path, []byte(reliability()), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// A measure is what a test has counted.
type measure struct {
	right, lost int64
	slowest     time.Duration
	notes       []string
}

var measures struct {
	sync.Mutex
	of map[string]*measure // by the test's full name
}

func measured(t *testing.T, count func(*measure)) {
	measures.Lock()
	defer measures.Unlock()
	if measures.of == nil {
		measures.of = map[string]*measure{}
	}
	m := measures.of[t.Name()]
	if m == nil {
		m = &measure{}
		measures.of[t.Name()] = m
	}
	count(m)
}

// counted adds a report to what the table says of this test.
func counted(t *testing.T, r *load.Report) {
	measured(t, func(m *measure) {
		m.right += r.OK()
		m.lost += r.Lost()
		if r.Kind != load.Echo { // of which a whole session is one
			m.slowest = max(m.slowest, r.Slowest)
		}
	})
}

// noted adds a figure of another kind.
func noted(t *testing.T, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Log(text)
	measured(t, func(m *measure) { m.notes = append(m.notes, text) })
}

// sum is what a test and its subtests have measured.
func sum(test string) (s measure) {
	for _, name := range slices.Sorted(maps.Keys(measures.of)) {
		if m := measures.of[name]; name == test || strings.HasPrefix(name, test+"/") {
			s.right += m.right
			s.lost += m.lost
			s.slowest = max(s.slowest, m.slowest)
			s.notes = append(s.notes, m.notes...)
		}
	}
	return s
}

// reliability is the text of doc/reliability.md.
func reliability() string {
	var b strings.Builder
	b.WriteString(reliabilityHead)
	for _, s := range scenarios {
		if s.test == "" {
			fmt.Fprintf(&b, "\n## %s\n\n| scenario | held | lost | slowest | remarks | test |\n|---|--:|--:|--:|---|---|\n", s.what)
			continue
		}
		m := sum(s.test)
		held, lost, slowest := "", "", ""
		if m.right > 0 {
			held, lost, slowest = fmt.Sprint(m.right), fmt.Sprint(m.lost), fmt.Sprint(m.slowest.Round(time.Millisecond))
		}
		remarks := append(m.notes, s.remark)
		if s.remark == "" {
			remarks = m.notes
		}
		name, _, _ := strings.Cut(s.test, "/")
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | `%s` |\n", s.what, held, lost, slowest, strings.Join(remarks, "; "), name)
	}
	return b.String()
}

// Every row names a test that exists, and the document has every row.
func TestReliabilityTable(t *testing.T) {
	root := harness.Root(t)
	doc, err := os.ReadFile(filepath.Join(root, "doc", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	files, _ := filepath.Glob(filepath.Join(root, "test", "*_test.go"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	for _, s := range scenarios {
		name, _, _ := strings.Cut(s.test, "/")
		if name != "" && !regexp.MustCompile(`(?m)^func `+name+`\(t \*testing\.T\)`).MatchString(source.String()) {
			t.Errorf("no test %s", name)
		}
		if !strings.Contains(string(doc), s.what) {
			t.Errorf("doc/reliability.md does not have %q: make reliability writes it anew", s.what)
		}
	}
	for _, m := range regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(doc), -1) {
		if !strings.Contains(source.String(), "func "+m[1]+"(") {
			t.Errorf("doc/reliability.md names %s, which does not exist: make reliability writes it anew", m[1])
		}
	}
}
