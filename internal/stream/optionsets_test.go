package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
)

// What test/optionsets found beside HAProxy.

// An answer of HTTP/1.0 stays one, and says what becomes of the connection as one of
// HTTP/1.0 has to.
func TestAnswersOfHTTP10(t *testing.T) {
	for _, x := range []struct{ answer, want string }{
		{"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok"},
		{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok"},
		{"HTTP/1.0 200 OK\r\n\r\nok", "HTTP/1.0 200 OK\r\n\r\nok"},
		{"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
	} {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		s.say(u, x.answer)
		s.fin(u)
		if got := c.take(); got != x.want {
			t.Errorf("%q became %q, want %q", x.answer, got, x.want)
		}
	}
}

// Interim answers are counted where they come from.
func TestInterimAnswersAreCounted(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+ok)
	s.want(c, "200 OK")
	if n := &s.be.Servers[0].Loops[0]; n.Status[1] != 1 || n.Status[2] != 1 || n.Requests != 2 {
		t.Errorf("1xx %d, 2xx %d, requests %d", n.Status[1], n.Status[2], n.Requests)
	}
	if n := &s.be.Loops[0]; n.Status[1] != 0 {
		t.Errorf("the backend has %d", n.Status[1])
	}
}

// "option logasap" marks what may still grow, also where nothing will.
func TestLogASAPMarksErrors(t *testing.T) {
	prepare, next := logTo(t, logs.HTTP())
	s := newSim(t, true, 1, prepare, func(s *sim) { s.fe.LogASAP = true })
	s.fin(s.client())
	if line := next(); !strings.Contains(line, " 400 +") {
		t.Error(line)
	}
}

// Without a format of its own a frontend logs requests, and nothing of connections
// that brought none.
func TestNoLineWithoutARequest(t *testing.T) {
	prepare, next := logTo(t, logs.Default("HTTP"))
	s := newSim(t, true, 1, prepare)
	for _, text := range []string{"", "GET / HT", "BAD\r\n\r\n"} {
		c := s.client()
		s.say(c, text)
		s.fin(c)
		if line := next(); line != "" {
			t.Errorf("%q is logged: %s", text, line)
		}
	}
	s.say(s.client(), get)
	if line := next(); !strings.HasPrefix(line, "Connect from ") {
		t.Errorf("a request is logged as %q", line)
	}
}

// The identifier is made of the request, also when only the log asks for it.
func TestUniqueIDOfTheRequest(t *testing.T) {
	prepare, next := logTo(t, compileLog(t, "%ID", logs.Traffic))
	s := newSim(t, true, 1, prepare, func(s *sim) {
		s.fe.UniqueID = compileLog(t, "<%[req.hdr(x-id)]>", logs.UniqueID)
		s.fe.HTTPResponse = setOf(t, "http-response", "http-response set-header x-y z")
	})
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nHost: h\r\nX-Id: seven\r\n\r\n")
	s.say(s.server(0), ok)
	if line := next(); line != "<seven>" {
		t.Errorf("logged %q", line)
	}
}

// A connection is a session when it has introduced itself, not before.
func TestSessionsAreIntroduced(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.ln.AcceptProxy = true })
	s.say(s.client(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	s.say(s.client(), "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n")
	if n := &s.fe.Loops[0]; n.Connections != 2 || n.Sessions != 1 {
		t.Errorf("%d connections, %d sessions", n.Connections, n.Sessions)
	}
}

// A server that answers a request on a kept connection with nothing has aborted it; on
// a new one that is an error of its answer.
func TestEmptyAnswersAreCounted(t *testing.T) {
	for _, kept := range []bool{false, true} {
		s := newSim(t, true, 1, func(s *sim) { s.be.Reuse = config.ReuseSafe })
		c := s.client()
		if kept {
			s.say(c, get)
			s.say(s.server(0), ok)
			c.take()
		}
		s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
		s.fin(s.server(0))
		n := &s.be.Servers[0].Loops[0]
		if kept != (n.ServerAborts == 1) || kept == (n.ResErrors == 1) || kept != c.closed {
			t.Errorf("kept %v: %d aborts, %d errors, client closed %v", kept, n.ServerAborts, n.ResErrors, c.closed)
		}
	}
}

func compileLog(t *testing.T, text string, kind logs.Kind) *logs.Format {
	f, err := logs.Compile(text, config.Pos{}, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A client that ends in the middle of its body is told nothing; one that ends before a
// request is told that it was none.
func TestEndsOfClients(t *testing.T) {
	for _, x := range []struct {
		text, want string
		probes     bool
	}{
		{"", "HTTP/1.1 400 ", false}, {"GET / HT", "HTTP/1.1 400 ", false}, {"", "", true},
		{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc", "", false},
		{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "", false},
	} {
		s := newSim(t, true, 1, func(s *sim) { s.fe.IgnoreProbes = x.probes })
		c := s.client()
		s.say(c, x.text)
		if strings.HasPrefix(x.text, "POST") {
			s.server(0)
		}
		s.fin(c)
		if got := c.take(); !strings.HasPrefix(got, x.want) || x.want == "" && got != "" || !c.closed {
			t.Errorf("%q: got %q, closed %v", x.text, got, c.closed)
		}
		s.idle()
	}
}

// Who got no answer at all is counted as another status, and who lets a body time out
// as gone.
func TestOtherEndsAreCounted(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")
	s.server(0)
	s.pass(31e9)
	s.want(c, "HTTP/1.1 400 ")
	if n := &s.be.Servers[0].Loops[0]; n.ClientAborts != 1 {
		t.Errorf("the server has %d aborts of clients", n.ClientAborts)
	}
	s = newSim(t, true, 1)
	s.say(s.client(), get)
	s.th.first.st.abort('K', 'H')
	if n := &s.fe.Loops[0]; n.Status[0] != 1 {
		t.Errorf("%d others", n.Status[0])
	}
}

// "error-log-format" is for all that did not go well; the default format is of those
// who connect, however that goes on.
func TestFormatsOfTrouble(t *testing.T) {
	for _, x := range []struct {
		server, want string
		of           func(s *sim)
	}{
		{ok, "", func(s *sim) { s.fe.DontLogNormal = true }},
		{"nonsense\r\n\r\n", "error 502", func(s *sim) { s.fe.DontLogNormal = true }},
		{ok, "normal 200", func(s *sim) {}},
	} {
		prepare, next := logTo(t, compileLog(t, "normal %ST", logs.Traffic))
		s := newSim(t, true, 1, prepare, x.of, func(s *sim) { s.fe.Output.Error = compileLog(t, "error %ST", logs.ConnError) })
		s.say(s.client(), get)
		s.say(s.server(0), x.server)
		if line := next(); line != x.want {
			t.Errorf("%q is logged as %q, want %q", x.server, line, x.want)
		}
	}
	prepare, next := logTo(t, logs.Default("TCP"))
	s := newSim(t, false, 1, prepare, func(s *sim) { s.fe.DontLogNormal = true })
	s.client()
	if line := next(); !strings.HasPrefix(line, "Connect from ") {
		t.Errorf("logged %q", line)
	}
}

// A first request rides a connection of others if it is sent again should that be lost.
func TestFirstRequestsRideWhereRetriesCover(t *testing.T) {
	const loss = config.RetryConnFailure | config.RetryEmptyResponse | config.RetryResponseTimeout
	for _, x := range []struct {
		on    config.RetryOn
		reuse config.Reuse
		made  int
	}{{loss, config.ReuseSafe, 1}, {loss, config.ReuseAggressive, 1}, {loss, config.ReuseNever, 2}, {loss &^ config.RetryEmptyResponse, config.ReuseSafe, 2}, {loss &^ config.RetryConnFailure, config.ReuseSafe, 2}} {
		s := newSim(t, true, 1, func(s *sim) { s.be.RetryOn, s.be.Reuse = x.on, x.reuse })
		for range 2 {
			c := s.client()
			s.say(c, get)
			s.say(s.server(len(s.made)-1), ok)
			s.fin(c)
		}
		if len(s.made) != x.made {
			t.Errorf("%v, %v: %d connections, want %d", x.on, x.reuse, len(s.made), x.made)
		}
	}
}

// A request to change the protocol cannot ask for the connection's end as well.
func TestUpgradesDoNotClose(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.be.ServerClose = true })
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n")
	u := s.server(0)
	if got := u.take(); strings.Contains(got, "close") || !strings.Contains(got, "connection: upgrade\r\n") {
		t.Errorf("asked with %q", got)
	}
	s.say(u, ok)
	if s.want(c, "200 OK"); !u.closed {
		t.Error("the connection is kept")
	}
}

// Of an answer that a rule refuses the log has no time, nor of a tarpit's request; who
// leaves before there is a connection is no trouble of the server.
func TestTimesAndCountsOfRefusals(t *testing.T) {
	prepare, next := logTo(t, compileLog(t, "%TR/%Tw/%Tc/%Tr %tsc", logs.Traffic))
	s := newSim(t, true, 1, prepare, func(s *sim) { s.fe.HTTPResponse = setOf(t, "http-response", "http-response deny") })
	s.say(s.client(), get)
	s.say(s.server(0), ok)
	if line := next(); line != "0/0/0/-1 PH--" {
		t.Errorf("refused: %s", line)
	}
	prepare, next = logTo(t, compileLog(t, "%TR/%Tw/%Tc/%Tr %tsc", logs.Traffic))
	s = newSim(t, true, 1, prepare, func(s *sim) { s.fe.HTTPRequest = setOf(t, "http-request", "http-request tarpit") })
	c := s.client()
	s.say(c, get)
	s.pass(60e9)
	if line := next(); !strings.HasPrefix(line, "-1/") || !strings.Contains(line, "/-1/-1 PT") || strings.HasPrefix(line, "-1/-1") {
		t.Errorf("tarpit: %s", line)
	}
	s = newSim(t, false, 1)
	c = s.client()
	s.reset(c)
	if n := &s.be.Loops[0]; n.ClientAborts != 0 {
		t.Errorf("%d aborts of clients", n.ClientAborts)
	}
}

// The line of what was no request counts no bytes of its page.
func TestNoBytesWithoutARequest(t *testing.T) {
	prepare, next := logTo(t, compileLog(t, "%B %ST", logs.Traffic))
	s := newSim(t, true, 1, prepare)
	c := s.client()
	s.say(c, "BAD\r\n\r\n")
	s.want(c, "HTTP/1.1 400 ")
	if line := next(); line != "0 400" {
		t.Errorf("logged %s", line)
	}
}

// Who leaves in the middle of an answer has aborted it.
func TestLeavingInAnAnswerIsCounted(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.be.AbortOnClose = true })
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
	s.want(c, "abc")
	s.fin(c)
	if n := &s.be.Servers[0].Loops[0]; n.ClientAborts != 1 || !c.closed {
		t.Errorf("%d aborts, closed %v", n.ClientAborts, c.closed)
	}
}
