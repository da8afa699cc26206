package sample

import "testing"

// languages are converters and fetches with an argument that is a language of its
// own, and a good one.
var languages = []struct{ before, arg, after string }{
	{"str(x),json_query(", "$.a[1].b-c\\\\.d", ",int)"}, {"str(x),regsub(", "^(a|b)+[^c]?.*$", ",\\1x,g)"}, {"str(x),regsub(a,", "\\1\\\\2\\x41\\0", ")"},
	{"int(1405002150),utime(", "%Y-%m-%d %H:%M:%S %z %a %U %%", ")"}, {"int(1405002150000),ms_utime(", "%s.%3N %N", ",5)"},
	{"bin(0801),protobuf(", "1.2.536870911", ",int32)"}, {"str(x),language(", "fr;en-us;*", ",en)"}, {"bin(10),mqtt_field_value(", "connect", ",17)"},
	{"str(x),fix_tag_value(", "BeginString", ")"}, {"str(a.b.c.d.e),jwt_decrypt_jwk(", `{\"kty\":\"oct\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZg\"}`, ")"},
	{"str(a.b.c.d.e),jwt_decrypt_secret(", "MDEyMzQ1Njc4OWFiY2RlZg==", ")"}, {"str(x),hmac(sha1,", "YWJj", ")"}, {"src,ipmask(", "255.255.0.0", ",ffff::)"}, {"src,ipmask(24,", "ffff:ffff::", ")"},
	{"str(x),json(", "utf8ps", ")"}, {"str(x),digest(", "sha512-256", ")"}, {"str(x),bytes(", "1", ",2)"}, {"bin(", "00ffab", ")"}, {"date(0,", "ms", ")"}, {"meth(", "GET", ")"},
}

// tryArgument compiles the expression with another argument, and runs it.
func tryArgument(t testing.TB, i int, arg string) {
	l := languages[i]
	e, _, err := ParseExpr(l.before+`"`+arg+`"`+l.after, testScope)
	if err != nil {
		if err.Error() == "" {
			t.Errorf("%s%q: no message", l.before, arg)
		}
		return
	}
	e.Eval(testCtx(t, plainRequest), new(Sample))
}

// Arguments are cut at every byte.
func TestCutArguments(t *testing.T) {
	for i, l := range languages {
		if _, _, err := ParseExpr(l.before+`"`+l.arg+`"`+l.after, testScope); err != nil {
			t.Errorf("%s%s%s: %v", l.before, l.arg, l.after, err)
		}
		for n := range l.arg {
			tryArgument(t, i, l.arg[:n])
			tryArgument(t, i, l.arg[n:])
		}
	}
}

func FuzzArguments(f *testing.F) {
	for i, l := range languages {
		f.Add(i, l.arg)
	}
	f.Fuzz(func(t *testing.T, i int, arg string) {
		if i >= 0 && i < len(languages) {
			tryArgument(t, i, arg)
		}
	})
}
