package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// What a configuration makes of the environment: every keyword, in a form in which
// a second pass over it would show.
const environmentKeywords = `    setenv SL_TWICE "${SL_TWICE-x}y"
    presetenv SL_PRE one
    presetenv SL_OLD one
    unsetenv SL_GONE
    setenv SL_VERSION "$HAPROXY_STARTUP_VERSION"
.if defined(HAPROXY_MWORKER)
    setenv SL_MWORKER seen
.endif
.if defined(HAPROXY_LOCALPEER)
    setenv SL_PEER "$HAPROXY_LOCALPEER"
.endif
.if defined(HAPROXY_CFGFILES)
    setenv SL_FILES seen
.endif
.if defined(HAPROXY_HTTP_LOG_FMT)
    setenv SL_FORMAT seen
.endif
    localpeer here
`

// environmentRows are variables, and what the master and its worker show of them:
// a regular expression, "" for nothing.
var environmentRows = []struct{ name, master, worker string }{
	{"HAPROXY_MWORKER", "1", "1"},
	{"HAPROXY_STARTUP_VERSION", "VERSION", "VERSION"},
	{"HAPROXY_BRANCH", `\d+\.\d+`, `\d+\.\d+`},
	{"HAPROXY_CFGFILES", "a.cfg;d/1.cfg;d/2.cfg", "a.cfg;d/1.cfg;d/2.cfg"},
	{"HAPROXY_LOCALPEER", "", "here"},
	{"HAPROXY_CLI", "", "unix@DIR/s.sock;ipv4@ADDR"},
	{"HAPROXY_MASTER_CLI", "unix@DIR/second.sock;unix@DIR/master.sock", ""}, // the last comes first
	{"HAPROXY_HTTP_LOG_FMT", "", ""}, {"HAPROXY_HTTP_CLF_LOG_FMT", "", ""}, {"HAPROXY_HTTPS_LOG_FMT", "", ""},
	{"HAPROXY_TCP_LOG_FMT", "", ""}, {"HAPROXY_TCP_CLF_LOG_FMT", "", ""},
	{"HAPROXY_PROCESSES", "", ""},
	{"NOTIFY_SOCKET", "/nonexistent", "/nonexistent"},
	{"SL_KEPT", "kept", "kept"},
	{"SL_TWICE", "xy", "xy"},
	{"SL_PRE", "one", "one"},
	{"SL_OLD", "old", "old"},
	{"SL_GONE", "", ""},
	{"SL_VERSION", "VERSION", "VERSION"},
	{"SL_MWORKER", "", "seen"},
	{"SL_PEER", "", "here"},
	{"SL_FILES", "", ""},
	{"SL_FORMAT", "seen", "seen"},
}

// The variables that a master and its workers have, after the start as after a
// reload. With REF_HAPROXY set, those of that program.
func TestEnvironment(t *testing.T) {
	dir, addr := harness.TempDir(t), harness.Addr(t)
	config := fmt.Sprintf("global\n    stats socket %s/s.sock level admin\n    stats socket ipv4@%s level admin\n", dir, addr) + environmentKeywords +
		"defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\nfrontend web\n    bind " + harness.Addr(t) + "\n"
	os.Mkdir(filepath.Join(dir, "d"), 0o755)
	for name, text := range map[string]string{"a.cfg": config, "d/1.cfg": "backend b1\n", "d/2.cfg": "backend b2\n", "d/not": "nonsense\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"SL_KEPT=kept", "SL_OLD=old", "SL_GONE=here", "NOTIFY_SOCKET=/nonexistent"}
	if reference == "" { // of a process that started this one; the reference takes them for its own
		env = append(env, "HAPROXY_CFGFILES=other", "HAPROXY_BRANCH=other")
	}
	p := harness.Start(t, harness.Options{Program: reference, Dir: dir, NoArgs: true, NoWait: true, Env: env,
		Args: []string{"-W", "-S", filepath.Join(dir, "master.sock"), "-S", filepath.Join(dir, "second.sock"), "-f", "a.cfg", "-f", "d"},
	})
	p.AwaitOutput(`Loading success\.\n`, 10*time.Second)
	version := strings.TrimSpace(p.Master("show version"))
	check := func(when string) {
		for _, r := range environmentRows {
			for prefix, want := range map[string]string{"": r.master, "@1 ": r.worker} {
				got := p.Master(prefix + "show env " + r.name)
				if want == "" {
					if !strings.HasPrefix(got, "Variable not found") {
						t.Errorf("%s, %s%s: %q, want none", when, prefix, r.name, got)
					}
					continue
				}
				want = strings.NewReplacer("VERSION", regexp.QuoteMeta(version), "DIR", regexp.QuoteMeta(dir), "ADDR", regexp.QuoteMeta(addr)).Replace(want)
				if !regexp.MustCompile("^" + r.name + "=" + want + "\n\n$").MatchString(got) {
					t.Errorf("%s, %s%s: %q, want %q", when, prefix, r.name, got, want)
				}
			}
		}
	}
	check("after the start")
	p.MustReload()
	check("after a reload")
	if reference != "" {
		return // it loses what its own reload needs with resetenv, and does not answer
	}
	lines := strings.Replace(config, environmentKeywords, "    presetenv SL_PRE two\n    resetenv SL_PRE SL_KEPT\n    localpeer there\n", 1)
	if err := os.WriteFile(filepath.Join(dir, "a.cfg"), []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	p.MustReload()
	for _, prefix := range []string{"", "@1 "} {
		for name, want := range map[string]string{"SL_PRE": "SL_PRE=two\n\n", "SL_KEPT": "SL_KEPT=kept\n\n", "SL_TWICE": none, "SL_OLD": none, "NOTIFY_SOCKET": none} {
			got := p.Master(prefix + "show env " + name)
			if got != want && !(want == none && strings.HasPrefix(got, "Variable not found")) {
				t.Errorf("after a reload with resetenv, %s%s: %q, want %q", prefix, name, got, want)
			}
		}
	}
}

// A check and a process without a master give each keyword its effect once, too.
// (In the reference they are done twice there: W-20.)
func TestEnvironmentOfOthers(t *testing.T) {
	for _, args := range []string{"-c", "-db"} {
		dir := harness.TempDir(t)
		config := "global\n    setenv SL_TWICE \"${SL_TWICE-x}y\"\n.notice \"it is $SL_TWICE, the master ${HAPROXY_MWORKER-none}\"\n" +
			"defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\nfrontend web\n    bind " + harness.Addr(t) + "\n"
		if err := os.WriteFile(filepath.Join(dir, "a.cfg"), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		p := harness.Start(t, harness.Options{Dir: dir, NoArgs: true, NoWait: true, Args: []string{args, "-f", "a.cfg"}})
		p.AwaitOutput(`'it is xy, the master none'`, 10*time.Second)
	}
}
