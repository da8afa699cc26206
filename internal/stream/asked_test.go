package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

const plainAsk = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

func TestPause(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t, "http-request set-header x-one %[path]", "http-request pause 300ms if { path /a }",
		"http-request set-header x-two %[path]", "http-request pause int(200)", "http-request pause str(x)")
	s.fe.HTTPResponse = setOf(t, "http-response", "http-response set-header x-three %[status]", "http-response pause 100", "http-response set-header x-four %[status]")
	c := s.client()
	for range 2 {
		n := len(s.made)
		s.say(c, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab")
		s.pass(290e6)
		s.say(c, "cd")
		s.pass(190e6) // less than both together
		if len(s.made) != n {
			t.Fatal("it did not wait")
		}
		s.pass(300e6)
		up := s.server(n)
		if got := s.want(up, "abcd"); !strings.Contains(got, "x-one: /a\r\nx-two: /a\r\n") {
			t.Errorf("%q", got)
		}
		s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nef")
		s.pass(90e6)
		s.say(up, "gh")
		if got := c.take(); got != "" {
			t.Fatalf("%q came at once", got)
		}
		s.pass(100e6)
		if got := s.want(c, "efgh"); !strings.Contains(got, "x-three: 200\r\nx-four: 200\r\n") {
			t.Errorf("%q", got)
		}
	}
}

// Whoever leaves during a pause leaves nothing behind.
func TestEndsDuringPause(t *testing.T) {
	for name, end := range map[string]func(s *sim, c, up *end){
		"client breaks":  func(s *sim, c, _ *end) { s.reset(c) },
		"server breaks":  func(s *sim, _, up *end) { s.reset(up) },
		"server ends":    func(s *sim, _, up *end) { s.fin(up) },
		"client is done": func(s *sim, c, _ *end) { s.fin(c) },
	} {
		s := newSim(t, true, 1)
		s.fe.HTTPRequest = rules(t, "http-request pause 100ms")
		s.fe.HTTPResponse = setOf(t, "http-response", "http-response pause 100ms")
		c := s.client()
		s.say(c, plainAsk)
		s.pass(110e6)
		up := s.server(0)
		s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		end(s, c, up)
		s.pass(300e6)
		if name != "client breaks" && !strings.HasSuffix(c.take(), "ok") {
			t.Errorf("%s: the answer is lost", name)
		}
		s.fin(c)
		s.pass(2e9)
		s.idle()
	}
}

func TestTarpit(t *testing.T) {
	for _, set := range []bool{false, true} {
		s := newSim(t, true, 1)
		s.fe.Timeouts.Tarpit = 500e6
		lines := []string{"http-request tarpit deny_status 429 if { path /a }"}
		if set {
			lines = append([]string{"http-request set-timeout tarpit 700"}, lines...)
		}
		s.fe.HTTPRequest = rules(t, lines...)
		c := s.client()
		s.say(c, plainAsk)
		s.pass(490e6)
		if got := c.take(); got != "" {
			t.Fatalf("%q came at once", got)
		}
		s.pass(20e6)
		if early := len(c.got) > 0; early == set {
			t.Errorf("set %v: %q", set, c.got)
		}
		s.pass(200e6)
		s.want(c, "HTTP/1.1 429 ")
		if s.fe.Loops[0].DeniedReq != 1 || len(s.made) > 0 {
			t.Error("not counted as denied")
		}
	}
	// A client that leaves is not kept.
	s := newSim(t, true, 1)
	s.fe.Timeouts.Tarpit = 60e9
	s.fe.HTTPRequest = rules(t, "http-request tarpit")
	c := s.client()
	s.say(c, plainAsk)
	s.fin(c)
	s.want(c, "HTTP/1.1 500 ")
	s.idle()
}

func TestSetTimeout(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.HTTPRequest = rules(t, "http-request set-timeout server 2s if { path /a }", "http-request set-timeout server req.hdr(x)", "http-request set-timeout server int(-5)")
	c := s.client()
	for _, x := range []struct {
		ask  string
		wait int64
	}{{plainAsk, 2e9}, {"GET /b HTTP/1.1\r\nHost: h\r\nX: 3000\r\n\r\n", 3e9}, {"GET /b HTTP/1.1\r\nHost: h\r\n\r\n", 20e9}} {
		s.say(c, x.ask)
		s.server(len(s.made) - 1)
		s.pass(x.wait - 100e6)
		if got := c.take(); got != "" {
			t.Errorf("%q too early", got)
		}
		s.pass(200e6)
		s.want(c, "HTTP/1.1 504 ")
	}
}

// set-src and set-dst last for a request, those of the connection for all of
// them.
func TestSetAddresses(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.TCPConnection = setOf(t, "tcp-request connection", "tcp-request connection set-src ipv4(203.0.113.9)", "tcp-request connection set-dst-port int(8080)")
	s.fe.HTTPRequest = rules(t, "http-request set-src req.hdr(x)", "http-request set-src-port int(99) if { path /a }", "http-request set-dst ipv6(2001:db8::1) if { path /a }",
		"http-request return status 200 hdr x-addr %[src],%[src_port],%[dst],%[dst_port]")
	c := s.client()
	for _, x := range [][2]string{
		{"GET /a HTTP/1.1\r\nHost: h\r\nX: 10.1.2.3\r\n\r\n", "10.1.2.3,99,2001:db8::1,8080"},
		{"GET /b HTTP/1.1\r\nHost: h\r\n\r\n", "203.0.113.9,1234,198.51.100.1,8080"},
		{"GET /b HTTP/1.1\r\nHost: h\r\nX: none\r\n\r\n", "203.0.113.9,1234,198.51.100.1,8080"},
	} {
		s.say(c, x[0])
		s.want(c, "x-addr: "+x[1]+"\r\n")
	}
}

func TestSetNice(t *testing.T) {
	s := newSim(t, true, 1)
	s.ln.Nice = 5
	s.fe.HTTPRequest = rules(t, "http-request set-nice 2000 if { path /a }", "http-request set-nice -7 if { path /b }")
	c := s.client()
	for path, want := range map[string]int16{"/a": 1024, "/b": -7, "/c": 5} {
		s.say(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n\r\n")
		up := s.server(len(s.made) - 1)
		if n := c.h.(*link).nice; n != want || up.h.(*link).nice != want {
			t.Errorf("%s: %d, %d", path, n, up.h.(*link).nice)
		}
		s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		s.want(c, "200 OK")
	}
}

func TestSilentDrop(t *testing.T) {
	for action, ttl := range map[string]int{"silent-drop": 0, "silent-drop rst-ttl 5": 5} {
		s := newSim(t, true, 1)
		s.fe.HTTPRequest = rules(t, "http-request "+action)
		c := s.client()
		s.say(c, plainAsk)
		if c.vanished != 1+ttl || len(c.got) > 0 || s.fe.Loops[0].DeniedReq != 1 {
			t.Errorf("%s: %d, %q", action, c.vanished, c.got)
		}
		s.idle()

		s = newSim(t, true, 1)
		s.fe.TCPConnection = setOf(t, "tcp-request connection", "tcp-request connection "+action)
		if c := s.client(); c.vanished != 1+ttl {
			t.Errorf("connection, %s: %d", action, c.vanished)
		}
		s.idle()

		s = newSim(t, true, 1)
		s.be.HTTPResponse = setOf(t, "http-response", "http-response "+action)
		c = s.client()
		s.say(c, plainAsk)
		s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		if c.vanished != 1+ttl || len(c.got) > 0 {
			t.Errorf("response, %s: %d, %q", action, c.vanished, c.got)
		}
		s.idle()
	}
}

// Marks of packets to the server are the request's: no other may use its
// connection, and it uses none.
func TestPackets(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Reuse = config.ReuseAlways
	s.fe.HTTPRequest = rules(t, "http-request set-fc-mark 0x10", "http-request set-tos 46", "http-request set-bc-mark int(7) if { path /a }", "http-request set-bc-tos 0x20 if { path /a }")
	c := s.client()
	for i, path := range []string{"/b", "/a", "/a", "/b", "/b"} {
		s.say(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n\r\n")
		marked := path == "/a"
		if want := []int{1, 2, 3, 3, 3}[i]; len(s.made) != want {
			t.Fatalf("request %d: %d connections, want %d", i, len(s.made), want)
		}
		n := len(s.made) - 1
		if i > 2 {
			n = 0
		}
		if from := s.from[n].Packets; from.HasMark != marked || marked && (from.Mark != 7 || from.TOS != 0x20) {
			t.Errorf("request %d: %+v", i, from)
		}
		s.say(s.server(n), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		s.want(c, "200 OK")
	}
	if c.mark != 16 || c.tos != 46 {
		t.Errorf("%d %d", c.mark, c.tos)
	}
}

func TestEarlyHints(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t, "http-request early-hint Link <a>", "http-request early-hint Link \"<%[path]>\"", "http-request set-header x y",
		"http-request early-hint X-C c if TRUE", "http-request early-hint X-D d", "http-request early-hint X-E e if { path /a }", "http-request early-hint X-F f if FALSE")
	c := s.client()
	s.say(c, plainAsk)
	const want = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\nlink: </a>\r\n\r\n" + "HTTP/1.1 103 Early Hints\r\nx-c: c\r\nx-d: d\r\n\r\n" + "HTTP/1.1 103 Early Hints\r\nx-e: e\r\n\r\n"
	if got := c.take(); got != want {
		t.Errorf("%q", got)
	}
	s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	s.want(c, "HTTP/1.1 200 OK\r\n")
	s.say(c, "GET /a HTTP/1.0\r\n\r\n")
	if got := c.take(); got != "" {
		t.Errorf("HTTP/1.0: %q", got)
	}
}

// What rules of the session say leaves the ends of the connection as they are.
func TestEndsOfTheConnection(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.TCPConnection = setOf(t, "tcp-request connection", "tcp-request connection set-src ipv4(10.0.0.1)")
	s.fe.TCPSession = setOf(t, "tcp-request session", "tcp-request session set-src ipv4(10.1.0.1)", "tcp-request session set-dst-port int(99)")
	s.fe.HTTPRequest = rules(t, "http-request set-src ipv4(10.2.0.1)", "http-request return status 200 hdr x-ends %[src],%[fc_src],%[fc_src_port],%[dst_port],%[fc_dst],%[fc_dst_port]")
	c := s.client()
	s.say(c, plainAsk)
	s.want(c, "x-ends: 10.2.0.1,10.0.0.1,1234,99,198.51.100.1,80\r\n")
}

func TestTimeoutFetches(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Timeouts.Tunnel = 7e9
	s.fe.HTTPRequest = rules(t, "http-request set-timeout client 2s", "http-request set-timeout server 2s")
	s.be.HTTPRequest = rules(t, "http-request set-timeout tunnel int(3000)")
	s.be.HTTPResponse = setOf(t, "http-response", "http-response set-header x-t \"%[fe_client_timeout] %[cur_client_timeout] %[be_server_timeout] %[cur_server_timeout] %[be_queue_timeout] %[cur_queue_timeout] %[be_tunnel_timeout] %[cur_tunnel_timeout] %[be_tarpit_timeout]\"",
		"http-response allow")
	c := s.client()
	s.say(c, plainAsk)
	s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	s.want(c, "x-t: 30000 2000 20000 20000 3000 3000 7000 3000 5000\r\n")
}

// The last final rule is that of the set that ended last before its end.
func TestLastRule(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t, "http-request set-header a b", "http-request allow if { path /a }", "http-request set-header x-last %[last_entity]")
	s.be.HTTPRequest = rules(t, "http-request set-header x-last %[last_rule_file]:%[last_rule_line],%[last_entity]")
	c := s.client()
	for path, want := range map[string]string{"/a": "c:5,c:5", "/b": ":,"} {
		s.say(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		s.want(s.server(len(s.made)-1), "x-last: "+want+"\r\n")
		c = s.client()
	}
}
