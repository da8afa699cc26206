package stream

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// asked is an inquiry and what it was told.
type asked struct {
	Inquiry
	reports []*explain.Report
	over    []string
}

func (s *sim) inquire(t *testing.T, count int64, cond string) *asked {
	a := &asked{}
	a.Count = count
	a.Told = func(r *explain.Report) { a.reports = append(a.reports, r) }
	a.Over = func(why string) { a.over = append(a.over, why) }
	if cond != "" {
		c, err := rule.Ask(strings.Fields(cond), nil)
		if err != nil {
			t.Fatal(err)
		}
		a.Cond = c
	}
	if !s.e.Inquire(&a.Inquiry) {
		t.Fatal("there is an inquiry already")
	}
	return a
}

const noBody = " HTTP/1.1\r\nHost: x\r\n\r\n"

// The requests that were asked for are told, those in between leave nothing behind.
func TestInquiry(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.fe.HTTPRequest = rules(t, "http-request deny if { path /no }", "http-request set-header x-a %[path]")
		s.fe.TCPConnection = ruleSet(t, "tcp-request connection", "tcp-request connection accept if { src 192.0.2.1 }")
	})
	a := s.inquire(t, 2, "if { path_beg /a } || { path /no }")
	if s.e.Inquire(&Inquiry{Count: 1}) {
		t.Error("two inquiries at a time")
	}
	c := s.client()
	for i, path := range []string{"/x", "/a", "/y", "/no", "/a"} {
		s.say(c, "GET "+path+noBody)
		if path != "/no" {
			s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
		if want := max(0, min(i, 3)+1) / 2; len(a.reports) != want {
			t.Errorf("after %s: %d reports, not %d", path, len(a.reports), want)
		}
	}
	if len(a.over) != 1 || a.over[0] != "" || s.e.inquiry.Load() != nil || a.open.Load() != 0 {
		t.Errorf("over %q, %d records left", a.over, a.open.Load())
	}
	first, second := a.reports[0], a.reports[1]
	if o := first.Outcome; first.Request != "GET /a HTTP/1.1" || o.Backend != "app" || o.Server != "a" || o.Status != 200 || o.Termination != "----" {
		t.Errorf("%+v", first)
	}
	if text := first.Text(); !strings.Contains(text, `+ x-a: /a`) || !strings.Contains(text, "balance roundrobin  -> server a") {
		t.Errorf("%s", text)
	}
	if o := second.Outcome; o.Status != 403 || o.Termination != "PR--" || o.Server != "" {
		t.Errorf("%+v", o)
	}
}

// The first request of a connection comes with the rules of the connection, and a
// connection that they refuse is told as well.
func TestInquiryOfConnection(t *testing.T) {
	for _, line := range []string{"tcp-request connection accept if { src 192.0.2.1 }", "tcp-request connection reject if { src 192.0.2.1 }"} {
		s := newSim(t, true, 1, func(s *sim) {
			s.fe.TCPConnection = ruleSet(t, "tcp-request connection", line)
			s.fe.HTTPRequest = rules(t, "http-request deny")
		})
		a := s.inquire(t, 1, "if { src 192.0.2.1 }")
		if c := s.client(); !c.closed {
			s.say(c, "GET /"+noBody)
		}
		if len(a.reports) != 1 {
			t.Fatalf("%s: %d reports", line, len(a.reports))
		}
		if text := a.reports[0].Text(); !strings.Contains(text, line) || strings.Contains(text, "403") == strings.Contains(line, "reject") {
			t.Errorf("%s", text)
		}
	}
}

// An inquiry ends when it has cost what it may.
func TestInquiryHasABudget(t *testing.T) {
	s := newSim(t, true, 1)
	a := s.inquire(t, 100, "if { path /never }")
	a.Budget = time.Nanosecond
	s.say(s.client(), "GET /"+noBody)
	if len(a.over) != 1 || !strings.HasPrefix(a.over[0], "stopped") || s.e.inquiry.Load() != nil {
		t.Errorf("%q", a.over)
	}
	s.say(s.client(), "GET /"+noBody) // nobody asks any more
	if len(a.reports) != 0 || a.open.Load() != 0 {
		t.Errorf("%d reports, %d records left", len(a.reports), a.open.Load())
	}
}

// Connections that never send a request take no more records than there may be.
func TestInquiryIsBounded(t *testing.T) {
	s := newSim(t, true, 1)
	a := s.inquire(t, 1, "if { path /never }")
	a.open.Store(maxRecords)
	s.say(s.client(), "GET /"+noBody)
	if n := a.open.Load(); n != maxRecords {
		t.Errorf("%d records", n)
	}
	a.open.Store(0)
	c := s.client()
	if n := a.open.Load(); n != 1 {
		t.Errorf("%d records of an idle connection", n)
	}
	s.fin(c)
	if n := a.open.Load(); n != 0 {
		t.Errorf("%d records after its end", n)
	}
}

type explode struct{}

func (explode) Do(*sample.Ctx, *rule.Result) rule.Verdict { panic("boom") }

// A rule that panics ends its stream, which is told as far as it came.
func TestInquiryOfPanic(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.quiet = true
		s.fe.HTTPRequest = rule.Set{{Pos: config.Pos{File: "f", Line: 7}, Words: []string{"http-request", "boom"}, Action: explode{}}}
	})
	a := s.inquire(t, 1, "")
	s.say(s.client(), "GET /"+noBody)
	if len(a.reports) != 1 || a.reports[0].Outcome.Status != 500 || !strings.Contains(a.reports[0].Text(), "f:7  http-request boom") {
		t.Errorf("%+v", a.reports)
	}
}

// A rehearsal takes no time, however long the rules wait.
func TestRehearsalTakesNoTime(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.fe.HTTPRequest = rules(t, "http-request pause 1h", "http-request tarpit if { path /tar }")
		s.fe.Timeouts.Tarpit = 3600e9
	})
	start := time.Now()
	r, err := s.e.Rehearse(Rehearsal{Listener: s.ln, Request: []byte("GET /tar" + noBody)})
	if err != nil || r.Outcome.Status != 500 {
		t.Errorf("%v, %+v", err, r)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
}

// Whatever part of a request there is, its rehearsal comes to an end.
func TestRehearsalOfEveryPart(t *testing.T) {
	const request = "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	for n := range len(request) + 1 {
		s := newSim(t, true, 1, func(s *sim) {
			s.quiet = true
			s.fe.HTTPRequest = rules(t, "http-request wait-for-body time 10s")
		})
		r, err := s.e.Rehearse(Rehearsal{Listener: s.ln, Request: []byte(request[:n]), Response: []byte("HTTP/1.1 204 No Content\r\n\r\n")})
		want := 204
		if n < len(request) {
			want = 408
		}
		if err != nil || r.Outcome.Status != want {
			t.Errorf("%d bytes: %v, %+v", n, err, r)
		}
	}
}
