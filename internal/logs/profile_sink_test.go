package logs

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// A target with a profile shows what that says of the moment, and any other what
// the proxy says.
func TestProfile(t *testing.T) {
	spec, d := config.Parse([]config.File{{Name: "f.cfg", Data: []byte(`log-profile p
 log-tag custom
 on close format "closed %b"
 on connect drop
 on error format "wrong" sd "[e]"
 on any format "%OG"
log-profile sd
 on close sd "[only]"
`)}}, config.Options{})
	if d.Faulty() {
		t.Fatal(d.List)
	}
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 7})
	profiles := map[string]*Profile{}
	for _, f := range spec.LogProfiles {
		p, err := NewProfile(f)
		if err != nil {
			t.Fatal(err)
		}
		profiles[f.Name] = p
	}
	h.SetProfiles(profiles)
	named := func(name string) func(*config.LogTarget) { return func(l *config.LogTarget) { l.Profile = name } }
	short := func(at Origin, route func(*config.LogTarget), with *Profile) string {
		o := testOutput(t, h, mustCompile(t, "plain"), udpLine(conn, format("rfc5424"), route))
		s := h.NewSink(fixedClock)
		defer s.Close()
		e := Entry{Backend: "be", Origin: at}
		s.LogProfile(o, with, Info, &e, nil)
		if !s.dirty {
			return ""
		}
		s.Flush()
		return receive(t, conn)[len("<158>1 2026-11-22T23:14:05.123456+01:00 - "):]
	}
	for _, x := range []struct {
		at    Origin
		route string
		with  *Profile
		want  string
	}{
		{OriginClose, "", nil, "haproxy 7 - - plain\n"},
		{OriginClose, "p", nil, "custom 7 - - closed be\n"},
		{OriginConnect, "p", nil, ""},
		{OriginSessionError, "p", nil, "custom 7 - [e] wrong\n"},
		{OriginHTTPReq, "p", nil, "custom 7 - - http-req\n"},
		{OriginResponse, "p", nil, "custom 7 - - txn_response\n"},
		{OriginClose, "sd", nil, "haproxy 7 - [only] plain\n"},
		{OriginRequest, "sd", nil, "haproxy 7 - - plain\n"},
		{OriginClose, "nope", nil, "haproxy 7 - - plain\n"},
		{OriginTCPReqConn, "sd", profiles["p"], "custom 7 - - tcp-req-conn\n"},
	} {
		if got := short(x.at, named(x.route), x.with); got != x.want {
			t.Errorf("%s with %q: %q, want %q", originNames[x.at], x.route, got, x.want)
		}
	}
}
