package sample

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
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

func testCtx(t testing.TB, req string) *Ctx {
	return &Ctx{
		Req: head(t, req), Src: netip.MustParseAddrPort("127.0.0.1:4242"), Dst: netip.MustParseAddrPort("10.0.0.1:80"),
		FrontendName: "f", Now: 1700000000_123456789, First: true, Scratch: make([]byte, 0, 4096),
	}
}

var testScope = &Scope{Env: os.LookupEnv, Hostname: "vm", PID: 77}

const plainRequest = "GET /a/b?x=1 HTTP/1.1\nHost: h.example"

func text(t testing.TB, c *Ctx, format string) string {
	t.Helper()
	f, err := ParseFormat(format, TextStyle, FeReqHead, testScope)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return string(f.Append(nil, c))
}

// The values were observed on the reference, version 3.5-dev5.
func TestValues(t *testing.T) {
	for _, x := range []struct{ req, format, want string }{
		{"", "%[query]|%[path]|%[pathq]|%[url]|%[base]|%[method]|%[req.ver]|%[always_true]|%[int(-5)]|%[bool(true)]|%[ipv4(1.2.3.4)]|%[ipv6(::1)]|%[bin(6162)]|%[str(a b)]|%[fe_name]|%[src]|%{+Q}[path]|%{+X}[int(255)]|%{+X}[src]|%%|%[hdr(host)]|%[hdr(x)]|%[rand(1)]|%[http_first_req]",
			`x=1|/a/b|/a/b?x=1|/a/b?x=1|h.example/a/b|GET|1.1|1|-5|1|1.2.3.4|::1|ab|a b|f|127.0.0.1|"/a/b"|255|127.0.0.1|%|h.example||0|1`},
		{"", `%[query]|%[path]|%[hdr(nope)]|%{+Q}[hdr(nope)]|%{+E}[str("a\"b]c\\d")]|%[bin(00610d0a7f80ff22)]|x`, `x=1|/a/b||""|a\"b\]c\\d||x`},
		{"", "[%[int(3),lower]][%[bool(true),lower]][%[bool(true),add(1)]][%[str(12x),add(1)]][%[str(x),add(1)]][%[str(),add(1)]][%[str(-12),add(1)]][%[str(0x10),add(1)]][%[str(99999999999999999999),add(1)]][%[ipv4(1.2.3.4),lower]][%[ipv4(1.2.3.4),length]][%[ipv4(1.2.3.4),add(1)]][%[str(1.2.3.4),ipmask(24)]][%[ipv4(1.2.3.4),hex]][%[int(10),hex]][%[str(abc),hex]][%[bool(true),hex]][%[method,lower]]",
			"[3][1][2][13][1][][-11][1][9223372036854775807][1.2.3.4][7][16909061][1.2.3.0][01020304][000000000000000A][616263][0000000000000001][get]"},
		{"", "[%[int(9223372036854775807),add(1)]][%[int(9223372036854775807),mul(2)]][%[int(-9223372036854775807),mul(2)]][%[int(-9223372036854775807),sub(5)]][%[int(5),div(0)]][%[int(5),mod(0)]][%[int(-5),mod(3)]][%[int(-5),div(2)]][%[int(5),neg]][%[int(5),cpl]][%[int(5),and(4)]][%[int(5),or(2)]][%[int(5),xor(1)]][%[int(5),bool]][%[int(0),not]][%[int(3),odd]][%[int(3),even]][%[int(-3),odd]][%[int(0)]][%[str(abc),bool]][%[str(1),bool]][%[str(true),bool]][%[str(false),bool]][%[str(),bool]][%[int(-9223372036854775808),neg]][%[int(-9223372036854775808),div(-1)]][%[int(-9223372036854775808),mod(-1)]]",
			"[9223372036854775807][9223372036854775807][-9223372036854775808][-9223372036854775808][9223372036854775807][0][-2][-2][-5][-6][4][7][4][1][1][1][0][1][0][0][1][0][0][][9223372036854775807][9223372036854775807][0]"},
		{"", "[%[int(9223372036854775808)]][%[int(99999999999999999999999)]][%[int(+5)]][%[int(-0)]]", "[9223372036854775807][9223372036854775807][5][0]"},
		{"", "[%[str(f1_f2_f3__f5),field(4,_)]][%[str(f1_f2_f3__f5),field(5,_)]][%[str(f1_f2_f3__f5),field(6,_)]][%[str(f1_f2_f3__f5),field(2,_,0)]][%[str(f1_f2_f3__f5),field(2,_,2)]][%[str(f1_f2_f3__f5),field(-2,_,3)]][%[str(f1_f2_f3__f5),field(-3,_,0)]][%[str(f1_f2_f3__f5),field(-9,_,0)]][%[str(f1_f2_f3__f5),field(2,_,9)]][%[str(f1_f2_f3__f5),field(-2,_,9)]][%[str(f1_f2_f3__f5),field(1,_,-1)]][%[str(),field(1,_)]][%[str(_),field(1,_)]][%[str(_),field(2,_)]][%[str(_),field(-1,_)]]",
			"[][f5][][f2_f3__f5][f2_f3][f2_f3_][f1_f2_f3][][f2_f3__f5][f1_f2_f3_][f1_f2_f3__f5][][][][]"},
		{"", "[%[str(f1_f2_f3__f5),word(4,_)]][%[str(f1_f2_f3__f5),word(5,_)]][%[str(f1_f2_f3__f5),word(2,_,0)]][%[str(f1_f2_f3__f5),word(3,_,2)]][%[str(f1_f2_f3__f5),word(-2,_,3)]][%[str(f1_f2_f3__f5),word(-3,_,0)]][%[str(/f1/f2/f3/f4),word(1,/)]][%[str(/f1////f2/f3/f4),word(2,/)]][%[str(/f1////f2/f3/f4/),word(-1,/)]][%[str(/f1////f2/f3/f4/),word(-1,/,0)]][%[str(/f1////f2/f3//),word(1,/,0)]][%[str(/f1////f2/f3//),word(1,/,9)]][%[str(/f1////f2/f3//),word(-1,/,9)]][%[str(////),word(1,/)]][%[str(////),word(-1,/)]][%[str(),word(1,/)]][%[str(a/b/c),word(2,/,-1)]][%[str(a/b//),word(2,/,0)]][%[str(//a/b),word(-2,/,0)]][%[str(//a/b),word(-1,/,2)]][%[str(//a/b),word(-3,/,2)]][%[str(a.b/c),word(2,./)]]",
			"[f5][][f2_f3__f5][f3__f5][f1_f2_f3][f1_f2][f1][f2][f4][/f1////f2/f3/f4][f1////f2/f3//][f1////f2/f3//][/f1////f2/f3][][][][b/c][b//][//a][a/b][][b]"},
		{"", "[%[str(012345),bytes(0)]][%[str(012345),bytes(1,3)]][%[str(012345),bytes(6)]][%[str(012345),bytes(4,9)]][%[str(012345),bytes(7)]][%[str(012345),length]][%[str(a-B),upper]][%[str(a-B),lower]][%[str(a),concat(x)]][%[str(a),concat(x,,y)]][%[str(a),concat(,,y)]][%[str(a),concat()]][%[str(a),concat]][%[str(aXbXc),regsub(X,-)]][%[str(aXbXc),regsub(X,-,g)]][%[str(aXbXc),regsub(x,-,gi)]][%[str(abc),regsub(z,-)]]",
			"[012345][123][][45][][6][A-B][a-b][ax][axy][ay][a][a][a-bXc][a-b-c][a-b-c][abc]"},
		{"", `[%[str(foo12),regsub("(foo)([0-9]+)","<\2\1\0>")]][%[str(foo12),regsub("(foo)([0-9]+)",<\2\1\0\9>)]][%[str(foo12),regsub(o,a\nb,g)]][%[str(foo12),regsub("o","a\x41\\x41b",g)]]`,
			"[<12foofoo12>][<12foofoo12>][fa\nba\nb12][faAAbaAAb12]"},
		{"", `[%[str(abc),regsub(^,-)]][%[str(abc),regsub(^,-,g)]][%[str(abc),regsub(a|ab,-)]][%[str(),regsub(^,-)]][%[str(abc),iif(x,y)]][%[bool(0),iif(x,y)]][%[str(xxaxx),ltrim(x)]][%[str(xxaxx),rtrim(x)]][%[str(abc),reverse]][%[str(Ab.C:80),host_only]][%[str([::1]:80),host_only]][%[str(Ab.C:80),port_only]][%[str(Ab.C),port_only]]`,
			"[-abc][-abc][-bc][-][y][y][axx][xxa][cba][ab.c][[::1]][80][0]"},
		{"", "[%[int(5),iif(a,b)]][%[int(0),iif(a,b)]][%[str(5),iif(a,b)]][%[str(0),iif(a,b)]][%[str(true),iif(a,b)]][%[ipv4(1.2.3.4),bool]]", "[a][b][a][b][b][1]"},
		{"", "[%[method,hex]][%[src,hex]][%[ipv6(::1),hex]][%[src,length]][%[src,lower]][%[bin(610062),lower]][%[bin(610062),length]][%[bin(610062),field(1,b)]][%[ipv4(1.2.3.4)]]",
			"[474554][7F000001][00000000000000000000000000000001][9][127.0.0.1][a][1][a][1.2.3.4]"},
		{"", "[%[int(5),bytes(7)]][%[int(5),bytes(7),hex]][%[int(1),htonl,hex]][%[str(abc),base64]][%[str(YWJj),b64dec]][%[str(xyz),ltrim(xyz)]][%[str(00ff),hex2i]][%[str(zz),hex2i]]",
			"[\x05][05][00000001][YWJj][abc][][255][]"},
		{"", "%[src,ipmask(8)] %[str(::1:2:3),ipmask(32,112)] %[str(::1),ipmask(32)] %[ipv6(::ffff:1.2.3.4),ipmask(24,64)]", "127.0.0.0 ::1:2:0 0.0.0.1 1.2.3.0"},
		{"", "%{+Q}o %[path] %{-Q}[path] %ci %{+E}[str(a])]", ` "/a/b" /a/b "127.0.0.1" "a\]"`},
		{"", "%ci %cp %fi %f %ft %b %s %HM %HP %HQ %HU %HV %H %pid %%|%[str(%)]|%{+X}ci|%{+X}cp", "127.0.0.1 4242 10.0.0.1 f f f <NOSRV> GET /a/b ?x=1 /a/b?x=1 HTTP/1.1 vm 77 %|%|7F000001|1092"},
		{"", "[%[date]][%[date(-10)]][%[date(0,ms)]][%[date(0,us)]][%[src_port]][%[dst]][%[dst_port]][%[hostname]][%[pid]]", "[1700000000][1699999990][1700000000123][1700000000123456][4242][10.0.0.1][80][vm][77]"},
		{"", `[%[str('a\nb')]][%[str('a"b')]][%[str('a\\b')]][%[str('a\x41')]][%[str('a\,')]][%[str('%')]][%[str(a]b)]][%[str(é)]]`, `[a\nb][a"b][a\\b][a\x41][a\,][%][a]b][é]`},
		{"GET http://foo.com:8080/a/b?c=d&e HTTP/1.1\nHost: foo.com:8080", "[%[query]][%[query(with_qm)]][%[path]][%[base]][%[url]][%[pathq]]", "[c=d&e][?c=d&e][/a/b][foo.com:8080/a/b][http://foo.com:8080/a/b?c=d&e][/a/b?c=d&e]"},
		{"OPTIONS * HTTP/1.1\nHost: Foo.com", "[%[query]][%[query(with_qm)]][%[path]][%[base]][%[url]][%[pathq]]", "[][][][Foo.com][*][]"},
		{"GET /a? HTTP/1.1\nHost: Foo.com", "[%[query]][%[query(with_qm)]][%[path]][%[base]][%[url]][%[pathq]][%[query,length]]", "[][][/a][Foo.com/a][/a?][/a?][0]"},
		{"CONNECT foo.com:443 HTTP/1.1\nHost: Foo.com:443", "[%[query]][%[path]][%[url]][%[pathq]][%[method]]", "[][][foo.com:443][][CONNECT]"},
		{"FOO /a//b HTTP/1.0", "[%[method]][%[method,length]][%[req.ver]][%[base]][%[path]]", "[FOO][3][1.0][/a//b][/a//b]"},
		{"GET /a HTTP/1.1\nHost: h\nA: 1, 2 ,3\na: x,  y z \nN: 12ab\nIp: 1.2.3.4, ::1, [::2], 5.6.7.8:90, foo\nQ: \"a,b\", c\nE: \nC: , ,x",
			"[%[hdr(a)]][%[hdr(a,1)]][%[hdr(a,2)]][%[hdr(a,-2)]][%[hdr(a,-3)]][%[hdr(a,9)]][%[hdr(a,0)]][%[req.fhdr(a)]][%[req.fhdr(a,1)]][%[req.fhdr(a,-1)]][%[req.fhdr(a,3)]][%[hdr_cnt(a)]][%[req.fhdr_cnt(a)]][%[hdr_cnt]][%[req.fhdr_cnt]][%[hdr_val(n)]][%[hdr_val(a)]][%[hdr_ip(ip)]][%[hdr_ip(ip,1)]][%[hdr_ip(ip,2)]][%[hdr_ip(ip,3)]][%[hdr_ip(ip,4)]][%[hdr]][%[hdr(,1)]][%[hdr(,2)]][%[req.fhdr]][%[hdr_ip(a)]][%[hdr(q,1)]][%[hdr(q,2)]][%[hdr(e)]][%[hdr_cnt(e)]][%[hdr_cnt(c)]][%[hdr(c,1)]][%[hdr(c,2)]][%[hdr(c,3)]]",
			`[y z][1][2][x][3][][y z][x,  y z][1, 2 ,3][x,  y z][][5][2][18][8][12][0][][1.2.3.4][::1][::2][5.6.7.8][][h][1][][]["a,b"][c][][1][3][][][x]`},
		{"GET / HTTP/1.1\nHost: h\nA: a,\nB: ,a\nC: ,\nD: \"a\\\",b\",c\nE: ,,\nIp: [::2]:80, 1.2.3.4:99999, 1.2.3, 01.2.3.4,[1.2.3.4],::ffff:1.2.3.4\nV: -3, +4, 0x1, 99999999999999999999",
			"[%[hdr_cnt(a)]][%[hdr_cnt(b)]][%[hdr_cnt(c)]][%[hdr(d,1)]][%[hdr(d,2)]][%[hdr_cnt(e)]][%[hdr_ip(ip,1)]][%[hdr_ip(ip,2)]][%[hdr_ip(ip,3)]][%[hdr_ip(ip,4)]][%[hdr_ip(ip,5)]][%[hdr_ip(ip,6)]][%[hdr_val(v,1)]][%[hdr_val(v,2)]][%[hdr_val(v,3)]][%[hdr_val(v,4)]]",
			`[2][2][2]["a\",b"][c][3][][][][1.2.3.4][][::ffff:1.2.3.4][-3][0][0][1661992959]`},
		{"GET /a HTTP/1.1\nHost: h\nA: 1, 2 ,3\nX: u,v", "[%[hdr(,-1)]][%[hdr(,-2)]][%[hdr(,2)]][%[req.fhdr(,-1)]][%[req.fhdr(,1)]][%[hdr(a,-1)]][%[hdr(a,-10)]][%[req.hdr_names]][%[req.hdr_names(:)]]", "[v][u][1][u,v][h][3][][host,a,x][host:a:x]"},
		{"", "%[req.hdrs]", "host: h.example\r\n\r\n"},
	} {
		if x.req == "" {
			x.req = plainRequest
		}
		if got := text(t, testCtx(t, x.req), x.format); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.format, got, x.want)
		}
	}
}
