package features

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

var update = flag.Bool("update", false, "rewrite doc/keywords.md")

const keywordsFile = "../../doc/keywords.md"

// doc/keywords.md is what the tables give.
func TestKeywordsFile(t *testing.T) {
	want := keywords()
	if *update {
		if err := os.WriteFile(keywordsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(keywordsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("doc/keywords.md is not what the tables give (go generate ./internal/features writes it):\n%s", diff)
	}
}

// keywordsDoc builds the file: a head with counts, and the chapters.
type keywordsDoc struct {
	body   strings.Builder
	counts []string
	shares [3]share        // of converters, fetches and actions
	names  map[string]bool // theirs; whether they are built
}

// collect goes through all tables.
func collect() *keywordsDoc {
	d := &keywordsDoc{names: map[string]bool{}, shares: [3]share{{title: "Converters"}, {title: "Fetches"}, {title: "Actions"}}}
	const fourParts = config.InAnyProxy
	d.rows("Global section", "3", entries(config.InGlobal, true), false)
	d.rows("Proxies: defaults, frontend, listen, backend", "4", entries(fourParts, true), true)
	d.actions()
	d.rows("Options of bind lines", "5.1", Options("bind"), false)
	d.rows("Options of server lines", "5.2", Options("server"), false)
	for _, s := range config.SectionNames() {
		if s.In&(fourParts|config.InGlobal) == 0 {
			d.rows("Section "+s.Name, "", Describe(s.Name), false)
		}
	}
	var methods []Entry
	for _, m := range pattern.Methods() {
		methods = append(methods, Entry{Syntax: "-m " + m.Name, Doc: m.Doc, State: Built})
	}
	d.rows("Match methods", "7.1", methods, false)
	d.samples("Converters", "7.3.1", sample.Converters())
	chapters := map[string]string{"7.3.2": "Fetches from internal states", "7.3.3": "Fetches of connections",
		"7.3.4": "Fetches of sessions and TLS", "7.3.5": "Fetches from buffers", "7.3.6": "Fetches from HTTP messages",
		"7.3.7": "Fetches for developers", "": "Fetches that the manual does not describe"}
	for _, chapter := range []string{"7.3.2", "7.3.3", "7.3.4", "7.3.5", "7.3.6", "7.3.7", ""} {
		d.samples(chapters[chapter], chapter, slices.DeleteFunc(sample.Fetches(), func(e sample.Entry) bool { return e.Section != chapter }))
	}
	return d
}

func keywords() string {
	d := collect()
	return `# Keywords

What the configuration language has, by chapter of HAProxy's manual, and what of it Sluice does. "Not yet" is known: its
name is not taken for a mistake, but a configuration that uses it is refused with a message that names it. "Without
effect" is checked, and warned of when it asks for anything but what Sluice does anyway. This file is generated from the
tables of the program (` + "`go generate ./internal/features`" + `), and a test compares them.

| Chapter | Yes | Without effect | Not yet |
|---|--:|--:|--:|
` + strings.Join(d.counts, "") + d.shared() + d.body.String()
}

// shared states how much of what could be built is.
func (d *keywordsDoc) shared() string {
	var b strings.Builder
	b.WriteString(`
Of the converters, fetches and actions that are not yet, most wait for a subject that Sluice does not have yet, which their
row names. Of those that have their subject are built:

| | Have their subject | Yes | Share |
|---|--:|--:|--:|
`)
	for _, s := range d.shares {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", s.title, s.having, s.built, s.percent())
	}
	return b.String()
}

// group counts rows in the share of a group.
func (d *keywordsDoc) group(i int, list []Entry) {
	d.shares[i].add(list)
	for _, e := range list {
		d.names[e.Syntax] = e.State != NotBuilt
	}
}

// reason is what stands in the column "Works" of a converter, fetch or action.
func reason(e Entry) string {
	if m := waitsFor(e.Syntax); e.State == NotBuilt && m != "" {
		return "not yet: " + m
	}
	return works(e.State)
}

// head begins a chapter and counts what is in it.
func (d *keywordsDoc) head(title, chapter string, list []Entry, columns string) {
	if chapter != "" {
		title += " (" + chapter + ")"
	}
	var n [Built + 1]int
	for _, e := range list {
		n[e.State]++
	}
	d.counts = append(d.counts, fmt.Sprintf("| %s | %d | %d | %d |\n", title, n[Built], n[Inert], n[NotBuilt]))
	fmt.Fprintf(&d.body, "\n## %s\n\n%s\n%s|\n", title, columns, strings.Repeat("|---", strings.Count(columns, "|")-1))
}

func (d *keywordsDoc) rows(title, chapter string, list []Entry, where bool) {
	columns := "| Keyword | Works | |"
	if where {
		columns = "| Keyword | Where | Works | |"
	}
	d.head(title, chapter, list, columns)
	for _, e := range list {
		fmt.Fprintf(&d.body, "| %s | ", code(e))
		if where {
			d.body.WriteString(places4(e.In) + " | ")
		}
		fmt.Fprintf(&d.body, "%s | %s |\n", works(e.State), cell(e.Doc))
	}
}

func (d *keywordsDoc) actions() {
	var list []Entry
	var where []string
	index := map[string]int{}
	for _, set := range rule.Rulesets() {
		for _, a := range rule.Actions(set) {
			e := action(&a)
			key := e.Syntax + e.Doc
			if i, ok := index[key]; ok {
				where[i] += ", " + set
				continue
			}
			index[key] = len(list)
			list, where = append(list, e), append(where, set)
		}
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return byName(list[a], list[b]) })
	d.group(2, list)
	d.head("Actions", "4.4", list, "| Action | Rulesets | Works | |")
	for _, i := range order {
		fmt.Fprintf(&d.body, "| %s | %s | %s | %s |\n", code(list[i]), where[i], reason(list[i]), cell(list[i].Doc))
	}
}

func (d *keywordsDoc) samples(title, chapter string, list []sample.Entry) {
	var all []Entry
	for _, s := range list {
		e := Entry{Syntax: s.Name, Doc: s.Doc, State: state(s.Built)}
		if s.Args != "" {
			e.Syntax += "(" + s.Args + ")"
		}
		all = append(all, e)
	}
	d.group(map[bool]int{true: 0, false: 1}[chapter == "7.3.1"], all)
	d.head(title, chapter, all, "| Name | Takes | Gives | Works | |")
	for i, e := range all {
		in := list[i].In.String()
		if chapter != "7.3.1" {
			in = ""
		}
		fmt.Fprintf(&d.body, "| %s | %s | %s | %s | %s |\n", code(e), in, list[i].Out, reason(e), cell(e.Doc))
	}
}

// places4 names the kinds of proxies.
func places4(in config.Sections) string {
	var names []string
	for _, s := range config.SectionNames() {
		if s.In&in&config.InAnyProxy == 0 {
			continue
		}
		name := s.Name
		if s.In == config.InDefaults && in&config.NamedDefaults != 0 {
			name = "named defaults"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func works(s State) string { return [...]string{"not yet", "without effect", "yes"}[s] }

func code(e Entry) string {
	s := e.Syntax
	if e.No {
		s = "[no] " + s
	}
	return "`" + cell(s) + "`"
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// What editors ask for: known sections have rows, each with a sentence and a
// syntax that begins with the name, in order.
func TestDescribe(t *testing.T) {
	for _, s := range config.SectionNames() {
		list := Describe(s.Name)
		if len(list) == 0 || !slices.IsSortedFunc(list, byName) {
			t.Errorf("%s: %d rows", s.Name, len(list))
		}
		docs := map[string]string{}
		for _, e := range list {
			if other := docs[e.Doc]; other != "" {
				t.Errorf("%s: %s and %s share a sentence", s.Name, other, e.Name)
			}
			docs[e.Doc] = e.Name
			if e.Doc == "" || !strings.HasPrefix(e.Syntax, e.Name) || s.Part != "" && e.State != NotBuilt {
				t.Errorf("%s: %+v", s.Name, e)
			}
		}
	}
	if Describe("nonsense") != nil || Options("nonsense") != nil {
		t.Error("rows for nonsense")
	}
	for _, k := range []string{"bind", "stats socket", "server", "http-request", "tcp-request content"} {
		if len(Options(k)) < 10 {
			t.Errorf("%s has %d words", k, len(Options(k)))
		}
	}
	find := func(list []Entry, name string) Entry {
		for _, e := range list {
			if e.Name == name {
				return e
			}
		}
		return Entry{}
	}
	if e := find(Describe("backend"), "balance"); e.State != Built || e.Syntax == e.Name {
		t.Errorf("%+v", e)
	}
	if e := find(Describe("frontend"), "balance"); e.Name != "" {
		t.Errorf("balance in frontends: %+v", e)
	}
	if e := find(Describe("global"), "lua-load"); e.State != NotBuilt || e.Syntax != "lua-load <file> [<arg>...]" {
		t.Errorf("%+v", e)
	}
	if e := find(Options("http-request"), "set-var"); e.Syntax != "set-var(<var-name>[,<cond>...]) <expr>" {
		t.Errorf("%+v", e)
	}
}

// Every section that begins one is listed.
func TestSectionNames(t *testing.T) {
	for _, s := range config.SectionNames() {
		if !config.IsSection(s.Name) {
			t.Errorf("%s begins no section", s.Name)
		}
	}
	if n := len(config.SectionNames()); n != 21 {
		t.Errorf("%d sections", n)
	}
}
