package cookies

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// origins are two servers that answer with their name and the Cookie lines that
// they got, and set what a request's X-Set lines say.
func origins(t *testing.T) (addrs []string) {
	for i := range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, v := range r.Header["X-Set"] {
				w.Header().Add("Set-Cookie", v)
			}
			if v := r.Header.Get("X-Cache"); v != "" {
				w.Header().Set("Cache-Control", v)
			}
			w.Header()["Date"] = nil
			fmt.Fprintf(w, "s%d %q", i+1, r.Header["Cookie"])
		})}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// A site is a backend: its lines, where A and B stand for the servers' addresses.
type site struct{ name, text string }

const servers = `    server s1 A cookie one
    server s2 B cookie two
`

func with(lines ...string) site {
	return site{strings.Join(lines, "; "), "    " + strings.Join(lines, "\n    ") + "\n" + servers}
}

var sites = []site{
	with("cookie SRV"), with("cookie SRV insert"), with("cookie SRV insert indirect"), with("cookie SRV insert nocache"), with("cookie SRV insert indirect nocache"),
	with("cookie SRV insert postonly"), with("cookie SRV insert preserve"), with("cookie SRV insert indirect preserve"), with("cookie SRV rewrite"), with("cookie SRV prefix"), with("cookie SRV indirect"), with("cookie SRV prefix indirect"),
	with("cookie SRV rewrite nocache"), with("cookie SRV prefix nocache"), with("cookie SRV nocache"),
	with("cookie SRV insert httponly secure domain .a.example domain b.example attr SameSite=Lax attr X=Y"),
	with("cookie SRV insert maxidle 30m"), with("cookie SRV insert indirect maxidle 30m maxlife 8h"), with("cookie SRV insert maxlife 1h"), with("cookie SRV insert indirect maxidle 30m nocache"),
	with("cookie SRV insert", "option persist"),
	with("cookie SRV insert", "ignore-persist if { path /ignored }"),
	with("cookie SRV insert", "use-server s2 if { path /second }", "use-server s1 unless { path /plain /second /ignored / /down }"),
	{"one down", "    cookie SRV insert\n    server s1 A cookie one\n    server s2 B cookie two disabled\n"},
	{"one down, persist", "    cookie SRV insert\n    option persist\n    server s1 A cookie one\n    server s2 127.0.0.1:1 cookie two disabled\n    retries 0\n    no option redispatch\n"},
	{"one down, forced", "    cookie SRV insert\n    force-persist if { path /down }\n    server s1 A cookie one\n    server s2 B cookie two disabled\n"},
	{"weightless", "    cookie SRV insert\n    server s1 A cookie one\n    server s2 B cookie two weight 0\n"},
	{"no value", "    cookie SRV insert\n    server s1 A\n    server s2 B cookie two\n"},
	{"no value, indirect", "    cookie SRV insert indirect\n    server s1 A\n    server s2 B cookie two\n"},
	{"backup", "    cookie SRV insert\n    server s1 A cookie one\n    server s2 B cookie two backup\n"},
	{"same value", "    cookie SRV insert\n    server s1 A cookie same\n    server s2 B cookie same\n"},
	{"redir", "    cookie SRV insert\n    server s1 A cookie one\n    server s2 B cookie two redir http://static.example\n"},
	{"capture", "    capture cookie SR len 12\n    cookie SRV insert indirect\n" + servers},
	{"use-server down", "    use-server s2 if TRUE\n    server s1 A\n    server s2 B disabled\n"},
	{"use-server by name", "    use-server %[req.hdr(x-server)] if { req.hdr(x-server) -m found }\n    server s1 A\n    server s2 B\n"},
	{"none", "    server s1 A cookie one\n    server s2 B cookie two\n"},
}

// A question is what a client sends.
type question struct {
	method, path string
	cookies      []string // Cookie lines
	set          []string // what the server is to set
	more         [2]string
}

func cookie(lines ...string) question { return question{cookies: lines} }

var questions = []question{
	{}, cookie("SRV=one"), cookie("SRV=two"), cookie("SRV=three"), cookie("SRV="), cookie("SRV"), cookie("srv=two"), cookie("SRV=two; A=b"), cookie("A=b; SRV=two"), cookie("A=b; SRV=two; C=d"), cookie("A=b;SRV=two;C=d"), cookie("A=b; SRV=two;"),
	cookie("A=b", "SRV=two"), cookie("SRV=two", "A=b"), cookie("SRV=two", "SRV=one"), cookie("SRV=two; SRV=one"), cookie("SRV=one; SRV=two"), cookie(`SRV="two"`), cookie("SRV = two"), cookie(" SRV=two ; A=b "), cookie("$Version=1; SRV=two; $Path=/"), cookie("$Version=1; SRV=two"), cookie("A=b, SRV=two"), cookie("XSRV=two"), cookie("SRVX=two"), cookie("SRV=two~abc"), cookie("SRV=two~"), cookie("SRV=one~abc; A=b"), cookie("SRV=three~abc"), cookie("SRV=~abc"), cookie("SRV=two~a~b"), cookie("SRV=two|abc"), cookie("SRV=two|"), cookie("SRV=two||"), cookie("SRV=two|AAAAA|AAAAA"), cookie("SRV=two|!!!!!"), cookie("SRV=two|//////|/////"), cookie("SRV=twoo"), cookie("SRV=tw"), cookie("A=\"x; SRV=two\"; SRV=one"), cookie("A=b; ; SRV=two"), cookie("=x; SRV=two"), cookie("A; SRV=two"),
	{set: []string{"SRV=x"}}, {set: []string{"SRV=x; path=/"}}, {set: []string{"A=b"}}, {set: []string{"A=b", "SRV=x; path=/; HttpOnly"}}, {set: []string{"SRV="}}, {set: []string{"srv=x"}}, {set: []string{"SRV=x", "SRV=y"}}, {set: []string{`SRV="x"`}}, {set: []string{"SRV = x"}}, {set: []string{"SRV"}}, {set: []string{"SRV=x, A=b"}}, {set: []string{"A=b, SRV=x"}},
	{cookies: []string{"SRV=two"}, set: []string{"SRV=x"}}, {cookies: []string{"SRV=three"}, set: []string{"SRV=x"}}, {cookies: []string{"SRV=two"}, set: []string{"A=b"}},
	{method: "POST"}, {method: "POST", cookies: []string{"SRV=two"}}, {method: "HEAD"}, {method: "HEAD", cookies: []string{"SRV=two"}},
	{path: "/second"}, {path: "/second", cookies: []string{"SRV=one"}}, {path: "/other", cookies: []string{"SRV=two"}}, {path: "/ignored", cookies: []string{"SRV=two"}}, {path: "/down", cookies: []string{"SRV=two"}}, {path: "/a?b=c", cookies: []string{"SRV=two"}},
	{more: [2]string{"X-Cache", "public"}}, {more: [2]string{"X-Cache", "max-age=60"}}, {more: [2]string{"X-Cache", "public, max-age=0"}}, {more: [2]string{"X-Cache", "max-age=60, private"}}, {method: "POST", more: [2]string{"X-Cache", "max-age=60"}}, {more: [2]string{"X-Cache", "no-cache"}, cookies: []string{"SRV=one"}}, {more: [2]string{"X-Server", "s2"}}, {more: [2]string{"X-Server", "nobody"}},
}

// dates hides when a cookie was made; what was made in the same seconds is equal.
var dates = regexp.MustCompile(`\|([A-Za-z0-9+/]{5})`)

func hide(s string) string {
	return dates.ReplaceAllStringFunc(s, func(d string) string {
		if strings.ContainsAny(d[1:3], "A/") {
			return d // one of ours
		}
		return "|DATE_"
	})
}

// answers asks a program everything on every site.
func answers(t *testing.T, program string, addrs []string) (list []string) {
	dir := t.TempDir()
	logs, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "log"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "global\n    nbthread 1\ndefaults\n    mode http\n    log %s local0\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n    log-format \"%%tsc %%CC %%CS %%s\"\n    balance first\n    option dontlognull\n", filepath.Join(dir, "log"))
	for i, s := range sites {
		text := strings.NewReplacer(" A", " "+addrs[0], " B", " "+addrs[1]).Replace(s.text)
		fmt.Fprintf(&b, "listen l%d\n    bind %s\n%s", i, filepath.Join(dir, fmt.Sprint(i)), text)
	}
	path := filepath.Join(dir, "c.cfg")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	defer stop()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("unix", filepath.Join(dir, fmt.Sprint(len(sites)-1)))
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			stop()
			t.Fatalf("%s does not listen:\n%s", program, &out)
		}
	}
	buf := make([]byte, 4096)
	for i, s := range sites {
		tr := &http.Transport{DisableCompression: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
			return net.Dial("unix", filepath.Join(dir, fmt.Sprint(i)))
		}}
		for _, q := range questions {
			line := fmt.Sprintf("%s: %s -> %s", s.name, q, ask(t, tr, q))
			logs.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, err := logs.Read(buf)
			if err != nil {
				t.Fatalf("%s: no log of %s: %v", program, line, err)
			}
			_, text, _ := strings.Cut(string(buf[:n]), "]: ")
			list = append(list, line+" | "+hide(strings.TrimSpace(text)))
		}
		tr.CloseIdleConnections()
	}
	return list
}

func (q question) String() string {
	return strings.Trim(fmt.Sprintf("%s %s %q %q %v", q.method, q.path, q.cookies, q.set, q.more), " ")
}

func ask(t *testing.T, tr *http.Transport, q question) string {
	if q.method == "" {
		q.method = "GET"
	}
	if q.path == "" {
		q.path = "/"
	}
	r, err := http.NewRequest(q.method, "http://h"+q.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if q.cookies != nil {
		r.Header["Cookie"] = q.cookies
	}
	if q.set != nil {
		r.Header["X-Set"] = q.set
	}
	if q.more[0] != "" {
		r.Header.Set(q.more[0], q.more[1])
	}
	resp, err := tr.RoundTrip(r)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 400 {
		body = nil
	}
	return hide(fmt.Sprintf("%d %s %q %q %q", resp.StatusCode, body, resp.Header["Set-Cookie"], resp.Header["Cache-Control"], resp.Header["Location"]))
}

func reference(t *testing.T) string {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p
	}
	for _, p := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(p); err == nil {
			return p
		}
	}
	t.Fatal("no haproxy to compare with: make tools installs it")
	return ""
}

// Both treat every cookie alike.
func TestSameCookies(t *testing.T) {
	addrs := origins(t)
	theirs, ours := answers(t, reference(t), addrs), answers(t, harness.Binary(t), addrs)
	wrong := 0
	for i := range theirs {
		if theirs[i] != ours[i] {
			head, want, _ := strings.Cut(theirs[i], " -> ")
			_, got, _ := strings.Cut(ours[i], " -> ")
			t.Errorf("%s\n  HAProxy %s\n  here    %s", head, want, got)
			wrong++
		}
	}
	t.Logf("%d exchanges, %d differ", len(theirs), wrong)
}
