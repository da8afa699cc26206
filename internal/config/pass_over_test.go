package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outside is a discovery pass that stands outside of global.
func outside() *Parser {
	p := newParser(Options{})
	p.discovery = true
	return p
}

// What is passed over unread is what reading it would have passed over.
func checkPassedOver(t *testing.T, line []byte) {
	t.Helper()
	if bytes.ContainsAny(line, "\x00\n") || !outside().passesOver(line) {
		return
	}
	p := outside()
	words, _, _, err := p.words.split(line)
	if err != nil {
		t.Fatalf("%q is malformed: %s", line, err.text)
	}
	if len(words) == 0 {
		return
	}
	if _, section := sections[words[0]]; section || words[0] == "" || words[0][0] == '.' || words[0] == "no" || words[0] == "default" {
		t.Fatalf("%q has a meaning", line)
	}
}

func TestPassesOver(t *testing.T) {
	for line, want := range map[string]bool{
		"":                                 true,
		"\t # note":                        true,
		"\tserver s 10.0.0.1:80 check#end": true,
		"setenv A b":                       true, // global's alone
		"server s $ADDR":                   false,
		`acl a path "/x`:                   false,
		`acl a path '/x`:                   false,
		`acl a path /\x`:                   false,
		"  no option httpclose":            false,
		"default option httpclose":         false,
		".if 1":                            false,
		"  .endif":                         false,
		"global":                           false,
		" backend b":                       false,
		"backend#x":                        false,
		strings.Repeat("a ", 65):           false, // too many words
	} {
		if got := outside().passesOver([]byte(line)); got != want {
			t.Errorf("%q: %t", line, got)
		}
		checkPassedOver(t, []byte(line))
	}
	in := outside()
	in.sect = InGlobal
	if in.passesOver([]byte("nothing")) {
		t.Error("a line of global is passed over")
	}
	in = outside()
	in.discovery = false
	if in.passesOver([]byte("nothing")) {
		t.Error("a line is passed over when all are read")
	}
	passed := 0
	files, _ := filepath.Glob("testdata/*/*.cfg")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			if outside().passesOver(line) {
				passed++
			}
			checkPassedOver(t, line)
		}
	}
	if passed < 1000 {
		t.Errorf("only %d lines of %d files are passed over", passed, len(files))
	}
}

func FuzzPassesOver(f *testing.F) {
	f.Add([]byte("  server s 10.0.0.1:80"))
	f.Add([]byte("no\voption x"))
	f.Add([]byte(strings.Repeat("x ", 63) + "yz"))
	f.Fuzz(func(t *testing.T, line []byte) { checkPassedOver(t, line) })
}
