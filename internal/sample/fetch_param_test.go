package sample

import (
	"strings"
	"testing"
)

// fetched evaluates expressions on one request; "-" stands for no value.
func fetched(t *testing.T, req, exprs string) string {
	t.Helper()
	var got []string
	for _, text := range strings.Fields(exprs) {
		e, _, err := ParseExpr(text, testScope)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		c, s := testCtx(t, req), &Sample{}
		if e.Eval(c, s) && Cast(c, s, Str) {
			got = append(got, "<"+string(s.Data)+">")
		} else {
			got = append(got, "-")
		}
	}
	return strings.Join(got, " ")
}

// every evaluates an expression for all its values, as an ACL does.
func every(t *testing.T, req, text string) string {
	t.Helper()
	e, _, err := ParseExpr(text, testScope)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	c, s := testCtx(t, req), &Sample{}
	for s.All(); e.Next(c, s) && len(got) < 20; {
		got = append(got, string(s.Data))
		if !s.More() {
			break
		}
	}
	return strings.Join(got, " ")
}

// Observed on the reference, 3.5-dev5.
func TestURLParam(t *testing.T) {
	for _, x := range []struct{ target, exprs, want string }{
		{"/p?a=1&b=2%203&c&d=&a=9&n=12x;x=5", "url_param(a) urlp(c) url_param(d) url_param url_param(A,,i) url_param(zz) urlp_val(n) url_param(x) url_param(b,?)",
			"<1> - <> <1> <1> - <12> <5> <2%203>"},
		{"/p;a=1;b=2?c=3", "url_param(a) urlp(c) url_param url_param(a,;) url_param(b,;)", "- <3> <3> <1> <2?c=3>"},
		{"/p?=1&a", "url_param(a) url_param", "- <1>"},
		{"/p?c&=4;a=?b=3", "url_param", "<4>"},
		{"/p?", "url_param(a) url_param", "- -"},
		{"/p", "url_param(a) url_param", "- -"},
		{"/?xa=1&A=5&a=2", "url_param(a) urlp_val(a)", "<2> <2>"},
	} {
		if got := fetched(t, "GET "+x.target+" HTTP/1.1\nHost: h", x.exprs); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.target, got, x.want)
		}
	}
	if got := every(t, "GET /p?a=1&b=2&a=3;a=4 HTTP/1.1\nHost: h", "url_param(a)"); got != "1 3 4" {
		t.Error(got)
	}
	if _, _, err := ParseExpr("url_param(a,,x)", testScope); err == nil {
		t.Error("a third argument that is not i")
	}
}

// Observed on Debian's 2.6.12, the names on 3.5-dev5.
func TestCookies(t *testing.T) {
	for _, x := range []struct{ lines, exprs, want string }{
		{"Cookie: a=1; b=2,c=3;d ; n=12x;a=4; q=\"x;y\"; e = sp ;f=\nCookie: a=7; g=a b; h=1=2;;",
			"req.cook(a) req.cook(b) cook(c) req.cook(d) req.cook(A) req.cook req.cook_cnt(a) req.cook_cnt cook_cnt(zz) req.cook_val(n) req.cook(q) req.cook(e) req.cook(f) req.cook(g) req.cook(h) req.cook_names req.cook_names(;)",
			`<7> <2> <3> - - <1> <3> <11> <0> <12> <"x;y"> <sp> <> <a b> <1=2> <a,b,c,n,a,q,e,f,a,g,h> <a;b;c;n;a;q;e;f;a;g;h>`},
		{`Cookie: a="x,y"z; b=1`, "req.cook(a) req.cook(b) req.cook_cnt req.cook_names(--)", `<"x,y"z> <1> <2> <a-b>`},
		{"Cookie: =v; k=1\nCookie: a b=2; k;z", "req.cook(k) req.cook_cnt req.cook req.cook_names", "<1> <3> <v> <k,a b>"},
		{"Cookie: a=\"un;b=2\ncookie: b=3", "req.cook(a) req.cook(b) req.cook_cnt", `<"un;b=2> <3> <2>`},
		{`Cookie:   a  =  "q\";b=9" ;  b = -4 x ; s=$1,k="";z`, "req.cook(a) req.cook(b) req.cook(s) req.cook(k) cook_val(b) req.cook_val(s) req.cook_names", `<"q\";b=9"> <-4 x> <$1> <""> <-4> <0> <a,b,s,k>`},
		{"Cookie: $Version=1; a=1; $Path=/; b=2", "req.cook(a) req.cook(b) req.cook_cnt req.cook_names", "<1> <2> <2> <a,b>"},
		{"Cookie: ab=1;;;,,s= ; z =;a=;;a=2;", "req.cook(a) req.cook(ab) req.cook_cnt req.cook_val(s) req.cook_names", "<2> <1> <5> <0> <ab,s,z,a,a>"},
		{"X: y", "req.cook(a) req.cook_cnt req.cook req.cook_names", "- <0> - <>"},
	} {
		if got := fetched(t, "GET / HTTP/1.1\nHost: h\n"+x.lines, x.exprs); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.lines, got, x.want)
		}
	}
	if got := every(t, "GET / HTTP/1.1\nHost: h\nCookie: a=1;b=2;a=3\nCookie: a=4", "req.cook(a)"); got != "1 3 4" {
		t.Error(got)
	}
}

// No input makes the parser run on, or give what is not in it.
func FuzzCookie(f *testing.F) {
	for _, s := range []string{`a=1; b="x;\"y",c = 3 ;d`, "$a=1;=", `a="`, `a="\`, ";,=;"} {
		for i := range s {
			f.Add(s[:i])
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for rest := []byte(s); len(rest) > 0; {
			name, value, next, ok := nextCookie(rest)
			if !ok {
				break
			}
			if len(next) >= len(rest) || !strings.Contains(s, string(name)) || !strings.Contains(s, string(value)) {
				t.Fatalf("%q: %q %q %q", rest, name, value, next)
			}
			rest = next
		}
	})
}
