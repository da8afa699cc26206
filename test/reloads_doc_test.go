package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/test/harness"
)

// metricsAt is where the document has the master's metrics.
const metricsAt = "127.0.0.1:9101"

// doc/reloads.md is a story: its blocks "haproxy" are the configuration from then on,
// and what its blocks "console" say is answered, but for numbers that cannot be
// known. "> " goes to the master CLI, "$ sluice" is this program.
func TestReloadsDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(harness.Root(t), "doc", "reloads.md"))
	if err != nil {
		t.Fatal(err)
	}
	var p *harness.Program
	ports := map[string]string{}
	dir := harness.TempDir(t)
	asked := 0
	for _, b := range regexp.MustCompile("(?ms)^```(haproxy|console)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		body := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllStringFunc(b[2], func(addr string) string {
			if ports[addr] == "" {
				ports[addr] = harness.Addr(t)
			}
			return ports[addr]
		})
		switch {
		case b[1] == "haproxy" && p == nil:
			ports[metricsAt] = harness.Addr(t)
			p = harness.Start(t, harness.Options{Dir: dir, Config: body, Args: []string{"-S", ports[metricsAt] + ",metrics"}})
			continue
		case b[1] == "haproxy":
			p.WriteConfig(body)
			continue
		}
		command, want, _ := strings.Cut(body, "\n")
		var got string
		if line, ok := strings.CutPrefix(command, "> "); ok {
			got = p.Master(strings.ReplaceAll(line, "sluice.cfg", p.ConfigPath()))
		} else if line, ok := strings.CutPrefix(command, "$ sluice "); ok {
			line = strings.ReplaceAll(line, "/run/sluice/master.sock", p.MasterSocket())
			out, _ := exec.Command(harness.Binary(t), strings.Fields(line)...).CombinedOutput() // its status is told by the text
			got = string(out)
		} else if m := regexp.MustCompile(`^\$ curl -s http://([^/]+)(\S+) \| grep (\S+)$`).FindStringSubmatch(command); m != nil {
			a, err := harness.Get(t, m[1], m[2])
			if err != nil {
				t.Fatal(err)
			}
			got = strings.Join(regexp.MustCompile(`(?m)`+m[3]+`.*$`).FindAllString(string(a.Body), -1), "\n")
		} else if m := regexp.MustCompile(`^\$ exec 3<>/dev/tcp/([0-9.]+)/(\d+); printf '(.*)' >&3$`).FindStringSubmatch(command); m != nil {
			c := harness.Dial(t, ports[m[1]+":"+m[2]])
			if _, err := c.Write([]byte(strings.ReplaceAll(m[3], `\r\n`, "\r\n"))); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Fatalf("a console block that begins with %q", command)
		}
		asked++
		wanted, answered := storyLines(p, want), storyLines(p, got)
		if len(wanted) > 0 && wanted[0] == "..." { // the document has the end only
			wanted, answered = wanted[1:], answered[max(0, len(answered)-len(wanted)+1):]
		}
		if diff := cmp.Diff(wanted, answered); diff != "" {
			t.Errorf("%s: (-document +answer)\n%s", command, diff)
		}
	}
	if asked < 9 {
		t.Errorf("%d examples", asked)
	}
}

// storyLines are the lines of an answer without what differs each time.
func storyLines(p *harness.Program, answer string) (lines []string) {
	answer = strings.ReplaceAll(answer, p.ConfigPath(), "sluice.cfg")
	for _, r := range []struct{ re, by string }{
		{`\(\d+\)( :|$| exited)`, "(PID)$1"},
		{`[Ww]orker \(\d+\)`, "worker (PID)"},
		{`(?m)^worker \d+( generation|:)`, "worker PID$1"},
		{`client 127\.0\.0\.1:\d+`, "client ADDRESS"},
		{`(\(| age )\d+s`, "${1}TIME"},
		{`memory [\d.]+ MiB`, "memory N MiB"},
		{`20\d\d-\d\d-\d\dT[\d:.]+Z`, "TIME"},
		{`\b[\d.]+(ms|s|m[\d.]+s)\b +(superseded|serving|failed|checked|crashed)`, "TOOK $2"},
		{`\b[0-9a-f]{12}( +\d+ +)\d+ `, "HASH$1SIZE "},
		{`maxconn to \d+`, "maxconn to N"},
		{` \d+ bytes`, " N bytes"},
		{`(?m)^(LastSuccess_\w+: |sluice_reload_last_success_\w+ )[\d.]+$`, "${1}N"},
	} {
		answer = regexp.MustCompile(r.re).ReplaceAllString(answer, r.by)
	}
	for line := range strings.Lines(answer) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" && !regexp.MustCompile(`haproxy version is|path to executable is`).MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}
