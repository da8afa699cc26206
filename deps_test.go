package sluice_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/sluice-proxy/sluice"

// The import lattice as policy. An import of ours points to a lower level. A line names a package, or a folder of
// them, and says why it stands where it does; a package without a line is an error, so that each new one is placed
// on purpose.
var levels = []struct {
	path   string
	level  int
	reason string
}{
	{"internal/sys", 0, "the one door to the kernel: everything may need it"},
	{"internal/loop", 0, "the event loop knows descriptors and time, nothing of what flows"},
	{"internal/version", 0, "a name and numbers"},
	{"internal/hash", 0, "bytes to numbers"},
	{"internal/nearest", 0, "what a misspelt word was meant to be: words only"},
	{"internal/cpu", 0, "which CPUs there are and which to use: arithmetic over what files say"},
	{"internal/cmdline", 0, "words to options; whoever starts the process applies them"},
	{"internal/daemon", 1, "going into the background: the way a process starts"},
	{"internal/account", 0, "users and groups by name"},
	{"internal/userlist", 0, "users and their passwords: text and arithmetic"},
	{"internal/ring", 0, "lines of events: memory and a goroutine"},
	{"internal/report", 2, "messages of the process, those about a configuration included"},
	{"mworker", 1, "a public library: any Go server may use it, so it knows nothing of this one"},
	{"internal/codec", 1, "bytes to values and back: no sockets, no clock, no configuration"},
	{"internal/config", 1, "text to a Spec that depends on no machine"},
	{"internal/explain", 0, "the record of an evaluation: texts only"},
	{"internal/sample", 1, "typed values taken from a request"},
	{"internal/pattern", 1, "values matched against sets"},
	{"internal/systemd", 1, "the service manager's protocol"},
	{"internal/reload", 1, "asks a master over its socket: the standard library suffices"},
	{"internal/handover", 1, "the exchange of sockets with HAProxy"},
	{"internal/cli/line", 1, "the grammar of the runtime API, for the master as for the worker"},
	{"internal/hook", 1, "a program in a sandbox: strings in, strings out"},
	{"internal/held", 2, "what a master asks a draining worker, and the answer: text only"},
	{"internal/diff", 2, "two Specs compared: values in, values out"},
	{"internal/diff/command", 5, "reads two configurations, with all that is compiled in"},
	{"internal/programs", 2, "the commands that a master runs beside its workers"},
	{"internal/rule", 2, "actions and conditions over samples"},
	{"internal/balance", 2, "choosing a server: arithmetic only"},
	{"internal/sticktable", 2, "counters by key"},
	{"internal/logs", 2, "log lines from plain values"},
	{"internal/tlsconf", 2, "certificates and contexts from a Spec"},
	{"internal/cache", 2, "stored answers"},
	{"internal/filter", 2, "what may change data on its way"},
	{"internal/proxy", 3, "frontends, backends, servers at run time"},
	{"internal/stream", 3, "the life of a request"},
	{"internal/check", 3, "health checks of servers"},
	{"internal/resolve", 3, "DNS at run time"},
	{"internal/peers", 3, "sessions with peers"},
	{"internal/build", 4, "from a Spec to running objects"},
	{"internal/features", 4, "the one list of tables compiled in"},
	{"internal/show", 4, "what the command line asks to see: tables, processors, files"},
	{"internal/cli", 4, "the runtime API over running objects"},
	{"internal/stats", 4, "counters shown"},
	{"internal/lsp", 5, "the language server: parses and describes, with all that is compiled in"},
	{"internal/doctor", 5, "reads and repairs configurations, with all that is compiled in"},
	{"internal/master", 5, "one of the two roles"},
	{"internal/worker", 5, "the other"},
	{"cmd", 6, "flags to a role"},
	{"packaging", 6, "what a distribution gets; the manual page is made from tables"},
	{"examples", 6, "programs that use the public library"},
	{"test", 6, "black-box tests: see the program from outside"},
	{"bench", 6, "side-by-side measurements: see programs from outside"},
	{"", 6, "the root holds this policy and no code"},
}

// Imports within a level.
var sideways = []struct{ from, to, reason string }{
	{"internal/loop", "internal/sys", "epoll is a system call"},
	{"internal/config", "internal/config", "the parts of one language"},
	{"internal/sample", "internal/codec", "fetches look into message heads"},
	{"internal/sample", "internal/pattern", "maps are converters"},
	{"internal/codec", "internal/codec", "a frame is made of fields"},
	{"internal/stream", "internal/proxy", "a stream runs in a frontend and asks a backend for a server"},
	{"internal/check", "internal/proxy", "a check changes the state of a server"},
	{"internal/resolve", "internal/proxy", "an answer changes the address of a server"},
	{"internal/cli", "internal/stats", "show stat prints what stats counts"},
	{"internal/cli", "internal/cli", "the commands by area"},
	{"internal/show", "internal/features", "the keywords are those compiled in"},
	{"internal/show", "internal/cli", "the keywords of the runtime API"},
	{"internal/build", "internal/features", "objects are built from what is compiled in"},
	{"test", "test", "tests share their tools"},
	{"bench", "bench", "measurements share their tools"},
}

// What a package must not reach, not even through others.
var unreachable = []struct {
	from, reason string
	to           []string
}{
	{"internal/master", "the master stays small and parses no traffic: a bug in any of these cannot end it",
		[]string{"internal/stream", "internal/proxy", "internal/build", "internal/features", "internal/codec", "internal/rule", "internal/sample", "internal/worker"}},
	{"mworker", "a server that uses the library gets the library only",
		[]string{"internal/config", "internal/cli", "internal/loop", "internal/version", "internal/cmdline"}},
	{"internal/codec", "a codec is tested without sockets", []string{"internal/sys", "internal/loop", "internal/config"}},
	{"internal/config/discovery", "discovery is what the master runs", []string{"internal/features", "internal/sample", "internal/rule"}},
	{"test", "a black-box test must not share the code it tests", []string{"internal", "mworker"}},
	{"bench", "a measurement must not share the code it measures", []string{"internal", "mworker"}},
}

// The libraries of others, and who may import them.
var libraries = []struct {
	path, reason string
	by           []string
	testsOnly    bool
}{
	{"github.com/cespare/xxhash/v2", "XXH64", []string{"internal/hash"}, false},
	{"github.com/dlclark/regexp2", "regular expressions beyond RE2, with a limit of time", []string{"internal/pattern"}, false},
	{"github.com/go-crypt/x", "hashes of crypt(3)", []string{"internal/userlist"}, false},
	{"github.com/golang-jwt/jwt/v5", "signatures of JSON web tokens", []string{"internal/sample"}, false},
	{"github.com/ncruces/go-strftime", "dates in the formats of strftime(3)", []string{"internal/sample"}, false},
	{"github.com/tidwall/gjson", "values in JSON texts", []string{"internal/sample"}, false},
	{"github.com/sourcegraph/jsonrpc2", "the language server's transport", []string{"internal/lsp"}, false},
	{"golang.org/x/sys", "system calls that syscall lacks", []string{"internal/sys", "mworker", "test", "bench"}, false},
	{"github.com/google/go-cmp", "differences that can be read", nil, true},
	{"github.com/pires/go-proxyproto", "what others make of our PROXY protocol headers", nil, true},
}

// listed is what this test wants of "go list -json".
type listed struct {
	ImportPath                         string
	Standard                           bool
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

func TestImports(t *testing.T) {
	packages := list(t, "./...")
	if len(packages) < 5 {
		t.Fatalf("go list knows %d packages", len(packages))
	}
	standard := map[string]bool{}
	for _, p := range list(t, "std") {
		standard[p.ImportPath] = true
	}
	for _, p := range packages {
		from := ours(p.ImportPath)
		if placed(from) < 0 {
			t.Errorf("%s has no level: give it a line in this test", from)
			continue
		}
		for _, i := range p.Imports {
			checkImport(t, standard, from, i, false)
		}
		for _, i := range append(p.TestImports, p.XTestImports...) {
			checkImport(t, standard, from, i, true)
		}
		checkReach(t, p)
	}
}

func checkImport(t *testing.T, standard map[string]bool, from, path string, inTest bool) {
	if standard[path] || path == "C" || path == "unsafe" {
		if path == "C" {
			t.Errorf("%s imports C: released binaries are built without cgo", from)
		}
		return
	}
	if path != module && !strings.HasPrefix(path, module+"/") {
		checkLibrary(t, from, path, inTest)
		return
	}
	to := ours(path)
	if inTest || to == from {
		return // a test may build a larger world around its package than the package itself
	}
	a, b := placed(from), placed(to)
	if b < a && b >= 0 {
		return
	}
	for _, s := range sideways {
		if a == b && within(from, s.from) && within(to, s.to) {
			return
		}
	}
	t.Errorf("%s (level %d) imports %s (level %d): an import points down only", from, a, to, b)
}

func checkLibrary(t *testing.T, from, path string, inTest bool) {
	for _, l := range libraries {
		if path != l.path && !strings.HasPrefix(path, l.path+"/") {
			continue
		}
		if inTest {
			return
		}
		for _, by := range l.by {
			if within(from, by) && !l.testsOnly {
				return
			}
		}
		t.Errorf("%s imports %s, which is for %s and tests (%s)", from, path, strings.Join(l.by, ", "), l.reason)
		return
	}
	t.Errorf("%s imports %s, a library without a line in this test", from, path)
}

func checkReach(t *testing.T, p listed) {
	from := ours(p.ImportPath)
	for _, u := range unreachable {
		if !within(from, u.from) {
			continue
		}
		for _, dep := range p.Deps {
			for _, to := range u.to {
				if strings.HasPrefix(dep, module+"/") && within(ours(dep), to) {
					t.Errorf("%s reaches %s: %s", from, ours(dep), u.reason)
				}
			}
		}
	}
}

// ours is an import path within the module.
func ours(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

func within(path, folder string) bool {
	return path == folder || folder != "" && strings.HasPrefix(path, folder+"/")
}

// placed returns the level of the longest line that names the package, -1 without one.
func placed(path string) int {
	level, length := -1, -1
	for _, l := range levels {
		if within(path, l.path) && len(l.path) > length {
			level, length = l.level, len(l.path)
		}
	}
	return level
}

func list(t *testing.T, pattern string) []listed {
	t.Helper()
	// -e: a package that does not compile is the compiler's business.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,Deps", pattern)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v\n%s", pattern, err, stderr.String())
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// The policy itself must be able to fail.
func TestPolicy(t *testing.T) {
	for path, want := range map[string]int{"internal/config/discovery": 1, "internal/cli/line": 1, "internal/cli": 4, "cmd/sluice": 6, "internal/nowhere": -1, "": 6} {
		if got := placed(path); got != want {
			t.Errorf("level of %q: %d, want %d", path, got, want)
		}
	}
	for _, l := range levels {
		if l.reason == "" {
			t.Errorf("%s: no reason", l.path)
		}
	}
	for _, s := range sideways {
		if s.reason == "" || placed(s.from) != placed(s.to) {
			t.Errorf("%s to %s is not an import within a level, or has no reason", s.from, s.to)
		}
	}
}
