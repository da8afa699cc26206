package explain

import (
	"encoding/json"
	"strings"
	"testing"
)

func sampleReport() *Recorder {
	r := &Recorder{}
	r.Enter("frontend web")
	r.Enter("frontend web") // the same goes on
	r.Open(Rule, "a.cfg", 12, "http-request deny if blocked !{ src 10.0.0.0/8 }")
	r.Open(Term, "", 0, "blocked")
	r.Open(Test, "a.cfg", 9, "path_beg /x")
	r.Value("path_beg", "str", Quote([]byte("/x\x00\x1b[1m")))
	r.Close("yes")
	r.Close("yes")
	r.Open(Term, "", 0, "!{ src 10.0.0.0/8 }")
	r.Missing("src")
	r.Close("yes")
	r.Changes("GET / HTTP/1.1\r\nx-a: 1\r\nx-a: 1\r\n\r\n", "GET / HTTP/1.1\r\nx-a: 1\r\nx-b: \x1b\r\n\r\n")
	r.Close("deny 403")
	r.Close("nothing is open")
	r.Report.Frontend, r.Report.Client, r.Report.Request = "web", "192.0.2.1:1", "GET /\x1b HTTP/1.1"
	r.Report.Outcome = Outcome{Status: 403, Termination: "PR--"}
	return r
}

func TestText(t *testing.T) {
	const want = `GET /. HTTP/1.1
  from 192.0.2.1:1 to frontend web

frontend web
  a.cfg:12  http-request deny if blocked !{ src 10.0.0.0/8 }  -> deny 403
    yes      blocked
      a.cfg:9  yes      path_beg /x
        path_beg = "/x\x00\x1b[1m"
    yes      !{ src 10.0.0.0/8 }
      src = (missing)
    - x-a: 1
    + x-b: .

=> answer 403, termination PR--
`
	r := sampleReport()
	if got := r.Report.Text(); got != want {
		t.Errorf("%s", got)
	}
}

func TestJSON(t *testing.T) {
	r := sampleReport()
	text := r.Report.JSON()
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		t.Errorf("not one line: %q", text)
	}
	var back Report
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Fatal(err)
	}
	if back.Text() != r.Report.Text() {
		t.Errorf("JSON lost something: %s", text)
	}
}

// The record of a request is bounded, however much is evaluated.
func TestRecordIsBounded(t *testing.T) {
	r := &Recorder{}
	long := strings.Repeat("x", 10000)
	for range 3 * maxNodes {
		r.Open(Rule, "a", 1, long)
		r.Value("f", "str", Quote([]byte(long)))
		r.Value("f", "bin", Hex([]byte(long)))
		r.Close("no")
	}
	for range 10 * maxDepth {
		r.Open(Term, "", 0, "t")
	}
	if text := r.Report.Text(); !r.Report.Cut || len(text) > 2*maxBytes || !strings.Contains(text, "which is not shown") {
		t.Errorf("%d bytes, cut %v", len(text), r.Report.Cut)
	}
}

func TestChangesOfNothing(t *testing.T) {
	r := &Recorder{}
	if r.Changes("a\r\nb\r\n", "a\r\nb\r\n") || len(r.Report.Nodes) != 0 {
		t.Error("a change where there is none")
	}
	if !r.Changes("a\r\nb\r\n", "b\r\n") || len(r.Report.Nodes) != 1 || r.Report.Nodes[0].Text != "- a" {
		t.Errorf("%+v", r.Report.Nodes)
	}
}
