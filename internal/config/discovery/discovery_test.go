package discovery

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluice-proxy/sluice/internal/config"
)

func run(t *testing.T, env config.Env, text string) (*Result, *config.Diagnostics) {
	t.Helper()
	return Run([]config.File{{Name: "f.cfg", Data: []byte(text)}}, env)
}

func TestRun(t *testing.T) {
	env := config.Env{"KEEP": "1", "GONE": "2", "OLD": "3"}
	r, d := run(t, env, `
global
	daemon
	quiet
	zero-warning
	master-worker no-exit-on-failure
	mworker-max-reloads 5
	mworker-load-timeout 2m
	mworker-hang-timeout 0
	mworker-drain-timeout 2h 5s
	mworker-max-draining 3
	mworker-drain-memory 1g
	mworker-on-reload group adm /bin/no
	mworker-on-reload user nobody /usr/bin/hook "a b" "${KEEP}"
	pidfile /run/x
	localpeer me
	setenv NEW "${KEEP}x"
	presetenv KEEP other
	unsetenv GONE
	setenv OLD 4
	expose-deprecated-directives
	noepoll
	nopoll
	nokqueue
	noevports
	noktls
.if streq("$NEW",1x)
	setenv SEEN yes
.else
	daemon broken
.endif
	maxconn this is not looked at
	nosuchkeyword
	bind ""
frontend x y z
	nonsense
program api
	command /usr/bin/api --port "80 ${KEEP}"
	user nobody
	group nogroup
	no option start-on-reload
	nonsense
program api
	command /usr/bin/another
program none
	user nobody
program
	command /usr/bin/nameless
program log
	command log
nosection
global
	setenv LATER 1
.alert "not in this pass"
`)
	if d.Failed() {
		t.Fatal(d.List)
	}
	want := &Result{
		Daemon: true, Quiet: true, ZeroWarning: true, MasterWorker: true, NoExitOnFailure: true, MaxReloads: 5, LoadTimeout: 2 * time.Minute,
		Draining: config.Draining{Timeout: 2 * time.Hour, Grace: 5 * time.Second, Most: 3, Memory: 1 << 30},
		PIDFile:  "/run/x", LocalPeer: "me", Deprecated: true, NoKTLS: true,
		DisabledPollers: []string{"epoll", "poll", "kqueue", "evports"},
		OnReload:        &OnReload{Command: []string{"/usr/bin/hook", "a b", "1"}, User: "nobody"},
		Programs: []Program{
			{Name: "api", Command: []string{"/usr/bin/api", "--port", "80 1"}, User: "nobody", Group: "nogroup", NoStartOnReload: true},
			{Name: "log", Command: []string{"log"}},
		},
		SetEnv:   map[string]string{"NEW": "1x", "OLD": "4", "SEEN": "yes", "LATER": "1"},
		UnsetEnv: []string{"GONE"},
	}
	if diff := cmp.Diff(want, r, cmpopts.IgnoreFields(Result{}, "EnvOps")); diff != "" {
		t.Error(diff)
	}
	if len(env) != 3 || env["OLD"] != "3" {
		t.Errorf("the environment given in was changed: %v", env)
	}
	// The operations have the effect that is told.
	after := env.Clone()
	for _, o := range r.EnvOps {
		o.Apply(after)
	}
	if diff := cmp.Diff(config.Env{"KEEP": "1", "OLD": "4", "NEW": "1x", "SEEN": "yes", "LATER": "1"}, after); diff != "" {
		t.Error(diff)
	}
}

func TestRunNothing(t *testing.T) {
	r, d := run(t, nil, "defaults\n daemon\nfrontend f\n quiet\n")
	if d.Failed() {
		t.Fatal(d.List)
	}
	if diff := cmp.Diff(&Result{MaxReloads: -1, LoadTimeout: -1, HangTimeout: -1, Draining: config.Draining{Timeout: -1}}, r); diff != "" {
		t.Error(diff)
	}
}

func TestRunFaults(t *testing.T) {
	for text, want := range map[string]string{
		"global\n daemon":                   "Missing LF on last line",
		"global\n daemon x\n":               "'daemon' cannot handle unexpected argument 'x'.",
		"frontend f\n x \"y\n":              "unmatched quote",
		".if 1\n":                           "non-terminated '.if' block.",
		".if foo\n.endif\n":                 "unparsable conditional expression",
		"global\n mworker-max-reloads -1\n": "expects a positive value or zero.",
		"global\n setenv A \"$NOPE\"\n":     "expects environment variable value for 'A'.",
		"program p\n command \"\"\n":        "'command' expects a command with optional arguments",
		"program p\n command x\n user\n":    "'user' expects a user name.",
		"global\n no daemon\n":              "negation/default currently supported only for",
		"frontend f\n no bind\n":            "negation/default currently supported only for",
	} {
		_, d := run(t, config.Env{}, text)
		if !d.Failed() || !strings.Contains(d.List[0].String(), want) {
			t.Errorf("%q: %v, want %q", text, d.List, want)
		}
	}
}

func TestEncode(t *testing.T) {
	r, _ := run(t, config.Env{"A": "b"}, "global\n daemon\n setenv X y\n unsetenv A\n noepoll\n mworker-on-reload user u group g /x y\nprogram p\n command x y\n user root\n")
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again); diff != "" {
		t.Error(diff)
	}
	// Cut anywhere it is refused.
	for i := range b {
		if _, err := Decode(b[:i]); err == nil {
			t.Errorf("cut at %d is accepted", i)
		}
	}
	if r, err := Decode([]byte(`{"unknown":1}`)); err != nil || r.MaxReloads != -1 || r.LoadTimeout != -1 || r.Draining.Timeout != -1 || r.HangTimeout != -1 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{`{"max_reloads":-2}`, `{"load_timeout":-2}`, `{"hang_timeout":-2}`, `{"load_timeout":99999999999999999999}`, `{"env_ops":[{"Op":"rm"}]}`, `{"env_ops":[{"Op":"setenv"}]}`, `[]`, `{"daemon":1}`,
		`{"programs":[{"name":"a","command":[]}]}`, `{"programs":[{"command":["x"]}]}`, `{"programs":[{"name":"a","command":[""]}]}`,
		`{"programs":[{"name":"a","command":["x"]},{"name":"a","command":["y"]}]}`,
		`{"programs":[` + strings.Repeat(`{"name":"a","command":["x"]},`, config.MaxPrograms) + `{"name":"b","command":["x"]}]}`,
		`{"on_reload":{}}`, `{"on_reload":{"command":[""]}}`, `{"on_reload":{"command":["hook"]}}`, `{"on_reload":[]}`,
		strings.Repeat(" ", MaxEncoded+1) + "{}"} {
		if _, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%.40q is accepted", bad)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"daemon":true,"max_reloads":3,"env_ops":[{"Op":"setenv","Names":["a"],"Value":"b"}],"on_reload":{"command":["/x","y"],"user":"u"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(b)
		if err != nil {
			return
		}
		e := config.Env{}
		for _, o := range r.EnvOps {
			o.Apply(e)
		}
		enc, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Decode(enc); err != nil {
			t.Fatal(err)
		} else if twice, _ := again.Encode(); !bytes.Equal(enc, twice) {
			t.Fatalf("%s, again %s", enc, twice)
		}
	})
}
