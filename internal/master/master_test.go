package master

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/mworker"
)

// Messages name files as the user did.
func TestShown(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("etc", 0o755); err != nil {
		t.Fatal(err)
	}
	m := &master{o: &cmdline.Options{Dir: "etc", Files: []string{"a.cfg", "conf", "../up.cfg", "/abs/x.cfg", "/abs/d/"}}}
	if err := m.resolve(); err != nil {
		t.Fatal(err)
	}
	at := func(p string) string { return filepath.Join(dir, p) }
	for path, want := range map[string]string{
		at("etc/a.cfg"):       "a.cfg",
		at("etc/conf/01.cfg"): "conf/01.cfg",
		at("up.cfg"):          "../up.cfg",
		"/abs/x.cfg":          "/abs/x.cfg",
		"/abs/d/y.cfg":        "/abs/d/y.cfg",
		at("etc/conf2/a.cfg"): at("etc/conf2/a.cfg"), // not below "conf"
		"/elsewhere":          "/elsewhere",
	} {
		if got := m.shown(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	m = &master{o: &cmdline.Options{Dir: "none", Files: []string{"a"}}}
	if err := m.resolve(); err == nil || err.Error() != "Could not change to directory none : No such file or directory" {
		t.Errorf("-C none: %v", err)
	}
}

func TestStrerror(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{syscall.EACCES, "Permission denied"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.ENOENT}, "No such file or directory"},
		{fmt.Errorf("a: %w", os.NewSyscallError("bind", syscall.EADDRINUSE)), "Address already in use"},
		{errors.New("plain words"), "plain words"},
	} {
		if got := strerror(tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

// Workers know that they have a master, whatever ours told us.
func TestWorkerEnv(t *testing.T) {
	env := []string{"A=b", "HAPROXY_MWORKER=0", "HAPROXY_MWORKERS=x", "EMPTY="}
	got := workerEnv(env)
	if want := []string{"A=b", "HAPROXY_MWORKERS=x", "EMPTY=", "HAPROXY_MWORKER=1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if env[1] != "HAPROXY_MWORKER=0" {
		t.Error("the caller's environment was changed")
	}
}

func TestApply(t *testing.T) {
	for wish, want := range map[int]int{-1: 0, 0: mworker.NoneKept, 5: 5} {
		p := mworker.Policy{MaxReloads: 99}
		apply(&discovery.Result{MaxReloads: wish, ExitOnFailure: true}, &p)
		if p.MaxReloads != want || !p.ExitOnFailure {
			t.Errorf("mworker-max-reloads %d: %+v, want %d", wish, p, want)
		}
	}
}

// Not set is the library's default, 0 is no limit.
func TestApplyTimes(t *testing.T) {
	for wish, want := range map[time.Duration]time.Duration{-1: 0, 0: mworker.Never, 5 * time.Second: 5 * time.Second} {
		p := mworker.Policy{LoadTimeout: time.Hour, HangTimeout: time.Hour}
		apply(&discovery.Result{LoadTimeout: wish, HangTimeout: wish}, &p)
		if p.LoadTimeout != want || p.HangTimeout != want {
			t.Errorf("%d: %+v, want %d", wish, p, want)
		}
	}
}

// The manager is told of what takes longer than a look, not of respawns.
func TestProgress(t *testing.T) {
	var p progress
	at := time.Unix(0, 0)
	info := func(number int, s mworker.State, phase string, respawn bool) mworker.WorkerInfo {
		return mworker.WorkerInfo{Number: number, State: s, Phase: phase, Respawn: respawn}
	}
	for _, step := range []struct {
		workers []mworker.WorkerInfo
		want    string
	}{
		{nil, ""},
		{[]mworker.WorkerInfo{info(1, mworker.Ready, "", false)}, ""},
		{[]mworker.WorkerInfo{info(1, mworker.Ready, "", false), info(2, mworker.Loading, "reading files", false)}, ""},
		{[]mworker.WorkerInfo{info(2, mworker.Loading, "parsing: a.cfg:12", false)}, "Loading for 2 s: parsing: a.cfg:12."},
		{[]mworker.WorkerInfo{info(2, mworker.Checked, "ready", false)}, "Loading for 3 s: ready."},
		{[]mworker.WorkerInfo{info(3, mworker.Loading, "starting", false)}, ""},
		{[]mworker.WorkerInfo{info(3, mworker.Failed, "starting", false)}, ""},
		{[]mworker.WorkerInfo{info(3, mworker.Loading, "starting", false)}, ""},
		{[]mworker.WorkerInfo{info(4, mworker.Loading, "starting", true)}, ""},
		{[]mworker.WorkerInfo{info(4, mworker.Loading, "starting", true)}, ""},
	} {
		if got := p.look(at, true, step.workers); got != step.want {
			t.Errorf("%+v: %q, want %q", step.workers, got, step.want)
		}
		at = at.Add(time.Second)
	}
}

// "-S" takes an address and the words of a bind line after commas; what they
// hold is theirs alone.
func TestParseCLI(t *testing.T) {
	t.Setenv("SLUICE_TEST", "a b")
	for spec, want := range map[string]string{
		"/run/m":                         "unix@/run/m 0 admin",
		"/run/m,mode,600,level,operator": "unix@/run/m 600 operator",
		"/run/m,level,user,":             "unix@/run/m 0 user",
		"127.0.0.1:99":                   "127.0.0.1:99 0 admin",
		"fd@7":                           "fd@7 0 admin",
		"abns@x":                         "abns@x 0 admin",
		"/run/m#1":                       "unix@/run/m#1 0 admin",
		"/run/it's \"m\" \\ x,mode,660":  "unix@/run/it's \"m\" \\ x 660 admin",
		"/run/$SLUICE_TEST":              "unix@/run/a b 0 admin",
	} {
		binds, err := parseCLI(spec)
		if err != nil || len(binds) != 1 {
			t.Errorf("%s: %d addresses, %v", spec, len(binds), err)
			continue
		}
		b := binds[0]
		level := map[line.Level]string{line.LevelUser: "user", line.LevelOperator: "operator", line.LevelAdmin: "admin"}[levelOf(b)]
		if got := fmt.Sprintf("%s %o %s", b.Address, b.Mode, level); got != want {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
	for _, spec := range []string{"", ",mode,600", "/run/m,nonsense", "/run/m,mode", "/run/m,mode,9", "/run/m,level,root", "300.0.0.1", "/a\nchroot /", "/run/m,mode 600", "/" + strings.Repeat("x", 200)} {
		if binds, err := parseCLI(spec); err == nil {
			t.Errorf("%q: accepted: %v", spec, binds[0])
		}
	}
	const whole = "/run/m,mode,600,level,operator"
	for i := range len(whole) {
		if binds, err := parseCLI(whole[:i]); err == nil && len(binds) != 1 {
			t.Errorf("%q: %d addresses and no error", whole[:i], len(binds))
		}
	}
}

// A path is taken over when the socket is ready, and given back only if it is
// still ours.
func TestListenPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m := &master{o: &cmdline.Options{MasterCLI: []string{path + ",mode,640"}}}
	s, err := m.listen()
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Lstat(path); err != nil || st.Mode() != os.ModeSocket|0o640 {
		t.Errorf("%v, %v", st, err)
	}
	s.close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the name is left: %v", err)
	}
	if s, err = m.listen(); err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.close()
	if got := mustRead(t, path); got != "other" {
		t.Errorf("somebody else's: %q", got)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// One address that fails gives the others back.
func TestListenFails(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "m")
	m := &master{o: &cmdline.Options{MasterCLI: []string{good, filepath.Join(dir, "none", "m")}}}
	_, err := m.listen()
	if want := "Binding [master-socket:0] for proxy MASTER: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [" + dir + "/none/m].\n" +
		"[" + filepath.Base(os.Args[0]) + ".main()] Some protocols failed to start their listeners! Exiting."; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	m.o.MasterCLI[1] = "/x,nonsense"
	if _, err := m.listen(); err == nil {
		t.Error("nonsense accepted")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := listenOn(&config.Bind{Address: config.Address{Family: config.AFNone, Host: "x", Port: 1}}); err == nil {
		t.Error("a name was listened on")
	}
}
