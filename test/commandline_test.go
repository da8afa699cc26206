package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// ask runs the program to its end.
func ask(t *testing.T, dir string, args ...string) (stdout, stderr string, rc int) {
	t.Helper()
	var out, err bytes.Buffer
	cmd := exec.Command(harness.Binary(t), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &err
	if e := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(e)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// What each option makes the program answer, and where. "^" and "$" match at
// lines; a pattern that begins with "!" must not match.
func TestCommandLine(t *testing.T) {
	dir := harness.TempDir(t)
	write := func(name, text string) { os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644) }
	write("good.cfg", defaults+"frontend f\n    bind 127.0.0.1:1\n    default_backend b\nbackend b\n    server s 127.0.0.1:1\n")
	write("warn.cfg", "frontend f\n    mode http\n    bind 127.0.0.1:1\n    timeout client 5s\n    timeout server 5s\n")
	write("quiet.cfg", "global\n    quiet\nfrontend f\n    mode http\n    bind 127.0.0.1:1\n    timeout client 5s\n    timeout server 5s\n")
	write("name.cfg", defaults+"backend b\n    server s no-such-host.invalid:80\n")
	write("six.cfg", defaults+"backend b\n    server s ipv6@localhost:80\n")
	write("diag.cfg", defaults+".diag \"look here\"\nbackend b\n    server s 127.0.0.1:1 weight 0\n")
	write("peer.cfg", ".notice \"I am ${HAPROXY_LOCALPEER}\"\n")
	write("reuse.cfg", ".if enabled(REUSEPORT)\n.notice \"reuses\"\n.else\n.notice \"reuses not\"\n.endif\n")
	os.Mkdir(filepath.Join(dir, "sub"), 0o755)
	write("sub/in.cfg", ".notice \"from sub\"\n")

	const valid, found = `^Configuration file is valid$`, `^Warnings were found\.$`
	for _, c := range []struct {
		args           string
		rc             int
		stdout, stderr string
	}{
		{"", 1, `^HAProxy version 3\.4\.0\S* `, `^Usage : sluice \[-f <cfgfile\|cfgdir>\]\* \[ -vdVD \]`},
		{"-h", 1, `^HAProxy version `, `(?s)^Usage : .*^        -dr ignores `},
		{"-f good.cfg stray -c", 1, `^HAProxy version `, `^Usage : `},
		{"-c", 1, `^HAProxy version `, `^Usage : `},
		{"-f", 1, `!.`, `missing argument of option '-f'`},
		{"-vq", 0, `^3\.4\.0-sluice\S+$`, `!.`},
		{"-vqs", 0, `\A3\.4\.0\n\z`, `!.`},
		{"-vqb", 0, `\A3\.4\n\z`, `!.`},
		{"-vv", 0, `(?s)^Feature list :.* \+EPOLL .*^Available polling systems :.*^Available filters :.*^Options accepted without effect : -dM `, `!.`},
		{"-cc 1", 0, `!.`, `!.`},
		{"-cc 0", 1, `!.`, `!.`},
		{"-cc feature(EPOLL)", 0, `!.`, `!.`},
		{"-cc feature(QUIC)", 1, `!.`, `!.`},
		{"-cc nonsense(", 2, `!.`, `\[ALERT\] .* : Failed to evaluate condition: `},

		{"-c -f good.cfg", 0, `!.`, `!.`},
		{"-c -V -f good.cfg", 0, valid, `!.`},
		{"-c -V -q -f good.cfg", 0, valid, `!.`},
		{"-c -f warn.cfg", 0, found, `\[WARNING\] `},
		{"-c -V -f warn.cfg", 0, `Warnings were found\.\nConfiguration file is valid`, `\[WARNING\] `},
		{"-c -q -f warn.cfg", 0, `!.`, `!.`},
		{"-c -q -V -f warn.cfg", 0, found, `\[WARNING\] `},
		{"-c -f quiet.cfg", 0, `!.`, `!\[WARNING\]`},
		{"-c -V -f quiet.cfg", 0, found, `\[WARNING\] `},
		{"-c -dW -f warn.cfg", 1, `!.`, `Some warnings were found and 'zero-warning' is set\. Aborting\.`},
		{"-c -dW -f good.cfg", 0, `!.`, `!.`},
		{"-c -- good.cfg", 0, `!.`, `!.`},
		{"-c -C sub -f in.cfg", 0, `!.`, `from sub`},
		{"-c -C sub/.. -f sub", 0, `!.`, `from sub`},
		{"-c -C none -f in.cfg", 1, `!.`, `Could not change to directory none : No such file or directory`},

		{"-c -f name.cfg", 1, `!.`, `'server b/s' : could not resolve address 'no-such-host\.invalid'\.$`},
		{"-c -dr -V -f name.cfg", 0, valid, `\[NOTICE\] .*could not resolve address 'no-such-host\.invalid', disabling server\.$`},
		{"-c -dr -dW -f name.cfg", 0, `!.`, `disabling server`},
		{"-c -4 -f six.cfg", 1, `!.`, `could not resolve address 'localhost'`},
		{"-c -f diag.cfg", 0, `!.`, `!look here|weight of 0`},
		{"-c -dD -dW -f diag.cfg", 0, `!.`, `(?s)\[DIAG\] .*look here.*\[DIAG\] .*weight of 0`},
		{"-c -L me -f peer.cfg", 0, `!.`, `I am me`},
		{"-c -f reuse.cfg", 0, `!.`, `'reuses'\.$`},
		{"-c -dR -f reuse.cfg", 0, `!.`, `'reuses not'\.$`},
		{"-c -dV -f good.cfg", 0, `!.`, `\[WARNING\] .*-dV`},
		{"-c -dT -f good.cfg", 0, `!.`, `!.`},
		{"-c -dM -dt all -de -dp -dk -dv -dS -dG -dL -dF -dI -dZ -f good.cfg", 0, `!.`, `!.`},

		{"-c -dC -f good.cfg", 0, `(?s)^frontend f $.*^	bind 127\.0\.0\.1:1 $.*^backend b $`, `!.`},
		{"-c -dC7 -f good.cfg", 0, `(?s)^frontend ID\([0-9a-f]{6}\) $.*^	bind 127\.0\.0\.1:1 $`, `!.`},
		{"-c -dC,line -f good.cfg", 0, `^2	defaults $`, `!.`},
		{"-c -dC7x -f good.cfg", 1, `!.`, `option '-dC' expects a key`},
		{"-c -dKhelp -f good.cfg", 0, `^# List of supported keyword classes:$`, `!.`},
		{"-c -dKcfg,smp -q -f /dev/null", 0, `(?s)^listen$.*^	http-request deny$.*^# List of registered sample fetch functions:$`, `!.`},
		{"-c -dKall -f warn.cfg -dW", 1, `!.`, `zero-warning`},
		{"-c -dc -f good.cfg", 0, `(?s)^\[keep\] cpu= .*^Thread CPU Bindings:$`, `!.`},
		{"-c -dA -f good.cfg", 1, `!.`, `-dA: missing output file name`},
		{"-c -dA/nonexistent/a.tar -f good.cfg", 1, `!.`, `Cannot create output file to dump dependencies: No such file or directory\.$`},
		{"-S /tmp/x -f good.cfg", 1, `!.`, `a master CLI socket was defined, but master-worker mode \(-W\) is not enabled\.`},
		{"-sf 1x -f good.cfg", 1, `!.`, `-sf option: some bytes unconsumed in PID list \{1x\}`},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			out, err, rc := ask(t, dir, strings.Fields(c.args)...)
			if rc != c.rc {
				t.Errorf("exit status %d, want %d", rc, c.rc)
			}
			for _, s := range []struct{ name, got, want string }{{"standard output", out, c.stdout}, {"standard error", err, c.stderr}} {
				pattern, not := strings.CutPrefix(s.want, "!")
				if regexp.MustCompile("(?m)"+pattern).MatchString(s.got) == not {
					t.Errorf("%s is no %s:\n%s", s.name, s.want, s.got)
				}
			}
		})
	}
}

// -dA: the archive holds the program that runs.
func TestArchiveOption(t *testing.T) {
	dir := harness.TempDir(t)
	os.WriteFile(filepath.Join(dir, "a.cfg"), []byte(defaults), 0o644)
	if _, err, rc := ask(t, dir, "-c", "-dAlibs.tar", "-f", "a.cfg"); rc != 0 {
		t.Fatal(rc, err)
	}
	list, err := exec.Command("tar", "-tf", filepath.Join(dir, "libs.tar")).CombinedOutput()
	exe, _ := filepath.EvalSymlinks(harness.Binary(t))
	if err != nil || !strings.Contains(string(list), exe+"\n") {
		t.Errorf("%v\n%s", err, list)
	}
}

// -dR: nobody else can bind the address.
func TestNoReusePort(t *testing.T) {
	for _, c := range []struct {
		args []string
		rc   int
	}{{nil, 0}, {[]string{"-dR"}, 1}} {
		s := newService(t)
		harness.Start(t, harness.Options{Standalone: true, Config: s.Config("", ""), Await: []string{s.HTTP}, Args: c.args})
		p := harness.Start(t, harness.Options{Standalone: true, Config: s.Config("", ""), NoWait: true, Args: c.args})
		if c.rc == 0 {
			eventually(t, 5*time.Second, "second process", func() error { return bound(p.Pid, s.HTTP) })
			continue
		}
		if rc := p.AwaitExit(10 * time.Second); rc != c.rc {
			t.Errorf("-dR: exit status %d, want %d", rc, c.rc)
		}
		p.AwaitOutput(`cannot bind socket \(Address already in use\) for \[`, time.Second)
	}
}

// bound tells whether a process has a listening socket.
func bound(pid int, addr string) error {
	_, port, _ := strings.Cut(addr, ":")
	n, _ := strconv.Atoi(port)
	table, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid))
	if err != nil {
		return err
	}
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, fd := range fds {
		to, _ := os.Readlink(fd)
		inode, ok := strings.CutPrefix(to, "socket:[")
		if ok && regexp.MustCompile(fmt.Sprintf(`:%04X \S+ 0A .* %s `, n, strings.TrimSuffix(inode, "]"))).Match(table) {
			return nil
		}
	}
	return fmt.Errorf("process %d does not listen on %s", pid, addr)
}

// -n and -N limit what the configuration does not.
func TestConnectionLimits(t *testing.T) {
	s := newService(t)
	sock := filepath.Join(harness.TempDir(t), "s.sock")
	harness.Start(t, harness.Options{Standalone: true, Await: []string{s.HTTP}, Args: []string{"-n", "321", "-N", "123"},
		Config: "global\n    maxconn 1000\n    stats socket " + sock + "\n" + s.Config("", "")})
	info, err := harness.CLI(sock, "show info")
	if err != nil || !strings.Contains(info, "\nMaxconn: 321\n") {
		t.Errorf("%v\n%s", err, info)
	}
	stat, err := harness.CLI(sock, "show stat")
	if err != nil || !regexp.MustCompile(`(?m)^web,FRONTEND,[^,]*,[^,]*,\d+,\d+,123,`).MatchString(stat) {
		t.Errorf("%v\n%s", err, stat)
	}
}

// -m is shown, and -p is written although the process gives up its privileges.
func TestPidfileAndMemory(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	sock, pid := filepath.Join(dir, "s.sock"), filepath.Join(dir, "pid")
	global := "global\n    stats socket " + sock + "\n"
	if os.Geteuid() == 0 {
		global += "    uid 65534\n    gid 65534\n    chroot " + harness.TempDir(t) + "\n"
	}
	os.WriteFile(pid, []byte("99999999\n99999998\n"), 0o644)
	p := harness.Start(t, harness.Options{Standalone: true, Await: []string{s.HTTP}, Args: []string{"-m", "200", "-p", pid}, Config: global + s.Config("", "")})
	eventually(t, 5*time.Second, "pidfile", func() error {
		if b, _ := os.ReadFile(pid); string(b) != fmt.Sprintf("%d\n", p.Pid) {
			return fmt.Errorf("%q", b)
		}
		return nil
	})
	if info, err := harness.CLI(sock, "show info"); err != nil || !strings.Contains(info, "\nMemmax_MB: 200\n") {
		t.Errorf("%v\n%s", err, info)
	}
}

// -d stays in the foreground whatever else is said, and shows events.
func TestDebug(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{NoArgs: true, NoWait: true, Dir: writeIn(t, "a.cfg", s.Config("", "")), Args: []string{"-D", "-d", "-f", "a.cfg"}})
	eventually(t, 10*time.Second, "service", func() error { return harness.Connects(s.HTTP) })
	harness.MustGet(t, s.HTTP, "/echo")
	p.AwaitOutput(`(?s)Using epoll\(\) as the polling mechanism\..*:web\.clireq\[[0-9a-f]{4}:ffffffff\]: GET /echo HTTP/1\.1\n.*:origins\.srvrep\[\S+\]: HTTP/1\.1 200 .*:origins\.closed\[`, 5*time.Second)
	if p.Exited() {
		t.Error("it went into the background")
	}
}

func writeIn(t *testing.T, name, text string) string {
	dir := harness.TempDir(t)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// -st and -sf reach every process of their lists, once the new one serves.
func TestSignalOld(t *testing.T) {
	for _, c := range []struct {
		option string
		want   []int
	}{{"-sf", []int{0}}, {"-st", []int{0, 128 + int(syscall.SIGTERM)}}} {
		s := newService(t)
		one := harness.Start(t, harness.Options{Standalone: true, Config: s.Config("", ""), Await: []string{s.HTTP}})
		two := harness.Start(t, harness.Options{Standalone: true, Config: s.Config("", ""), Await: []string{s.HTTP}})
		two.AwaitOutput("Automatically setting global.maxconn", 10*time.Second) // it was one that accepted the connect
		harness.Start(t, harness.Options{Standalone: true, Config: s.Config("", ""), Await: []string{s.HTTP},
			Args: []string{c.option, strconv.Itoa(one.Pid), strconv.Itoa(two.Pid)}})
		for _, old := range []*harness.Program{one, two} {
			rc, ok := old.AwaitExit(10*time.Second), false
			for _, want := range c.want {
				ok = ok || rc == want
			}
			if !ok {
				t.Errorf("%s: exit status %d, want one of %v", c.option, rc, c.want)
			}
		}
		harness.MustGet(t, s.HTTP, "/echo")
	}
}
