package test

import (
	"fmt"
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

// A bootRow says how a start goes and every line that it prints, those apart that
// say which program is speaking and what it makes of the machine's limits. M is the
// master, or whatever process was started, W any other.
type bootRow struct {
	name, global, more string // lines of the global section, and after the frontend
	args               string
	rc                 int // -1: it serves
	says               []string
	reference          []string // of the reference where it differs; {none}: it does not know the case
}

const (
	initializing = "[NOTICE]   (M) : Initializing new worker (W)"
	success      = "[NOTICE]   (M) : Loading success."
	inFile       = "[ALERT]    (W) : config : Error(s) found in configuration file : a.cfg"
	inFileM      = "[ALERT]    (M) : config : Error(s) found in configuration file : a.cfg"
	fatal        = "[ALERT]    (W) : config : Fatal errors found in configuration."
	fatalM       = "[ALERT]    (M) : config : Fatal errors found in configuration."
	loadFailed   = "[WARNING]  (M) : Failed to load worker (W) exited with code 1 (Exit)"
)

var unknown = []string{none}

var bootRows = []bootRow{
	{"a good start", "", "", "-W", -1, []string{initializing, success}, nil},
	{"mistake of the worker's", "", "    blah 1\n", "-W", 1, []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:9] : unknown keyword 'blah' in 'frontend' section", inFile, fatal, loadFailed}, nil},
	{"mistake of the worker's, -D", "", "    blah 1\n", "-W -D", 1, []string{"[NOTICE]   (W) : Initializing new worker (W)",
		"[ALERT]    (W) : config : parsing [a.cfg:9] : unknown keyword 'blah' in 'frontend' section", inFile, fatal,
		"[WARNING]  (W) : Failed to load worker (W) exited with code 1 (Exit)", "[ALERT]    (M) : Process W exited with code 1 (Exit)"}, nil},
	{".alert", "", ".alert \"no good\"\n", "-W", 1, []string{initializing, "[ALERT]    (W) : config : parsing [a.cfg:9]: 'no good'.", inFile, loadFailed}, nil},
	{".notice", "", ".notice \"hello\"\n", "-W", -1, []string{initializing, "[NOTICE]   (W) : config : parsing [a.cfg:9]: 'hello'.", success}, nil},
	{"zero-warning", "    zero-warning\n", ".warning \"hm\"\n", "-W", 1, []string{initializing, "[WARNING]  (W) : config : parsing [a.cfg:10]: 'hm'.",
		"[ALERT]    (W) : Some warnings were found and 'zero-warning' is set. Aborting.", loadFailed}, nil},
	{"-dW", "", ".warning \"hm\"\n", "-W -dW", 1, []string{initializing, "[WARNING]  (W) : config : parsing [a.cfg:9]: 'hm'.",
		"[ALERT]    (W) : Some warnings were found and 'zero-warning' is set. Aborting.", loadFailed}, nil},
	{"quiet", "    quiet\n", "    blah 1\n", "-W", 1, nil, nil},
	{"-q", "", "    blah 1\n", "-W -q", 1, nil, nil},

	// Of the discovery pass: no worker is started, nothing goes to the background.
	{"negative number of reloads", "    mworker-max-reloads -5\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'mworker-max-reloads' expects a positive value or zero.", inFileM, fatalM}, nil},
	{"the same with -D", "    mworker-max-reloads -5\n", "", "-W -D", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'mworker-max-reloads' expects a positive value or zero.", inFileM, fatalM}, nil},
	{"no number of reloads", "    mworker-max-reloads\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'mworker-max-reloads' expects an integer argument.", inFileM, fatalM}, nil},
	// The reference takes this for 0, with which each reload cuts connections.
	{"no number but a word", "    mworker-max-reloads abc\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'mworker-max-reloads' expects a positive value or zero.", inFileM, fatalM}, unknown},
	{"block without end", "", ".if 1\n", "-W", 1, []string{"[ALERT]    (M) : config : parsing [a.cfg:9]: non-terminated '.if' block.", inFileM}, nil},
	{"lone .elif", "", ".elif 1\n", "-W", 1, []string{"[ALERT]    (M) : config : parsing [a.cfg:9]: lone '.elif' with no matching '.if'.", inFileM}, nil},
	{"unknown directive", "", ".foo\n", "-W", 1, []string{initializing,
		"[ALERT]    (W) : config : parsing [a.cfg:9]: unknown directive '.foo'.", inFile, fatal, loadFailed}, nil},
	{"last line without end", "", "# x", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:9]: Missing LF on last line, file might have been truncated at position 4.", inFileM, fatalM}, nil},
	{"variable without value", "    setenv X\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'setenv' expects environment variable value for 'X'.", ".", inFileM, fatalM}, nil},
	{"variable without name", "    setenv\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'setenv' expects environment variable name.", ".", inFileM, fatalM}, nil},
	{"HAPROXY_LOCALPEER is not known yet", "    setenv X \"$HAPROXY_LOCALPEER\"\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'setenv' expects environment variable value for 'X'.", ".", inFileM, fatalM}, nil},
	{"option of master-worker", "    master-worker nonsense\n", "", "-W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:2] : 'master-worker' only supports 'no-exit-on-failure' option", inFileM, fatalM}, nil},
	{"no-exit-on-failure", "    master-worker no-exit-on-failure\n", "", "-W", -1, []string{initializing, success}, nil},
	{"master-worker", "    master-worker\n", "", "", -1, []string{initializing, success}, unknown}, // removed in 3.5
	{"daemon with -Ws", "    daemon\n", "", "-Ws", -1, []string{
		"[WARNING]  (M) : config : 'daemon' is not compatible with -Ws (master-worker mode for systemd), ignoring.", initializing, success}, nil},
	// The manual calls it a warning; the reference makes it fatal.
	{"localpeer beside -L", "    localpeer x\n", "", "-W -L y", -1, []string{initializing,
		"[WARNING]  (W) : config : parsing [a.cfg:2] : 'localpeer' ignored since it is already set by using the '-L' command line argument.", success}, unknown},
	{"pidfile beside -p", "    pidfile one\n", "", "-W -p two", -1, []string{initializing,
		"[WARNING]  (W) : config : parsing [a.cfg:2] : 'pidfile' already specified. Continuing.", success}, unknown}, // there it is the master that says so

	// Files, directories and sockets. What the master needs is tried before a worker
	// is started (W-12); the reference finds out afterwards.
	{"missing file", "", "", "-W -f b.cfg", 1, []string{"[ALERT]    (M) : config : Cannot open configuration file/directory b.cfg : No such file or directory"}, nil},
	{"missing directory", "", "", "-W -C nodir", 1, []string{"[ALERT]    (M) : Could not change to directory nodir : No such file or directory"}, nil},
	{"-S without -W", "", "", "-S m.sock", 1, []string{"[ALERT]    (M) : a master CLI socket was defined, but master-worker mode (-W) is not enabled."}, nil},
	{"word of -S", "", "", "-W -S unix@m.sock,nonsense", 1, []string{
		"[ALERT]    (M) : 'unix@m.sock nonsense' : unknown keyword 'nonsense'.", "[ALERT]    (M) : Can't create the master's CLI."},
		[]string{initializing, "[ALERT]    (M) : 'unix@m.sock nonsense' : unknown keyword 'nonsense'.", "[ALERT]    (M) : Can't create the master's CLI."}},
	{"address of -S", "", "", "-W -S /nonexistent/m.sock", 1, []string{
		"[ALERT]    (M) : Binding [master-socket:0] for proxy MASTER: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [/nonexistent/m.sock].",
		"[ALERT]    (M) : [PROGRAM.main()] Some protocols failed to start their listeners! Exiting."},
		[]string{initializing,
			"[ALERT]    (M) : Binding [master-socket:0] for proxy MASTER: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [/nonexistent/m.sock].",
			"[ALERT]    (M) : [PROGRAM.main()] Some protocols failed to start their listeners! Exiting."}},
	{"pidfile", "", "", "-W -p /nonexistent/pid", 1, []string{"[ALERT]    (M) : [PROGRAM.main()] Cannot create pidfile /nonexistent/pid", "[ALERT]    (M) : Fatal error(s) found, exiting."},
		[]string{initializing, "[ALERT]    (M) : [PROGRAM.main()] Cannot create pidfile /nonexistent/pid", "[ALERT]    (M) : Fatal error(s) found, exiting."}},

	// Checks.
	{"check", "", "", "-c -W", 0, nil, nil},
	{"check, -V", "", "", "-c -V -W", 0, []string{"Configuration file is valid"}, unknown}, // which lists its pollers, too
	{"check of a mistake", "", "    blah 1\n", "-c -W", 1, []string{
		"[ALERT]    (M) : config : parsing [a.cfg:9] : unknown keyword 'blah' in 'frontend' section", inFileM, fatalM}, nil},
}

// Each start prints what it should, to the letter, and nothing else. With
// REF_HAPROXY set the same is asked of that program.
func TestBoot(t *testing.T) {
	for _, r := range bootRows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			want := r.says
			if reference != "" && r.reference != nil {
				if want = r.reference; want[0] == none {
					t.Skip("the reference has none")
				}
			}
			dir := harness.TempDir(t)
			config := "global\n" + r.global + "defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\nfrontend web\n    bind " + harness.Addr(t) + "\n" + r.more
			if err := os.WriteFile(filepath.Join(dir, "a.cfg"), []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			args := strings.Fields(r.args)
			if !slices.Contains(args, "-f") {
				args = append(args, "-f", "a.cfg")
			}
			p := harness.Start(t, harness.Options{Program: reference, Dir: dir, NoArgs: true, NoWait: true, Args: args})
			if r.rc < 0 {
				p.AwaitOutput(`Loading success\.\n`, 10*time.Second)
			} else if rc := p.AwaitExit(10 * time.Second); rc != r.rc {
				t.Errorf("exit status %d, want %d", rc, r.rc)
			}
			got := bootLines(p)
			if reference != "" { // whose master speaks when its worker does already
				want = slices.Sorted(slices.Values(want))
				slices.Sort(got)
			}
			if d := cmp.Diff(want, got, cmp.Transformer("lines", func(l []string) string { return strings.Join(l, "\n") })); d != "" {
				t.Error(d)
			}
			if reference == "" { // whose worker inherits that its master was introduced
				introduced(t, p.Output())
			}
		})
	}
}

var (
	speaker = regexp.MustCompile(`\((\d+)\)|Process (\d+) `)
	itself  = regexp.MustCompile(`\[[^ \]]*\.main\(\)\]`)
	passing = regexp.MustCompile(`: (haproxy version is|path to executable is|Automatically setting global\.maxconn|\[PROGRAM\.main\(\)\] HAProxy was started as)`)
)

// lettered has letters for PIDs, and no name for the program.
func lettered(p *harness.Program, text string) string {
	text = speaker.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "Process"):
			return "Process W "
		case s == fmt.Sprintf("(%d)", p.Pid):
			return "(M)"
		}
		return "(W)"
	})
	return itself.ReplaceAllString(text, "[PROGRAM.main()]")
}

// bootLines are the lines of a program's output with letters for PIDs.
func bootLines(p *harness.Program) (lines []string) {
	for line := range strings.Lines(lettered(p, p.Output())) {
		if !passing.MatchString(line) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

// introduced: before the first warning or alert of each process two lines say
// which program it is, and no more than once.
func introduced(t *testing.T, output string) {
	t.Helper()
	begin := regexp.MustCompile(`^\[(\w+)\] +\((\d+)\) : (haproxy version is|path to executable is)?`)
	said := map[string]int{}
	for line := range strings.Lines(output) {
		m := begin.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[3] != "" {
			said[m[2]]++
		}
		if n := said[m[2]]; n > 2 || n != 2 && (m[1] == "WARNING" || m[1] == "ALERT") {
			t.Errorf("%d introductory lines at %s", n, line)
		}
	}
}
