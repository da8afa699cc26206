package test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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

// explanation is what these tests want of the JSON form (doc/explain.md).
type explanation struct {
	Client  string
	Outcome struct {
		Backend, Server, Location, Termination, Log string
		Status                                      int
	}
}

// fate is what became of a request, seen from outside.
type fate struct {
	Server   string // backend/server, "": none
	Status   int    // of an answer that no server gave, 0: none
	Location string
}

func (e *explanation) fate() fate {
	o := e.Outcome
	if o.Server != "" {
		return fate{Server: o.Backend + "/" + o.Server}
	}
	return fate{Status: o.Status, Location: o.Location}
}

func parseExplanation(t *testing.T, text string) *explanation {
	t.Helper()
	e := &explanation{}
	if err := json.Unmarshal([]byte(text), e); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return e
}

// named serves answers that say who gives them, on a port of its own.
func named(t *testing.T, name string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-server", name)
	})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// one returns one of the words.
func one(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// randomConfig makes rules that look at everything that randomRequest varies.
func randomConfig(r *rand.Rand, addr, socket string, servers map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global\n\tstats socket %s level admin\ndefaults\n\tmode http\n\ttimeout connect 2s\n\ttimeout client 5s\n\ttimeout server 5s\n\ttimeout tarpit 20ms\n\toption httplog\n", socket)
	test := func() string {
		return one(r, "path_beg /a", "path_beg /b /c", "path_end .css", "hdr(x-k) -m found", "hdr(x-k) -i one TWO", "hdr_cnt(x-k) gt 1",
			"src 127.0.0.0/8", "method POST", "url_param(q) -m reg ^[0-9]+$", "always_false", "always_true", "var(txn.v) -m found", "var(txn.v) -m len 2:4",
			"hdr(host),lower,word(1,.) www", "path,map_sub(virt@none) -m found", "req.cook(c) -m beg s")
	}
	cond := func() string {
		switch r.IntN(4) {
		case 0:
			return ""
		case 1:
			return " " + one(r, "if", "unless") + " " + one(r, "", "!") + fmt.Sprintf("a%d", r.IntN(4))
		case 2:
			return " if { " + test() + " } " + one(r, "", "!") + fmt.Sprintf("a%d", r.IntN(4))
		}
		return " if " + fmt.Sprintf("a%d", r.IntN(4)) + " || !{ " + test() + " }"
	}
	acls := func() {
		for i := range 4 {
			fmt.Fprintf(&b, "\tacl a%d %s\n", i, test())
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, "\tacl a%d %s\n", i, test())
			}
		}
	}
	rules := func(n int) {
		for range n {
			act := one(r, "set-header x-k %[path]", "del-header x-k", "set-path /b%[path]", "set-query z=%[method]", "set-var(txn.v) path,length", "set-var(txn.v) hdr(x-k)",
				"unset-var(txn.v)", "replace-header x-k (.*)o(.*) \\1-\\2", "set-method POST", "add-header x-k more", "replace-path /a(.*) /c\\1", "set-header host WWW.example")
			c := cond()
			if r.IntN(4) == 0 { // a final one needs a condition, or all that follows is in vain
				act = one(r, "deny", "deny deny_status 429", "return status 200 content-type text/plain lf-string %[path]", "redirect location /r%[path] code 303", "redirect prefix http://p.example", "tarpit", "reject", "allow")
				if c == "" {
					c = " if { " + test() + " } !{ src 192.0.2.0/24 }"
				}
			}
			fmt.Fprintf(&b, "\thttp-request %s%s\n", act, c)
		}
	}
	fmt.Fprintf(&b, "frontend web\n\tbind %s\n", addr)
	acls()
	if r.IntN(3) == 0 {
		b.WriteString("\ttcp-request content set-var(txn.v) src\n")
	}
	rules(r.IntN(8))
	for range r.IntN(3) {
		fmt.Fprintf(&b, "\tuse_backend %s%s\n", one(r, "one", "two", "%[path,field(2,/),regsub(^$,none)]"), cond())
	}
	b.WriteString("\tdefault_backend one\n")
	for _, be := range []string{"one", "two"} {
		fmt.Fprintf(&b, "backend %s\n", be)
		acls()
		rules(r.IntN(4))
		// Whom a round robin chooses depends on who came before.
		b.WriteString("\tbalance " + one(r, "uri", "first", "hash path,length") + "\n")
		if r.IntN(2) == 0 {
			b.WriteString("\tcookie c insert\n")
		}
		for range r.IntN(3) {
			fmt.Fprintf(&b, "\tuse-server %s if { %s }\n", one(r, "s1", "s2"), test())
		}
		for _, s := range []string{"s1", "s2"} {
			fmt.Fprintf(&b, "\tserver %s %s cookie %s\n", s, servers[be+"/"+s], s)
		}
	}
	return b.String()
}

func randomRequest(r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s%s%s HTTP/1.1\r\nHost: %s\r\n", one(r, "GET", "GET", "POST", "PUT"), one(r, "/a", "/b", "/c/", "/", "/one/x", "/two"), one(r, "", "/x.css", "/y"),
		one(r, "", "?q=1", "?q=x&p"), one(r, "www.example.net", "WWW.X", "x"))
	for range r.IntN(3) {
		fmt.Fprintf(&b, "X-K: %s\r\n", one(r, "one", "two", "foo", "", "a, b"))
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "Cookie: x=y; c=%s\r\n", one(r, "s1", "s2", "gone"))
	}
	return b.String() + "Content-Length: 0\r\nConnection: close\r\n\r\n"
}

// observed sends a request and tells what became of it, and from where it was sent.
func observed(t *testing.T, addr, request string) (fate, string) {
	conn := harness.Dial(t, addr)
	defer conn.Close()
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	a, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return fate{}, conn.LocalAddr().String() // closed without an answer
	}
	a.Body.Close()
	if s := a.Header.Get("x-server"); s != "" {
		return fate{Server: s}, conn.LocalAddr().String()
	}
	return fate{Status: a.StatusCode, Location: a.Header.Get("Location")}, conn.LocalAddr().String()
}

// rehearsed is the fate that "sluice explain" tells.
func rehearsed(t *testing.T, dir, config, request string) (fate, string) {
	file := filepath.Join(dir, "request")
	writeFile(t, file, request)
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(harness.Binary(t), "explain", "-f", config, "--request", file, "--src", "127.0.0.1:5555", "--json")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	return parseExplanation(t, stdout.String()).fate(), stdout.String()
}

// What happens to a request is what an explanation of the live one says, and what the
// explanation without a process says: for random rules and requests.
func TestExplainTellsWhatHappens(t *testing.T) {
	t.Parallel()
	servers := map[string]string{}
	for _, name := range []string{"one/s1", "one/s2", "two/s1", "two/s2"} {
		servers[name] = named(t, name)
	}
	const perConfig, busy = 12, "another explanation is in progress"
	seen := map[string]int{}
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		dir, addr := harness.TempDir(t), harness.Addr(t)
		socket := filepath.Join(dir, "cli.sock")
		p := harness.Start(t, harness.Options{Dir: dir, Config: randomConfig(r, addr, socket, servers)})
		live := make(chan string, 1)
		go func() {
			a := busy
			for strings.Contains(a, busy) { // with the question below
				a, _ = harness.CLIWithin(socket, fmt.Sprintf("explain %d for 20s json", perConfig), 25*time.Second)
			}
			live <- a
		}()
		await(t, "the question is asked", func() bool {
			a, _ := harness.CLI(socket, "explain for 1ms if { always_false }")
			return strings.Contains(a, busy)
		})
		var requests, clients []string
		var fates []fate
		for range perConfig {
			q := randomRequest(r)
			f, client := observed(t, addr, q)
			requests, fates, clients = append(requests, q), append(fates, f), append(clients, client)
		}
		lines := strings.Split(strings.TrimSpace(<-live), "\n")
		if len(lines) != perConfig {
			t.Fatalf("seed %d: %d explanations of %d requests: %s", seed, len(lines), perConfig, lines)
		}
		told := map[string]*explanation{} // by client: they end in another order than they begin
		for _, l := range lines {
			e := parseExplanation(t, l)
			told[e.Client] = e
		}
		for i, want := range fates {
			if e := told[clients[i]]; e == nil || e.fate() != want {
				t.Errorf("seed %d: explained %+v, was %+v\n%s", seed, e, want, requests[i])
			}
			if got, text := rehearsed(t, dir, p.ConfigPath(), requests[i]); got != want {
				t.Errorf("seed %d: rehearsed %+v, was %+v\n%s%s", seed, got, want, requests[i], text)
			}
			switch {
			case want.Server != "":
				seen[want.Server]++
			default:
				seen[fmt.Sprint(want.Status)]++
			}
		}
		if t.Failed() {
			config, _ := os.ReadFile(p.ConfigPath())
			t.Fatalf("%s", config)
		}
	}
	for _, kind := range []string{"one/s1", "one/s2", "two/s1", "two/s2", "0", "200", "302", "303", "429", "500"} {
		if seen[kind] == 0 {
			t.Errorf("no request with the outcome %s: %v", kind, seen)
		}
	}
}
