package packaging

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// files of the package sluice.
var files = []string{
	"/etc/default/sluice", "/etc/logrotate.d/sluice", "/etc/rsyslog.d/49-sluice.conf", "/etc/sluice/sluice.cfg",
	"/usr/lib/systemd/system/sluice.service", "/usr/lib/sysusers.d/sluice.conf",
	"/usr/sbin/sluice", "/usr/sbin/sluice-reload",
	"/usr/share/doc/sluice/README.md", "/usr/share/doc/sluice/copyright",
	"/usr/share/man/man8/sluice-reload.8.gz", "/usr/share/man/man8/sluice.8.gz",
}

// alias is what sluice-haproxy has.
var alias = []string{
	"/usr/lib/systemd/system/haproxy.service", "/usr/lib/sysusers.d/haproxy.conf", "/usr/lib/tmpfiles.d/haproxy.conf",
	"/usr/sbin/haproxy", "/usr/sbin/haproxy-reload", "/usr/share/doc/sluice-haproxy/copyright", "/usr/share/man/man8/haproxy.8.gz",
}

// built finds one package that "make package" built.
func built(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv("SLUICE_PACKAGES")
	if dir == "" {
		t.Skip("make package runs this test")
	}
	found, _ := filepath.Glob(filepath.Join(dir, pattern))
	if len(found) != 1 {
		t.Fatalf("%s: %v", pattern, found)
	}
	return found[0]
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, &stderr)
	}
	return string(out)
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q\nwant %q", what, got, want)
	}
}

// unpack makes a root of Debian packages.
func unpack(t *testing.T, patterns ...string) (root string) {
	t.Helper()
	for _, p := range patterns {
		deb := built(t, p)
		if root == "" {
			root = t.TempDir()
		}
		run(t, "dpkg-deb", "-x", deb, root)
	}
	return root
}

// contents lists what is not a directory below root.
func contents(t *testing.T, root string) (names []string) {
	t.Helper()
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		if !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, root))
		}
		return nil
	})
	return names
}

func TestDebian(t *testing.T) {
	equal(t, "sluice", contents(t, unpack(t, "sluice_*.deb")), files)
	equal(t, "sluice-haproxy", contents(t, unpack(t, "sluice-haproxy_*.deb")), alias)
	deb := built(t, "sluice_*.deb")
	conf := strings.Fields(run(t, "dpkg-deb", "-I", deb, "conffiles"))
	equal(t, "configuration files", conf, files[:4])
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		path := filepath.Join(t.TempDir(), script)
		if err := os.WriteFile(path, []byte(run(t, "dpkg-deb", "-I", deb, script)), 0o755); err != nil {
			t.Fatal(err)
		}
		run(t, "sh", "-n", path)
	}
	control := run(t, "dpkg-deb", "-f", built(t, "sluice-haproxy_*.deb"))
	version := strings.TrimSpace(run(t, "dpkg-deb", "-f", deb, "Version"))
	for _, want := range []string{"Depends: sluice (= " + version + ")\n", "Provides: haproxy\n", "Conflicts: haproxy\n", "Replaces: haproxy\n"} {
		if !strings.Contains(control, want) {
			t.Errorf("no %q in\n%s", want, control)
		}
	}
}

func TestRPM(t *testing.T) {
	for pattern, want := range map[string][]string{
		"sluice-[0-9]*.rpm":         append([]string{"/usr/share/licenses/sluice/LICENSE"}, files...),
		"sluice-haproxy-[0-9]*.rpm": alias,
	} {
		path := built(t, pattern)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rpmFiles(b)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		want = slices.Sorted(slices.Values(want))
		equal(t, path, got, want)
	}
}

// The program of the package runs from where it was unpacked, under both names,
// and finds its own configuration right.
func TestUnpackedProgram(t *testing.T) {
	root := unpack(t, "sluice_*.deb", "sluice-haproxy_*.deb")
	for _, name := range []string{"sluice", "haproxy"} {
		if out := run(t, filepath.Join(root, "usr/sbin", name), "-v"); !strings.HasPrefix(out, "HAProxy version") {
			t.Errorf("%s -v: %q", name, out)
		}
	}
	cmd := exec.Command(filepath.Join(root, "usr/sbin/haproxy-reload"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "MASTER_SOCKET=" + filepath.Join(root, "none")}
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "/none") {
		t.Errorf("haproxy-reload: %v %s", err, out)
	}
	cfg := filepath.Join(root, "etc/sluice/sluice.cfg")
	addr := localize(t, cfg, root)
	program := filepath.Join(root, "usr/sbin/sluice")
	if out := run(t, program, "-Ws", "-c", "-V", "-dW", "-f", cfg); out != "Configuration file is valid\n" {
		t.Errorf("check of the configuration: %q", out)
	}

	socket := filepath.Join(root, "master.sock")
	master := exec.Command(program, "-Ws", "-f", cfg, "-S", socket+",mode,600")
	var output strings.Builder
	master.Stdout, master.Stderr = &output, &output
	if err := master.Start(); err != nil {
		t.Fatal(err)
	}
	var reloaded []byte
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		reload := exec.Command(filepath.Join(root, "usr/sbin/sluice-reload"), "-S", socket)
		out, err := reload.CombinedOutput()
		if reloaded = out; err == nil {
			break
		}
		if time.Now().After(end) {
			t.Errorf("%v: %s", err, out)
			break
		}
	}
	if !strings.Contains(string(reloaded), "Loading success.") {
		t.Errorf("sluice-reload: %s", reloaded)
	}
	if a, err := http.Get("http://" + addr + "/"); err != nil {
		t.Error(err)
	} else {
		text, _ := io.ReadAll(a.Body)
		a.Body.Close()
		if !strings.HasPrefix(string(text), "Sluice runs.") {
			t.Errorf("%s %q", a.Status, text)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	master.Process.Signal(syscall.SIGTERM)
	if err := master.Wait(); err != nil {
		t.Errorf("%v: %s", err, &output)
	}
}

// localize makes the packaged configuration one that can be started here: there
// is no user sluice, and the directories are below root.
func localize(t *testing.T, cfg, root string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	l.Close()
	text, err := os.ReadFile(cfg)
	if err != nil {
		t.Fatal(err)
	}
	replace := []string{
		"127.0.0.1:8404", addr, "/run/sluice/", root + "/", "chroot /var/lib/sluice", "chroot " + root,
		"    user sluice\n", "    user nobody\n", "    group sluice\n", "    gid 65534\n",
	}
	if os.Getuid() != 0 {
		replace = append([]string{"    chroot /var/lib/sluice\n    user sluice\n    group sluice\n", ""}, replace...)
	}
	changed := strings.NewReplacer(replace...).Replace(string(text))
	if err := os.WriteFile(cfg, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	return addr
}

// systemd understands the units, every line of them.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze")
	}
	root := unpack(t, "sluice_*.deb", "sluice-haproxy_*.deb")
	for _, name := range []string{"sluice", "haproxy"} {
		unit := filepath.Join(root, "usr/lib/systemd/system", name+".service")
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		// The programs are not installed here.
		own := strings.ReplaceAll(string(text), "/usr/sbin/", filepath.Join(root, "usr/sbin")+"/")
		if err := os.WriteFile(unit, []byte(own), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("systemd-analyze", "verify", "--man=no", "--generators=no", unit)
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), name+".service") {
			t.Errorf("%v: %s", err, out)
		}
		if name == "haproxy" && strings.Contains(string(text), "/sluice/") {
			t.Errorf("the service haproxy has directories of sluice:\n%s", text)
		}
	}
}
