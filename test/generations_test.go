package test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// paged is a configuration whose answer stands in a file.
func paged(addr, page, more string) string {
	return "defaults\n\tmode http\n\ttimeout connect 1s\n\ttimeout client 5s\n\ttimeout server 5s\n" +
		"frontend web\n\tbind " + addr + "\n\thttp-request return status 200 content-type text/plain file " + page + "\n" + more
}

// Respawn and rollback use only what is kept: the files and the executable may be
// gone.
func TestGenerationsAreKept(t *testing.T) {
	t.Parallel()
	dir, addr := harness.TempDir(t), harness.Addr(t)
	exe := filepath.Join(dir, "sluice-copy")
	copyProgram(t, exe)
	page := filepath.Join(dir, "page")
	writeFile(t, page, "one")
	p := harness.Start(t, harness.Options{Program: exe, Dir: dir, Config: paged(addr, page, "")})
	serves := func(want string) {
		t.Helper()
		if a, err := harness.Get(t, addr, "/"); err != nil || a.Status != 200 || string(a.Body) != want {
			t.Errorf("%+v, %v; want %q", a, err, want)
		}
	}
	serves("one")
	writeFile(t, page, "two")
	p.MustReload()
	serves("two")
	writeFile(t, page, "three")
	p.MustReload()
	serves("three")
	for _, name := range []string{page, p.ConfigPath(), exe} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	old := p.Worker()
	p.Kill(old, syscall.SIGKILL)
	p.AwaitGone(old, 5*time.Second)
	serves("three")

	if a := p.Master("rollback --dry-run"); !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, "would be loaded; nothing was changed") {
		t.Error(a)
	}
	serves("three")
	if a := p.Master("rollback"); !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, "Generation 5 serves, with the files of generation 2.") {
		t.Error(a)
	}
	serves("two")
	if a := p.Master("rollback"); !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, "Generation 6 serves, with the files of generation 1.") {
		t.Error(a)
	}
	serves("one")
	if a := p.Master("rollback"); !strings.Contains(a, "No generation is kept that served before this one.") {
		t.Error(a)
	}
	if a := p.Master("rollback 3"); !strings.HasPrefix(a, "Success=1\n") {
		t.Error(a)
	}
	serves("three")
	old = p.Worker()
	p.Kill(old, syscall.SIGKILL)
	p.AwaitGone(old, 5*time.Second)
	serves("three")
	for command, want := range map[string]string{
		"rollback 99":               "Generation 99 is not kept.",
		"rollback x":                "'x' is not the number of a generation.",
		"rollback 1 2":              "'rollback' expects at most the number of a generation",
		"show generation":           "'show generation' expects the number",
		"show generation 99":        "Generation 99 is not kept.",
		"show generation 3 /none":   "No file '/none' is kept of generation 3.",
		"show generations yaml":     "'show generations' only supports 'json' as argument",
		"show generation 3 " + page: "| three\n",
	} {
		if a := p.Master(command); !strings.Contains(a, want) {
			t.Errorf("%s: %q", command, a)
		}
	}
	text := regexp.MustCompile(`20\S+Z +\S+`).ReplaceAllString(p.Master("show generations"), "TIME TOOK")
	text = regexp.MustCompile(`[0-9a-f]{12}  `).ReplaceAllString(text, "HASH")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	size := func(page string) int { return archiveSize(t, p, page) }
	want := []string{
		"#generation time took result hash files size asked for by",
		fmt.Sprintf("1 TIME TOOK superseded HASH 2 %d start", size("one")),
		fmt.Sprintf("2 TIME TOOK superseded* HASH 2 %d master CLI", size("two")),
		fmt.Sprintf("3 TIME TOOK superseded* HASH 2 %d master CLI", size("three")),
		"4 TIME TOOK checked - - - master CLI, generation 2 again",
		fmt.Sprintf("5 TIME TOOK superseded* HASH 2 %d master CLI, generation 2 again", size("two")),
		fmt.Sprintf("6 TIME TOOK superseded* HASH 2 %d master CLI, generation 1 again", size("one")),
		fmt.Sprintf("7 TIME TOOK serving* HASH 2 %d master CLI, generation 3 again", size("three")),
	}
	want[1] = "1 TIME TOOK superseded - - - start" // five are kept
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	var list []struct {
		Number   int
		Result   string
		Kept     bool
		Duration *int64 `json:"duration_ms"`
		From     *int
		Hash     string `json:"configuration_hash"`
	}
	if err := json.Unmarshal([]byte(p.Master("show generations json")), &list); err != nil || len(list) != 7 ||
		list[6].Result != "serving" || !list[6].Kept || list[6].Duration == nil || list[6].From == nil || *list[6].From != 3 || len(list[6].Hash) != 64 {
		t.Errorf("%+v %v", list, err)
	}
}

// archiveSize is what a generation with that page takes: the first kept one whose
// page is so long tells.
func archiveSize(t *testing.T, p *harness.Program, page string) int {
	t.Helper()
	a := p.Master("show generation 3")
	m := regexp.MustCompile(`(?m)^\S*sluice.cfg (\d+) bytes, configuration$`).FindStringSubmatch(a)
	if m == nil {
		t.Fatalf("%q", a)
	}
	var n int
	fmt.Sscan(m[1], &n)
	const frame = 8 + 1 + 1 + 2 // magic, number of files, lengths of name and data
	return n + frame + len(filepath.Join(p.Dir, "sluice.cfg")) + len(page)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	b, err := os.ReadFile(harness.Binary(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

// "reload check" says what a reload then does, and why.
func TestCheckAndReloadAgree(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir, addr, other := harness.TempDir(t), harness.Addr(t), harness.Addr(t)
	page := filepath.Join(dir, "page")
	writeFile(t, page, "one")
	p := harness.Start(t, harness.Options{Dir: dir, Config: paged(addr, page, "")})
	for _, c := range []struct {
		name, text, want string
	}{
		{"the same", paged(addr, page, ""), "1"},
		{"a listener more", paged(addr, page, "frontend more\n\tbind "+other+"\n"), "1"},
		{"a warning", paged(addr, page, ".warning \"hm\"\n"), "1"},
		{"a mistake", paged(addr, page, "\tblah\n"), "0"},
		{"a mistake of the discovery pass", "global\n\tmworker-max-reloads -5\n" + paged(addr, page, ""), "0"},
		{"a file that is not there", paged(addr, page+"2", ""), "0"},
		{"a foreign port", paged(addr, page, "frontend more\n\tbind "+taken.Addr().String()+"\n"), "0"},
		{"a directory that is not there", paged(addr, page, "frontend more\n\tbind unix@/nonexistent/x\n"), "0"},
		{"a name that nobody knows", paged(addr, page, "backend b\n\tserver s nobody.invalid:80\n"), "0"},
		{"a user that nobody is", "global\n\tuser nobodyever\n" + paged(addr, page, ""), "0"},
		{"a root that is not there", "global\n\tchroot /nonexistent\n" + paged(addr, page, ""), "0"},
		{"no listener", "global\n\tquiet\n", "0"},
		{"nothing", "", "0"},
	} {
		p.WriteConfig(c.text)
		check, reload := p.Master("reload check"), p.Master("reload")
		if !strings.HasPrefix(check, "Success="+c.want+"\n") || !strings.HasPrefix(reload, "Success="+c.want+"\n") {
			t.Errorf("%s: check %q, reload %q", c.name, check, reload)
		}
		if diff := cmp.Diff(verdictLines(reload), verdictLines(check)); diff != "" {
			t.Errorf("%s: (-reload +check)\n%s", c.name, diff)
		}
	}
	if a, err := harness.Get(t, addr, "/"); err != nil || string(a.Body) != "one" {
		t.Errorf("%+v, %v", a, err)
	}
}

// verdictLines are those of a load's log that do not tell which load it was, nor what it
// has changed.
func verdictLines(reply string) (lines []string) {
	reply = regexp.MustCompile(`(?ms)^(What differs from|No difference from) .*?^$`).ReplaceAllString(reply, "")
	for line := range strings.Lines(reply) {
		line = regexp.MustCompile(`\(\d+\)`).ReplaceAllString(line, "(N)")
		if !regexp.MustCompile(`Initializing new worker|Loading success|would |Generation \d`).MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// A check never listens and changes nothing on a socket that is served, nor on a
// name in the file system.
func TestCheckTouchesNothing(t *testing.T) {
	t.Parallel()
	dir, addr, other := harness.TempDir(t), harness.Addr(t), harness.Addr(t)
	page, sock := filepath.Join(dir, "page"), filepath.Join(dir, "web.sock")
	writeFile(t, page, "one")
	p := harness.Start(t, harness.Options{Dir: dir, Config: paged(addr, page, "\tbind unix@"+sock+"\n")})
	before, inode, worker := listeners(t, p.Worker()), inodeOf(t, sock), p.Worker()
	if len(before) < 2 {
		t.Fatalf("%+v", before)
	}
	stop := make(chan struct{})
	listened := make(chan bool, 1)
	go func() {
		for {
			select {
			case <-stop:
				listened <- false
				return
			default:
			}
			if c, err := net.DialTimeout("tcp", other, time.Second); err == nil {
				c.Close()
				listened <- true
				return
			}
		}
	}()
	p.WriteConfig("global\n\ttune.sndbuf.client 65536\n" +
		paged(addr+" backlog 7 defer-accept mss 900 tfo", page, "\tbind unix@"+sock+" mode 600\n\tbind "+other+"\n\tbacklog 9\n"))
	for range 20 {
		if a := p.Master("reload check"); !strings.HasPrefix(a, "Success=1\n") {
			t.Fatal(a)
		}
	}
	close(stop)
	if <-listened {
		t.Error("somebody listened on the new address")
	}
	if diff := cmp.Diff(before, listeners(t, worker)); diff != "" {
		t.Errorf("the live listeners changed: %s", diff)
	}
	if now := inodeOf(t, sock); now != inode {
		t.Errorf("the name of the UNIX socket is another one's")
	}
	if names, _ := filepath.Glob(sock + "*"); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	if p.Worker() != worker {
		t.Error("another worker serves")
	}
	if a := p.Master("show proc"); strings.Contains(a, "old workers") || !strings.Contains(a, "0 [failed: 0]") {
		t.Error(a)
	}
	if a, err := harness.Get(t, addr, "/"); err != nil || string(a.Body) != "one" {
		t.Errorf("%+v, %v", a, err)
	}
}

func inodeOf(t *testing.T, name string) uint64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(name, &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

// socketFacts is what a reload could change on a listening socket.
type socketFacts struct {
	Name                                             string
	Flags                                            int
	Backlog                                          uint32
	Defer, MSS, FastOpen, SendBuffer, KeepAlive, Low int
}

// listeners looks at the listening sockets of a process.
func listeners(t *testing.T, pid int) (all []socketFacts) {
	t.Helper()
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var n int
		fmt.Sscan(e.Name(), &n)
		fd, err := unix.PidfdGetfd(pidfd, n, 0)
		if err != nil {
			t.Skipf("descriptors of a child cannot be looked at here: %v", err)
		}
		if on, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err == nil && on == 1 {
			one := func(level, name int) int {
				v, _ := unix.GetsockoptInt(fd, level, name) // a UNIX socket has none of TCP's
				return v
			}
			s := socketFacts{Defer: one(unix.SOL_TCP, unix.TCP_DEFER_ACCEPT), MSS: one(unix.SOL_TCP, unix.TCP_MAXSEG),
				FastOpen: one(unix.SOL_TCP, unix.TCP_FASTOPEN), SendBuffer: one(unix.SOL_SOCKET, unix.SO_SNDBUF),
				KeepAlive: one(unix.SOL_SOCKET, unix.SO_KEEPALIVE), Low: one(unix.SOL_TCP, unix.TCP_NOTSENT_LOWAT)}
			if s.Flags, err = unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil {
				t.Fatal(err)
			}
			if info, err := unix.GetsockoptTCPInfo(fd, unix.SOL_TCP, unix.TCP_INFO); err == nil {
				s.Backlog = info.Sacked
			}
			if sa, err := unix.Getsockname(fd); err == nil {
				s.Name = fmt.Sprintf("%+v", sa)
			}
			all = append(all, s)
		}
		unix.Close(fd)
	}
	slices.SortFunc(all, func(a, b socketFacts) int { return strings.Compare(a.Name, b.Name) })
	return all
}
