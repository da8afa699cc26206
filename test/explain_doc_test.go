package test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

var updateDocs = flag.Bool("update-docs", false, "write what the examples of the documentation print now")

// The examples of doc/explain say what the program prints: each begins with its
// command.
func TestExplainExamples(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(harness.Root(t), "doc", "explain")
	examples, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(examples) < 10 {
		t.Fatalf("%v, %d examples", err, len(examples))
	}
	configs := map[string]bool{}
	for _, path := range examples {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(want), "\n")
		words := strings.Fields(line)
		if len(words) < 4 || words[0] != "$" || words[1] != "sluice" || words[2] != "explain" {
			t.Errorf("%s begins with %q", path, line)
			continue
		}
		var stderr strings.Builder
		cmd := exec.Command(harness.Binary(t), words[2:]...)
		cmd.Dir, cmd.Stderr = dir, &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Errorf("%s: %v, %s", line, err, stderr.String())
			continue
		}
		configs[words[4]] = true
		got := line + "\n" + string(out)
		if *updateDocs {
			writeFile(t, path, got)
		} else if got != string(want) {
			t.Errorf("%s prints\n%s\nand %s says\n%s", line, got, filepath.Base(path), want)
		}
	}
	if len(configs) < 10 {
		t.Errorf("%d configurations", len(configs))
	}
}

// What cannot be explained says why, with the status 1.
func TestExplainRefuses(t *testing.T) {
	t.Parallel()
	dir := harness.TempDir(t)
	good, bad, request := filepath.Join(dir, "good.cfg"), filepath.Join(dir, "bad.cfg"), filepath.Join(dir, "request")
	writeFile(t, good, "frontend web\n\tmode http\n\ttimeout client 1s\n\tbind 127.0.0.1:1 name one\n\thttp-request return status 200\n")
	writeFile(t, bad, "frontend web\n\tmode http\n\tbind 127.0.0.1:1\n\thttp-request denny\n")
	writeFile(t, request, "GET / HTTP/1.1\nHost: x\n")
	for _, c := range []struct{ args, want string }{
		{"", "Usage: sluice explain"},
		{"-f " + good, "Usage: sluice explain"},
		{"-f " + good + " --request " + request + " more", "Usage: sluice explain"},
		{"--no-such", "flag provided but not defined"},
		{"-f " + bad + " --request " + request, "parsing [" + bad + ":4]"},
		{"-f " + dir + "/none.cfg --request " + request, "none.cfg"},
		{"-f " + good + " --request " + dir + "/none", "no such file"},
		{"-f " + good + " --request " + request + " --listener two", "no listener 'two'; there are:\n  web: 127.0.0.1:1 one"},
		{"-f " + good + " --request " + request + " --src 1.2.3", "--src: '1.2.3' is no address"},
		{"-f " + good + " --request " + request + " --dst here", "--dst: 'here' is no address"},
	} {
		var stderr strings.Builder
		cmd := exec.Command(harness.Binary(t), append([]string{"explain"}, strings.Fields(c.args)...)...)
		cmd.Stderr = &stderr
		out, _ := cmd.Output()
		if cmd.ProcessState.ExitCode() != 1 || len(out) > 0 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("explain %s: %v, stdout %q, stderr %q, not %q", c.args, cmd.ProcessState, out, stderr.String(), c.want)
		}
	}
	for _, listener := range []string{"one", "web", "127.0.0.1:1"} {
		cmd := exec.Command(harness.Binary(t), "explain", "-f", good, "--request", "-", "--listener", listener)
		cmd.Stdin = strings.NewReader("GET / HTTP/1.1\nHost: x") // without its end
		if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), "=> answer 200") {
			t.Errorf("--listener %s: %v, %s", listener, err, out)
		}
	}
}
