package rule

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// head parses a request or a response written with bare newlines.
func head(t testing.TB, text string) *http1.Head {
	t.Helper()
	b := []byte(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n\r\n")
	h := new(http1.Head)
	h.Reset()
	var n int
	var err error
	if strings.HasPrefix(text, "HTTP/") {
		n, err = h.ParseResponse(b, nil, http1.MethodGet)
	} else {
		n, err = h.ParseRequest(b, nil)
	}
	if err != nil || n != len(b) {
		t.Fatalf("head of %q: %d %v", text, n, err)
	}
	return h
}

const plainRequest = "GET /a/b?x=1 HTTP/1.1\nHost: h.example"

func testCtx(t testing.TB, req string) *sample.Ctx {
	return &sample.Ctx{
		Req: head(t, req), Src: netip.MustParseAddrPort("127.0.0.1:4242"), Dst: netip.MustParseAddrPort("10.0.0.1:80"),
		FrontendName: "f", Now: 1700000000_123456789, First: true,
		Scratch: make([]byte, 0, 4096), Out: make([]byte, 0, 4096),
	}
}

// testFiles stand in for the disk.
var testFiles = map[string]string{
	"pats":    "a\n#x\n  \n\tb \nc d\n #e\nf\r\n",
	"ints":    "5\nx\n",
	"nets":    "10.0.0.0/8\nfe80::/10\n",
	"page":    "HTTP/1.0 444 Foo\r\nX-A: b\r\nContent-Type: text/x\r\n\r\nbody",
	"sized":   "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
	"garbage": "root:x:0:0",
	"lf":      "path=%[path]\nq",
	"empty":   "",
}

func readTestFile(name string) ([]byte, error) {
	if s, ok := testFiles[name]; ok {
		return []byte(s), nil
	}
	return nil, fs.ErrNotExist
}

func testCompiler() *Compiler { return &Compiler{ReadFile: readTestFile} }

// words cuts at blanks; a word in single quotes may hold some.
func words(s string) []string {
	var w []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			w = append(w, part)
		} else {
			w = append(w, strings.Fields(part)...)
		}
	}
	return w
}

// The outcomes were observed on the reference unless they are the manual's.
func TestConditions(t *testing.T) {
	for _, x := range []struct {
		cond string
		want bool
	}{
		{"if", false}, {"unless", true},
		{"if TRUE", true}, {"unless TRUE", false},
		{"if TRUE FALSE", false}, {"if FALSE or TRUE", true}, {"if FALSE || TRUE", true},
		{"if || TRUE", true}, {"if TRUE || || FALSE", true}, {"if FALSE ||", false}, {"if ||", false},
		{"if !!TRUE", true}, {"if ! ! FALSE", false}, {"if ! FALSE", true}, {"if !TRUE", false},
		// OR binds weaker than the implicit AND, a negation belongs to one term
		{"if FALSE FALSE || TRUE TRUE", true}, {"if TRUE FALSE || FALSE TRUE", false},
		{"if TRUE || TRUE FALSE", true}, {"if !FALSE FALSE || FALSE", false}, {"unless TRUE FALSE || FALSE", true},
		{"if ! || TRUE", true},
		{"if { path /a/b } { hdr(host) h.example }", true}, {"if !{ path /a }", true}, {"if ! { path /a/b }", false},
		{"if METH_GET HTTP_1.1 !HTTP_1.0 !HTTP_2.0 !HTTP_CONTENT LOCALHOST HTTP_URL_SLASH !HTTP_URL_ABS !HTTP_URL_STAR HTTP", true},
		{"if !METH_POST !METH_HEAD !METH_PUT !METH_OPTIONS !METH_TRACE !METH_CONNECT !METH_DELETE WAIT_END !REQ_CONTENT !HTTP_3.0", true},
		{"if { str(::ffff:1.2.3.4) -m ip 1.2.3.4 }", true}, {"if { str(2002:102:304::) -m ip 1.2.3.4 }", true},
		{"if { str(1.2.3.4) -m ip ::ffff:1.2.3.0/120 }", true}, {"if { str(1.2.3.4) -m ip ::/0 }", true},
		{"if { str(::1) -m ip 0.0.0.0/0 }", true}, {"if { str(x) -m ip 0.0.0.0/0 }", false},
		{"if { int(200) -m str 200 }", true}, {"if { str(12x) -m int 12 }", true}, {"if { str(x) -m int 0 }", true},
		{"if { int(-5) lt 0 }", true}, {"if { int(5) ge 6:9 }", false}, {"if { int(7) ge 6:9 }", true}, {"if { int(100) ge 6:9 }", false},
		{"if { int(5) gt 5 } || { int(5) le 5 }", true}, {"if { int(4294967299) 3 }", false},
		{"if { req.ver 1.1 } { hdr(host) -i H.EXAMPLE } { hdr(host) -m end le } { hdr_dom(host) example } { path_dir b }", true},
		{"if { path_reg -i ^/A } { path_sub /b } { path_end b } { path_len 4 } { path_len ge 4 } { path_beg /b /a }", true},
		{"if { path_reg ^/A -i }", false},
		{"if { hdr(nope) x } or ! { hdr(nope) -m found }", true}, {"if { hdr(nope) -m found }", false},
		{"if { path,length -m bool }", true}, {"if { str(abc),bool }", false}, {"if { always_true }", true}, {"if { always_true x }", true},
		{"if { str(aXb) -i AxB }", true}, {"if { str(aXb) AxB }", false},
		{"if { str(aXb) -m beg -i Ax } { str(aXb) -m end -i XB } { str(aXb) -m sub -i x } { str(b.aXb.c) -m dom -i axb }", true},
		{"if { str(b/aXb/c) -m dir -i axb/C } { str(aXb) -m reg -i ^axB$ } { bin(6100) -m bin 6100 } { str(abc) -m len 3 } { str(ab) -m bin 6162 }", true},
		{"if { bin(610062) -m str a }", true},
		{"if { method GET }", true}, {"if { method get }", false}, {"if { method POST GET }", true},
		{"if { str(abc),field(5,_) -m found }", false}, {"if { str(abc),word(5,_) -m found }", false}, {"if { str(abc),bytes(5) -m found }", true},
		{"if { path -- -i } || { path -i -- -f /A/B }", true},
		{"if { path_beg,lower /a/b }", true}, {"if { path_beg,lower /a }", false},
		{"if { src 127.0.0.0/8 } { src_port 4242 } { dst 10.0.0.1 } { dst_port lt 1024 } { src -m str 127.0.0.1 }", true},
		{"if { str(a) -f pats } { str('b ') -f pats } { str('c d') -f pats } { str('#e') -f pats } { str(f) -f pats }", true},
		{"if { str(#x) -f pats }", false}, {"if { str(B) -f pats -i B }", true}, {"if { ipv4(10.1.1.1) -f nets } !{ src -f nets }", true},
		{"if { str(x) -f opt@absent x } { str(x) -f virt@v x } { str(a) -f file@pats }", true},
		{"if { acl(TRUE) } { acl(!FALSE,TRUE) } !{ acl(TRUE,FALSE) }", true},
		{"if { query x=1 } { url /a/b?x=1 } { base h.example/a/b }", true},
		{"if { status 200 }", false}, {"if { res.hdr(x) -m found }", false},
	} {
		// blanks inside of an argument, as the quotes of a line would leave them
		w := strings.Fields(strings.NewReplacer("str('b ')", "str(b\x01)", "str('c d')", "str(c\x01d)", "str('#e')", "str(#e)").Replace(x.cond))
		for i := range w {
			w[i] = strings.ReplaceAll(w[i], "\x01", " ")
		}
		c, err := testCompiler().Cond(w)
		if err != nil {
			t.Errorf("%s: %v", x.cond, err)
			continue
		}
		if got := c.True(testCtx(t, plainRequest)); got != x.want {
			t.Errorf("%s: %v", x.cond, got)
		}
	}
}

// An ACL looks at every value of a header (manual 7.3.6).
func TestEveryValue(t *testing.T) {
	req := "GET / HTTP/1.1\nHost: h\nX: a, b\nX: c\nIp: foo, 1.2.3.4\nN: 1,20"
	for cond, want := range map[string]bool{
		"if { hdr(x) b } { hdr(x) c } { req.fhdr(x) -m str 'a, b' }": true,
		"if { hdr(x,1) b }":      false,
		"if { hdr(x,-1) c }":     true,
		"if { hdr(x) -m len 2 }": false,
		"if { hdr_ip(ip) 1.2.3.4 } { hdr_val(n) 20 } { hdr_val(n) 1 }": true,
		"if { hdr_cnt(x) 3 } { req.fhdr_cnt(x) 2 }":                    true,
		"if { hdr c }":          true,
		"if { hdr nope }":       false,
		"if { hdr(x),upper B }": true,
	} {
		c, err := testCompiler().Cond(words(cond))
		if err != nil {
			t.Fatal(cond, err)
		}
		if got := c.True(testCtx(t, req)); got != want {
			t.Errorf("%s: %v", cond, got)
		}
	}
}

func TestTestErrors(t *testing.T) {
	for _, x := range []struct{ words, want string }{
		{"", "missing fetch method in ACL expression ''"},
		{"bad /x", "unknown fetch method 'bad' in ACL expression 'bad'"},
		{"path,nope /x", "ACL keyword 'path' : unknown converter 'nope'"},
		{"path(1) /x", "ACL keyword 'path' : expected ')' before '1)'"},
		{"hdr(host x", "ACL keyword 'hdr' : expected ')'"},
		{"hdr(host,x) x", "ACL keyword 'hdr' : failed to parse 'x' as type 'integer' at position 2"},
		{"hdr(host,1,2) x", "ACL keyword 'hdr' : expected ')' before ',2)'"},
		{"hdr(host,-20) x", "in argument to 'hdr', header occurrence must be >= -10"},
		{"hdr(x)) y", "ACL keyword 'hdr' : missing comma after fetch keyword"},
		{"path -m nope x", "unknown matching method 'nope' when parsing ACL expression"},
		{"path -m", "unknown matching method '' when parsing ACL expression"},
		{"path -m beg -m end x", "only one explicit matching method can be defined with '-m' parameter. if migrating from an old version, just keep the last one"},
		{"path -f", "failed to open pattern file <>"},
		{"path -f /nonexist", "failed to open pattern file </nonexist>"},
		{"path -f file@/nonexist", "failed to open pattern file </nonexist>"},
		{"path -f pats -m beg", "'-m' must only be specified before patterns and files in parsing ACL expression"},
		{"path -x foo", "'-x' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"},
		{"src_port -5:5", "'-5:5' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"},
		{"src 1.2.3.4/33", "'1.2.3.4/33' is not a valid IPv4 or IPv6 address"},
		{"src 1.2.3.4 -f p", "'-f' is not a valid IPv4 or IPv6 address"},
		{"src -f pats", "'a' is not a valid IPv4 or IPv6 address at line 1 of file 'pats'"},
		{"int(5) -f ints", "'x' is not a number at line 2 of file 'ints'"},
		{"src_port a", "'a' is not a number"},
		{"src_port gt a", "'a' is neither a number nor a supported operator"},
		{"src -m int 5", "matching method 'int' cannot be used with fetch keyword 'src'"},
		{"src -m bool", "matching method 'bool' cannot be used with fetch keyword 'src'"},
		{"always_true -m ip 1.2.3.4", "matching method 'ip' cannot be used with fetch keyword 'always_true'"},
		{"path -u x /x", "the argument of -u must be an integer"},
		{"path -m bin zz", "an hex digit is expected (found 'z')"},
		{"req.payload(0,5) abc", "matching method must be specified first (using '-m') when using a sample fetch of this type ('req.payload')"},
		{"int(a) 5", "fetch method 'int' : failed to parse 'a' as type 'integer' at position 1 in ACL expression 'int(a)'"},
		{"int() 5", "fetch method 'int' : expected type 'integer' at position 1, but got nothing in ACL expression 'int()'"},
		{"int 5", "fetch method 'int' : expected type 'integer' at position 1, but got nothing in ACL expression 'int'"},
		{"bool(x)", "invalid args in fetch method 'bool' : Expects 'true', 'false', '0' or '1' in ACL expression 'bool(x)'"},
		{"ipv4(1.2.3) 1.2.3.4", "fetch method 'ipv4' : failed to parse '1.2.3' as type 'IPv4 address' at position 1 in ACL expression 'ipv4(1.2.3)'"},
		{"bin(zz) -m bin 00", "invalid args in fetch method 'bin' : an hex digit is expected (found 'z') in ACL expression 'bin(zz)'"},
		{"str(a),field(1) x", "invalid arg 2 in converter 'field' : missing arguments (got 1/2), type 'string' expected in ACL expression 'str(a),field(1)'"},
		{"str(a),field(x,1) x", "invalid arg 1 in converter 'field' : failed to parse 'x' as type 'integer' at position 1 in ACL expression 'str(a),field(x,1)'"},
		{"str(a),field(0,.) x", "invalid args in converter 'field' : Unexpected value 0 for index in ACL expression 'str(a),field(0,.)'"},
		{"path,field(1,,) y", "ACL keyword 'path' : invalid args in converter 'field' : Empty separators list"},
		{"str(a),bytes(-1) x", "invalid args in converter 'bytes' : expects a non-negative integer in ACL expression 'str(a),bytes(-1)'"},
		{"str(a),add(x) 1", "invalid args in converter 'add' : expects an integer or a variable name in ACL expression 'str(a),add(x)'"},
		{"str(a)lower x", "missing comma after fetch keyword in ACL expression 'str(a)lower'"},
		{"str(a),lower(1) x", "invalid arg 1 in converter 'lower' : expected ')' before '1)' in ACL expression 'str(a),lower(1)'"},
		{"date(0,zz) 5", "invalid args in fetch method 'date' : expects 's', 'ms' or 'us', got 'zz' in ACL expression 'date(0,zz)'"},
		{"query(zz) 5", "invalid args in fetch method 'query' : supported options are: 'with_qm' in ACL expression 'query(zz)'"},
		{"req.hdr(host,-11) -m found", "invalid args in fetch method 'req.hdr' : header occurrence must be >= -10 in ACL expression 'req.hdr(host,-11)'"},
		{"path,ipmask() -m found", "ACL keyword 'path' : invalid arg 1 in converter 'ipmask' : expected type 'IPv4 mask' at position 1, but got nothing"},
		{"path,ipmask(24,129) -m found", "ACL keyword 'path' : invalid arg 2 in converter 'ipmask' : failed to parse '129' as type 'IPv6 mask' at position 2"},
		{"acl(nope)", "invalid args in fetch method 'acl' : ACL 'nope' not found in ACL expression 'acl(nope)'"},
		{"nbsrv(b) lt 2", "invalid args in fetch method 'nbsrv' : names of proxies and servers are not known here in ACL expression 'nbsrv(b)'"},
		{"path,map(f) x", "ACL keyword 'path' : invalid args in converter 'map' : failed to open pattern file <f>"},
		{"path -M -f f", "failed to open pattern file <f>"},
		{"path -f virt@a -M -f virt@a", "The file \"virt@a\" is already used as one column file and cannot be used by as two column file."},
		{"int(1),add(txn.x-y) 5", "invalid args in converter 'add' : expects an integer or a variable name in ACL expression 'int(1),add(txn.x-y)'"},
	} {
		err := testCompiler().Test(&ACL{}, words(x.words))
		if err == nil || err.Error() != x.want {
			t.Errorf("%s\n got %v\nwant %s", x.words, err, x.want)
		}
	}
	for cond, want := range map[string]string{
		"if nope":               "no such ACL : 'nope'",
		"if TRUE ! nope":        "no such ACL : 'nope'",
		"if { path /x":          "missing closing '}' in condition",
		"if {":                  "missing closing '}' in condition",
		"if { }":                "missing fetch method in ACL expression ''",
		"if {path /x}":          "no such ACL : '{path'",
		"if { path /x } }":      "no such ACL : '}'",
		"if TRUE && FALSE":      "no such ACL : '&&'",
		"if { path -m nope x }": "unknown matching method 'nope' when parsing ACL expression",
	} {
		if _, err := testCompiler().Cond(words(cond)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", cond, err)
		}
	}
}

func TestTestWarnings(t *testing.T) {
	for _, x := range []struct{ words, want string }{
		{"path", "parsing acl keyword 'path' :\n  no pattern"}, {"hdr_cnt(x)", "parsing acl keyword 'hdr_cnt(x)' :\n  no pattern"},
		{"path --", ""}, {"path -i", ""}, {"always_true", ""}, {"hdr(x) -m found", ""}, {"src_port ge", ""}, {"path -m bool", ""},
		{"path_beg,lower /x", "original matching method 'path_beg' was overwritten and will not be applied as expected."},
		{"path_beg -m str /x", "original matching method 'path_beg' was overwritten and will not be applied as expected."},
		{"method -m reg x", "original matching method 'method' was overwritten and will not be applied as expected."},
		{"path_beg -m beg /x", ""}, {"hdr_beg(host),lower -m beg x", ""}, {"path,lower /x", ""}, {"path -m end x", ""},
	} {
		k, got := testCompiler(), ""
		k.Warn = func(s string) { got += s }
		if err := k.Test(&ACL{}, words(x.words)); err != nil {
			t.Fatal(x.words, err)
		}
		if x.want == "" && got != "" || !strings.HasPrefix(got, x.want) {
			t.Errorf("%s: %q", x.words, got)
		}
	}
}

// A declared ACL wins over a pre-defined one, may be added to after it was
// used, and matches when one of its tests does.
func TestDeclared(t *testing.T) {
	k, a := testCompiler(), &ACL{Name: "TRUE"}
	k.Find = func(name string) *ACL {
		if name == "TRUE" {
			return a
		}
		return nil
	}
	if err := k.Test(a, []string{"path", "/zzz"}); err != nil {
		t.Fatal(err)
	}
	c, err := k.Cond([]string{"if", "TRUE"})
	if err != nil {
		t.Fatal(err)
	}
	if c.True(testCtx(t, plainRequest)) {
		t.Error("the pre-defined ACL was used")
	}
	if err := k.Test(a, []string{"path_beg", "/a"}); err != nil {
		t.Fatal(err)
	}
	if !c.True(testCtx(t, plainRequest)) {
		t.Error("the test that was added does not count")
	}
}

// ACLs test one another so deep and no deeper.
func TestNested(t *testing.T) {
	all := map[string]*ACL{}
	find := func(name string) *ACL { return all[name] }
	for i := range maxNested + 2 {
		k, a := testCompiler(), &ACL{Name: fmt.Sprint("a", i)}
		k.Find = find
		test := []string{"path", "/app/login"}
		if i > 0 {
			test = []string{fmt.Sprintf("acl(a%d)", i-1)}
		}
		err := k.Test(a, test)
		if i == maxNested+1 {
			if want := "ACLs test one another more than 10000 deep"; err == nil || err.Error() != want {
				t.Errorf("%d: %v, want %s", i, err, want)
			}
			break
		}
		if err != nil {
			t.Fatal(i, err)
		}
		all[a.Name] = a
	}
	k := testCompiler()
	k.Find = find
	c, err := k.Cond([]string{"if", fmt.Sprint("a", maxNested)})
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]bool{"GET /app/login HTTP/1.1\nHost: h": true, "GET /x HTTP/1.1\nHost: h": false} {
		if got := c.True(testCtx(t, request)); got != want {
			t.Errorf("%s: %v", request, got)
		}
	}
}

func TestMismatch(t *testing.T) {
	k, mixed, res := testCompiler(), &ACL{Name: "mix"}, &ACL{Name: "res"}
	k.Find = func(name string) *ACL { return map[string]*ACL{"mix": mixed, "res": res}[name] }
	for _, x := range []struct {
		a *ACL
		w string
	}{{mixed, "path /x"}, {mixed, "res.hdr(a) x"}, {res, "res.hdr(a) x"}} {
		if err := k.Test(x.a, words(x.w)); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		cond  string
		place sample.Place
		in    string
		want  string
	}{
		{"if TRUE { path /x }", sample.FeReqHead, "", ""},
		{"if { path /x }", sample.FeResHead, "", "anonymous acl will never match because it uses keyword 'path' which is incompatible with 'frontend http-response header rule'"},
		{"if { hdr(x) a }", sample.FeResHead, "", "anonymous acl will never match because it uses keyword 'hdr' which is incompatible with 'frontend http-response header rule'"},
		{"if { status 200 }", sample.FeReqHead | sample.BeReqHead, "", "anonymous acl will never match because it uses keyword 'status' which is incompatible with 'frontend http-request header rule'"},
		{"if res", sample.FeReqHead, "", "acl 'res' will never match because it only involves keywords that are incompatible with 'frontend http-request header rule'"},
		{"if mix", sample.FeReqHead, "", "acl 'mix' involves keywords 'res.hdr' which is incompatible with 'frontend http-request header rule'"},
		{"if mix", sample.BeResHead, "", "acl 'mix' involves keywords 'path' which is incompatible with 'backend http-response header rule'"},
		{"if { path /x }", sample.FeTCPConn, "tcp-request connection", "anonymous acl will never match in 'tcp-request connection' because it uses keyword 'path' which is incompatible with 'frontend tcp-request connection rule'"},
		{"if METH_GET", sample.FeTCPConn, "tcp-request connection", "acl 'METH_GET' will never match in 'tcp-request connection' because it only involves keywords that are incompatible with 'frontend tcp-request connection rule'"},
		{"if { be_name x }", sample.FeSwitch, "", "anonymous acl will never match because it uses keyword 'be_name' which is incompatible with 'frontend use-backend rule'"},
		{"if { srv_name x }", sample.BeResHead, "", ""},
	} {
		c, err := k.Cond(words(x.cond))
		if err != nil {
			t.Fatal(x.cond, err)
		}
		got := ""
		if m := c.check(x.place); m != nil {
			got = m.text(x.place, x.in)
		}
		if got != x.want {
			t.Errorf("%s: %s", x.cond, got)
		}
	}
}

var errDisk = errors.New("disk on fire")

func TestFileFault(t *testing.T) {
	k := &Compiler{ReadFile: func(string) ([]byte, error) { return nil, errDisk }}
	if err := k.Test(&ACL{}, words("path -f opt@x")); err == nil {
		t.Error("an optional file that exists but cannot be read was ignored")
	}
}
