package test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// transcript is a conversation with the reference's master CLI; the file tells
// the notation.
type transcript struct {
	name, level string
	steps       []exchange
	end         string
}

type exchange struct{ send, want string }

func readTranscripts(t *testing.T, path string) []transcript {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []transcript
	for n, l := range strings.Split(string(b), "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		if word == "=" {
			all = append(all, transcript{name: rest, level: "admin"})
			continue
		}
		c := &all[len(all)-1]
		if word == "level" {
			c.level = rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			t.Fatalf("%s:%d: %v", path, n+1, err)
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s:%d: %v", path, n+1, err)
		}
		switch word {
		case ">":
			c.steps = append(c.steps, exchange{send: text})
		case "<", "!":
			c.steps[len(c.steps)-1].want = text
		case "end":
			c.end = text
		default:
			t.Fatalf("%s:%d: %q", path, n+1, l)
		}
	}
	return all
}

// normalizer takes out of an answer what is of one run or one product.
type normalizer struct {
	rules []rewrite
}

type rewrite struct {
	re *regexp.Regexp
	to string
}

func newNormalizer(version string, master, worker int) *normalizer {
	n := &normalizer{}
	add := func(re, to string) { n.rules = append(n.rules, rewrite{regexp.MustCompile(re), to}) }
	add(regexp.QuoteMeta(version)+` *(\n|\t|$)`, "VERSION$1")
	add(fmt.Sprintf(`\b%d`, master), "<M>")
	add(fmt.Sprintf(`\b%d`, worker), "<W>")
	add(`(<[MW]>) +`, "$1 ")
	add(`\d+d\d\dh\d\dm\d\ds`, "UP")
	add(`\[\d+:\d\d:\d\d:\d\d\]`, "[T]")
	add(`sockpair@\d+`, "sockpair@FD")
	add(`\t\t -?\d+ +-?\d+ +\n`, "\t\t FDS\n")
	add(`\. Please enter one of the following commands only:`, " ...")
	add(`, but maybe one of the following ones is a better match:`, " ...")
	return n
}

var (
	listRow   = regexp.MustCompile(`^  .{38,}: `)
	fixedRow  = regexp.MustCompile(`^  (help \[<command>\]|prompt \[help|quit  )`)
	logLine   = regexp.MustCompile(`^\[(NOTICE|WARNING|ALERT)\] `)
	fold      = regexp.MustCompile(`\{(.)\*(\d+)\}`)
	foldLimit = 200
)

func (n *normalizer) normalize(s string) string {
	for _, r := range n.rules {
		s = r.re.ReplaceAllString(s, r.to)
	}
	var b strings.Builder
	for l := range strings.Lines(s) {
		if listRow.MatchString(l) && !fixedRow.MatchString(l) || logLine.MatchString(l) {
			continue
		}
		b.WriteString(l)
	}
	return folded(b.String())
}

// folded writes {x*200} for long runs of a character.
func folded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		n := i
		for n < len(s) && s[n] == s[i] {
			n++
		}
		if n-i >= foldLimit {
			fmt.Fprintf(&b, "{%c*%d}", s[i], n-i)
		} else {
			b.WriteString(s[i:n])
		}
		i = n
	}
	return b.String()
}

func unfolded(s string) string {
	return fold.ReplaceAllStringFunc(s, func(m string) string {
		f := fold.FindStringSubmatch(m)
		n, _ := strconv.Atoi(f[2])
		return strings.Repeat(f[1], n)
	})
}

// play sends what a transcript sends and compares what comes back. An answer is
// awaited until it is the one expected: what comes too much is found by the next
// step, or the end.
func (c *transcript) play(conn *net.UnixConn, n *normalizer, fill func(string) string) error {
	deadline := time.Now().Add(10 * time.Second)
	conn.SetDeadline(deadline)
	buffer := make([]byte, 1<<16)
	for i, x := range c.steps {
		if _, err := io.WriteString(conn, fill(unfolded(x.send))); err != nil {
			return fmt.Errorf("step %d: %v", i+1, err)
		}
		got := ""
		for n.normalize(got) != x.want || strings.HasSuffix(got, "\n") && x.want == "" {
			k, err := conn.Read(buffer)
			got += string(buffer[:k])
			if errors.Is(err, os.ErrDeadlineExceeded) || err != nil && n.normalize(got) != x.want {
				return fmt.Errorf("step %d, %q: got\n%q\nwant\n%q (%v)", i+1, x.send, n.normalize(got), x.want, err)
			}
		}
	}
	conn.CloseWrite()
	rest, err := io.ReadAll(conn)
	if got := n.normalize(string(rest)); got != c.end || err != nil {
		return fmt.Errorf("end: got %q (%v), want %q", got, err, c.end)
	}
	return nil
}

// The same bytes have the same answers as in the reference, but where it says why
// not.
func TestMasterTranscripts(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	socket := map[string]string{}
	var args []string
	for _, level := range []string{"admin", "operator", "user"} {
		socket[level] = filepath.Join(dir, level)
		args = append(args, "-S", socket[level]+",level,"+level)
	}
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Args: args, Await: []string{socket["admin"], socket["operator"], socket["user"], s.HTTP}})
	worker := p.Worker()
	version := strings.TrimSpace(p.Master("show version"))
	n := newNormalizer(version, p.Pid, worker)
	fill := strings.NewReplacer("@!W", fmt.Sprintf("@!%d", worker), "@!M", fmt.Sprintf("@!%d", p.Pid)).Replace
	all := readTranscripts(t, "testdata/mcli/transcripts.txt")
	if len(all) < 200 {
		t.Errorf("%d transcripts only", len(all))
	}
	for _, c := range all {
		conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket[c.level], Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.play(conn, n, fill); err != nil {
			t.Errorf("%s (level %s): %v", c.name, c.level, err)
		}
		conn.Close()
	}
	if got := p.Worker(); got != worker {
		t.Errorf("worker %d became %d", worker, got)
	}
}
