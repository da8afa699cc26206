package logs

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// TestCompileErrors has the reference's texts, but for the last ones: they
// refuse by name what the reference has and we do not.
func TestCompileErrors(t *testing.T) {
	const noAlias = "'. If you wanted to emit the '%' character verbatim, you need to use '%%'."
	const single = "'. Maybe you want to write a single '%', use the syntax '%%'."
	tests := []struct{ format, want string }{
		{"%", "truncated line after '%'."},
		{"%ci%", "truncated line after '%'."},
		{"%{+Q}o%", "truncated line after '%'."},
		{"%(n)", "truncated line after '%'."},
		{"%{", "truncated line after ''."},
		{"%{+Q", "truncated line after '+Q'."},
		{"%{+Q]ci", "truncated line after '+Q]ci'."},
		{"abc %ci %{+Q,+X", "truncated line after '+Q,+X'."},
		{"%zz", "no such format alias 'zz" + noAlias},
		{"abc %{+Q}zz def", "no such format alias 'zz" + noAlias},
		{"%cixyz", "no such format alias 'cixyz" + noAlias},
		{"%ci2", "no such format alias 'ci2" + noAlias},
		{"%c", "no such format alias 'c" + noAlias},
		{"x%{+Q}ox", "no such format alias 'ox" + noAlias},
		{"% ci", "unexpected alias name near ' ' at position 1 line : '% ci" + single},
		{"%ci %1x", "unexpected alias name near '1' at position 5 line : '%ci %1x" + single},
		{"a %%% b", "unexpected alias name near ' ' at position 5 line : 'a %%% b" + single},
		{"%\tci", "unexpected alias name near '\t' at position 1 line : '%\tci" + single},
		{"%(n) x", "unexpected alias name near ' ' at position 4 line : '%(n) x" + single},
		{"%{+Q}", "parse argument modifier without alias name near '%{+Q}'."},
		{"%{+Q}%ci", "parse argument modifier without alias name near '%{+Q}'."},
		{"%{+Q}{+X}ci", "parse argument modifier without alias name near '%{+Q}'."},
		{"abc %{+Q,+X}- def", "parse argument modifier without alias name near '%{+Q,+X}'."},
		{"%{+Q}(n)ci", "parse argument modifier without alias name near '%{+Q}'."},
		{"%(n){+Q}", "parse argument modifier without alias name near '%{+Q}'."},
		{"%(", "invalid character in custom name near '."},
		{"%(na", "invalid character in custom name near '."},
		{"%(n:str", "invalid character in custom name near '."},
		{"%(n a)ci", "invalid character in custom name near ' ' at position 3 line : '%(n a)ci'."},
		{"%(n@)ci", "invalid character in custom name near '@' at position 3 line : '%(n@)ci'."},
		{"%(n:st r)ci", "invalid character in custom name near ' ' at position 6 line : '%(n:st r)ci'."},
		{"%(na:foo)ci", "unexpected output type 'foo' at position 5 line : '%(na:foo)ci'. Supported types are: str, sint, bool, raw."},
		{"%(n:)ci", "unexpected output type '' at position 4 line : '%(n:)ci'. Supported types are: str, sint, bool, raw."},
		{"%[", "failed to parse sample expression <> : missing fetch method."},
		{"%[]", "failed to parse sample expression <]> : missing fetch method."},
		{"x %[ src] z", "failed to parse sample expression < src] z> : missing fetch method."},
		{"%[foo]", "failed to parse sample expression <foo]> : unknown fetch method 'foo'."},
		{"%[src,foo]", "failed to parse sample expression <src,foo]> : unknown converter 'foo'."},
		{"%[src(]", "failed to parse sample expression <src(]> : fetch method 'src' : expected ')' before ']'."},
		{"%[src(x)]", "failed to parse sample expression <src(x)]> : fetch method 'src' : expected ')' before 'x)]'."},
		{"%[str(a%]", "failed to parse sample expression <str(a%]> : fetch method 'str' : expected ')'."},
		{"%[src", "missing ']' after 'src'."},
		{"%{+Q}[src", "missing ']' after 'src'."},
		{"x %[src y] z", "expected ']' after 'src', but found ' '."},
		{"x %[src,lower z", "expected ']' after 'src,lower', but found ' '."},
		{"%[path]", "sample fetch <path> may not be reliably used here because it needs 'HTTP request headers' which is not available here."},
		{"%[req.hdr(a)]", "sample fetch <req.hdr> may not be reliably used here because it needs 'HTTP request headers' which is not available here."},
		{"%[res.hdr(a)]", "sample fetch <res.hdr> may not be reliably used here because it needs 'HTTP response headers' which is not available here."},
		{"%sslv", "format alias 'sslv' needs TLS, which is known but not built yet."},
	}
	for _, tt := range tests {
		_, err := Compile(tt.format, config.Pos{File: "a.cfg", Line: 8}, Traffic, nil)
		want := "Parsing [a.cfg:8]: failed to parse log-format : " + tt.want
		if err == nil || err.Error() != want {
			t.Errorf("%q\n got %v\nwant %s", tt.format, err, want)
		}
	}
}

func TestCompileKinds(t *testing.T) {
	for kind, want := range map[Kind]string{
		Structured: "Parsing [:0]: failed to parse log-format-sd : truncated line after '%'.",
		ConnError:  "Parsing [:0]: failed to parse error-log-format : truncated line after '%'.",
		UniqueID:   "Parsing [:0]: failed to parse unique-id : truncated line after '%'.",
	} {
		if _, err := Compile("%", config.Pos{}, kind, nil); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	if _, err := Compile("%[path]", config.Pos{}, UniqueID, nil); err != nil {
		t.Error(err)
	}
	_, err := Compile("%[res.hdr(a)]", config.Pos{}, UniqueID, nil)
	if err == nil || !strings.Contains(err.Error(), "failed to parse unique-id : sample fetch <res.hdr> may not") {
		t.Error(err)
	}
}

// TestCompileEveryAlias makes sure that no row of the table lacks its printer.
func TestCompileEveryAlias(t *testing.T) {
	seen := map[code]string{}
	for _, a := range aliases {
		if a.needs != "" {
			continue
		}
		if other := seen[a.code]; other != "" || a.code == codeNone {
			t.Errorf("%%%s and %%%s print the same", a.name, other)
		}
		seen[a.code] = a.name
		e := sampleEntry()
		e.TLS = true
		e.UniqueID, e.ReqCookie, e.ResCookie = []byte("id"), []byte("a=b"), []byte("c=d")
		for _, flags := range []string{"", "{+Q}", "{+X}", "{+E}", "{+Q,+X,+E}"} {
			if got := mustCompile(t, "%"+flags+a.name).Append(nil, e, nil); len(got) == 0 {
				t.Errorf("%%%s%s prints nothing", flags, a.name)
			}
		}
	}
}

// everything uses what the grammar knows.
const everything = `%ci:%cp [%tr] %(n-m:str)ft %b/%s %{+Q,-X}r %{+E}o %[src,lower,field(1,"]")] %%%- %{+Q}[str('a]b')] %hr %hs %lc`

func TestCompileCut(t *testing.T) {
	e, c := sampleEntry(), &sample.Ctx{}
	for n := range len(everything) + 1 {
		f, err := Compile(everything[:n], config.Pos{File: "f", Line: 1}, Traffic, nil)
		if (f == nil) == (err == nil) {
			t.Fatalf("%q: %v, %v", everything[:n], f, err)
		}
		if f != nil {
			f.Append(nil, e, c)
		} else if !strings.HasPrefix(err.Error(), "Parsing [f:1]: failed to parse log-format : ") {
			t.Errorf("%q: %v", everything[:n], err)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{everything, HTTPText, HTTPCLFText, TCPText, TCPCLFText, "%{+X}o %{+bin}o%[bin(00ff)]", "%[src,", "%(a:str)[", "\x00%\xff"} {
		f.Add(s, []byte("GET /a?b HTTP/1.1"), int64(1795391209e9))
	}
	f.Fuzz(func(t *testing.T, text string, line []byte, when int64) {
		format, err := Compile(text, config.Pos{}, Traffic, nil)
		if err != nil {
			return
		}
		e := sampleEntry()
		e.Line, e.Accept, e.Request = line, when, -when
		e.ReqCookie, e.UniqueID, e.ReqCaptures = line, line, [][]byte{line, nil}
		c := &sample.Ctx{Src: e.Client}
		got := format.Append(nil, e, c)
		if strings.Contains(text, "[") {
			return // a sample may be anything, and different every time
		}
		if again := format.Append(nil, e, c); string(again) != string(got) {
			t.Fatalf("%q\n%q\n%q", text, got, again)
		}
		if strings.Contains(string(got), "  ") && !strings.Contains(string(line), " ") {
			t.Fatalf("%q with %q: blanks not merged in %q", text, line, got)
		}
	})
}
