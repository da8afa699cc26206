package values

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

// wrongLines are wrong expressions, in lines of a frontend; said is what a
// HAProxy of today says of each, in the same order.
const (
	wrongLines = "testdata/wrong.txt"
	wrongSaid  = "testdata/wrong-said.txt"
)

var (
	alert = regexp.MustCompile(`(?m)^\[ALERT\] .*?[Pp]arsing \[[^\]]*:3\] ?:? ?(.*)$|^\[ALERT\] .*? : (.*line 3.*)$`)
	// A name that was probably meant is not what is compared.
	meant = regexp.MustCompile(` \(did you mean '[^']*' maybe \?\)`)
)

// judge has a program check a frontend with one line, and gives its first message
// about it; "" when there is none.
func judge(t *testing.T, program, line string) string {
	dir := t.TempDir()
	path := filepath.Join(dir, "wrong.cfg")
	text := fmt.Sprintf("frontend f\n mode http\n %s\n bind 127.0.0.1:1\nbackend b\n mode http\n server s 127.0.0.1:1\n", line)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(program, "-c", "-f", path).CombinedOutput()
	m := alert.FindStringSubmatch(strings.ReplaceAll(string(out), path, "wrong.cfg"))
	if m == nil {
		return ""
	}
	return meant.ReplaceAllString(m[1]+m[2], "")
}

// What is wrong in an expression is said with the place of the line, and of the
// fault in it, in HAProxy's words.
func TestWrong(t *testing.T) {
	lines := read(t, wrongLines)
	if ref := os.Getenv("REF_HAPROXY"); *update && ref != "" {
		var all []string
		for _, l := range lines {
			all = append(all, judge(t, ref, l))
		}
		if err := os.WriteFile(wrongSaid, []byte(strings.Join(all, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	said := read(t, wrongSaid)
	if len(said) != len(lines) {
		t.Fatalf("%d messages about %d lines", len(said), len(lines))
	}
	program, n := harness.Binary(t), 0
	for i, l := range lines {
		got := judge(t, program, l)
		switch why := otherwise[l]; {
		case why == "" && got != said[i]:
			t.Errorf("%s\n got %s\nwant %s", l, got, said[i])
		case why != "" && got == said[i]:
			t.Errorf("%s: no difference", l)
		case got == "" && why == "":
			t.Errorf("%s is taken, by HAProxy as well: it is not wrong", l)
		case why == "":
			n++
		}
	}
	t.Logf("%d of %d messages are HAProxy's", n, len(lines))
}

func read(t *testing.T, path string) []string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// otherwise says why a message is another one, or there is one where HAProxy has
// none or none where it has one.
var otherwise = map[string]string{
	"http-request set-var(txn.a) path lower":                   "HAProxy ignores the second word",
	"http-request set-var(txn.a) int(1),add":                   "HAProxy adds nothing, or what was in memory",
	"http-request set-var(txn.a) path,bytes":                   "likewise",
	"http-request set-var(txn.a) path,json_query(a)":           "HAProxy finds out with each request",
	"http-request set-var(txn.a) path,protobuf(1..2)":          "HAProxy takes the empty number for one",
	"http-request set-var(txn.a) path,rfc7239_field(foo)":      "HAProxy finds out with each request",
	"http-request set-var(txn.a) path,jwt_verify(RS256,/nope)": "HAProxy says (null) for the reason",
	"http-request set-var(txn.a) path,regsub((,x)":             "the words of another library of expressions",
	`http-request set-var(txn.a) path,regsub("a(","b")`:        "likewise",
	"http-request deny if { path_reg ( }":                      "likewise",
	"http-request set-header x %(":                             "HAProxy leaves out what it is near to",
}
