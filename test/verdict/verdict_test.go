package verdict

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/test/harness"
)

var update = flag.Bool("update", false, "rewrite the list of differences")

const list = "testdata/differences.txt"

// reference is the program to compare with.
func reference(t *testing.T) string {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p
	}
	p, err := exec.LookPath("haproxy")
	if err != nil {
		if p, err = exec.LookPath("/usr/sbin/haproxy"); err != nil {
			t.Fatal("no haproxy to compare with: make tools installs it")
		}
	}
	return p
}

// noListener is the exit status of HAProxy before 3.0 for a configuration
// without errors that leaves nothing to listen on.
const noListener = 2

// judge returns whether the program takes the configuration, and what it said.
func judge(program, file string) (bool, string, error) {
	cmd := exec.Command(program, "-c", "-f", file)
	cmd.Env = []string{"HOME=/root", "PATH=/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == noListener)) {
		return false, "", fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return err == nil || exit.ExitCode() == noListener, string(out), nil
}

// A reason for a difference that was thought about.
type reason struct {
	verdict string // HAProxy's: "valid" or "refused"
	pattern *regexp.Regexp
	text    string
	used    bool
}

type reasons []*reason

// readReasons reads testdata/reasons.txt: HAProxy's verdict, a pattern for the
// configurations and the reason, separated by tabs.
func readReasons(t *testing.T) reasons {
	data, err := os.ReadFile("testdata/reasons.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rs reasons
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			rs = append(rs, &reason{f[0], regexp.MustCompile("^(?:" + f[1] + ")$"), f[2], false})
		} else if line[0] != '#' {
			t.Errorf("reasons.txt: not verdict, pattern and reason: %s", line)
		}
	}
	return rs
}

// find tells why Sluice judges otherwise than HAProxy: what it says itself of
// parts that are not built, or the first reason that fits.
func (rs reasons) find(c check, valid bool, said string) string {
	for line := range strings.Lines(said) {
		for _, phrase := range []string{"not built yet in this version of Sluice", "which this version of Sluice does not have yet"} {
			if valid && strings.Contains(line, phrase) {
				return "not built yet"
			}
		}
	}
	for _, r := range rs {
		if r.verdict == word(valid) && r.pattern.MatchString(c.String()) {
			r.used = true
			return r.text
		}
	}
	return ""
}

func TestVerdicts(t *testing.T) {
	theirs, ours := reference(t), harness.Binary(t)
	all := checks(t)
	if len(all) < 300 {
		t.Fatalf("only %d configurations", len(all))
	}
	reasons := readReasons(t)
	differences := make([]string, len(all))
	var valid, agree int
	var mu sync.Mutex
	dir := t.TempDir()
	work := make(chan int)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range work {
				c := all[i]
				file := filepath.Join(dir, fmt.Sprintf("%d.cfg", i))
				if err := os.WriteFile(file, []byte(c.config()), 0o644); err != nil {
					t.Error(err)
					continue
				}
				they, _, err1 := judge(theirs, file)
				we, said, err2 := judge(ours, file)
				if err := errors.Join(err1, err2); err != nil {
					t.Errorf("%s: %v", c, err)
					continue
				}
				mu.Lock()
				if they {
					valid++
				}
				if they == we {
					agree++
				} else {
					why := reasons.find(c, they, said)
					if why == "" {
						t.Errorf("no reason given for: %s (HAProxy %s; Sluice: %s)", c, word(they), said)
					}
					differences[i] = fmt.Sprintf("%s\t%s, %s\t%s\n", c, word(they), word(we), why)
				}
				mu.Unlock()
			}
		})
	}
	for i := range all {
		work <- i
	}
	close(work)
	wg.Wait()
	t.Logf("%d configurations, %d of them valid for HAProxy; %d judged alike", len(all), valid, agree)
	for _, r := range reasons {
		if !r.used {
			t.Errorf("reasons.txt: no difference fits %s", r.pattern)
		}
	}
	if valid < 100 || len(all)-valid < 100 {
		t.Errorf("too few of a kind: %d valid, %d not", valid, len(all)-valid)
	}
	got := header + strings.Join(differences, "")
	if *update {
		if err := os.WriteFile(list, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, _ := os.ReadFile(list)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differences have changed (go test ./test/verdict -update): %s", diff)
	}
}

const header = "# Configurations that HAProxy 2.6 and Sluice judge differently: where and what; the two verdicts; why.\n"

func word(valid bool) string {
	if valid {
		return "valid"
	}
	return "refused"
}
