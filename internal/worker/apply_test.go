package worker

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// namedOrigin answers every request with its name, on connections that stay. It counts
// them.
func namedOrigin(t *testing.T, name string) (addr string, conns *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns = &atomic.Int64{}
	srv := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) }),
		ConnState: func(_ net.Conn, st http.ConnState) {
			conns.Add(map[http.ConnState]int64{http.StateNew: 1, http.StateClosed: -1}[st])
		},
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return l.Addr().String(), conns
}

// keptAlive is a client on one connection.
type keptAlive struct {
	t testing.TB
	c net.Conn
	r *bufio.Reader
}

func newKeptAlive(t testing.TB, addr string) *keptAlive {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &keptAlive{t, c, bufio.NewReader(c)}
}

// ask returns the status and the body of an answer.
func (k *keptAlive) ask() string {
	k.t.Helper()
	_ = k.c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(k.c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	a, err := http.ReadResponse(k.r, nil)
	if err != nil {
		k.t.Error(err)
		return ""
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		k.t.Error(err)
	}
	return fmt.Sprint(a.StatusCode, " ", string(b))
}

func apply(s *service, files map[string][]byte, ops ...diff.Operation) error {
	b, err := json.Marshal(proposal{programID(), diff.Proposal{Operations: ops, Files: files}})
	if err != nil {
		return err
	}
	return s.Apply(b)
}

// changeable is a service with a backend "app" of the given server lines.
func changeable(t *testing.T, more string, servers ...string) (s *service, addr string, said *lines) {
	t.Helper()
	fd, addr := inherit(t)
	l, said := newLoad(t, fmt.Sprintf("global\n nbthread 2\n maxconn 500\n"+timeoutLines+" mode http\nfrontend web\n bind fd@%d\n default_backend app\nbackend app\n%s %s\n",
		fd, more, strings.Join(servers, "\n ")))
	s, ok := l.prepare(&sockets{})
	if !ok {
		t.Fatal(said.take())
	}
	s.left = make(chan int, 1)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(s) })
	return s, addr, said
}

func (s *service) serverNamed(t *testing.T, name string) *proxy.Server {
	t.Helper()
	srv := s.findServer("app", name)
	if srv == nil {
		t.Fatalf("no server %s", name)
	}
	return srv
}

// What a client sees of each change, on the connection that it had before.
func TestApply(t *testing.T) {
	a, aConns := namedOrigin(t, "a")
	b, _ := namedOrigin(t, "b")
	s, addr, _ := changeable(t, "", "server s1 "+a)
	k := newKeptAlive(t, addr)
	expect := func(want string) {
		t.Helper()
		for range 4 {
			if got := k.ask(); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		}
	}
	do := func(files map[string][]byte, ops ...diff.Operation) {
		t.Helper()
		if err := apply(s, files, ops...); err != nil {
			t.Fatal(err)
		}
	}
	expect("200 a")
	do(nil, diff.Operation{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: b})
	expect("200 b")
	await(t, func() bool { return aConns.Load() == 0 })
	srv := s.serverNamed(t, "s1")
	do(nil, diff.Operation{Do: diff.SetWeight, Backend: "app", Server: "s1", Value: "7"}, diff.Operation{Do: diff.SetMaxconn, Backend: "app", Server: "s1", Value: "9"})
	if srv.Weight != 7 || srv.UserWeight() != 7 || srv.Limit() != 9 {
		t.Errorf("weight %d %d, limit %d", srv.Weight, srv.UserWeight(), srv.Limit())
	}
	expect("200 b")
	do(nil, diff.Operation{Do: diff.SetState, Backend: "app", Server: "s1", Value: "maint"})
	if got := k.ask(); !strings.HasPrefix(got, "503 ") {
		t.Errorf("in maintenance: %q", got)
	}
	k = newKeptAlive(t, addr)
	do(map[string][]byte{"/503": []byte("HTTP/1.1 503 Down\r\n\r\nsorry")}, diff.Operation{Do: diff.SetPages, Sections: []string{"frontend web"}, Lines: []string{"errorfile 503 /503"}})
	if got := k.ask(); got != "503 sorry" {
		t.Errorf("the page: %q", got)
	}
	k = newKeptAlive(t, addr)
	do(nil, diff.Operation{Do: diff.AddServer, Backend: "app", Server: "s2", Line: "server s2 " + a + " weight 3 check inter 100s"})
	expect("200 a")
	if s2 := s.serverNamed(t, "s2"); s2.ID != 2 || s2.Index != 1 || s2.Weight != 3 || s.monitor.Of(s2) == nil {
		t.Errorf("%+v", s2)
	}
	do(nil, diff.Operation{Do: diff.SetState, Backend: "app", Server: "s1", Value: "ready"}, diff.Operation{Do: diff.RemoveServer, Backend: "app", Server: "s2"})
	expect("200 b")
	if s.findServer("app", "s2") != nil || len(s.run.Backends[0].Spec.Servers) != 1 {
		t.Error("s2 is still there")
	}
	await(t, func() bool { return aConns.Load() == 0 })
	// One goes, and another of that name comes.
	do(nil, diff.Operation{Do: diff.RemoveServer, Backend: "app", Server: "s1"}, diff.Operation{Do: diff.AddServer, Backend: "app", Server: "s1", Line: "server s1 " + a})
	expect("200 a")
	if rows := rows(s); len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestApplyLogs(t *testing.T) {
	one, two := newReceiver(t), newReceiver(t)
	a, _ := namedOrigin(t, "a")
	s, addr, _ := changeable(t, "", "server s1 "+a)
	line := func(r receiver) string { return "log " + r.c.LocalAddr().String() + " format raw local0" }
	logged := func(r receiver) {
		t.Helper()
		ask(t, addr, "/")
		b := make([]byte, 100)
		_ = r.c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if n, _, err := r.c.ReadFrom(b); err != nil || n < 10 {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
	for _, step := range []struct {
		op diff.Operation
		to *receiver
	}{
		{diff.Operation{Do: diff.SetLogs, Sections: []string{"frontend web", "backend app"}, Lines: []string{line(one)}}, &one},
		{diff.Operation{Do: diff.SetLogs, Sections: []string{"frontend web"}, Lines: []string{"log global"}}, nil},
		{diff.Operation{Do: diff.SetLogs, Sections: []string{"global"}, Lines: []string{line(two)}}, &two},
		{diff.Operation{Do: diff.SetLogs, Sections: []string{"global"}, Lines: []string{line(one)}}, &one},
		{diff.Operation{Do: diff.SetLogs, Sections: []string{"frontend web"}}, nil},
	} {
		if err := apply(s, nil, step.op); err != nil {
			t.Fatal(err)
		}
		if step.to != nil {
			logged(*step.to)
		}
	}
	if o := s.run.Frontends[0].Output; !o.Silent() {
		t.Error("not silent")
	}
}

func TestApplyPatterns(t *testing.T) {
	a, _ := namedOrigin(t, "a")
	dir := t.TempDir()
	for name, text := range map[string]string{"one": "/x\n", "two": "/y\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	s, addr, _ := changeable(t, " acl listed path -f "+one+" -f "+two+"\n http-request deny if listed\n http-request deny if { path -f "+two+" }\n", "server s1 "+a)
	expect := func(denied string) {
		t.Helper()
		for _, path := range []string{"/x", "/y", "/z"} {
			want := "HTTP/1.1 200 OK"
			if strings.Contains(denied, path) {
				want = "HTTP/1.1 403 Forbidden"
			}
			if got := ask(t, addr, path); got != want {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
	expect("/x/y")
	if err := apply(s, map[string][]byte{one: []byte("/z\n"), two: []byte("/y\n")}, diff.Operation{Do: diff.LoadPatterns, File: one}); err != nil {
		t.Fatal(err)
	}
	expect("/y/z")
	if err := apply(s, map[string][]byte{one: []byte("/z\n"), two: []byte("/x\n")}, diff.Operation{Do: diff.LoadPatterns, File: two}); err != nil {
		t.Fatal(err)
	}
	expect("/x/z")
	if err := apply(s, map[string][]byte{one: []byte("/x\n")}, diff.Operation{Do: diff.LoadPatterns, File: two}); err == nil {
		t.Error("a file is missing")
	}
	expect("/x/z")
}

// Whatever is refused, nothing has changed.
func TestApplyNothing(t *testing.T) {
	a, _ := namedOrigin(t, "a")
	s, addr, _ := changeable(t, " cookie c insert indirect\n use-server s3 if { path /s3 }\n", "server s1 "+a+" cookie x", "server s2 127.0.0.1:1 disabled check minconn 1 maxconn 2", "server s3 unix@/nowhere disabled", "server s4 127.0.0.1:1 track s2", "server s5 127.0.0.1:1 disabled")
	good := []diff.Operation{
		{Do: diff.SetWeight, Backend: "app", Server: "s1", Value: "7"},
		{Do: diff.SetMaxconn, Backend: "app", Server: "s1", Value: "7"},
		{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: "127.0.0.1:1"},
		{Do: diff.SetState, Backend: "app", Server: "s1", Value: "maint"},
		{Do: diff.AddServer, Backend: "app", Server: "s9", Line: "server s9 127.0.0.1:9"},
		{Do: diff.RemoveServer, Backend: "app", Server: "s5"},
		{Do: diff.SetLogs, Sections: []string{"frontend web", "global"}, Lines: []string{"log 127.0.0.1:1 local0"}},
		{Do: diff.SetPages, Sections: []string{"frontend web"}, Lines: []string{"errorloc 503 /x"}},
	}
	for _, bad := range []diff.Operation{
		{Do: "dance"},
		{Do: diff.LoadPatterns, File: "/nowhere"},
		{Do: diff.SetWeight, Backend: "app", Server: "s1", Value: "257"},
		{Do: diff.SetWeight, Backend: "app", Server: "nobody", Value: "1"},
		{Do: diff.SetWeight, Backend: "nowhere", Server: "s1", Value: "1"},
		{Do: diff.SetWeight, Backend: "backend app", Server: "nobody", Value: "1"},
		{Do: diff.SetMaxconn, Backend: "app", Server: "s1", Value: "-1"},
		{Do: diff.SetMaxconn, Backend: "app", Server: "s2", Value: "1"},
		{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: "host:80"},
		{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: "0.0.0.0:80"},
		{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: "127.0.0.1:0"},
		{Do: diff.SetAddress, Backend: "app", Server: "s3", Value: "127.0.0.1:1"},
		{Do: diff.SetState, Backend: "app", Server: "s1", Value: "asleep"},
		{Do: diff.RemoveServer, Backend: "app", Server: "nobody"},
		{Do: diff.RemoveServer, Backend: "app", Server: "s2"},
		{Do: diff.RemoveServer, Backend: "app", Server: "s3"},
		{Do: diff.RemoveServer, Backend: "app", Server: "s4"},
		{Do: diff.AddServer, Backend: "app", Server: "s1", Line: "server s1 127.0.0.1:1"},
		{Do: diff.AddServer, Backend: "app", Server: "s8", Line: "server s7 127.0.0.1:1"},
		{Do: diff.AddServer, Backend: "app", Server: "s8", Line: "nonsense"},
		{Do: diff.AddServer, Backend: "app", Server: "s8", Line: "server s8 host.example:80"},
		{Do: diff.AddServer, Backend: "app", Server: "s8", Line: "server s8 127.0.0.1:1\nfrontend x"},
		{Do: diff.AddServer, Backend: "app", Server: "s8", Line: "server s8 127.0.0.1:1 track s1"},
		{Do: diff.SetPages, Sections: []string{"frontend web"}, Lines: []string{"errorfile 503 /none"}},
		{Do: diff.SetPages, Sections: []string{"frontend web"}, Lines: []string{"errorfile 503 /bad"}},
		{Do: diff.SetLogs, Sections: []string{"frontend web"}, Lines: []string{"log host.example local0"}},
		{Do: diff.SetLogs, Sections: []string{"frontend web"}, Lines: []string{"log nonsense"}},
	} {
		if err := apply(s, map[string][]byte{"/bad": []byte("no answer")}, append(good[:len(good):len(good)], bad)...); err == nil {
			t.Fatalf("%+v is applied", bad)
		}
	}
	for _, text := range []string{"", "{", `{"operations":[{}]}`, `{"program":"other","operations":[]}`} {
		if err := s.Apply([]byte(text)); err == nil {
			t.Errorf("%s is applied", text)
		}
	}
	whole, err := json.Marshal(proposal{programID(), diff.Proposal{Operations: good}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		if s.Apply(whole[:i]) == nil {
			t.Errorf("%s is applied", whole[:i])
		}
	}
	srv := s.serverNamed(t, "s1")
	h := srv.Health.Get()
	if srv.Weight != 1 || srv.Limit() != 0 || srv.Addr.String() != a || !h.Usable() || s.findServer("app", "s9") != nil || s.findServer("app", "s5") == nil ||
		!s.run.Frontends[0].Output.Silent() || s.run.Log != nil || s.run.Frontends[0].Pages.Own(503) != nil {
		t.Errorf("%+v", srv)
	}
	if got := newKeptAlive(t, addr).ask(); got != "200 a" {
		t.Errorf("%q", got)
	}
	s.markDraining()
	if err := apply(s, nil, good[0]); err == nil {
		t.Error("a worker that leaves has changed")
	}
}

// markDraining marks the service as one that leaves.
func (s *service) markDraining() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

// Changes of all kinds while clients ask and somebody looks: no request is lost,
// and none goes to a server that was not there.
func TestApplyUnderLoad(t *testing.T) {
	a, _ := namedOrigin(t, "a")
	b, _ := namedOrigin(t, "b")
	s, addr, _ := changeable(t, "", "server s1 "+a, "server s2 "+b)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var asked atomic.Int64
	for range 4 {
		wg.Go(func() {
			k := newKeptAlive(t, addr)
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got := k.ask(); got != "200 a" && got != "200 b" {
					t.Errorf("%q", got)
					return
				}
				asked.Add(1)
			}
		})
	}
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				func() {
					s.changing.RLock()
					defer s.changing.RUnlock()
					rows(s)
					s.ServerStates(io.Discard, "")
				}()
				time.Sleep(time.Millisecond)
			}
		}
	})
	for i := range 60 {
		ops := []diff.Operation{
			{Do: diff.SetWeight, Backend: "app", Server: "s1", Value: fmt.Sprint(1 + i%5)},
			{Do: diff.SetAddress, Backend: "app", Server: "s1", Value: []string{a, b}[i%2]},
			{Do: diff.SetMaxconn, Backend: "app", Server: "s1", Value: fmt.Sprint(i % 3)},
			{Do: diff.SetLogs, Sections: []string{"frontend web"}, Lines: []string{"log 127.0.0.1:1 local0"}},
			{Do: diff.SetPages, Sections: []string{"frontend web", "backend app"}, Lines: []string{"errorloc 503 /x"}},
		}
		if i%2 == 0 {
			ops = append(ops, diff.Operation{Do: diff.AddServer, Backend: "app", Server: "s3", Line: "server s3 " + a + " check inter 10"})
		} else {
			ops = append(ops, diff.Operation{Do: diff.RemoveServer, Backend: "app", Server: "s3"})
		}
		if i%4 < 2 {
			ops = append(ops, diff.Operation{Do: diff.SetState, Backend: "app", Server: "s1", Value: []string{"maint", "ready"}[i%2]})
		}
		if err := apply(s, nil, ops...); err != nil {
			t.Fatal(i, err)
		}
		before := asked.Load()
		await(t, func() bool { return asked.Load() > before+5 || t.Failed() })
	}
	close(stop)
	wg.Wait()
}
