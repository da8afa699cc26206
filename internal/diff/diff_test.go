package diff_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// parse reads a configuration; files are those that it may name.
func parse(name, text string, files map[string]string) (*diff.Side, error) {
	side, d := diff.Parse([]config.File{{Name: name, Data: []byte(text)}}, config.Options{
		Tables: features.Tables(), Env: config.Env{},
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	})
	if !d.Faulty() {
		rule.Check(side.Spec, d)
	}
	if d.Faulty() {
		var b strings.Builder
		for _, m := range d.List {
			b.WriteString(m.String() + "\n")
		}
		return nil, errors.New(b.String())
	}
	return side, nil
}

func mustParse(t testing.TB, name, text string, files map[string]string) *diff.Side {
	t.Helper()
	s, err := parse(name, text, files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A file of testdata holds the old configuration and the new one, and files that
// one of them or both name. Each begins with a line "== NAME".
func sections(t *testing.T, text string) (old, new string, oldFiles, newFiles map[string]string) {
	oldFiles, newFiles = map[string]string{}, map[string]string{}
	for _, part := range strings.Split("\n"+text, "\n== ")[1:] {
		head, body, _ := strings.Cut(part, "\n")
		body += "\n"
		switch side, name, _ := strings.Cut(head, " "); {
		case head == "old":
			old = body
		case head == "new":
			new = body
		case side == "old":
			oldFiles[name] = body
		case side == "new":
			newFiles[name] = body
		default:
			t.Fatalf("section %q", head)
		}
	}
	return old, new, oldFiles, newFiles
}

// TestGolden compares the pairs of testdata; what is written of their difference
// is in NAME.text, NAME.short and NAME.json.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.pair")
	if err != nil || len(names) < 5 {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(name, ".pair")
		t.Run(filepath.Base(base), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			a, b, filesA, filesB := sections(t, string(text))
			d := diff.Compare(mustParse(t, "old.cfg", a, filesA), mustParse(t, "new.cfg", b, filesB))
			for ext, write := range map[string]func(*strings.Builder) error{
				"text":  func(w *strings.Builder) error { return d.WriteText(w) },
				"short": func(w *strings.Builder) error { return d.WriteShort(w) },
				"json":  func(w *strings.Builder) error { return d.WriteJSON(w) },
			} {
				var got strings.Builder
				if err := write(&got); err != nil {
					t.Fatal(err)
				}
				if *update {
					if err := os.WriteFile(base+"."+ext, []byte(got.String()), 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				want, err := os.ReadFile(base + "." + ext)
				if err != nil {
					t.Fatal(err)
				}
				if x := cmp.Diff(string(want), got.String()); x != "" {
					t.Errorf("%s: %s", ext, x)
				}
			}
		})
	}
}

// What is written otherwise, and means the same, is no difference.
func TestSame(t *testing.T) {
	const base = `global
	maxconn 100
	nbthread 2
defaults d
	mode http
	timeout client 5s
	timeout connect 1s
	timeout server 1m
userlist u
	user a insecure-password x
	user b insecure-password y
frontend web from d
	bind 127.0.0.1:80
	bind 127.0.0.1:81 name x
	acl a path /a
	acl b path /b
	http-request deny if a b
	http-response set-header x y
	default_backend app
backend app from d
	balance roundrobin
	server s1 10.0.0.1:80 check weight 5
	server s2 10.0.0.2:80 check
`
	old := mustParse(t, "old.cfg", base, nil)
	for name, r := range map[string][2]string{
		"nothing":            {"", ""},
		"a comment":          {"mode http", "mode http # it is"},
		"blanks":             {"    acl a path", "acl   a\tpath"},
		"a unit":             {"server 1m", "server 60000"},
		"a default value":    {"balance roundrobin", ""},
		"order of ACLs":      {"	acl a path /a\n	acl b path /b\n", "	acl b path /b\n	acl a path /a\n"},
		"order of settings":  {"	maxconn 100\n	nbthread 2\n", "	nbthread 2\n	maxconn 100\n"},
		"order of binds":     {"	bind 127.0.0.1:80\n	bind 127.0.0.1:81 name x\n", "	bind 127.0.0.1:81 name x\n	bind 127.0.0.1:80\n"},
		"order of users":     {"	user a insecure-password x\n	user b insecure-password y\n", "	user b insecure-password y\n	user a insecure-password x\n"},
		"order of sets":      {"	http-request deny if a b\n	http-response set-header x y\n", "	http-response set-header x y\n	http-request deny if a b\n"},
		"order of options":   {"check weight 5", "weight 5 check"},
		"a default server":   {"	server s1 10.0.0.1:80 check weight 5\n	server s2 10.0.0.2:80 check\n", "	default-server check\n	server s1 10.0.0.1:80 weight 5\n	server s2 10.0.0.2:80\n"},
		"not inherited":      {"backend app from d\n", "backend app from d\n	timeout server 1m\n"},
		"an unused default":  {"userlist u", "defaults unused\n	mode http\n	timeout client 3s\nuserlist u"},
		"name of a default":  {" d\n", " e\n"},
		"a condition":        {"	mode http\n", ".if 1\n	mode http\n.else\n	mode tcp\n.endif\n"},
		"quotes":             {"deny if", "\"deny\" 'if'"},
		"a variable":         {"maxconn 100", "maxconn 100\n	description \"$NOTHING\""},
		"a default server 2": {"	server s2 10.0.0.2:80 check\n", "	server s2 10.0.0.2:80 check\n	default-server backup\n"},
	} {
		text := strings.ReplaceAll(base, r[0], r[1])
		if r[0] == "" || name == "a variable" {
			text = base
		}
		d := diff.Compare(old, mustParse(t, "new.cfg", text, nil))
		if !d.Same || len(d.Changes) != 0 {
			t.Errorf("%s: %+v", name, d.Changes)
		}
	}
}

// TestSingle makes one edit and finds that and nothing else.
func TestSingle(t *testing.T) {
	const base = `global
	maxconn 100
	stats socket /run/a.sock level admin
defaults d
	mode http
	timeout client 5s
	timeout connect 1s
	timeout server 1m
	log 127.0.0.1:514 local0
defaults rules from d
	acl x path /x
	http-request deny if x
	http-request set-header a b
frontend web from rules
	bind 127.0.0.1:80
	acl a path -f /acl
	http-request deny if a
	http-request set-header d e
	errorfile 503 /503
	default_backend app
frontend web2 from rules
	bind 127.0.0.1:81
	default_backend app
backend app from d
	option httpchk
	http-check send meth GET
	http-check expect status 200
	server s1 10.0.0.1:80 check weight 5
	server s2 10.0.0.2:80 check
userlist u
	user a insecure-password x
`
	files := map[string]string{"/acl": "/a\n", "/503": "HTTP/1.0 503 Down\r\n\r\n"}
	old := mustParse(t, "f.cfg", base, files)
	for _, tt := range []struct{ old, new, want string }{
		{"maxconn 100", "maxconn 101", "changed setting global maxconn f.cfg:2 f.cfg:2"},
		{"maxconn 100\n", "\n", "removed setting global maxconn f.cfg:2 "},
		{"level admin", "level user", "changed bind global unix@/run/a.sock f.cfg:3 f.cfg:3"},
		{"client 5s", "client 6s", "changed setting defaults d timeout client f.cfg:6 f.cfg:6 [frontend web frontend web2]"},
		{"backend app from d\n", "backend app from d\n	timeout server 6s\n", "changed setting backend app timeout server f.cfg:8 f.cfg:25"},
		{"local0", "local1", "changed log defaults d 127.0.0.1:514 f.cfg:9 f.cfg:9 [frontend web frontend web2 backend app]"},
		{"http-request deny if x", "http-request deny unless x", "changed rule defaults rules http-request f.cfg:12 f.cfg:12 [frontend web frontend web2]"},
		{"acl x path /x", "acl x path /y", "changed acl defaults rules x f.cfg:11 f.cfg:11 [frontend web frontend web2]"},
		{"	acl a path -f /acl\n", "	acl a path -f /acl\n	acl a path /z\n", "added acl frontend web a  f.cfg:17"},
		{"	http-request deny if a\n	http-request set-header d e\n", "	http-request set-header d e\n	http-request deny if a\n", "moved rule frontend web http-request f.cfg:18 f.cfg:17"},
		{"	http-request set-header d e\n", "	http-request set-header d e\n	http-request set-header f g\n", "added rule frontend web http-request  f.cfg:19"},
		{"	http-request set-header d e\n", "", "removed rule frontend web http-request f.cfg:18 "},
		{"503 /503", "504 /503", "removed error page frontend web errorfile 503 f.cfg:19 ; added error page frontend web errorfile 504  f.cfg:19"},
		{"default_backend app\nfrontend", "default_backend bar\nfrontend", ""},
		{"127.0.0.1:80\n", "127.0.0.1:80 name x\n", "changed bind frontend web 127.0.0.1:80 f.cfg:15 f.cfg:15"},
		{"127.0.0.1:80\n", "127.0.0.1:82\n", "removed bind frontend web 127.0.0.1:80 f.cfg:15 ; added bind frontend web 127.0.0.1:82  f.cfg:15"},
		{"weight 5", "weight 6", "changed server backend app s1 f.cfg:28 f.cfg:28 {weight}"},
		{"10.0.0.1:80", "10.0.0.1:81", "changed server backend app s1 f.cfg:28 f.cfg:28 {address}"},
		{"weight 5", "maxconn 5 disabled", "changed server backend app s1 f.cfg:28 f.cfg:28 {weight maxconn state}"},
		{"weight 5", "weight 5 backup", "changed server backend app s1 f.cfg:28 f.cfg:28 {options}"},
		{"	server s2 10.0.0.2:80 check\n", "", "removed server backend app s2 f.cfg:29 "},
		{"	server s2 10.0.0.2:80 check\n", "	server s2 10.0.0.2:80 check\n	server s3 10.0.0.2:80\n", "added server backend app s3  f.cfg:30"},
		{"	server s1 10.0.0.1:80 check weight 5\n	server s2 10.0.0.2:80 check\n", "	server s2 10.0.0.2:80 check\n	server s1 10.0.0.1:80 check weight 5\n", "moved server backend app s2 f.cfg:29 f.cfg:28"},
		{"http-check expect status 200", "http-check expect status 201", "changed setting backend app http-check expect f.cfg:27 f.cfg:27"},
		{"password x", "password y", "changed setting userlist u user f.cfg:31 f.cfg:31"},
		{"userlist u", "userlist v", "added section userlist v v  f.cfg:30; removed section userlist u u f.cfg:30 "},
		{"frontend web2 from", "frontend web3 from", "added section frontend web3 web3  f.cfg:21; removed section frontend web2 web2 f.cfg:21 "},
	} {
		text := strings.Replace(base, tt.old, tt.new, 1)
		if text == base {
			t.Fatalf("%q is not in the text", tt.old)
		}
		side, err := parse("f.cfg", text, files)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%q is no error", tt.new)
			}
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		if got := said(diff.Compare(old, side)); got != tt.want {
			t.Errorf("%q to %q:\n got %s\nwant %s", tt.old, tt.new, got, tt.want)
		}
		// The other way round there are as many.
		if n := len(diff.Compare(side, old).Changes); n != strings.Count(tt.want, ";")+1 {
			t.Errorf("%q from %q: %d changes", tt.old, tt.new, n)
		}
	}
	for name, want := range map[string]string{
		"/acl": "changed file  /acl f.cfg:16 f.cfg:16 [frontend web]",
		"/503": "changed file  /503 f.cfg:19 f.cfg:19 [frontend web]",
	} {
		other := map[string]string{"/acl": files["/acl"], "/503": files["/503"]}
		other[name] += "x\n"
		if name == "/503" {
			other[name] = strings.Replace(files[name], "Down", "Off", 1)
		}
		if got := said(diff.Compare(old, mustParse(t, "f.cfg", base, other))); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// An address may stand in the line that begins a section.
func TestHeadAddress(t *testing.T) {
	text := func(port string) *diff.Side {
		return mustParse(t, "f.cfg", "listen l 127.0.0.1:"+port+"\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n", nil)
	}
	if got := said(diff.Compare(text("1"), text("2"))); !strings.HasPrefix(got, "removed bind listen l 127.0.0.1:1 f.cfg:1 ; added bind listen l 127.0.0.1:2  f.cfg:1") {
		t.Error(got)
	}
}

// Both sides can be read at a time.
func TestParseTogether(t *testing.T) {
	var wg sync.WaitGroup
	text := many(20, "5s")
	for range 4 {
		wg.Go(func() {
			if _, err := parse("f.cfg", text, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// said puts the changes into words.
func said(d *diff.Difference) string {
	var list []string
	for _, c := range d.Changes {
		s := fmt.Sprintf("%s %s %s %s %s %s", c.Verb, c.Kind, c.Section, c.Name, c.OldAt, c.NewAt)
		if c.Affects != nil {
			s += fmt.Sprint(" ", c.Affects)
		}
		if c.Fields != nil {
			s += " {" + strings.Join(c.Fields, " ") + "}"
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}
