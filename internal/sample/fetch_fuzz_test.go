package sample

import "testing"

// fetching compiles every fetch that needs nothing but a request, with an x for
// each argument that is text.
func fetching(t testing.TB) (list []*Expr) {
	for _, e := range Fetches() {
		if !e.Built {
			continue
		}
		for _, args := range []string{"", "(x)", "(0,9)"} {
			if x, _, err := ParseExpr(e.Name+args, testScope); err == nil {
				list = append(list, x)
			}
		}
	}
	if len(list) < 150 {
		t.Fatalf("only %d fetches", len(list))
	}
	return list
}

// tryFetches has every fetch look at b, as fields, cookies, credentials, target
// and payload.
func tryFetches(t testing.TB, list []*Expr, b []byte) {
	c := testCtx(t, "POST /x?x=1 HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded")
	for _, name := range []string{"x", "cookie", "authorization", "x", "host"} {
		c.Req.Add([]byte(name), b)
	}
	c.Payload = b
	for _, e := range list {
		c.Unknown = false
		s := new(Sample)
		s.All()
		for n := 0; e.Next(c, s) && s.More(); n++ {
			if n > 10*(len(b)+10) { // five fields have it
				t.Fatalf("%s has no end of values in %q", e.Text, b)
			}
		}
	}
}

var requests = []string{
	"a=1; x=2,x=\"3;4\"; x", "Basic eDp5", "Bearer x", "1.2.3.4, [::1]:80 ,\"a,b\"", "x=%41&x=+b;x", "\x03\x00\x00\x27\x22\xe0\x00\x00\x00\x00\x00Cookie: x=administr\r\n",
	"\x16\x03\x01\x00\x52\x01\x00\x00\x4e\x03\x03rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\x00\x00\x04\x13\x01\x13\x02\x01\x00\x00\x21\x00\x00\x00\x14\x00\x12\x00\x00\x0fapi.example.net\x00\x10\x00\x05\x00\x03\x02h2",
}

// What clients send is cut at every byte.
func TestCutRequests(t *testing.T) {
	list := fetching(t)
	for _, r := range requests {
		for n := range len(r) + 1 {
			tryFetches(t, list, []byte(r[:n]))
		}
	}
}

func FuzzFetches(f *testing.F) {
	for _, r := range requests {
		f.Add([]byte(r))
	}
	list := fetching(f)
	f.Fuzz(func(t *testing.T, b []byte) { tryFetches(t, list, b[:min(len(b), MaxData)]) })
}
