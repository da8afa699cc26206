package config

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A configuration cut at any byte is refused or read, never a panic; what is cut
// within a line says so.
func TestParseCut(t *testing.T) {
	data, err := os.ReadFile("testdata/language/all_together.cfg")
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		_, d := load(File{"f.cfg", data[:i]})
		if cut := i > 0 && data[i-1] != '\n'; cut && !d.Failed() {
			t.Fatalf("cut at %d, within a line, is accepted", i)
		}
	}
}

func TestParseManyBackends(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("defaults\n mode http\n timeout connect 1s\n timeout server 1s\n")
	const n = 100_000
	for i := range n {
		fmt.Fprintf(&b, "backend b%d\n balance roundrobin\n server s%d 10.%d.%d.%d:80 check inter 5s\n", i, i, i>>16, i>>8&255, i&255)
	}
	start := time.Now()
	s, d := load(File{"f.cfg", b.Bytes()})
	if d.Failed() || len(s.Proxies) != n {
		t.Fatalf("%d proxies, %v", len(s.Proxies), d.List)
	}
	// Ample, for machines that do other things too; linear work takes well below
	// a second.
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestParseManyServers(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("backend b\n mode http\n timeout connect 1s\n timeout server 1s\n")
	for i := range 50_000 {
		fmt.Fprintf(&b, " server s%d 10.0.0.1:80 id %d\n", i, i+1)
	}
	s, d := load(File{"f.cfg", b.Bytes()})
	if d.Failed() || len(s.Proxies[0].Servers) != 50_000 {
		t.Fatal(d.List)
	}
}

func TestParseRandomBytes(t *testing.T) {
	data := make([]byte, 10<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	_, d := load(File{"f.cfg", data})
	if !d.Failed() || len(d.List) > maxAlerts+10 {
		t.Errorf("%d messages", len(d.List))
	}
}

func TestParseLongLine(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	s, d := load(File{"f.cfg", []byte("backend b\n description " + long + "\n")})
	if d.Failed() || s.Proxies[0].Description != long {
		t.Errorf("a word of 1 MiB: %v", d.Failed())
	}
	for _, line := range []string{long, "backend b\n " + long, "backend b\n server s " + long, "backend b\n description \"" + long,
		"backend b\n mode " + long, "global\n maxconn " + long, "backend b\n option " + long, ".if " + long, ".alert " + long,
		"frontend f\n bind :80 " + long, "backend b\n timeout server " + long} {
		_, d := load(File{"f.cfg", []byte(line + "\n")})
		if !d.Failed() {
			t.Errorf("%.30s… is accepted", line)
		}
		for _, m := range d.List {
			if len(m.String()) > 4096 {
				t.Errorf("%.30s…: a message of %d bytes", line, len(m.String()))
			}
		}
	}
}

func TestParseFiles(t *testing.T) {
	// Each file begins outside of a section; defaults hold from file to file.
	s, d := load(File{"a.cfg", []byte("defaults\n mode http\n timeout client 1s\n")}, File{"b.cfg", []byte("frontend f\n bind :80\n")})
	if d.Failed() || s.Proxies[0].Mode != ModeHTTP || s.Proxies[0].Pos != (Pos{"b.cfg", 1}) {
		t.Errorf("%v", d.List)
	}
	_, d = load(File{"a.cfg", []byte("frontend f\n")}, File{"b.cfg", []byte(" bind :80\n")})
	if got := d.List[0].String(); got != "config : parsing [b.cfg:1]: unknown keyword 'bind' out of section." {
		t.Error(got)
	}
	_, d = load(File{"a.cfg", []byte("foo\n")}, File{"b.cfg", []byte("bar\n")})
	want := []string{
		"config : parsing [a.cfg:1]: unknown keyword 'foo' out of section.",
		"config : Error(s) found in configuration file : a.cfg",
		"config : parsing [b.cfg:1]: unknown keyword 'bar' out of section.",
		"config : Error(s) found in configuration file : b.cfg",
	}
	var got []string
	for _, m := range d.List {
		got = append(got, m.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Rows given to Parse come before those of this package, and get what they need.
func TestParseTables(t *testing.T) {
	var seen []string
	table := Table{
		{Name: "http-request", In: InProxies | InDefaults | NamedDefaults, Max: -1, Parse: func(p *Parser, l *Line) {
			p.Proxy().AddRule("http-request", &Directive{Pos: l.Pos, Words: l.Words[1:], Program: 1})
		}},
		{Name: "tcp-request content", In: InProxies, Max: -1, Parse: func(p *Parser, l *Line) {
			home, _ := p.Env().Lookup("HOME")
			seen = append(seen, p.SectionName(), p.Proxy().Name, l.Arg(2), home, fmt.Sprint(p.Section() == InFrontend))
			p.Warn(l.Pos, "careful with %s", l.Arg(2))
		}},
		{Name: "use_backend", In: InFrontends, Min: 1, Max: -1, Parse: func(p *Parser, l *Line) {
			p.Proxy().AddRule("use_backend", &Directive{Pos: l.Pos, Words: l.Words[1:]})
		}},
	}
	s, d := Parse([]File{{"f.cfg", []byte(`defaults d
 mode http
 timeout client 1s
 http-request a
frontend f from d
 bind :80
 http-request b
 tcp-request content accept
 tcp-request connection x
 use_backend nope if x
 use_backend %[path] if y
 use_backend
`)}}, Options{Tables: []Table{table}, Env: Env{"HOME": "/h"}})
	if diff := cmp.Diff([]string{"frontend", "f", "accept", "/h", "true"}, seen); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, m := range d.List {
		got = append(got, m.Level.String()+" "+m.String())
	}
	want := []string{
		"WARNING config : parsing [f.cfg:8] : careful with accept",
		"ALERT config : parsing [f.cfg:9] : 'tcp-request connection' in 'frontend' section is not built yet in this version of Sluice.",
		"ALERT config : parsing [f.cfg:12] : 'use_backend' expects at least 1 argument(s).",
		"ALERT config : Error(s) found in configuration file : f.cfg",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	f := s.Find("f", true)
	if rules := f.RulesOf("http-request"); len(rules) != 2 || rules[0].Words[0] != "a" || rules[1].Words[0] != "b" {
		t.Errorf("rules: %v", rules)
	}
	var more Diagnostics
	s.Check(&more)
	if got := more.List[0].String(); got != "Proxy 'f': unable to find required use_backend: 'nope'." || len(more.List) != 1 {
		t.Errorf("%v", more.List)
	}
}

func TestPrinter(t *testing.T) {
	_, d := load(File{"f.cfg", []byte(".notice x\n.diag y\nfoo\n")})
	var b strings.Builder
	p := &Printer{W: &b, PID: 42, Version: "3.4.0", Path: "/sbin/sluice"}
	p.Report(d)
	p.Print(Warning, "again")
	want := `[NOTICE]   (42) : config : parsing [f.cfg:1]: 'x'.
[NOTICE]   (42) : haproxy version is 3.4.0
[NOTICE]   (42) : path to executable is /sbin/sluice
[ALERT]    (42) : config : parsing [f.cfg:3]: unknown keyword 'foo' out of section.
[ALERT]    (42) : config : Error(s) found in configuration file : f.cfg
[ALERT]    (42) : config : Fatal errors found in configuration.
[WARNING]  (42) : again
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestDiscoveryRows(t *testing.T) {
	n := 0
	for _, table := range Rows() {
		for _, k := range table {
			if k.Discovery {
				n++
				if k.In != InGlobal && k.In != InProgram {
					t.Errorf("%s is neither of the global nor of a program section", k.Name)
				}
			}
		}
	}
	if n != 25+4 {
		t.Errorf("%d keywords act in discovery", n)
	}
}

// largeRange finds ranges of ports that make more addresses than a fuzzer has time
// to compare.
func largeRange(text string) bool {
	for _, m := range portRange.FindAllStringSubmatch(text, -1) {
		low, _ := strconv.Atoi(m[1])
		high, _ := strconv.Atoi(m[2])
		if high-low > 500 {
			return true
		}
	}
	return false
}

var portRange = regexp.MustCompile(`([0-9]+)\\?-([0-9]+)`)

func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/*/*.cfg")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if largeRange(string(data)) {
			return
		}
		spec, d := load(File{"f.cfg", data})
		if spec == nil || d.Faulty() {
			return
		}
		text := spec.String()
		again, d2 := load(File{"g.cfg", []byte(text)})
		if d2.Faulty() {
			t.Fatalf("%q prints as\n%s\nwhich fails: %v", data, text, d2.List)
		}
		if diff := cmp.Diff(spec, again, sameSpec); diff != "" {
			t.Fatalf("%q prints as\n%s\nwhich differs: %s", data, text, diff)
		}
	})
}
