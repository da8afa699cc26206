package sample

import "testing"

const rdpHello = "\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00Cookie: mstshash=user\r\n\x01\x00\x08\x00\x03\x00\x00\x00"

func TestRDPCookie(t *testing.T) {
	for _, x := range []struct{ expr, payload, want string }{
		{"req.rdp_cookie", rdpHello, "user"}, {"rdp_cookie(MSTSHASH)", rdpHello, "user"}, {"req.rdp_cookie(msts)", rdpHello, ""},
		{"req.rdp_cookie_cnt", rdpHello, "1"}, {"rdp_cookie_cnt(x)", rdpHello, "0"}, {"req.rdp_cookie", "\x02" + rdpHello[1:], ""},
	} {
		e, _, err := ParseExpr(x.expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, s := &Ctx{Payload: []byte(x.payload)}, new(Sample)
		got := ""
		if e.Eval(c, s) && cast(c, s, Str) {
			got = string(s.Data)
		}
		if got != x.want {
			t.Errorf("%s of %q: %q", x.expr, x.payload, got)
		}
	}
	for n := range len(rdpHello) {
		_, value, ok, more := rdpCookie([]byte(rdpHello[:n]))
		if ok != (n >= 34) || more == ok || ok && string(value) != "user" {
			t.Errorf("%d bytes: %q %v %v", n, value, ok, more)
		}
	}
	for _, other := range []string{"\x02", "\x03\x01", "\x03\x00\x00\x2b\x26\xd0", rdpHello[:11] + "Cookie :", rdpHello[:11] + "Z"} {
		for _, rest := range []string{"", "xxxxxxxxxxxxxxxxxxx"} {
			if _, _, ok, more := rdpCookie([]byte(other + rest)); ok || more {
				t.Errorf("%q: %v %v", other+rest, ok, more)
			}
		}
	}
}

func FuzzRDPCookie(f *testing.F) {
	f.Add([]byte(rdpHello))
	f.Fuzz(func(t *testing.T, b []byte) {
		if name, value, ok, more := rdpCookie(b); ok && more || ok && len(name)+len(value) > len(b) {
			t.Error(name, value)
		}
	})
}
