package worker

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// The answers are those of HAProxy 3.5-dev5.
func TestAddServerAnswers(t *testing.T) {
	s, _, _ := changeable(t, " cookie C insert\n use-server s2 if { path /x }\n http-request deny if { srv_is_up(s3) } { path /none }\n",
		"server s1 127.0.0.1:18481 check", "server s2 127.0.0.1:18482 weight 5", "server s3 127.0.0.1:18482")
	usage := "Usage: wait {-h|<duration>} [condition [args...]]\n"
	commands(t, s, [][2]string{
		{"add server", "Require 'backend/server'."},
		{"add server app", "Require 'backend/server'."},
		{"add server other/s1 127.0.0.1:1", "No such backend."},
		{"add server app/s1", "Already exists a server with the same name in backend."},
		{"add server app/n1", "'server' expects <name> and <addr>[:<port>] as arguments."},
		{"add server app/n1 127.0.0.1:1 ckeck", "unknown keyword 'ckeck'; did you mean 'check' maybe ?"},
		{"add server app/n1 127.0.0.1:1 check inter", "'inter' expects a delay as argument.."},
		{"add server app/n1 127.0.0.1:1 weight 257", "weight of server n1 is not within 0 and 256 (257).."},
		{"add server app/b/d 127.0.0.1:1", "character '/' is not permitted in server name 'b/d'."},
		{"add server app/n1 127.0.0.1:1-5", "port range not permitted here in '127.0.0.1:1-5'"},
		{"add server app/n1 127.0.0.1:1 redir http://x", "'redir' option is not accepted for dynamic server"},
		{"add server app/n1 127.0.0.1:1 no-check", "'no-check' option is not accepted for dynamic server"},
		{"add server app/n1 127.0.0.1:1 namespace x", "'namespace' option is not accepted for dynamic server"},
		{"add server app/n1 127.0.0.1:1 proto none", "MUX protocol is not usable for server."},
		{"add server app/n1 127.0.0.1:1 track s2", "unable to use app/s2 for tracking as it does not have any check nor agent enabled."},
		{"add server app/n1 127.0.0.1:1 track no", "unable to find required server 'no' for tracking."},
		{"add server app/n1 127.0.0.1:1 track no/pe", "unable to find required proxy 'no' for tracking."},
		{"add server app/n1 127.0.0.1:1 track s1 check", "unable to enable checks and tracking at the same time!"},
		{"add server app/n1 127.0.0.1:1 id 2", "'id' : custom id 2 already used at t.cfg:17 ('server s2')."},
		{"add server app/n1 127.0.0.1:1 id 77 weight 5 cookie c1 guid g", "New server registered."},
		{"add server app/n1 127.0.0.1:1", "Already exists a server with the same name in backend."},
		{"add server app/n2 127.0.0.1:1 guid g", "'guid': duplicate entry with server app/n1."},
		{"add server app/n2 127.0.0.1:1 track n1", "unable to use app/n1 for tracking as it is a dynamic server."},
		{"add server app/n2 127.0.0.1:1 track app/s1", "New server registered."},
		{"add server app/n3 host.example:80", "New server registered."},
		{"enable health app/n1", "Health check was not configured on this server, cannot enable."},
		{"enable agent app/n1", "Agent was not configured on this server, cannot enable."},
		{"del server", "Require 'backend/server'."},
		{"del server other/s1", "No such backend."},
		{"del server app/no", "No such server."},
		{"del server app/s1", pointedTo}, // n2 tracks it
		{"del server app/s2", pointedTo}, // use-server
		{"del server app/s3", pointedTo}, // srv_is_up
		{"disable server app/s3; del server app/s3", "\n" + pointedTo},
		{"enable server app/n1; del server app/n1", "\n" + notInMaint},
		{"disable server app/n1; del server app/n1", "\nServer deleted."},
		{"del server app/n2; del server app/n3", "Server deleted.\n\nServer deleted."},
		{"disable server app/s1; del server app/s1", "\nServer deleted."},
		{"wait", "Expects a duration in milliseconds."},
		{"wait x", "Invalid duration."},
		{"wait 0", "Invalid duration."},
		{"wait -1", "Invalid duration."},
		{"wait 1.5s", "Invalid duration."},
		{"wait 3w", "Invalid duration."},
		{"wait 10us", "Done."},
		{"wait 1 srv-removable", "Missing server name (<backend>/<server>)."},
		{"wait 1 srv-removable app/no", "Failed. No such server."},
		{"wait 1 srv-removable no/no", "Failed. No such backend."},
		{"wait 1h srv-removable app/s2", "Failed. " + pointedTo},
		{"add server app/n4 unix@/nowhere; wait 1h srv-removable app/n4", "New server registered.\n\nDone."},
		{"enable server app/n4; wait 1h srv-removable app/n4", "\nFailed. " + notInMaint},
	})
	for _, text := range []string{"wait -h", "wait 1 -h", "wait 1 foo"} {
		if got := command(t, s, text); !strings.HasPrefix(got, usage) {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := command(t, s, "add server help"); !strings.HasPrefix(got, "List of keywords supported for dynamic server:\nbackup\ncookie\n") {
		t.Error(got)
	}
}

func TestAddServerStatic(t *testing.T) {
	s, _, _ := changeable(t, " balance source\n", "server s1 127.0.0.1:1")
	commands(t, s, [][2]string{
		{"add server app/n1 127.0.0.1:1", "Backend does not support dynamic servers : backend 'app' uses a non dynamic load balancing method."},
		{"disable server app/s1; del server app/s1", "\nServer deleted."}, // one can go, though
	})
}

// A server comes, serves when it is enabled, and goes when nothing uses it any more:
// its idle connections hold it until somebody waits for that.
func TestServerLife(t *testing.T) {
	a, aConns := namedOrigin(t, "a")
	b, _ := namedOrigin(t, "b")
	for _, algorithm := range []string{"roundrobin", "leastconn", "first", "random", "source\n hash-type consistent", "uri\n hash-type consistent"} {
		t.Run(strings.Fields(algorithm)[0], func(t *testing.T) {
			s, addr, _ := changeable(t, " balance "+algorithm+"\n http-reuse always\n", "server s1 "+b+" disabled")
			if got := ask(t, addr, "/"); !strings.Contains(got, "503") {
				t.Fatal(got)
			}
			commands(t, s, [][2]string{{"add server app/dyn " + a, "New server registered."}})
			if got := ask(t, addr, "/"); !strings.Contains(got, "503") { // in maintenance
				t.Fatal(got)
			}
			commands(t, s, [][2]string{{"enable server app/dyn", ""}})
			k := newKeptAlive(t, addr)
			if got := k.ask(); got != "200 a" {
				t.Fatal(got)
			}
			num := s.serverNamed(t, "dyn").Num
			commands(t, s, [][2]string{
				{"disable server app/dyn; del server app/dyn", "\n" + stillInUse},
				{"wait 10s srv-removable app/dyn; del server app/dyn", "Done.\n\nServer deleted."},
				{"set server app/s1 state ready", ""},
			})
			await(t, func() bool { return aConns.Load() == 0 })
			if got := k.ask(); got != "200 b" {
				t.Fatal(got)
			}
			// Its place is another's now.
			commands(t, s, [][2]string{{"disable server app/s1; add server app/next " + a + "; enable server app/next", "\nNew server registered.\n"}})
			if got := k.ask(); got != "200 a" || s.serverNamed(t, "next").Num != num {
				t.Errorf("%s, %d and %d", got, num, s.serverNamed(t, "next").Num)
			}
			if rows := rows(s); len(rows) != 4 {
				t.Errorf("%d rows", len(rows))
			}
		})
	}
}

// Dynamic servers are checked when somebody enables that, not before.
func TestDynamicCheck(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 100)
	srv := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Method })}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	s, _, _ := changeable(t, " option httpchk GET /\n")
	commands(t, s, [][2]string{
		{"add server app/dyn " + l.Addr().String() + " check inter 10ms rise 1 fall 1", "New server registered."},
		{"enable server app/dyn; wait 50ms", "\nDone."},
	})
	if len(asked) > 0 {
		t.Fatal("it is checked before anybody said so")
	}
	commands(t, s, [][2]string{{"enable health app/dyn", ""}})
	<-asked
	await(t, func() bool { h := s.serverNamed(t, "dyn").Health.Get(); return h.Check.Status == "L7OK" && h.Usable() })
	commands(t, s, [][2]string{{"disable server app/dyn; wait 5s srv-removable app/dyn; del server app/dyn", "\nDone.\n\nServer deleted."}})
}

// Who tracks is told by the tracked server, until it goes.
func TestDynamicTrack(t *testing.T) {
	s, _, _ := changeable(t, "", "server s1 127.0.0.1:1 check inter 1h")
	commands(t, s, [][2]string{
		{"add server app/dyn 127.0.0.1:2 track s1; enable server app/dyn", "New server registered.\n"},
		{"disable server app/s1", ""},
	})
	if h := s.serverNamed(t, "dyn").Health.Get(); h.Admin != proxy.InheritedMaint {
		t.Errorf("%+v", h)
	}
	commands(t, s, [][2]string{
		{"del server app/s1", pointedTo},
		{"del server app/dyn; del server app/s1", "Server deleted.\n\nServer deleted."},
	})
}

// Servers come and go while clients ask and others look.
func TestServerLifeUnderLoad(t *testing.T) {
	a, _ := namedOrigin(t, "a")
	b, _ := namedOrigin(t, "b")
	s, addr, _ := changeable(t, " http-reuse always\n", "server s1 "+a)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
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
			}
		})
	}
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.Steady(func() { rows(s); s.ServerStates(io.Discard, ""); s.ServerConns(io.Discard, "") })
				time.Sleep(time.Millisecond)
			}
		}
	})
	servers := s.run.Servers
	for i := range 20 {
		commands(t, s, [][2]string{
			{fmt.Sprintf("add server app/d%d %s check inter 5ms; enable server app/d%d; enable health app/d%d", i, b, i, i), "New server registered.\n\n"},
			{fmt.Sprintf("disable server app/d%d; wait 10s srv-removable app/d%d; del server app/d%d", i, i, i), "\nDone.\n\nServer deleted."},
		})
	}
	close(stop)
	wg.Wait()
	if got := s.run.Servers; got != servers+1 {
		t.Errorf("%d numbers are in use, before %d", got, servers)
	}
}
