package rule

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
)

func loadReplies(text string) (*config.Spec, []string) {
	s, d := config.Parse([]config.File{{Name: "f.cfg", Data: []byte(text)}}, config.Options{Tables: []config.Table{Table()},
		ReadFile: func(name string) ([]byte, error) {
			switch name {
			case "/503":
				return []byte("HTTP/1.1 503 Busy\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbusy"), nil
			case "/empty":
				return nil, nil
			}
			return nil, errors.New("no such file")
		}})
	if !d.Failed() {
		Check(s, d)
	}
	var got []string
	for _, m := range d.List {
		got = append(got, m.Level.String()+" "+m.String())
	}
	return s, got
}

func TestHTTPErrorMessages(t *testing.T) {
	const intro = "ALERT config : parsing [f.cfg:3] : http-error : "
	for line, want := range map[string]string{
		"":                                            intro + "expects at least a <status> as arguments.",
		"content-type text/plain string x":            intro + "expects at least a <status> as arguments.",
		"status":                                      intro + "'status' expects <status_code> as argument",
		"status 5x":                                   intro + "Unexpected status code '5'",
		"status 999 string x":                         intro + "Unexpected status code '999'",
		"status 503 string x":                         intro + "a content type must be defined when non-empty payload is configured",
		"status 503 lf-string x":                      intro + "a content type must be defined with a log-format payload",
		"status 503 content-type":                     intro + "'content-type' expects <ctype> as argument",
		"status 503 hdr X":                            intro + "'hdr' expects <name> and <value> as arguments",
		"status 503 errorfile /none":                  intro + "error opening file '/none'.",
		"status 503 errorfiles":                       intro + "'errorfiles' expects <name> as argument",
		"status 503 foo":                              intro + "unknown keyword 'foo'.",
		"status 503 if TRUE":                          intro + "unknown keyword 'if'.",
		"status 503 string x errorfile y":             intro + "unexpected 'errorfile' argument, 'string' already defined",
		"status 204 content-type a string x":          intro + "No body expected for 204 responses",
		"status 503 content-type text/plain":          "WARNING config : parsing [f.cfg:3] : content-type 'text/plain' ignored by the http reply because neither errorfile nor payload defined.",
		"status 418 content-type a string x":          "ALERT config : parsing [f.cfg:3] : http-error: status code '418' not handled.",
		"status 503 content-type a lf-string %[nope]": intro + "failed to parse sample expression <nope]> : unknown fetch method 'nope'",
		"status 503 errorfiles nope":                  "ALERT proxy 'b': unknown http-errors section 'nope' (at f.cfg:3).",
	} {
		_, got := loadReplies("backend b\n mode http\n http-error " + line + "\n")
		if len(got) == 0 || got[0] != want {
			t.Errorf("http-error %s\n got %q\nwant %q", line, got, want)
		}
	}
}

func TestHTTPErrorForms(t *testing.T) {
	for _, args := range []string{
		"status 503", "status 503 content-type text/plain string x", "status 503 content-type a lf-string '%[src] %[req.hdr(x)] %[res.hdr(x)]' hdr X %[path]",
		"status 503 default-errorfiles", "status 503 errorfile /503", "status 503 errorfile /empty", "status 500 content-type a file /503",
	} {
		s, got := loadReplies("backend b\n mode http\n http-error " + args + "\n")
		if len(got) > 0 {
			t.Errorf("%s: %v", args, got)
			continue
		}
		if text := s.String(); !strings.Contains(text, "\thttp-error "+strings.ReplaceAll(args, "-format", "-format")+"\n") {
			t.Errorf("%s prints as\n%s", args, text)
		}
	}
}

// A reply may take the page of an http-errors section, which may stand later.
func TestReplyGroups(t *testing.T) {
	s, got := loadReplies(`frontend f
 mode http
 bind :80
 timeout client 1s
 http-request return status 503 errorfiles g if TRUE
 http-request deny status 408 errorfiles g if TRUE
 http-request return status 500 errorfiles g if TRUE
 http-request return status 500 errorfiles nope
http-errors g
 errorfile 503 /503
 errorfile 408 /empty
`)
	want := []string{
		"WARNING Proxy 'f': status '500' referenced by an http reply not declared in http-errors section 'g'.",
		"ALERT Proxy 'f': unknown http-errors section 'nope' referenced by an http reply .",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var replies []*Reply
	for _, d := range s.Proxies[0].Rules["http-request"] {
		replies = append(replies, d.Program.(*Rule).Action.(*answer).reply)
	}
	if out := string(replies[0].Append(nil, nil, false, false)); out != "HTTP/1.1 503 Busy\r\nx-a: b\r\ncontent-length: 4\r\n\r\nbusy" || replies[0].Closes() {
		t.Errorf("the page of the group: %q", out)
	}
	if out := replies[1].Append(nil, nil, false, false); len(out) > 0 || !replies[1].Closes() || replies[1].ErrorPage {
		t.Errorf("an empty page answers %q", out)
	}
	if !replies[2].ErrorPage || replies[2].Status != 500 {
		t.Error("without a page of the group the proxy's own is not used")
	}
}
