package features

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// manual returns the text of HAProxy's configuration manual: SLUICE_MANUAL, or
// that of the distribution's package.
func manual(t *testing.T) []string {
	name := os.Getenv("SLUICE_MANUAL")
	for _, c := range []string{"/usr/share/doc/haproxy/configuration.txt.gz", "../../bin/manual/usr/share/doc/haproxy/configuration.txt.gz"} {
		if _, err := os.Stat(c); name == "" && err == nil {
			name = c
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("no manual (make tools gets it): %v", err)
	}
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	s := bufio.NewScanner(r)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return lines
}

// An example of the manual, without what surrounds it.
type example struct {
	line  int // of the manual, from 1
	about string
	text  string
}

var (
	chapter   = regexp.MustCompile(`^([0-9]+)\. `)
	marker    = regexp.MustCompile(`^( *)(?:For )?[Ee]xamples?(?: [0-9]+)? *:? *(?:\(.*\))? *:?$`)
	paragraph = regexp.MustCompile(`^(\S.*)$`)
)

func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// examples are those of chapters 2 to 4.
func examples(lines []string) []example {
	var list []example
	in, about := false, ""
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		if m := chapter.FindStringSubmatch(l); m != nil && i > 200 || m != nil && strings.HasPrefix(lines[min(i+1, len(lines)-1)], "---") {
			in = m[1] == "2" || m[1] == "3" || m[1] == "4"
		}
		if !in {
			continue
		}
		if paragraph.MatchString(l) && l[0] != '-' {
			about = l
		}
		m := marker.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		depth := len(m[1])
		var body []string
		start := i + 1
		for i+1 < len(lines) {
			next := lines[i+1]
			if strings.TrimSpace(next) != "" && indent(next) <= depth || marker.MatchString(next) {
				break
			}
			body = append(body, next)
			i++
		}
		if cut := slices.IndexFunc(body, output.MatchString); cut >= 0 {
			body = body[:cut]
		}
		body = slices.DeleteFunc(body, prose.MatchString)
		list = append(list, example{start + 1, about, strings.Join(body, "\n") + "\n"})
	}
	return list
}

// places are what an example may be put into.
var places = []struct{ name, before string }{
	{"as it is", ""},
	{"global", "global\n"},
	{"defaults", "defaults x\n mode http\n"},
	{"frontend", "frontend x\n mode http\n"},
	{"backend", "backend x\n mode http\n"},
	{"listen", "listen x\n mode http\n"},
	{"listen tcp", "listen x\n mode tcp\n"},
	{"bind", "frontend x\n bind :80 "},
	{"server", "backend x\n server x 127.0.0.1:80 "},
}

// What is no configuration within an example: lines that stand for others, and
// what a program prints, which goes on to the end.
var (
	prose  = regexp.MustCompile(`^\s*(\.\.\.|forge a HTTP request.*|\(send many headers.*)$`)
	output = regexp.MustCompile(`^\s*(>>>|will generate|# applied to:|# outputs:)`)
)

// oddities are examples that cannot load, by a piece of their text.
var oddities = map[string]string{
	"backend deprecated_setup": "a dispatch beside servers, which is refused with the advice what to write",
	"mwcli_px":                 "goes on in a frontend that it does not begin",
	"fd@${FD_APP1}\"\n\n":      "lines of two sections",
	"ssllib_name_startswith(OpenSSL) && openssl_version_atleast(1.1.1)":                                     "a condition, no line",
	"listen http_proxy 0.0.0.0:80\n          mode http\n          option httplog\n          option logasap": "an address on a listen line, refused since 2.5",
	"server mail 10.0.0.1 check":                              "two backends in one; the second needs a port for each connection",
	"server-template srv 1-3 google.com:80 check\n":           "three ways to have the same servers",
	"<!--tag:[0-9a-f]*--></html>":                             "the manual of 2.6 says 'header' for 'hdr'",
	"      listen\n        bind *:80\n\n        filter trace": "its section has no name, which the manual forbids",
	"tcp-request switch-mode http if HTTP":                    "lacks the word content",
}

// elsewhere are messages about what is not part of a fragment.
var elsewhere = regexp.MustCompile(`no such ACL|not built|does not have yet|unable to (load|open|find|stat)|No such file|failed to (open|read)|error opening file|has the same name|Unknown host|no such (map|file)`)

// try returns the first message that tells that the example is wrong in the
// place, or "". What follows a row that is not built may depend on it.
func try(before, text string) string {
	files := []config.File{{Name: "manual", Data: []byte(before + text)}}
	env := config.Env{"FD_APP1": "9", "LAN_DC1": "10.0.1", "LAN_DC2": "10.0.2", "SRV_BACKUP": "10.0.3.1", "HAPROXY_USER": "nobody"}
	env.Predefine("3.4.0", "local")
	_, d := config.Parse(files, config.Options{Env: env, Tables: Tables()})
	for _, m := range d.List {
		if m.Level != config.Alert || m.Mild {
			continue
		}
		if strings.Contains(m.Text, "not built") {
			return ""
		}
		if !elsewhere.MatchString(m.Text) {
			return m.String()
		}
	}
	return ""
}

// Every example of the manual's chapters on the configuration loads, or names the
// row that is not built yet. Examples are fragments: one counts as loaded when it
// does in one kind of section, and what it refers to need not exist.
func TestManualExamples(t *testing.T) {
	var loaded int
	all := examples(manual(t))
	if len(all) < 100 {
		t.Fatalf("only %d examples", len(all))
	}
	for _, e := range all {
		if slices.ContainsFunc(slices.Collect(maps.Keys(oddities)), func(piece string) bool { return strings.Contains(e.text, piece) }) {
			continue
		}
		best := ""
		ok := false
		for _, p := range places {
			said := try(p.before, e.text)
			if said == "" {
				ok = true
				break
			}
			if p.name == "listen" {
				best = said
			}
		}
		if ok {
			loaded++
			continue
		}
		t.Errorf("line %d, %s: %s\n%s", e.line, e.about, best, e.text)
	}
	t.Logf("%d of %d examples load", loaded, len(all))
}
