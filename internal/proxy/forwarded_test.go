package proxy

import (
	"net/netip"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// The values are HAProxy's.
func TestForwardedNode(t *testing.T) {
	part := func(expr string) ForwardedPart {
		if expr == "" {
			return ForwardedPart{}
		}
		e, rest, err := sample.ParseExpr(expr, &sample.Scope{})
		if err != nil || rest != "" {
			t.Fatalf("%s: %v %q", expr, err, rest)
		}
		return ForwardedPart{e}
	}
	for _, x := range []struct {
		name, port string
		hasPort    bool
		want       string
	}{
		{"", "", false, "127.0.0.1"}, {"", "", true, `"127.0.0.1:1000"`}, {"", "int(10)", true, `"127.0.0.1:10"`},
		{"str(a.b-c)", "", false, "_a.b-c"}, {"str(_a.b-c)", "", false, "_a.b-c"}, {"str(a!b)", "", false, "unknown"}, {"str()", "", false, "unknown"}, {"str(unknown)", "", false, "unknown"},
		{"str(::1)", "", false, "unknown"}, {"str(1.2.3.4)", "", false, "1.2.3.4"}, {"ipv4(1.2.3.4)", "", false, "1.2.3.4"}, {"ipv6(::1)", "", false, `"[::1]"`}, {"str([::1])", "", false, `"[::1]"`},
		{"ipv6(::1)", "str(_x)", true, `"[::1]:_x"`}, {"", "str(x)", true, `"127.0.0.1:_x"`}, {"", "str(123)", true, `"127.0.0.1:123"`}, {"", "int(0)", true, `"127.0.0.1:_0"`}, {"", "int(70000)", true, `"127.0.0.1:_70000"`},
		{"", "int(-1)", true, `"127.0.0.1:_-1"`}, {"", "str(a!b)", true, `"127.0.0.1"`}, {"", "str(_)", true, `"127.0.0.1:__"`}, {"bool(1)", "", false, "_1"}, {"int(5)", "", false, "_5"},
		{"str(_)", "", true, `"__:1000"`},
	} {
		n := &ForwardedNode{Name: part(x.name)}
		if x.hasPort {
			p := part(x.port)
			n.Port = &p
		}
		if got := string(n.append(nil, &sample.Ctx{}, netip.MustParseAddrPort("127.0.0.1:1000"))); got != x.want {
			t.Errorf("%q %q: %s, want %s", x.name, x.port, got, x.want)
		}
	}
	none := &ForwardedNode{Port: &ForwardedPart{}}
	if got := string(none.append(nil, &sample.Ctx{}, netip.AddrPort{})); got != `"unknown"` {
		t.Error(got)
	}
	f := &Forwarded{Proto: true, Host: &ForwardedPart{}, For: &ForwardedNode{}}
	if got := string(f.Append(nil, &sample.Ctx{}, "http", []byte("a.b:80"), netip.MustParseAddrPort("[::1]:5"), netip.AddrPort{})); got != `proto=http;host="a.b:80";for="[::1]"` {
		t.Error(got)
	}
	if got := string(f.Append(nil, &sample.Ctx{}, "http", []byte(`a"b`), netip.AddrPort{}, netip.AddrPort{})); got != `proto=http;host="";for=unknown` {
		t.Error(got)
	}
}
