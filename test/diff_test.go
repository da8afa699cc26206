package test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

// difference is what these tests want of the JSON form (doc/reloads.md).
type difference struct {
	Same    bool
	Changes []struct {
		Change, Kind, Section, Name, Old, New string
		OldAt                                 string `json:"old_at"`
		NewAt                                 string `json:"new_at"`
		Fields                                []string
	}
	Reload struct {
		Kept   []string `json:"kept_sockets"`
		Opened []string `json:"opened_sockets"`
		Closed []string `json:"closed_sockets"`
	}
	InPlace struct {
		Possible bool
		Reasons  []string
	} `json:"in_place"`
}

func parseDifference(t *testing.T, text string) (d difference) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d
}

// weighted is a configuration with a server of that weight, and a file of ACLs.
func weighted(addr, weight, acl, more string) string {
	return "defaults\n\tmode http\n\ttimeout connect 1s\n\ttimeout client 5s\n\ttimeout server 5s\n" +
		"frontend web\n\tbind " + addr + "\n\thttp-request deny if { path -f " + acl + " }\n\tdefault_backend app\n" +
		"backend app\n\tserver s1 127.0.0.1:1 weight " + weight + "\n" + more
}

// The master tells what a reload would change, what it did change, and what
// differs between any two generations that are kept.
func TestReloadDiff(t *testing.T) {
	t.Parallel()
	dir, addr := harness.TempDir(t), harness.Addr(t)
	acl := filepath.Join(dir, "acl")
	writeFile(t, acl, "/a\n")
	p := harness.Start(t, harness.Options{Dir: dir, Config: weighted(addr, "1", acl, "")})
	at := p.ConfigPath()

	if a := p.Master("reload diff"); a != "No difference.\n\n" {
		t.Errorf("%q", a)
	}
	p.WriteConfig(weighted(addr, "2", acl, ""))
	writeFile(t, acl, "/b\n")
	a := p.Master("reload diff")
	for _, want := range []string{"backend app\n  changed server s1: weight (" + at + ":11)\n    - server s1 127.0.0.1:1\n    + server s1 127.0.0.1:1 weight 2\n",
		"files\n  changed file " + acl + " (" + at + ":8)\n", "  sockets kept: " + addr + "\n", "  connections finish in the old worker: frontend web\n", "  in place: possible, 2 operations\n"} {
		if !strings.Contains(a, want) {
			t.Errorf("no %q in %q", want, a)
		}
	}
	d := parseDifference(t, p.Master("reload diff json"))
	if len(d.Changes) != 2 || d.Same || !d.InPlace.Possible || d.Changes[0].Name != "s1" || d.Changes[0].OldAt != at+":11" || d.Changes[0].Fields[0] != "weight" || d.Changes[1].Name != acl || d.Reload.Kept[0] != addr {
		t.Errorf("%+v", d)
	}

	a = p.Master("reload")
	framing, rest, _ := strings.Cut(a, "Generation 2 serves.\n")
	if !strings.HasPrefix(framing, "Success=1\n--\n") || rest != "What differs from generation 1:\n1 server changed: app/s1 (weight)\n1 file changed: "+acl+"\nsockets: 1 kept, 0 opened, 0 closed\n\n" {
		t.Errorf("%q", a)
	}
	if a := p.Master("reload diff"); a != "No difference.\n\n" {
		t.Errorf("%q", a)
	}

	// Files that have changed since: generations are what they were.
	other := harness.Addr(t)
	p.WriteConfig(weighted(addr, "2", acl, "frontend more\n\tbind "+other+"\n\tdefault_backend app\n"))
	writeFile(t, acl, "/c\n")
	for words, want := range map[string]int{"diff json": 2, "diff 1 json": 2, "diff 1 2 json": 2, "diff 2 1 json": 2, "diff 2 2 json": 0, "diff 1 0 json": 3, "diff 2 0 json": 2} {
		if d := parseDifference(t, p.Master(words)); len(d.Changes) != want || d.Same != (want == 0) {
			t.Errorf("%s: %+v", words, d)
		}
	}
	if d := parseDifference(t, p.Master("reload diff json")); len(d.Reload.Opened) != 1 || d.Reload.Opened[0] != other || d.InPlace.Possible || !strings.Contains(strings.Join(d.InPlace.Reasons, ""), "frontend more is added") {
		t.Errorf("%+v", d)
	}

	for words, want := range map[string]string{
		"diff 7": "Generation 7 or 2 is not kept.\n", "diff x": "'diff' expects", "diff 1 2 3": "'diff' expects", "diff -1": "'diff' expects", "reload diff x": "'reload diff' only supports 'json'",
	} {
		if a := p.Master(words); !strings.HasPrefix(a, want) {
			t.Errorf("%s: %q", words, a)
		}
	}
	p.WriteConfig(weighted(addr, "nonsense", acl, ""))
	if a := p.Master("reload diff"); !strings.HasPrefix(a, "the new configuration cannot be used\n") || !strings.Contains(a, "["+at+":11]") {
		t.Errorf("%q", a)
	}
	if a := p.Master("reload"); !strings.HasPrefix(a, "Success=0\n--\n") || strings.Contains(a, "differ") {
		t.Errorf("%q", a)
	}
}

// The same for two files, without a master.
func TestDiffCommand(t *testing.T) {
	t.Parallel()
	dir := harness.TempDir(t)
	for name, text := range map[string]string{"acl": "/a\n", "a.cfg": weighted("127.0.0.1:2", "1", filepath.Join(dir, "acl"), ""), "b.cfg": weighted("127.0.0.1:3", "1", filepath.Join(dir, "acl"), ""), "bad.cfg": "nonsense\n"} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	for _, tt := range []struct {
		words  string
		status int
		out    string
	}{
		{"a.cfg a.cfg", 0, "No difference.\n"},
		{"a.cfg b.cfg", 1, "frontend web\n  removed bind 127.0.0.1:2 (a.cfg:7)\n"},
		{"-short a.cfg b.cfg", 1, "1 bind removed: 127.0.0.1:2 (frontend web)\n1 bind added: 127.0.0.1:3 (frontend web)\nsockets: 0 kept, 1 opened, 1 closed\n"},
		{"-json a.cfg b.cfg", 1, "{\n"},
		{"a.cfg bad.cfg", 2, "sluice diff: the new configuration cannot be used\n"},
		{"none.cfg a.cfg", 2, "none.cfg"},
		{"a.cfg", 2, "Usage: sluice diff"},
		{"fd:9 a.cfg", 2, "sluice diff: "},
		{"-h", 0, "Usage: sluice diff"},
	} {
		cmd := exec.Command(harness.Binary(t), append([]string{"diff"}, strings.Fields(tt.words)...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != tt.status || !strings.Contains(string(out), tt.out) {
			t.Errorf("%s: status %d, want %d: %s", tt.words, got, tt.status, out)
		}
	}
}

// "sluice check" says what a reload would say, and changes nothing.
func TestCheckCommand(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	check := func(args ...string) (int, string) {
		cmd := exec.Command(harness.Binary(t), append([]string{"check"}, args...)...)
		cmd.Env = append(os.Environ(), "MASTER_SOCKET="+p.MasterSocket())
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if status, out := check("-S", p.MasterSocket()); status != 0 || !strings.Contains(out, "would be loaded; nothing was changed") {
		t.Errorf("%d %s", status, out)
	}
	p.WriteConfig(s.Config("    nonsense", ""))
	if status, out := check(); status != 1 || !strings.Contains(out, "unknown keyword 'nonsense'") || !strings.Contains(out, "a reload would fail") {
		t.Errorf("%d %s", status, out)
	}
	status, out := check("-json")
	var v struct {
		Verdict  string
		Messages []string
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || status != 1 || v.Verdict != "would fail" || len(v.Messages) == 0 {
		t.Errorf("%d %s: %v", status, out, err)
	}
	if r := p.Master("reload"); !strings.HasPrefix(r, "Success=0\n") {
		t.Errorf("%q", r)
	}
	if got := p.Worker(); got != worker {
		t.Errorf("worker %d instead of %d", got, worker)
	}
	if status, out := check("-S", filepath.Join(p.Dir, "none"), "-t", "1s"); status != 2 {
		t.Errorf("%d %s", status, out)
	}
}
