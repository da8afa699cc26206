package sample

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

func TestFormatErrors(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"%[nope]", "failed to parse sample expression <nope]> : unknown fetch method 'nope'"},
		{"a%[path", "missing ']' after 'path'"},
		{"%[str(a)", "missing ']' after 'str(a)'"},
		{"%[path] %[", "failed to parse sample expression <> : missing fetch method"},
		{"%[ path]", "failed to parse sample expression < path]> : missing fetch method"},
		{"%[,lower]", "failed to parse sample expression <,lower]> : missing fetch method"},
		{"%[path lower]", "expected ']' after 'path', but found ' '"},
		{"%[path,lower]%", "truncated line after '%'"},
		{"%zz", "no such format alias 'zz'. If you wanted to emit the '%' character verbatim, you need to use '%%'"},
		{"%(name", "invalid character in custom name near '(name'"},
		{"%(n:int)[path]", "unexpected output type 'int' at position 4 line : '%(n:int)[path]'. Supported types are: str, sint, bool, raw"},
		{"%[str(a),concat(x,y)]", "failed to parse sample expression <str(a),concat(x,y)]> : invalid args in converter 'concat' : failed to register variable name 'y'"},
		{"%[str(a),regsub(a,x,z)]", "failed to parse sample expression <str(a),regsub(a,x,z)]> : invalid args in converter 'regsub' : invalid regex flag 'z', only 'i' and 'g' are supported"},
		{"%[str(a),regsub(a)]", "failed to parse sample expression <str(a),regsub(a)]> : invalid arg 2 in converter 'regsub' : missing arguments (got 1/2), type 'string' expected"},
		{"%[str(a),word(0,/)]", "failed to parse sample expression <str(a),word(0,/)]> : invalid args in converter 'word' : Unexpected value 0 for index"},
		{"%[str(a),word(1,/,z)]", "failed to parse sample expression <str(a),word(1,/,z)]> : invalid arg 3 in converter 'word' : failed to parse 'z' as type 'integer' at position 3"},
		{"%[src,ipmask(33)]", "failed to parse sample expression <src,ipmask(33)]> : invalid arg 1 in converter 'ipmask' : failed to parse '33' as type 'IPv4 mask' at position 1"},
		{"%[req.hdr(a,b,c,d)]", "failed to parse sample expression <req.hdr(a,b,c,d)]> : fetch method 'req.hdr' : failed to parse 'b' as type 'integer' at position 2"},
		{"%[path_beg]", "failed to parse sample expression <path_beg]> : unknown fetch method 'path_beg'"},
		{"%[hdr(host,-11)]", "failed to parse sample expression <hdr(host,-11)]> : invalid args in fetch method 'hdr' : header occurrence must be >= -10"},
		{"%[ssl_fc]", "failed to parse sample expression <ssl_fc]> : fetch method 'ssl_fc' is known but not built yet"},
		{"%[str(a),jwt_decrypt_cert(x)]", "failed to parse sample expression <str(a),jwt_decrypt_cert(x)]> : converter 'jwt_decrypt_cert' is known but not built yet"},
		{"%[ssl_fc]", "failed to parse sample expression <ssl_fc]> : fetch method 'ssl_fc' is known but not built yet"},
		{"%[res.hdr(x)]", "sample fetch <res.hdr> may not be reliably used here because it needs 'HTTP response headers' which is not available here"},
		{"%[be_name]", "sample fetch <be_name> may not be reliably used here because it needs 'backend' which is not available here"},
	} {
		_, err := ParseFormat(x.text, HeaderStyle, FeReqHead, testScope)
		if err == nil || err.Error() != x.want {
			t.Errorf("%s\n got %v\nwant %s", x.text, err, x.want)
		}
	}
	for _, s := range []string{"%[path,,lower]", "%[src,lower]]", "%{+Q,-E}[path] %(n)[path] %(n:str)[path]", "%o", "%%", "%{+Z}[path]", "%[str('a]b')]"} {
		if _, err := ParseFormat(s, HeaderStyle, FeReqHead, testScope); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// TestRows holds the tables to their rules: names once, readable argument
// grammars, and refusal by name of what is not built.
func TestRows(t *testing.T) {
	seen, built := map[string]bool{}, 0
	for _, table := range FetchTables() {
		for _, f := range table {
			if seen[f.Name] || f.Use >= uses || f.Out >= types {
				t.Errorf("fetch %s: %+v", f.Name, f)
			}
			seen[f.Name] = true
			if g := parseGrammar(f.Args); g.min > len(g.kinds) || strings.Contains(strings.Join(g.kinds, ""), "]") {
				t.Errorf("%s: %q", f.Name, f.Args)
			}
			if f.Compile == nil {
				if _, _, err := ParseExpr(f.Name+"(1)", nil); err == nil || !strings.Contains(err.Error(), f.Name+"' is known but not built yet") {
					t.Errorf("%s: %v", f.Name, err)
				}
				continue
			}
			if built++; f.Doc == "" {
				t.Errorf("%s has no documentation", f.Name)
			}
		}
	}
	if len(seen) < 500 || built < 60 {
		t.Errorf("%d fetches, %d built", len(seen), built)
	}
	seen, built = map[string]bool{}, 0
	for _, table := range ConverterTables() {
		for _, cv := range table {
			if seen[cv.Name] || cv.In >= types || cv.Out >= types {
				t.Errorf("converter %s", cv.Name)
			}
			seen[cv.Name] = true
			if cv.Compile == nil {
				if _, _, err := ParseExpr("str(a),"+cv.Name, nil); err == nil || !strings.Contains(err.Error(), "'"+cv.Name+"' is known but not built yet") {
					t.Errorf("%s: %v", cv.Name, err)
				}
				continue
			}
			if built++; cv.Doc == "" {
				t.Errorf("%s has no documentation", cv.Name)
			}
		}
	}
	if len(seen) < 200 || built < 33 {
		t.Errorf("%d converters, %d built", len(seen), built)
	}
	for _, a := range aliases {
		if a.expr != "" {
			if _, err := ParseFormat("%"+a.name, TextStyle, FeReqHead, testScope); err != nil {
				t.Errorf("%%%s: %v", a.name, err)
			}
		}
	}
}

func TestTarget(t *testing.T) {
	for _, x := range []struct{ target, path, pathq string }{
		{"/a?b", "/a", "/a?b"}, {"/", "/", "/"}, {"/a://b/c", "/a://b/c", "/a://b/c"},
		{"http://h/a?b", "/a", "/a?b"}, {"http://h", "/", "/"}, {"*", "", ""}, {"h:443", "", ""},
	} {
		h := new(http1.Head)
		h.Reset()
		h.StartRequest(http1.MethodGet, []byte(x.target))
		if string(path(h)) != x.path || string(pathq(h)) != x.pathq {
			t.Errorf("%s: %s %s", x.target, path(h), pathq(h))
		}
	}
}

// The arena grows when it must, results stay valid, and what is too large fails.
func TestArena(t *testing.T) {
	c := &Ctx{}
	a := c.bytes(10)
	copy(a, "0123456789")
	for range 100 {
		b := c.bytes(1000)
		for i := range b {
			b[i] = 'x'
		}
	}
	if string(a) != "0123456789" || c.bytes(MaxData+1) != nil || c.bytes(-1) != nil {
		t.Error(string(a))
	}
	big := strings.Repeat("a", MaxData)
	e, _, err := ParseExpr("str("+big+"),hex", nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Eval(c, new(Sample)) {
		t.Error("twice MaxData was made")
	}
	if e, _, err = ParseExpr("str("+big[:MaxData-1]+"),regsub(a,bb,g)", nil); err != nil {
		t.Fatal(err)
	}
	if c.Reset(); e.Eval(c, new(Sample)) || c.Mark() != 0 {
		t.Error("twice MaxData was made")
	}
}

func TestNoAllocation(t *testing.T) {
	c := testCtx(t, "GET http://h.example/a/b;c?x=1&y HTTP/1.1\nHost: h.example\nX: 1, 2, 3\nIp: 10.0.0.1, fe80::1")
	f, err := ParseFormat("%[path,lower] %[hdr(x,-2)] %[hdr(x,2)] %[hdr_ip(ip),ipmask(8,64)] %[src] %[base] %[query,word(1,&),upper,hex] "+
		"%[hdr_val(x),add(3),mul(7)] %[req.fhdr(ip),field(2,.),concat(a,,b),length] %[hdr_cnt] %[date] %[rand] %[fe_name] %[bool(1),iif(a,b)] %[req.hdrs] %{+X}ci %{+Q}cp", TextStyle, FeReqHead, testScope)
	if err != nil {
		t.Fatal(err)
	}
	out := f.Append(nil, c)
	if n := testing.AllocsPerRun(100, func() { out = f.Append(out[:0], c) }); n != 0 {
		t.Errorf("%v allocations for %s", n, out)
	}
	if !strings.HasPrefix(string(out), "/a/b;c 2 2 ") || c.Mark() != 0 || c.depth != 0 {
		t.Errorf("%s %d %d", out, c.Mark(), c.depth)
	}
}

// The regexp package keeps its machines in a sync.Pool, which the race detector
// makes forget at random.
func TestNoAllocationRegsub(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool forgets under the race detector")
	}
	c := testCtx(t, plainRequest)
	e, _, err := ParseExpr("path,regsub(zz+,y)", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := new(Sample)
	if n := testing.AllocsPerRun(100, func() { e.Eval(c, s) }); n != 0 || string(s.Data) != "/a/b" {
		t.Errorf("%v allocations without a match", n)
	}
}

var formatSeeds = []string{
	"a %[path,lower] %% %{+Q,-E}[src]", "%(n:str)[hdr(host,-1),field(1,.,2)] %ci", `%[str('a]"b'),regsub("(a)","\1\x41",gi)]`,
	"%{+X}cp %[str(a\\,b),bytes(1,2),hex,length,add(3)]", "%[req.hdr_ip(x,2),ipmask(24,64)]", "%[int(-5),div(0),mod(3),iif(a,b)]",
}

func FuzzFormat(f *testing.F) {
	for _, s := range formatSeeds {
		f.Add(s, "v")
	}
	f.Fuzz(func(t *testing.T, s, v string) {
		c := testCtx(t, plainRequest+"\nX: 1.2.3.4, [::1], \"a,b\"")
		c.Req.Add([]byte("x"), []byte(v))
		for _, style := range []Style{TextStyle, HeaderStyle} {
			fm, err := ParseFormat(s, style, FeReqHead, testScope)
			if err != nil {
				continue
			}
			out := fm.Append(nil, c)
			if style == HeaderStyle && strings.ContainsAny(string(out), "\r\n") && !strings.ContainsAny(s, "\r\n") {
				t.Errorf("%q made a line end: %q", s, out)
			}
			if c.Mark() != 0 || c.depth != 0 {
				t.Errorf("%q: %d bytes, %d samples are left", s, c.Mark(), c.depth)
			}
		}
	})
}

func FuzzExpr(f *testing.F) {
	for _, s := range []string{"path,lower", "hdr(x,-1),word(1,/)", "str('a'),field(-1,.,0)", "ipv6(::1),ipmask(8,8)", "bin(00ff),hex", "acl(a)", "rand(5),odd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, _, err := ParseExpr(s, testScope)
		if err != nil {
			return
		}
		c, sm := testCtx(t, plainRequest), new(Sample)
		e.Eval(c, sm)
		n := 0
		for sm.All(); e.Next(c, sm); n++ {
			if !sm.More() {
				break
			}
			if n > 1000 {
				t.Fatalf("%q has no end of values", s)
			}
		}
	})
}

func TestCutFormats(t *testing.T) {
	for _, s := range formatSeeds {
		for i := range s {
			if f, err := ParseFormat(s[:i], TextStyle, FeReqHead, testScope); err == nil {
				f.Append(nil, testCtx(t, plainRequest))
			}
		}
	}
}

func FuzzParseIP(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "::1", "fe80::1:2", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1::8", "::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := ParseIP([]byte(s))
		want, err := parseStd(s)
		if strings.Contains(s, ":") && !strings.Contains(s, ".") && ok != (err == nil) || ok && err == nil && a != want {
			t.Errorf("%q: %v %v, net/netip: %v %v", s, a, ok, want, err)
		}
	})
}

// parseStd reads an address with net/netip, zones refused. IPv4 there allows no
// leading zeros, so only IPv6 is compared for what is refused.
func parseStd(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err == nil && a.Zone() != "" {
		return a, errors.New("zone")
	}
	return a, err
}
