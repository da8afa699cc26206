package stream

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/userlist"
)

// authRules compiles lines of http-request over a userlist u, in which ann has the
// password "secret", which has to be hashed, and bob "plain", which has not.
func authRules(t *testing.T, lines ...string) (rule.Set, rule.Switch) {
	t.Helper()
	h, err := userlist.ParseHash("$1$salt$ez2vlPGdaLYkJam5pWs/Y1")
	if err != nil {
		t.Fatal(err)
	}
	text := "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten l\n mode http\n bind :1\n" + strings.Join(lines, "\n") + "\nbackend b\n mode http\n"
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte(text)}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	users := userlist.New("u", userlist.WithHash("ann", h, "staff"), userlist.WithPassword("bob", "plain"))
	for _, ref := range spec.References {
		ref.What.(*sample.UserList).Bind(users)
	}
	return rule.Collect(spec.Proxies[0], "http-request"), rule.CollectSwitch(spec.Proxies[0])
}

func asks(credentials string) string {
	return "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte(credentials)) + "\r\n\r\n"
}

// gate holds the provers of an engine, which are one at a time, until open is called;
// that returns when they have done all there was.
func gate(e *Engine) (open func()) {
	e.provers = &provers{most: 1}
	hold := make(chan struct{})
	e.provers.add(&job{run: func() { <-hold }, done: func() {}})
	return func() {
		over := make(chan struct{})
		e.provers.add(&job{run: func() {}, done: func() { close(over) }})
		close(hold)
		<-over
	}
}

// While a password is hashed, its request waits and nobody else does; what was found
// out is known afterwards.
func TestProve(t *testing.T) {
	set, _ := authRules(t, "acl ok http_auth(u)", "http-request add-header seen once", "http-request auth unless ok",
		"http-request return status 200 hdr seen %[req.hdr_cnt(seen)] hdr who %[http_auth_group(u)] hdr staff yes if { http_auth_group(u) staff }", "http-request return status 204")
	s := newSim(t, true, 1, func(s *sim) { s.fe.HTTPRequest = set })
	open := gate(s.e)
	right, wrong, plain, none, gone := s.client(), s.client(), s.client(), s.client(), s.client()
	s.say(right, asks("ann:secret"))
	s.say(wrong, asks("ann:guess"))
	s.say(gone, asks("ann:left"))
	s.say(plain, asks("bob:plain"))
	s.say(none, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	s.want(plain, " 204 ")
	s.want(none, " 401 ")
	if len(right.got)+len(wrong.got) > 0 {
		t.Fatalf("answered without proof: %q %q", right.got, wrong.got)
	}
	s.reset(gone)
	if n := s.e.Streams(); n != 2 {
		t.Fatalf("%d streams wait", n)
	}
	open()
	s.turn()
	s.want(wrong, " 401 ")
	if got := s.want(right, " 200 "); !strings.Contains(got, "seen: 1\r\n") || !strings.Contains(got, "who: ann\r\n") || !strings.Contains(got, "staff: yes\r\n") {
		t.Errorf("%q", got)
	}

	// Both passwords are known now: no proof is asked for.
	s.e.provers = nil
	right.got, wrong.got = nil, nil
	again := s.client()
	s.say(right, asks("ann:secret"))
	s.want(right, " 200 ")
	s.say(again, asks("ann:guess"))
	s.want(again, " 401 ")
}

// The rules that choose a backend wait as well.
func TestProveSwitch(t *testing.T) {
	_, cases := authRules(t, "use_backend b if { http_auth(u) }")
	if !cases.AsksUsers() {
		t.Fatal("no userlist is mentioned")
	}
	s := newSim(t, true, 1, func(s *sim) {
		s.fe.Pending = cases.Pending
	})
	open := gate(s.e)
	c := s.client()
	s.say(c, asks("ann:secret"))
	if len(s.made) > 0 {
		t.Fatal("a server was chosen without proof")
	}
	open()
	s.turn()
	if got := s.server(0).got; !strings.Contains(string(got), "GET / ") {
		t.Fatalf("the server got %q", got)
	}
}

// A rule of a connection that is inspected waits, too.
func TestProveContent(t *testing.T) {
	text := "tcp-request content reject unless { http_auth(u) }"
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte("listen l\n mode http\n bind :1\n tcp-request inspect-delay 5s\n " + text + "\n")}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	h, _ := userlist.ParseHash("$1$salt$ez2vlPGdaLYkJam5pWs/Y1")
	for _, ref := range spec.References {
		ref.What.(*sample.UserList).Bind(userlist.New("u", userlist.WithHash("ann", h)))
	}
	s := newSim(t, true, 1, func(s *sim) {
		s.fe.TCPContent, s.fe.InspectRequest = rule.Collect(spec.Proxies[0], "tcp-request content"), 5e9
	})
	open := gate(s.e)
	right, wrong := s.client(), s.client()
	s.say(right, asks("ann:secret"))
	s.say(wrong, asks("ann:guess"))
	if len(s.made) > 0 || wrong.closed || len(wrong.got) > 0 {
		t.Fatal("decided without proof")
	}
	open()
	s.turn()
	s.want(s.server(0), "GET / ")
	if !wrong.closed {
		t.Error("the wrong password was let through")
	}
}
