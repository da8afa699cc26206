package test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// logged is a service with short timeouts whose HTTP log lines a test reads.
func logged(t *testing.T, server string, frontend string) (addr string, logs *harness.Logs, p *harness.Program) {
	t.Helper()
	addr, logs = harness.Addr(t), harness.NewLogs(t)
	p = harness.Start(t, harness.Options{Await: []string{addr}, Config: fmt.Sprintf(`
global
    log %s local0
defaults
    mode http
    log global
    option httplog
    option dontlognull
    retries 0
    timeout connect 300ms
    timeout client 500ms
    timeout server 500ms
    timeout http-request 400ms
frontend web
    bind %s
%s
    default_backend app
backend app
    server s1 %s
`, logs.Addr(), addr, frontend, server)})
	return addr, logs, p
}

// tail of an HTTP log line: fe be/srv timers status bytes cookies state
// actconn/feconn/beconn/srv/retries queues "request".
func httpLine(server, timers, status, state string) string {
	return `: 127\.0\.0\.1:\d+ \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] web ` + server + ` ` + timers + ` ` + status + ` \+?\d+ - - ` + state + ` \d+/\d+/\d+/\d+/\+?\d+ \d+/\d+ "`
}

// Every way in which a server can be bad, with the status the client gets and
// the termination state and the timers that the log tells.
func TestBadServers(t *testing.T) {
	const n = `\d+`
	type want struct {
		path   string // asked for; the log line is found by it
		status int    // 0: no answer that can be parsed
		cut    bool   // the body ends early
		timers string
		state  string
	}
	one := func(t *testing.T, addr string, logs *harness.Logs, w want) {
		t.Helper()
		a, err := harness.Get(t, addr, w.path)
		status := 0
		if err == nil {
			status = a.Status
			if w.cut != (a.Err != nil) {
				t.Errorf("body of %d bytes, %v; cut: want %v", len(a.Body), a.Err, w.cut)
			}
		}
		if status != w.status {
			t.Errorf("status %d (%v), want %d", status, err, w.status)
		}
		logs.Await(w.path, httpLine("app/s1", w.timers, fmt.Sprint(w.status), w.state), 3*time.Second)
	}
	o := origin.NewHTTP(t, "o")
	for name, c := range map[string]struct {
		server string
		want
	}{
		"refuses":         {origin.Refusing(t), want{"/x", 503, false, n + `/` + n + `/-1/-1/` + n, "SC--"}},
		"does not accept": {origin.Full(t), want{"/x", 503, false, n + `/` + n + `/-1/-1/(299|[345]\d\d)`, "sC--"}},
		"hangs":           {o.Addr(), want{"/hang", 504, false, n + `/` + n + `/` + n + `/-1/(499|[567]\d\d)`, "sH--"}},
		"garbage":         {o.Addr(), want{"/garbage", 502, false, n + `/` + n + `/` + n + `/-1/` + n, "PH--"}},
		"drops":           {o.Addr(), want{"/drop", 502, false, n + `/` + n + `/` + n + `/-1/` + n, "SH--"}},
		"resets":          {o.Addr(), want{"/reset", 502, false, n + `/` + n + `/` + n + `/-1/` + n, "SH--"}},
		"half a head":     {o.Addr(), want{"/halfhead", 502, false, n + `/` + n + `/` + n + `/-1/` + n, "PH--"}},
		"huge head":       {o.Addr(), want{"/bighead?n=40000", 502, false, n + `/` + n + `/` + n + `/-1/` + n, "PH--"}},
		"closes early":    {o.Addr(), want{"/early?size=3000", 200, true, n + `/` + n + `/` + n + `/` + n + `/` + n, "SD--"}},
		"resets early":    {o.Addr(), want{"/resetbody?size=3000", 200, true, n + `/` + n + `/` + n + `/` + n + `/` + n, "SD--"}},
		"stalls":          {o.Addr(), want{"/hold?size=3000", 200, true, n + `/` + n + `/` + n + `/` + n + `/(499|[567]\d\d)`, "[sS]D--"}},
		"good":            {o.Addr(), want{"/echo", 200, false, n + `/` + n + `/` + n + `/` + n + `/` + n, "----"}},
		"slow but good":   {o.Addr(), want{"/slow?size=10&delay=20", 200, false, n + `/` + n + `/` + n + `/` + n + `/(1[89]\d|[23]\d\d)`, "----"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, logs, _ := logged(t, c.server, "")
			one(t, addr, logs, c.want)
		})
	}
}

// A TCP service with bad servers.
func TestBadServersTCP(t *testing.T) {
	for name, c := range map[string]struct{ server, state string }{
		"refuses":         {origin.Refusing(t), "SC"},
		"does not accept": {origin.Full(t), "sC"},
		"silent":          {origin.NewTCP(t, func(c net.Conn) { var b [1]byte; c.Read(b[:]) }).Addr(), "sD|cD"},
		"resets":          {origin.NewTCP(t, func(c net.Conn) { c.Write([]byte("x")); time.Sleep(100 * time.Millisecond); origin.Reset(c) }).Addr(), "SD"},
		"closes":          {origin.NewTCP(t, func(c net.Conn) { c.Write([]byte("x")) }).Addr(), "--"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, logs := harness.Addr(t), harness.NewLogs(t)
			harness.Start(t, harness.Options{Await: []string{addr}, Config: fmt.Sprintf(`
defaults
    mode tcp
    log %s local0
    option tcplog
    retries 0
    timeout connect 300ms
    timeout client 600ms
    timeout server 500ms
listen svc
    bind %s
    server s1 %s
`, logs.Addr(), addr, c.server)})
			conn := harness.Dial(t, addr)
			conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			b := make([]byte, 100)
			for {
				if _, err := conn.Read(b); err != nil {
					if ne, ok := err.(net.Error); ok && ne.Timeout() {
						t.Error("the session does not end")
					}
					break
				}
			}
			conn.Close()
			port := conn.LocalAddr().(*net.TCPAddr).Port
			logs.Await(fmt.Sprintf("127.0.0.1:%d ", port), `\] svc svc/s1 -?\d+/-?\d+/\+?\d+ \d+ (`+c.state+`) \d+/\d+/\d+/\d+/\+?\d+ \d+/\d+$`, 3*time.Second)
		})
	}
}

// A server that becomes bad under load hurts only its own requests, and is
// used again when it is good again (health checks).
func TestServerGoesAndComes(t *testing.T) {
	good, bad := origin.NewHTTP(t, "good"), harness.Addr(t)
	addr := harness.Addr(t)
	p := harness.Start(t, harness.Options{Await: []string{addr}, Config: defaults + fmt.Sprintf(`
listen web
    bind %s
    retries 1
    option redispatch 1
    option httpchk GET /echo
    default-server check inter 100ms fastinter 50ms downinter 50ms rise 2 fall 2
    server good %s
    server bad %s
`, addr, good.Addr(), bad)})
	status := func() string {
		return statRows(t, p.Master("@1 show stat"))["web/bad"]["status"]
	}
	eventually(t, 5*time.Second, "DOWN", func() error {
		if s := status(); s != "DOWN" {
			return fmt.Errorf("status %q", s)
		}
		return nil
	})
	for range 20 {
		if a := harness.MustGet(t, addr, "/echo"); a.Header.Get("X-Origin") != "good" {
			t.Fatal("answered by a server that is not there")
		}
	}
	l, err := net.Listen("tcp", bad)
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
				var b [4096]byte
				c.Read(b[:])
				c.Write([]byte("HTTP/1.1 200 OK\r\nX-Origin: back\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
			}()
		}
	}()
	eventually(t, 5*time.Second, "UP", func() error {
		if s := status(); s != "UP" {
			return fmt.Errorf("status %q", s)
		}
		return nil
	})
	seen := map[string]int{}
	for range 10 {
		seen[harness.MustGet(t, addr, "/echo").Header.Get("X-Origin")]++
	}
	if seen["good"] < 4 || seen["back"] < 4 {
		t.Errorf("shares of roundrobin: %v, want about 5 and 5", seen)
	}
}
