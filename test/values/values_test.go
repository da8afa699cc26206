package values

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

var update = flag.Bool("update", false, "record the values that REF_HAPROXY makes")

// recorded are the values that a HAProxy with all converters makes.
const recorded = "testdata/values.txt"

// A question is an expression behind an input, the converter first.
type question struct {
	expr   string
	recent bool // Debian's haproxy does not have it
	number bool // the input is a number, not bytes
	inputs []string
}

// config answers question i under /i: 200 and the value in hexadecimal digits, or
// 404 when there is none.
func config(addr string, all []question, recent bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `defaults
    mode http
    timeout client 5s
    timeout connect 5s
    timeout server 5s
backend b
    server up 127.0.0.1:1
    server down 127.0.0.1:1 disabled
frontend f
    bind %s
    declare capture request len 64
    declare capture response len 64
    http-request set-var(txn.word) str(hello)
    http-request set-var(txn.jwk) "str('{\"kty\":\"oct\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZg\"}')"
`, addr)
	for i, q := range all {
		if q.recent && !recent {
			continue
		}
		in := "req.fhdr(x),b64dec,"
		if q.number {
			in = "req.fhdr(x),"
		}
		fmt.Fprintf(&b, "    http-request return status 200 content-type text/plain lf-string '%%[%s]' if { path /%d } { '%s' -m found }\n", in+q.expr+",hex", i, in+q.expr)
	}
	b.WriteString("    http-request return status 404\n")
	return b.String()
}

// quoted is an input as it is recorded: of large ones the beginning and the length.
func quoted(in string) string {
	if len(in) > 2000 {
		return fmt.Sprintf("%q...%d", in[:8], len(in))
	}
	return fmt.Sprintf("%q", in)
}

// ask starts a program and collects its answers, one line for each input.
func ask(t *testing.T, program string, all []question, recent bool) []string {
	addr, dir := harness.Addr(t), t.TempDir()
	path := filepath.Join(dir, "values.cfg")
	os.WriteFile(filepath.Join(dir, "rsa.pem"), []byte(rsaKey), 0o644)
	os.WriteFile(filepath.Join(dir, "cert.pem"), []byte(tokenCert), 0o644)
	for name, text := range mapFiles {
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
	}
	if err := os.WriteFile(path, []byte(config(addr, all, recent)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TZ=UTC")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	for end := time.Now().Add(10 * time.Second); harness.Connects(addr) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("%s does not listen:\n%s", program, &out)
		}
	}
	var list []string
	client := http.Client{Timeout: 5 * time.Second}
	for i, q := range all {
		if q.recent && !recent {
			continue
		}
		for _, in := range q.inputs {
			r, err := http.NewRequest("GET", fmt.Sprintf("http://%s/%d", addr, i), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X", in)
			if !q.number {
				r.Header.Set("X", base64.StdEncoding.EncodeToString([]byte(in)))
			}
			value := "none"
			switch resp, err := client.Do(r); {
			case err != nil:
				value = "no answer"
				t.Logf("%s: %s %q: %v", program, q.expr, in, err)
			case resp.StatusCode == 200:
				var body bytes.Buffer
				body.ReadFrom(resp.Body)
				resp.Body.Close()
				value = "=" + body.String()
			default:
				resp.Body.Close()
			}
			list = append(list, fmt.Sprintf("%s\t%s\t%s", q.expr, quoted(in), value))
		}
	}
	return list
}

// compare reports every line that differs.
func compare(t *testing.T, who string, want, got []string) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: %d values, %d here: -update records anew", who, len(want), len(got))
	}
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Errorf("%s: %s, here %s", who, want[i], got[i][strings.LastIndexByte(got[i], '\t')+1:])
		}
	}
}

func reference(t *testing.T) string {
	for _, p := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(p); err == nil {
			return p
		}
	}
	t.Fatal("no haproxy to compare with: make tools installs it")
	return ""
}

// A reason says why values differ from HAProxy's on purpose: all of the
// expressions that begin so, with one input or with any.
// An expression that ends with a dollar sign is meant whole.
type reason struct{ expr, input, why string }

func (r reason) covers(expr, input string) bool {
	whole, ok := strings.CutSuffix(r.expr, "$")
	return (ok && expr == whole || !ok && strings.HasPrefix(expr, r.expr)) && (r.input == "" || quoted(r.input) == input)
}

// without drops the lines that a reason covers, and notes which did.
func without(list []string, all []reason, used map[reason]bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(line string) bool {
		f := strings.Split(line, "\t")
		for _, r := range all {
			if r.covers(f[0], f[1]) {
				used[r] = true
				return true
			}
		}
		return false
	})
}

// Every converter makes the same of every input as HAProxy: as Debian's, asked
// now, where that has it, and as the one whose answers are recorded.
func TestConverters(t *testing.T) {
	if *update {
		ref := os.Getenv("REF_HAPROXY")
		if ref == "" {
			t.Fatal("REF_HAPROXY names the haproxy to record")
		}
		text := strings.Join(ask(t, ref, questions, true), "\n") + "\n"
		if err := os.WriteFile(recorded, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	own := ask(t, harness.Binary(t), questions, true)
	text, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	used := map[reason]bool{}
	ours := without(own, reasons, used)
	compare(t, "the recorded HAProxy", without(want, reasons, used), ours)
	theirs := ask(t, reference(t), questions, false)
	known := map[string]bool{}
	for _, line := range theirs {
		known[line[:strings.LastIndexByte(line, '\t')]] = true
	}
	own = slices.DeleteFunc(own, func(line string) bool { return !known[line[:strings.LastIndexByte(line, '\t')]] })
	own, theirs = without(own, older, used), without(theirs, older, used)
	compare(t, "Debian's haproxy", theirs, own)
	for _, r := range slices.Concat(reasons, older) {
		if !used[r] {
			t.Errorf("a reason for what nobody asks: %v", r)
		}
	}
	t.Logf("%d values, %d of them beside Debian's haproxy", len(ours), len(own))
}
