package test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/test/harness"
)

// replyRows are what a reload to a configuration answers, line for line, and what
// "show startup-logs" has then (the same without its head). M is the master, W any
// worker. The reference ends at the rows that it is said not to know.
var replyRows = []struct {
	name, global, more string
	success            string
	says               []string
	unknown            bool
}{
	{"the same", "", "", "1", []string{initializing, success}, false},
	{"a warning", "", ".warning \"hm\"\n", "1", []string{initializing, "[WARNING]  (W) : config : parsing [a.cfg:10]: 'hm'.", success}, false},
	{"a mistake", "", "    blah 1\n", "0", []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:10] : unknown keyword 'blah' in 'frontend' section", inFile, fatal, loadFailed}, false},
	{"a mistake that hides the rest", "", ".alert \"no\"\n", "0", []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:10]: 'no'.", inFile, loadFailed}, false},
	{"warnings that count", "    zero-warning\n", ".warning \"hm\"\n", "0", []string{initializing, "[WARNING]  (W) : config : parsing [a.cfg:11]: 'hm'.",
		"[ALERT]    (W) : Some warnings were found and 'zero-warning' is set. Aborting.", loadFailed}, false},
	// W-01: here the reference's master is lost.
	{"a mistake of the discovery pass", "    mworker-max-reloads -5\n", "", "0", []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:3] : 'mworker-max-reloads' expects a positive value or zero.", inFile, fatal, loadFailed}, true},
	{"a block without end", "", ".if 1\n", "0", []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:10]: non-terminated '.if' block.", inFile, loadFailed}, true},
}

// The answer to a reload is the reference's. With REF_HAPROXY set it is asked of
// that program.
func TestReloadReplies(t *testing.T) {
	for _, r := range replyRows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if r.unknown && reference != "" {
				t.Skip("the reference does not survive it")
			}
			dir, addr := harness.TempDir(t), harness.Addr(t)
			write := func(global, more string) {
				text := "global\n    log-tag x\n" + global + "defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\nfrontend web\n    bind " + addr + "\n" + more
				if err := os.WriteFile(filepath.Join(dir, "a.cfg"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("", "")
			p := harness.Start(t, harness.Options{Program: reference, Dir: dir, NoArgs: true, NoWait: true,
				Args: []string{"-W", "-S", filepath.Join(dir, "master.sock"), "-f", "a.cfg"}})
			p.AwaitOutput(`Loading success\.\n`, 10*time.Second)
			write(r.global, r.more)
			reply := p.Master("reload")
			if want := "Success=" + r.success + "\n--\n"; !strings.HasPrefix(reply, want) || !strings.HasSuffix(reply, "\n\n") {
				t.Errorf("reply %q", reply)
			}
			for what, text := range map[string]string{"reload": reply, "show startup-logs": p.Master("show startup-logs")} {
				var got []string
				for _, line := range strings.Split(strings.TrimRight(lettered(p, text), "\n"), "\n") {
					if !passing.MatchString(line) && !later.MatchString(line) && line != "--" && !strings.HasPrefix(line, "Success=") {
						got = append(got, line)
					}
				}
				want := r.says
				switch {
				case reference != "": // whose master speaks when its worker does already
					want = slices.Sorted(slices.Values(want))
					slices.Sort(got)
				case what == "reload": // ours tells which load it is about (W-25)
					verdict := map[string]string{"1": "Generation 2 serves.", "0": "Generation 2 was not loaded. Generation 1 goes on."}[r.success]
					want = append(slices.Clone(want), "[NOTICE]   (M) : "+verdict)
					if r.success == "1" {
						want = append(want, "No difference from generation 1.")
					}
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: %s", what, d)
				}
			}
		})
	}
}

// later are lines about the former worker, which may come before the answer or
// after it.
var later = regexp.MustCompile(`: (Former worker|Proxy \w+ stopped)`)
