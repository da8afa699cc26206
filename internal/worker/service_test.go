package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// inherit returns the number and the address of a bound socket, as a supervisor
// would pass it on.
func inherit(t *testing.T) (fd int, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// A port that was asked for by number stays with the socket when it pauses.
	addr = l.Addr().String()
	l.Close()
	if fd, err = sys.BindTCP(netip.MustParseAddrPort(addr), sys.ListenOptions{}); err != nil {
		t.Fatal(err)
	}
	return fd, addr
}

// origin answers every request with five bytes and closes.
func origin(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for line := ""; line != "\r\n"; {
					if line, err = r.ReadString('\n'); err != nil {
						return
					}
				}
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
			}()
		}
	}()
	return l.Addr().String()
}

// ask sends one request and returns the status line of the answer.
func ask(t *testing.T, addr, target string) string {
	t.Helper()
	return askOn(t, "tcp", addr, target)
}

// askAbstract asks at an abns@ listener.
func askAbstract(t *testing.T, name, target string) string {
	t.Helper()
	return askOn(t, "unix", "@"+name+strings.Repeat("\x00", 107-len(name)), target)
}

func askOn(t *testing.T, network, addr, target string) string {
	t.Helper()
	c, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target)
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(all), "\r\n")
	return line
}

// served starts a small service: an HTTP frontend and its backend, a stats
// socket in dir.
func served(t *testing.T) (s *service, addr, dir string, said *lines) {
	t.Helper()
	fd, addr := inherit(t)
	dir = t.TempDir()
	l, said := newLoad(t, fmt.Sprintf(`global
 nbthread 1
 maxconn 50
 stats socket %s/s mode 600 level user
`+timeoutLines+` mode http
frontend web
 bind fd@%d
 http-request deny if { path /secret }
 default_backend app
listen idle
 bind abns@%s
backend app
 server one %s weight 3
 server off 127.0.0.1:1 disabled weight 5
 server spare 127.0.0.1:1 backup weight 7
 server none 127.0.0.1:1 weight 0
backend spares
 server a 127.0.0.1:1 backup weight 9
 server b 127.0.0.1:1 backup weight 8
`, dir, fd, t.Name(), origin(t)))
	s, ok := l.prepare(&sockets{})
	if !ok {
		t.Fatal(said.take())
	}
	s.left, s.startup = make(chan int, 1), "said at start\n"
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	return s, addr, dir, said
}

// end stops a service and does what the end of its process would.
func end(s *service) {
	s.stop()
	s.closeAll()
}

// rows are the statistics, by proxy and name.
func rows(s *service) (list []*stats.Row) {
	for r := range s.Rows {
		list = append(list, r)
	}
	return list
}

// What a service counts comes out in the right rows, in the order of the
// configuration.
func TestRows(t *testing.T) {
	s, addr, _, _ := served(t)
	defer end(s)
	for target, want := range map[string]string{"/": "HTTP/1.1 200 OK", "/secret": "HTTP/1.1 403 Forbidden", "/b": "HTTP/1.1 200 OK"} {
		if got := ask(t, addr, target); got != want {
			t.Fatalf("%s: %q", target, got)
		}
	}
	var got []string
	byName := map[string]*stats.Row{}
	for _, r := range rows(s) {
		name := [...]string{"FRONTEND", "BACKEND", "", ""}[r.Kind] + r.Name
		byName[r.Proxy+"/"+name] = r
		got = append(got, fmt.Sprintf("%s/%s %d %s stot=%d weight=%d act=%d bck=%d", r.Proxy, name, r.ProxyID, r.Status, r.SessionsTotal, r.Weight, r.Active, r.Backup))
	}
	equal(t, "rows", got, []string{
		"web/FRONTEND 2 OPEN stot=3 weight=0 act=0 bck=0",
		"idle/FRONTEND 3 OPEN stot=0 weight=0 act=0 bck=0",
		"idle/BACKEND 3 UP stot=0 weight=0 act=0 bck=0",
		"app/one 4 no check stot=2 weight=3 act=1 bck=0",
		"app/off 4 MAINT stot=0 weight=5 act=1 bck=0",
		"app/spare 4 no check stot=0 weight=7 act=0 bck=1",
		"app/none 4 no check stot=0 weight=0 act=1 bck=0",
		"app/BACKEND 4 UP stot=2 weight=3 act=1 bck=1",
		"spares/a 5 no check stot=0 weight=9 act=0 bck=1",
		"spares/b 5 no check stot=0 weight=8 act=0 bck=1",
		"spares/BACKEND 5 UP stot=0 weight=9 act=0 bck=2",
	})
	web, one, app := byName["web/FRONTEND"], byName["app/one"], byName["app/BACKEND"]
	if web.Requests != 3 || web.Connections != 3 || web.DeniedReq != 1 || web.Responses != [6]int64{0, 2, 0, 1, 0, 0} || web.SessionLimit != 50 {
		t.Errorf("frontend: %+v", web)
	}
	if one.Responses[1] != 2 || one.Chosen != 2 || one.Connects != 2 || one.ID != 1 || one.Sessions != 0 {
		t.Errorf("server: %+v", one)
	}
	if app.Requests != 2 || app.DeniedReq != 0 || app.Total != 4 || app.Algorithm != "roundrobin" || app.LastSession != 0 {
		t.Errorf("backend: %+v", app)
	}
	if byName["app/off"].Maint != true || byName["idle/BACKEND"].LastSession != -1 {
		t.Error("the state of those without traffic")
	}
	for range s.Rows { // one that ends early
		break
	}
	if id, ok := s.ProxyID("app"); !ok || id != 4 {
		t.Errorf("app has number %d, %t", id, ok)
	}
	if id, ok := s.ProxyID("idle"); !ok || id != 3 {
		t.Errorf("idle has number %d, %t", id, ok)
	}
	if _, ok := s.ProxyID("nobody"); ok {
		t.Error("nobody has a number")
	}
	if i := s.Info(); i.Requests != 3 || i.ConnsTotal != 3 || i.Maxconn != 50 || i.Threads != 1 || i.PID != int64(os.Getpid()) || i.Stopping {
		t.Errorf("info: %+v", i)
	}
}

// backends without servers are shown up; with none usable down.
func TestBackendDown(t *testing.T) {
	s, _, _, _ := served(t)
	defer end(s)
	be := s.run.Backends[1]
	if be.Name != "app" {
		t.Fatalf("backend %s", be.Name)
	}
	for _, srv := range be.Servers {
		be.SetUp(srv, false)
	}
	r := s.backendRow(be, time.Now().Add(90*time.Second))
	if r.Status != "DOWN" || r.Active != 0 || r.Backup != 0 || r.DownTransitions != 1 || r.LastChange < 90 {
		t.Errorf("%+v", r)
	}
}

// The stats socket has its name, mode and level from before the first client to
// the end.
func TestStatsSocket(t *testing.T) {
	s, _, dir, _ := served(t)
	path := filepath.Join(dir, "s")
	if st, err := os.Stat(path); err != nil || st.Mode() != os.ModeSocket|0o600 {
		t.Errorf("%v %v", st, err)
	}
	for command, want := range map[string]string{
		"show stat":         "web,FRONTEND,",
		"show cli level":    "user",
		"show startup-logs": "Permission denied",
	} {
		if got := talk(t, dialUnix(t, path), command); !strings.Contains(got, want) {
			t.Errorf("%s: %q", command, got)
		}
	}
	if list := s.Sockets(); len(list) != 1 || list[0].Address != "unix@"+path {
		t.Errorf("sockets %+v", list)
	}
	end(s)
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("names %v are left", got)
	}
}

// A client of the master's CLI speaks to the service with the level it was
// given.
func TestSession(t *testing.T) {
	s, _, _, _ := served(t)
	defer end(s)
	for level, want := range map[string]string{"admin": "admin", "operator": "operator", "user": "user", "": "operator"} {
		ours, theirs, err := sys.StreamPair()
		if err != nil {
			t.Fatal(err)
		}
		s.Session(theirs, level)
		if got := talk(t, ours, "show cli level"); !strings.Contains(got, want+"\n") {
			t.Errorf("level %q: %q", level, got)
		}
	}
	ours, theirs, err := sys.StreamPair()
	if err != nil {
		t.Fatal(err)
	}
	s.Session(theirs, "admin")
	if got := talk(t, ours, "show startup-logs"); !strings.HasPrefix(got, "said at start\n") {
		t.Errorf("startup logs %q", got)
	}
}

func dialUnix(t *testing.T, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func talk(t *testing.T, c net.Conn, command string) string {
	t.Helper()
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, command+"\n")
	all, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%s: %v after %q", command, err, all)
	}
	return string(all)
}

// A drain refuses new connections, says what each proxy has done and ends when
// nothing is left; the second one changes nothing.
func TestDrain(t *testing.T) {
	s, addr, _, said := served(t)
	if got := ask(t, addr, "/"); got != "HTTP/1.1 200 OK" {
		t.Fatal(got)
	}
	said.take()
	left := make(chan struct{})
	s.Drain(s.keys(), func() { close(left) })
	<-left
	if r := s.frontendRow(s.run.Frontends[0]); r.Status != "STOP" {
		t.Errorf("status %s", r.Status)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("a connection was accepted after the drain")
	}
	again := false
	s.Drain(nil, func() { again = true })
	if !again {
		t.Error("the second drain was not answered")
	}
	select {
	case code := <-s.left:
		if code != 0 {
			t.Errorf("exit status %d", code)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("an idle service does not end")
	}
	equal(t, "said", said.take(), []string{
		"[WARNING]  (42) : Proxy web stopped (cumulated conns: FE: 1, BE: 0).",
		"[WARNING]  (42) : Proxy idle stopped (cumulated conns: FE: 0, BE: 0).",
		"[WARNING]  (42) : Proxy app stopped (cumulated conns: FE: 0, BE: 1).",
		"[WARNING]  (42) : Proxy spares stopped (cumulated conns: FE: 0, BE: 0).",
	})
}

// Who comes to a paused service by an inherited socket waits; a resumed one serves again.
// That others are refused is tested with real processes.
func TestPauseResume(t *testing.T) {
	s, addr, _, said := served(t)
	defer end(s)
	said.take()
	s.Resume() // nothing is paused: nothing is said
	s.Pause()
	s.Pause()
	// An inherited socket is others' as well: it goes on listening, and clients wait.
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("while paused: %d bytes, %v", n, err)
	}
	s.Resume()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 12)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "HTTP/1.1 200" {
		t.Errorf("who waited got %q, %v", b, err)
	}
	if got := askAbstract(t, t.Name(), "/"); got != "HTTP/1.1 503 Service Unavailable" { // it has no server
		t.Errorf("after resume, by UNIX socket: %q", got)
	}
	if got := ask(t, addr, "/"); got != "HTTP/1.1 200 OK" {
		t.Errorf("after resume: %q", got)
	}
	equal(t, "said", said.take(), []string{"[WARNING]  (42) : Paused frontend web.", "[WARNING]  (42) : Paused proxy idle.",
		"[WARNING]  (42) : Resumed frontend web.", "[WARNING]  (42) : Resumed proxy idle."})
}
