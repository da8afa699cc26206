package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// editor is the other side of a session.
type editor struct {
	t      *testing.T
	in     io.WriteCloser
	out    *bufio.Reader
	errors bytes.Buffer
	status chan int
	next   int
}

func open(t *testing.T) *editor {
	toServer, in := io.Pipe()
	out, fromServer := io.Pipe()
	e := &editor{t: t, in: in, out: bufio.NewReader(out), status: make(chan int, 1)}
	go func() {
		status := serve(toServer, fromServer, &e.errors)
		fromServer.Close()
		e.status <- status
	}()
	t.Cleanup(func() { in.Close(); out.Close() })
	return e
}

func (e *editor) raw(text string) { io.WriteString(e.in, text) }

func (e *editor) send(method string, id int, params any) {
	m := map[string]any{"jsonrpc": "2.0", "method": method, "params": params}
	if id > 0 {
		m["id"] = id
	}
	b, err := json.Marshal(m)
	if err != nil {
		e.t.Fatal(err)
	}
	e.raw(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(b), b))
}

// message is any message of the server.
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Code int }
}

func (e *editor) receive() message {
	e.t.Helper()
	var m message
	if err := readMessage(e.out, &m); err != nil {
		e.t.Fatalf("no message: %v; %s", err, e.errors.String())
	}
	return m
}

// ask sends a request and returns its result; diagnostics on the way are passed
// over.
func ask[T any](e *editor, method string, params any) T {
	e.t.Helper()
	e.next++
	e.send(method, e.next, params)
	for {
		m := e.receive()
		if m.ID != e.next {
			continue
		}
		if m.Error != nil {
			e.t.Fatalf("%s: error %d", method, m.Error.Code)
		}
		var v T
		if err := json.Unmarshal(m.Result, &v); err != nil {
			e.t.Fatal(err)
		}
		return v
	}
}

// diagnostics waits for those of a version.
func (e *editor) diagnostics(version int) []diagnostic {
	e.t.Helper()
	for {
		m := e.receive()
		var p publishParams
		if m.Method == "textDocument/publishDiagnostics" && json.Unmarshal(m.Params, &p) == nil && p.Version == version {
			return p.Diagnostics
		}
	}
}

func (e *editor) didOpen(text string) {
	e.send("textDocument/didOpen", 0, map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "haproxy", "version": 1, "text": text}})
}

func (e *editor) didChange(version int, text string) {
	e.send("textDocument/didChange", 0, map[string]any{"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": []map[string]string{{"text": text}}})
}

const uri = "file:///etc/haproxy/haproxy.cfg"

func (e *editor) leave(want int) {
	e.t.Helper()
	select {
	case got := <-e.status:
		if got != want {
			e.t.Errorf("exit status %d, want %d; %s", got, want, e.errors.String())
		}
	case <-time.After(10 * time.Second):
		e.t.Fatal("the session goes on")
	}
}

func at(line, character int) map[string]any {
	return map[string]any{"textDocument": map[string]string{"uri": uri}, "position": position{line, character}}
}

const sampleText = `global
    maxconn 100
defaults base
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web from base
    bind 127.0.0.1:8080
    acl is_api path_beg /api
    http-request set-header x-a %[src]
    use_backend api if is_api
    default_backend app
backend app from base
    server a 127.0.0.1:81 check
backend api from base
    server b 127.0.0.1:82 weigth 5
`

// One session from beginning to end: errors at their lines, gone when they are
// repaired, completion, hover, definition, outline.
func TestSession(t *testing.T) {
	e := open(t)
	if caps := ask[map[string]any](e, "initialize", map[string]any{"capabilities": map[string]any{}}); caps["capabilities"] == nil {
		t.Error("no capabilities")
	}
	e.send("initialized", 0, map[string]any{})
	e.send("$/unknown", 0, map[string]any{})
	e.didOpen(sampleText)
	list := e.diagnostics(1)
	if len(list) != 1 || list[0].Range.Start != (position{16, 4}) || list[0].Severity != severityError || !strings.Contains(list[0].Message, "did you mean 'weight'") {
		t.Fatalf("diagnostics: %+v", list)
	}
	e.didChange(2, strings.Replace(sampleText, "weigth", "weight", 1))
	if list := e.diagnostics(2); len(list) != 0 {
		t.Errorf("diagnostics of a right text: %+v", list)
	}
	if loc := ask[*location](e, "textDocument/definition", at(11, 18)); loc == nil || loc.Range.Start.Line != 15 {
		t.Errorf("definition of a backend: %+v", loc)
	}
	if loc := ask[*location](e, "textDocument/definition", at(11, 26)); loc == nil || loc.Range.Start.Line != 9 {
		t.Errorf("definition of an ACL: %+v", loc)
	}
	if loc := ask[*location](e, "textDocument/definition", at(7, 20)); loc == nil || loc.Range.Start.Line != 2 {
		t.Errorf("definition of a defaults section: %+v", loc)
	}
	if loc := ask[*location](e, "textDocument/definition", at(3, 6)); loc != nil {
		t.Errorf("definition of a keyword: %+v", loc)
	}
	var names []string
	for _, s := range ask[[]symbol](e, "textDocument/documentSymbol", at(0, 0)) {
		names = append(names, fmt.Sprintf("%s %d-%d", s.Name, s.Range.Start.Line, s.Range.End.Line))
	}
	if got := strings.Join(names, ", "); got != "global 0-1, defaults base 2-6, frontend web 7-12, backend app 13-14, backend api 15-17" {
		t.Errorf("outline: %s", got)
	}
	ask[any](e, "shutdown", nil)
	e.send("exit", 0, nil)
	e.leave(0)
}

// What is offered, by what is written of a line.
func TestCompletion(t *testing.T) {
	tests := []struct {
		written string
		want    []string
		not     []string
	}{
		{"", []string{"bind", "acl", "option", "backend", "http-request"}, []string{"server", "maxconnrate"}},
		{"    ma", []string{"maxconn"}, []string{"server"}},
		{"    no ", []string{"option"}, nil},
		{"    option ", []string{"httplog", "forwardfor"}, []string{"bind"}},
		{"    timeout ", []string{"client", "http-request"}, []string{"bind"}},
		{"    bind ", nil, []string{"accept-proxy"}},
		{"    bind :80 ", []string{"accept-proxy", "ssl"}, []string{"weight"}},
		{"    http-request ", []string{"deny", "set-header", "return"}, []string{"set-status"}},
		{"    http-request deny ", []string{"if", "unless"}, nil},
		{"    tcp-request connection ", []string{"reject", "expect-proxy"}, []string{"set-header"}},
		{"    http-request deny if ", []string{"is_api", "HTTP", "{"}, []string{"deny"}},
		{"    http-request deny if { ", []string{"path_beg", "src"}, []string{"lower"}},
		{"    http-request deny if { path,", []string{"lower"}, []string{"src"}},
		{"    http-request set-header a %[", []string{"src"}, []string{"lower"}},
		{"    http-request set-header a %[src,", []string{"ipmask"}, []string{"src"}},
		{"    http-request set-header a \"%[req.hdr(a,1)", []string{"req.hdr"}, []string{"lower"}},
		{"    acl b ", []string{"path", "hdr"}, []string{"lower"}},
		{"    acl b path -m ", []string{"beg", "reg"}, []string{"path"}},
		{"    log-format %", []string{"ci", "ST"}, nil},
		{"    use_backend ", []string{"api", "app"}, []string{"base", "web"}},
		{"    default_backend ", []string{"api", "app"}, []string{"web"}},
		{"    # bi", nil, []string{"bind"}},
	}
	for _, test := range tests {
		text := strings.Replace(sampleText, "    default_backend app\n", test.written+"\n", 1)
		d := newDocument(uri, 1, text)
		got := map[string]bool{}
		for _, i := range complete(d, position{12, len(test.written)}).Items {
			got[i.Label] = true
		}
		for _, w := range test.want {
			if !got[w] {
				t.Errorf("%q: %s is not offered", test.written, w)
			}
		}
		for _, w := range test.not {
			if got[w] {
				t.Errorf("%q: %s is offered", test.written, w)
			}
		}
	}
	d := newDocument(uri, 1, "defaults base\nbackend b from \n server s 1.1.1.1:1 \n")
	if list := complete(d, position{1, 15}).Items; len(list) != 1 || list[0].Label != "base" {
		t.Errorf("after from: %+v", list)
	}
	if list := complete(d, position{2, 20}).Items; len(list) < 50 {
		t.Errorf("options of a server: %+v", list)
	}
}

// Blanks are spaces and tabs, in headings too.
func TestTabs(t *testing.T) {
	d := newDocument(uri, 1, "backend\tapp\n\tserver\ta\t127.0.0.1:1\nfrontend \tweb\tfrom base\n\tdefault_backend\tapp\n\t\n")
	var names []string
	for _, s := range outline(d) {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, ", "); got != "backend app, frontend web" {
		t.Errorf("outline: %s", got)
	}
	if loc := define(d, position{3, 18}); loc == nil || loc.Range.Start.Line != 0 {
		t.Errorf("definition: %+v", loc)
	}
	if items := complete(d, position{4, 1}).Items; !slices.ContainsFunc(items, func(i completionItem) bool { return i.Label == "bind" }) {
		t.Error("bind is not offered in a frontend")
	}
}

// What is said of a word.
func TestHover(t *testing.T) {
	tests := []struct {
		line   string
		column int
		want   []string
	}{
		{"    maxconn 10", 6, []string{"maxconn <", "frontend"}},
		{"    option httplog", 12, []string{"option httplog"}},
		{"    no option dontlognull", 18, []string{"option dontlognull"}},
		{"    bind :80 accept-proxy", 15, []string{"accept-proxy", "PROXY"}},
		{"    http-request set-header a %[src,ipmask(8)]", 20, []string{"set-header"}},
		{"    http-request set-header a %[src,ipmask(8)]", 33, []string{"src : addr", "address"}},
		{"    http-request set-header a %[src,ipmask(8)]", 38, []string{"ipmask("}},
		{"    http-request deny if { path_beg /x }", 29, []string{"path"}},
		{"    log-format %ci", 16, []string{"%ci"}},
		{"    http-request wait-for-handshake", 20, []string{"wait-for-handshake", "Not built yet"}},
		{"    nosuch", 6, nil},
		{"    maxconn 10", 13, nil},
	}
	for _, test := range tests {
		d := newDocument(uri, 1, "frontend f\n"+test.line+"\n")
		h := describe(d, position{1, test.column})
		if (h == nil) != (test.want == nil) {
			t.Errorf("%s at %d: %+v", test.line, test.column, h)
			continue
		}
		for _, w := range test.want {
			if !strings.Contains(h.Contents.Value, w) {
				t.Errorf("%s at %d: %q without %q", test.line, test.column, h.Contents.Value, w)
			}
		}
	}
}

// Positions count UTF-16 units.
func TestPositions(t *testing.T) {
	d := newDocument(uri, 1, "a\U0001F600é\xffz\r\nnext\n")
	for _, test := range []struct{ character, column int }{{0, 0}, {1, 1}, {2, 5}, {3, 5}, {4, 7}, {5, 8}, {6, 9}, {99, 9}} {
		if c := d.column(position{0, test.character}); c != test.column {
			t.Errorf("character %d is byte %d, want %d", test.character, c, test.column)
		}
	}
	if p := d.at(0, 8); p != (position{0, 5}) {
		t.Errorf("byte 8 is %+v", p)
	}
	if d.line(0) != "a\U0001F600é\xffz" || d.line(1) != "next" || d.line(2) != "" || d.line(9) != "" {
		t.Error("lines are cut wrong")
	}
}

// A session that breaks the rules ends with status 1, and says why.
func TestBrokenSessions(t *testing.T) {
	tests := map[string]string{
		"no length":       "X: 1\r\n\r\n",
		"no header":       "nonsense\r\n\r\n",
		"a huge length":   "Content-Length: 99999999999\r\n\r\n",
		"negative length": "Content-Length: -1\r\n\r\n",
		"no JSON":         "Content-Length: 3\r\n\r\n{x}",
		"a long header":   strings.Repeat("x", 1<<16) + "\r\n",
	}
	for name, text := range tests {
		e := open(t)
		go e.raw(text)
		e.leave(1)
		if e.errors.Len() == 0 {
			t.Errorf("%s: nothing said", name)
		}
	}
	e := open(t)
	e.in.Close()
	e.leave(1)
	e = open(t)
	e.send("exit", 0, nil)
	e.leave(1)
}

// Requests after shutdown, of unknown methods and with wrong parameters are
// errors of their own.
func TestRefusedRequests(t *testing.T) {
	e := open(t)
	for _, test := range []struct {
		method string
		params any
		code   int
	}{
		{"nosuch", nil, -32601},
		{"textDocument/hover", []int{1}, -32602},
		{"textDocument/completion", "x", -32602},
	} {
		e.next++
		e.send(test.method, e.next, test.params)
		if m := e.receive(); m.Error == nil || m.Error.Code != test.code {
			t.Errorf("%s: %+v", test.method, m)
		}
	}
	ask[any](e, "shutdown", nil)
	e.next++
	e.send("textDocument/hover", e.next, at(0, 0))
	if m := e.receive(); m.Error == nil || m.Error.Code != -32600 {
		t.Errorf("after shutdown: %+v", m)
	}
	e.send("exit", 0, nil)
	e.leave(0)
}

// Documents that mean harm: NUL bytes, a million open conditions, many megabytes.
func TestHostileDocuments(t *testing.T) {
	e := open(t)
	e.didOpen(strings.Repeat(".if 1\n", 1e6))
	if list := e.diagnostics(1); len(list) == 0 {
		t.Error("a million open conditions are right")
	}
	e.didChange(2, "\x00\x01 frontend\x00\n")
	if list := e.diagnostics(2); len(list) == 0 {
		t.Error("NUL bytes are right")
	}
	e.didChange(3, "backend b\n"+strings.Repeat("    nosuch keyword\n", 4<<20/19))
	if list := e.diagnostics(3); len(list) == 0 || len(list) > maxDiagnostics {
		t.Errorf("%d diagnostics", len(list))
	}
	ask[any](e, "shutdown", nil)
	e.send("exit", 0, nil)
	e.leave(0)
}

// FuzzPositions: whatever the text and the position, nothing panics.
func FuzzPositions(f *testing.F) {
	f.Add(sampleText, 10, 34)
	f.Add("frontend f\n acl a hdr(%[\n", 1, 12)
	f.Add("\xff\x00{ %{ \"", 0, 3)
	f.Fuzz(func(t *testing.T, text string, line, character int) {
		d := newDocument(uri, 1, text)
		p := position{max(line, 0), max(character, 0)}
		complete(d, p)
		describe(d, p)
		define(d, p)
		outline(d)
	})
}

// FuzzFrames: whatever comes, a message is read or an error told.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Add([]byte("Content-Length: 2\r\nContent-Type: x\r\n\r\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		_ = readMessage(bufio.NewReader(bytes.NewReader(data)), &v)
	})
}
