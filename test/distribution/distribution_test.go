package distribution

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
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// origins are servers that answer with their name.
func origins(t *testing.T, n int) (addrs []string) {
	for i := range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "s%d", i+1) })}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// A farm is how a backend's servers are configured: the words behind each
// server's address.
var farms = map[string][]string{
	"equal":    {"", "", "", "", ""},
	"weighted": {"weight 1", "weight 10", "weight 3", "weight 100", "weight 7"},
	"one down": {"", "disabled", "", "weight 3", ""},
	"ids":      {"id 10", "id 3", "id 1000", "id 99999", "id 5"},
	"backups":  {"disabled", "disabled", "backup", "backup weight 2", "backup"},
}

// A way is how a key chooses.
type way struct {
	balance string
	send    func(r *http.Request, key string) // puts the key into a request
	source  bool                              // the key is the client's address
	keys    []string
}

func hosts() (list []string) {
	for i := range 40 {
		list = append(list, fmt.Sprintf("www%d.example%d.com", i, i%7))
	}
	return append(list, "localhost", "a.b", "haproxy.1wt.eu", "a.b.c.d", "host:8080", "x.y:80", "10.0.0.1", "10.1.2.3:8080", ".com", "com.", "a..b", "-", "", "A.B.C", "[::1]:80")
}

func paths() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprintf("/dir%d/sub%d/file%d?q=%d&id=%d", i%3, i%5, i, i, i*7))
	}
	return append(list, "/", "/?", "/a", "/a/", "/a/b/c/d/e", "/a?b=/c/d", "/?id=", "/?id", "/?xid=4", "/?a=1;id=5", "/?ID=6", "/?id=7&id=8", "http://h/abs/path?id=9", "http://other/abs/path?id=9", "*", "/%41?id=%42")
}

func numbers() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprint(i*i*7919))
	}
	return append(list, "0", "-1", "x", "99999999999999999999", "4294967296", " 5", "5 ", "a,b", "b, a")
}

func addresses() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprintf("127.%d.%d.%d", i%4, i*5%256, 1+i))
	}
	return list
}

func byURL(r *http.Request, key string) {
	if key == "*" {
		r.Method = "OPTIONS"
	}
	r.URL.Opaque = key
	r.Host = "h"
}
func byHost(r *http.Request, key string) { r.Header.Set("X-Key", key) }

var ways = []way{
	{balance: "source", source: true, keys: addresses()},
	{balance: "uri", send: byURL, keys: paths()},
	{balance: "uri whole", send: byURL, keys: paths()},
	{balance: "uri len 7", send: byURL, keys: paths()},
	{balance: "uri depth 2", send: byURL, keys: paths()},
	{balance: "uri len 9 depth 1 whole", send: byURL, keys: paths()},
	{balance: "uri path-only", send: byURL, keys: paths()},
	{balance: "url_param id", send: byURL, keys: paths()},
	{balance: "hdr(x-key)", send: byHost, keys: hosts()},
	{balance: "hdr(x-key)", send: byHost, keys: numbers()},
	{balance: "hdr(x-key) use_domain_only", send: byHost, keys: hosts()},
	{balance: "hash req.hdr(x-key),lower", send: byHost, keys: hosts()},
	{balance: "hash src", source: true, keys: addresses()},
	{balance: "hash src,ipmask(16)", source: true, keys: addresses()},
	{balance: "hash req.hdr(x-key),length", send: byHost, keys: numbers()},
}

var hashes = []string{
	"hash-type map-based", "hash-type consistent", "hash-type map-based djb2", "hash-type map-based wt6", "hash-type map-based crc32", "hash-type map-based sdbm avalanche", "hash-type map-based wt6 avalanche",
	"hash-type consistent sdbm", "hash-type consistent djb2 avalanche", "hash-type consistent crc32", "hash-type consistent wt6", "hash-type map-based none", "hash-type consistent none avalanche",
}

// A site is one listener: a way with a hash type and a farm.
type site struct {
	name string
	way  way
	text string
}

func sites(addrs []string, recent bool) (list []site) {
	for _, w := range ways {
		if !recent && strings.HasPrefix(w.balance, "hash ") {
			continue
		}
		for i, h := range hashes {
			if !recent && strings.Contains(h, "none") {
				continue
			}
			for _, farm := range []string{"equal", "weighted", "one down", "ids", "backups"} {
				if i > 1 && farm != "weighted" { // of the functions only the result is new
					continue
				}
				var b strings.Builder
				fmt.Fprintf(&b, "    balance %s\n    %s\n    option allbackups\n", w.balance, h)
				for k, a := range addrs {
					fmt.Fprintf(&b, "    server s%d %s %s\n", k+1, a, farms[farm][k])
				}
				list = append(list, site{w.balance + " / " + h + " / " + farm, w, b.String()})
			}
		}
	}
	return list
}

// choices asks a program where every key of every site goes.
func choices(t *testing.T, program string, list []site) [][]string {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("defaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n")
	for i, s := range list {
		fmt.Fprintf(&b, "listen l%d\n    bind %s\n%s", i, filepath.Join(dir, fmt.Sprintf("%d.sock", i)), s.text)
		if s.way.source {
			fmt.Fprintf(&b, "    bind %s accept-proxy\n", filepath.Join(dir, fmt.Sprintf("%d.proxy", i)))
		}
	}
	path := filepath.Join(dir, "d.cfg")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	last := filepath.Join(dir, fmt.Sprintf("%d.sock", len(list)-1))
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("unix", last); err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("%s does not listen:\n%s", program, &out)
		}
	}
	got := make([][]string, len(list))
	for i, s := range list {
		got[i] = s.ask(t, filepath.Join(dir, fmt.Sprint(i)))
	}
	return got
}

// ask sends every key of a site, on one connection, or each on its own when the
// key is the client's address: as the PROXY protocol gives it.
func (s *site) ask(t *testing.T, path string) (got []string) {
	key := ""
	tr := &http.Transport{DisableKeepAlives: s.way.source, DialContext: func(context.Context, string, string) (net.Conn, error) {
		if !s.way.source {
			return net.Dial("unix", path+".sock")
		}
		c, err := net.Dial("unix", path+".proxy")
		if err == nil {
			fmt.Fprintf(c, "PROXY TCP4 %s 127.0.0.1 1000 80\r\n", key)
		}
		return c, err
	}}
	defer tr.CloseIdleConnections()
	for _, key = range s.way.keys {
		r, err := http.NewRequest("GET", "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if !s.way.source {
			s.way.send(r, key)
		}
		resp, err := tr.RoundTrip(r)
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		got = append(got, string(body))
	}
	return got
}

func reference(t *testing.T) (program string, recent bool) {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p, true
	}
	for _, p := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(p); err == nil {
			return p, false
		}
	}
	t.Fatal("no haproxy to compare with: make tools installs it")
	return "", false
}

// Every key goes to the same server through both.
func TestSameServer(t *testing.T) {
	addrs := origins(t, 5)
	ref, recent := reference(t)
	list := sites(addrs, recent)
	theirs, ours := choices(t, ref, list), choices(t, harness.Binary(t), list)
	n, wrong := 0, 0
	for i, s := range list {
		spread, theirSpread := map[string]int{}, map[string]int{}
		var bad []string
		for k, key := range s.way.keys {
			n++
			spread[ours[i][k]]++
			theirSpread[theirs[i][k]]++
			if theirs[i][k] != ours[i][k] {
				bad = append(bad, fmt.Sprintf("%q: %s, here %s", key, theirs[i][k], ours[i][k]))
			}
		}
		if wrong += len(bad); len(bad) > 0 {
			t.Errorf("%s: %d of %d keys go elsewhere: %s", s.name, len(bad), len(s.way.keys), strings.Join(bad[:min(4, len(bad))], "; "))
		}
		// Unmixed hashes of neighbouring addresses all lie next to one point.
		if len(spread) < 2 && len(theirSpread) > 1 {
			t.Errorf("%s: all keys go to %v", s.name, spread)
		}
	}
	t.Logf("%d keys on %d listeners, %d differ", n, len(list), wrong)
}
