package values

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

func unquote(s string) (string, error) {
	return strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
}

// missing are the rows that a program does not take: it has no such fetch,
// converter or argument; nil when it is too old for the scene.
func (s *scene) missing(t *testing.T, program, dir string) map[int]bool {
	out := map[int]bool{}
	check := func(with func(int) bool) (string, map[int]int, bool) {
		text, rows := s.text("127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1", with)
		path := filepath.Join(dir, "check.cfg")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-c", "-f", path)
		cmd.Dir, cmd.Env = dir, environment()
		said, err := cmd.CombinedOutput()
		return string(said), rows, err == nil
	}
	if _, _, ok := check(func(int) bool { return true }); ok {
		return out
	}
	for i, r := range s.rows {
		if r.ruleset != "log" {
			continue
		}
		if _, _, ok := check(func(n int) bool { return n == i }); !ok {
			out[i] = true
		}
	}
	for {
		said, rows, ok := check(func(n int) bool { return !out[n] })
		if ok {
			return out
		}
		n := len(out)
		for _, m := range regexp.MustCompile(`check\.cfg:([0-9]+)\]`).FindAllStringSubmatch(said, -1) {
			line, _ := strconv.Atoi(m[1])
			if i, ok := rows[line]; ok {
				out[i] = true
			}
		}
		switch {
		case len(out) > n:
		case s.since != "":
			return nil
		default:
			t.Fatalf("%s: %s does not take the scene:\n%s", s.name, program, said)
		}
	}
}

func environment() []string { return append(os.Environ(), "TZ=UTC", "ANSWER=42") }

// play runs the scene, and gives the value of each row that was asked.
func (s *scene) play(t *testing.T, program, dir string, without map[int]bool) map[int]string {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go answer(server, s.send(t, "answer"))
	addr, logs := harness.Addr(t), harness.NewLogs(t)
	text, _ := s.text(addr, server.Addr().String(), logs.Addr(), func(i int) bool { return !without[i] })
	path := filepath.Join(dir, "scene.cfg")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "-db", "-f", path)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, environment(), &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	defer func() {
		cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", program, &out)
		}
	}()
	var c net.Conn
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		if c, err = net.Dial("tcp", addr); err == nil {
			tick.Stop()
			break
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("%s: %s does not start", s.name, program)
		}
	}
	defer c.Close()
	c.Write(s.send(t, "ask"))
	go func() {
		if contains(s.parts["config"], "mode tcp") {
			io.CopyN(io.Discard, c, int64(len(s.send(t, "answer"))))
		} else {
			io.Copy(io.Discard, c)
		}
		c.Close()
	}()
	line := logs.Await("@", "@$", 6*time.Second)
	return values(t, line, len(s.rows))
}

// answer answers every connection once something came, and takes the rest.
func answer(l net.Listener, text []byte) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			c.Read(make([]byte, 64<<10))
			c.Write(text)
			io.Copy(io.Discard, c)
		}()
	}
}

// values takes a log line apart: @0=…@1=…@
func values(t *testing.T, line string, n int) map[int]string {
	at := regexp.MustCompile(`@([0-9]+)=`).FindAllStringSubmatchIndex(line, -1)
	out := map[int]string{}
	for k, m := range at {
		end := len(line) - 1
		if k+1 < len(at) {
			end = at[k+1][0]
		}
		i, _ := strconv.Atoi(line[m[2]:m[3]])
		if i < n {
			out[i] = line[m[1]:end]
		}
	}
	return out
}

// holds says whether a value is what the row says.
func (r row) holds(got string) bool {
	if r.condition() {
		got = map[string]string{"1": "yes", "-": "no"}[got]
	}
	if re, ok := strings.CutPrefix(r.value, "~"); ok {
		return regexp.MustCompile(`^(?:` + re + `)$`).MatchString(got)
	}
	return got == r.value
}

func (s *scene) directory(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range mapFiles {
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
	}
	for name, text := range s.files {
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
	}
	os.WriteFile(filepath.Join(dir, "rsa.pem"), []byte(rsaKey), 0o644)
	return dir
}

// Every expression of the scenes is worth what they say, to Debian's haproxy as
// well where that has it, and to the one that REF_HAPROXY names.
func TestExamples(t *testing.T) {
	own, debian, recent := harness.Binary(t), reference(t), os.Getenv("REF_HAPROXY")
	used := map[difference]bool{}
	for _, s := range scenes(t) {
		t.Run(s.name, func(t *testing.T) {
			dir := s.directory(t)
			got := s.play(t, own, dir, nil)
			for i, r := range s.rows {
				if v, ok := got[i]; !ok || !r.holds(v) {
					t.Errorf("%s %s: %q, not %q", r.ruleset, r.expr, v, r.value)
				}
			}
			for _, ref := range []struct {
				program string
				known   []difference
			}{{debian, debianDiffers}, {recent, recentDiffers}} {
				if ref.program == "" {
					continue
				}
				without := s.missing(t, ref.program, dir)
				if without == nil {
					t.Logf("%s is older than %s", ref.program, s.since)
					continue
				}
				got := s.play(t, ref.program, dir, without)
				for i, r := range s.rows {
					v, ok := got[i]
					d := find(ref.known, s.name, r.expr)
					switch {
					case without[i] || !ok:
					case d != nil && !r.holds(v):
						used[*d] = true
					case d == nil && !r.holds(v):
						t.Errorf("%s: %s %s: %q, not %q", ref.program, r.ruleset, r.expr, v, r.value)
					}
				}
				t.Logf("%s: %d of %d values compared", ref.program, len(s.rows)-len(without), len(s.rows))
			}
		})
	}
	all := debianDiffers
	if recent != "" {
		all = append(append([]difference{}, all...), recentDiffers...)
	}
	for _, d := range all {
		if !used[d] {
			t.Errorf("no difference: %v", d)
		}
	}
}
