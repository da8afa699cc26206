package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const head = "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
	list := write("list", "10.0.0.1\n")
	one := write("one.cfg", head+"frontend f\n bind 127.0.0.1:1\n tcp-request connection reject if { src -f "+list+" }\n")
	two := write("two.cfg", head+"frontend f\n bind 127.0.0.1:$PORT\n tcp-request connection reject if { src -f "+list+" }\n")
	bad := write("bad.cfg", "frontend f\n nonsense\n")
	write("folder/a.cfg", head)
	write("folder/b.cfg", "frontend f\n bind 127.0.0.1:1\n tcp-request connection reject if { src -f "+list+" }\n")
	folder := filepath.Join(dir, "folder")
	for _, tt := range []struct {
		args   []string
		status int
		out    string
		errors string
	}{
		{[]string{one, one}, 0, "No difference.\n", ""},
		{[]string{one, folder}, 0, "No difference.\n", ""},
		{[]string{"-short", one, two}, 1, "1 bind removed: 127.0.0.1:1 (frontend f)\n1 bind added: 127.0.0.1:7 (frontend f)\nsockets: 0 kept, 1 opened, 1 closed\n", ""},
		{[]string{"-json", one, two}, 1, "{\n  \"same\": false,", ""},
		{[]string{one, bad}, 2, "", "sluice diff: the new configuration cannot be used\nconfig : parsing [" + bad + ":2]"},
		{[]string{bad, one}, 2, "", "sluice diff: the old configuration cannot be used\n"},
		{[]string{one, filepath.Join(dir, "none")}, 2, "", "sluice diff: "},
		{[]string{one, "fd:2"}, 2, "", "sluice diff: "},
		{[]string{one, "fd:99999"}, 2, "", "sluice diff: "},
		{[]string{one}, 2, "", "Usage: "},
		{[]string{"-short", "-json", one, two}, 2, "", "Usage: "},
		{[]string{"-x", one, two}, 2, "", "Usage: "},
		{[]string{"-h"}, 0, "Usage: ", ""},
	} {
		var out, problems strings.Builder
		status := Run(tt.args, []string{"PORT=7"}, &out, &problems)
		if status != tt.status || !strings.HasPrefix(out.String(), tt.out) || !strings.HasPrefix(problems.String(), tt.errors) || (tt.errors == "") != (problems.Len() == 0) {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, &out, &problems)
		}
	}
	if status := Run([]string{one, two}, nil, broken{}, &strings.Builder{}); status != failed {
		t.Errorf("status %d though nothing could be written", status)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no") }
