package pattern

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

func build(t testing.TB, m Method, fold bool, patterns ...string) *Set {
	t.Helper()
	b := NewBuilder(m)
	for _, p := range patterns {
		if err := b.Add(p, fold); err != nil {
			t.Fatalf("%v %q: %v", m, p, err)
		}
	}
	return b.Build()
}

func TestBytes(t *testing.T) {
	for _, x := range []struct {
		m        Method
		fold     bool
		patterns string // separated by blanks
		yes, no  string
	}{
		{Str, false, "a bb", "a bb", "b A abb bba"},
		{Str, true, "a Bb", "a bb BB A", "b aa"},
		{Beg, false, "/api /static /a", "/api /a /abc /static/x", "/ /b /stati x/a"},
		{Beg, false, "b ab abc", "ab abc abcd b bzz", "a ac c"},
		{Beg, true, "/Api", "/api /API/x", "/ap x"},
		{End, false, ".gif .png gif", "x.gif gif .png agif", "gifx png. g"},
		{End, true, ".GIF", "a.gif A.GIF", "gif .gi"},
		{Sub, false, "abc x", "abc zabcz x ax", "ab bc ABC"},
		{Sub, true, "aBc", "xABCx abc", "ab"},
		// manual 7.1.3
		{Dir, false, "/images", "/images/png/logo/32x32.png", "/imagesx/y /ximages"},
		{Dir, false, "images/png", "/images/png/logo/32x32.png images/png?x", "/images/pngx"},
		{Dir, false, "logo/32x32.png", "/images/png/logo/32x32.png", "/logo/32x32.pngx"},
		{Dir, false, "png", "/png a/png/b png", "/images/xpng/ 32x32.png /a.png"},
		{Dir, false, "32x32", "/32x32/", "/images/png/logo/32x32.png"},
		{Dir, true, "axb/C", "b/aXb/c", "b/aXbc"},
		{Dir, false, "/", "", "/ /a a /a/b"},
		{Dom, false, "http", "http://www1.dc-eu.example.com:80/blah", "https://x"},
		{Dom, false, ".www1", "http://www1.dc-eu.example.com:80/blah", "http://www12.x"},
		{Dom, false, ":www1:", "http://www1.dc-eu.example.com:80/blah", ""},
		{Dom, false, "dc-eu.example", "http://www1.dc-eu.example.com:80/blah", ""},
		{Dom, false, "dc-eu.example:80", "dc-eu.example:80", "http://www1.dc-eu.example.com:80/blah"},
		{Dom, false, "eu", "a.eu.b eu", "http://www1.dc-eu.example.com:80/blah"},
		{Dom, false, "80 blah", "http://www1.dc-eu.example.com:80/blah", "8080"},
		{Dom, false, "a.a", "a.a a.b.a.a.c aa.a.a", "aa.a a"},
		{Reg, false, "^/a[0-9]+$ ^B", "/a12 B", "/a b"},
		{Reg, true, "^axB$", "aXb AXB", "aXbc"},
		{Bin, false, "6100 FF", "a\x00 \xff", "a ff"},
		{Len, false, "3 5:6", "abc abcde abcdef", "ab abcd abcdefg"},
		{Found, false, "", "x", ""},
	} {
		s := build(t, x.m, x.fold, strings.Fields(x.patterns)...)
		for _, v := range strings.Fields(x.yes) {
			if !s.Bytes([]byte(v)) {
				t.Errorf("%v %s does not match %q", x.m, x.patterns, v)
			}
		}
		for _, v := range strings.Fields(x.no) {
			if s.Bytes([]byte(v)) {
				t.Errorf("%v %s matches %q", x.m, x.patterns, v)
			}
		}
	}
	if !build(t, Beg, false, "").Bytes(nil) || build(t, Beg, false, "a").Bytes(nil) {
		t.Error("empty value")
	}
}

func TestNumbers(t *testing.T) {
	for _, x := range []struct {
		patterns string
		yes, no  []int64
	}{
		{"1024:65535 80", []int64{80, 1024, 65535}, []int64{79, 81, 1023, 65536}},
		{":1023", []int64{0, -5, 1023}, []int64{1024}},
		{"1024:", []int64{1024, 1 << 40}, []int64{1023}},
		{"eq 5 6 gt 10", []int64{5, 6, 11}, []int64{7, 10}},
		{"ge 5", []int64{5, 6}, []int64{4}},
		{"le 5", []int64{5, -6}, []int64{6}},
		{"lt 0", []int64{-1}, []int64{0}},
		{"ge eq 5", []int64{5}, []int64{6, 4}},
		{"ge 6:9", []int64{6, 9}, []int64{5, 100}},
		{"gt 3:9", []int64{3, 9}, []int64{2, 10}},
		{"lt 3:9", []int64{3, 9}, []int64{2, 10}},
		{"1:5 3:9 10 11:12", []int64{1, 7, 10, 12}, []int64{0, 13}},
		{"99999999999999999999", []int64{1<<63 - 1}, []int64{0}},
	} {
		s := build(t, Int, false, strings.Fields(x.patterns)...)
		for _, v := range x.yes {
			if !s.Int(v) {
				t.Errorf("%s does not match %d", x.patterns, v)
			}
		}
		for _, v := range x.no {
			if s.Int(v) {
				t.Errorf("%s matches %d", x.patterns, v)
			}
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, x := range []struct{ patterns, yes, no string }{
		{"192.168.0.1/22 10.12/8", "192.168.3.255 10.99.0.1", "192.168.4.0 11.0.0.1"},
		{"127.1", "127.0.0.1 ::ffff:127.0.0.1 ::127.0.0.1 2002:7f00:1::", "127.0.0.2 ::1 fe80::7f00:1"},
		{"::ffff:1.2.3.0/120", "1.2.3.4 ::ffff:1.2.3.9", "1.2.4.4 ::1.2.3.4"},
		{"::/0", "1.2.3.4 fe80::1", ""},
		{"fe80::/10 ::1", "fe80::1 febf::1 ::1", "fec0::1 ::2 1.2.3.4"},
		{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
		{"2001:db8::8/125", "2001:db8::f", "2001:db8::10 2001:db8::7"},
		{"0.0.0.0/0", "1.2.3.4 ::1", "fe80::1"},
		{"1.2.3.4/255.255.0.0", "1.2.9.9", "1.3.0.0"},
		{"1.0.3.0/255.0.255.0", "1.99.3.7", "1.99.4.7"},
		{"256", "0.0.1.0", "0.0.0.255"},
		{"1.2.3.4/32", "1.2.3.4", "1.2.3.5"},
	} {
		s := build(t, IP, false, strings.Fields(x.patterns)...)
		for _, v := range strings.Fields(x.yes) {
			if !s.Addr(netip.MustParseAddr(v)) {
				t.Errorf("%s does not match %s", x.patterns, v)
			}
		}
		for _, v := range strings.Fields(x.no) {
			if s.Addr(netip.MustParseAddr(v)) {
				t.Errorf("%s matches %s", x.patterns, v)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	for _, x := range []struct {
		m    Method
		p, w string
	}{
		{Int, "a", "'a' is not a number"},
		{Int, "1.2", "'1.2' is not a number"},
		{Int, "EQ", "'EQ' is not a number"},
		{Int, "gt a", "'a' is neither a number nor a supported operator"},
		{Int, "1:2:3", "'1:2:3' is not a valid number range"},
		{Int, "10:5", "'10:5' is not a valid number range"},
		{Int, ":", "':' is not a valid number range"},
		{Int, "", "'' is not a number"},
		{Len, "x", "'x' is not a number"},
		{IP, "1.2.3.4/33", "'1.2.3.4/33' is not a valid IPv4 or IPv6 address"},
		{IP, "foo", "'foo' is not a valid IPv4 or IPv6 address"},
		{IP, "1.2.3.4.5", "'1.2.3.4.5' is not a valid IPv4 or IPv6 address"},
		{IP, "10.1/255.255", "'10.1/255.255' is not a valid IPv4 or IPv6 address"},
		{IP, "::1/129", "'::1/129' is not a valid IPv4 or IPv6 address"},
		{IP, "fe80::1%eth0", "'fe80::1%eth0' is not a valid IPv4 or IPv6 address"},
		{Bin, "zz", "an hex digit is expected (found 'z')"},
		{Bin, "616", "an even number of hex digit is expected"},
		{Reg, "(", "regex '(' is invalid (error=missing closing ): `(`)"},
	} {
		b, err := NewBuilder(x.m), error(nil)
		for _, p := range strings.Split(x.p, " ") {
			err = b.Add(p, false)
		}
		if err == nil || err.Error() != x.w {
			t.Errorf("%v %q: %v, want %s", x.m, x.p, err, x.w)
		}
	}
}

func TestFile(t *testing.T) {
	r := NewReference("l")
	v, err := r.View(Str, false, NoValue)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ReadFile([]byte("a\n#x\n  \n\tb \nc d\n #e\nf\r\nlast")); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"a", "b ", "c d", "#e", "f", "last"} {
		if e := v.Bytes([]byte(k)); e == nil || e.Key() != k {
			t.Errorf("%q: %v", k, e)
		}
	}
	if len(r.Entries(Current)) != 6 || v.Bytes([]byte("#x")) != nil || v.Bytes([]byte("b")) != nil || v.Bytes(nil) != nil {
		t.Error("too much")
	}
	for _, x := range []struct {
		m          Method
		out        Output
		isMap      bool
		data, want string
	}{
		{Int, NoValue, false, "5\nx\n", "'x' is not a number at line 2 of file 'f'"},
		{Str, Integer, true, "a 1\nb xx\n", "unable to parse 'xx' at line 2 of file 'f'"},
		{Str, Integer, true, "a 1\n\nb\n", "unable to parse '' at line 3 of file 'f'"},
		{Str, Address, true, "a 1.2.3.4\nb 1.2.3.400\n", "unable to parse '1.2.3.400' at line 2 of file 'f'"},
		{IP, Text, true, "1.2.3.0/24 x\nfoo y\n", "'foo' is not a valid IPv4 or IPv6 address at line 2 of file 'f'"},
		{Str, NoValue, false, "a\x00b", "NUL characters are not allowed at line 1 of file 'f'"},
		{Str, NoValue, false, "a\n" + strings.Repeat("x", maxLine+1), "the line is too long at line 2 of file 'f'"},
		{Str, NoValue, false, strings.Repeat("same\n", maxTwins+2), "too many entries with this key at line 4098 of file 'f'"},
	} {
		for _, viewFirst := range []bool{true, false} { // entries may be there before they are understood
			r := NewReference("f")
			r.Map = x.isMap
			var err error
			if viewFirst {
				_, err = r.View(x.m, false, x.out)
			}
			if err == nil {
				err = r.ReadFile([]byte(x.data))
			}
			if err == nil && !viewFirst {
				_, err = r.View(x.m, false, x.out)
			}
			if err == nil || err.Error() != x.want {
				t.Errorf("%v: %v, want %s", x.m, err, x.want)
			}
		}
	}
}

// TestSearch compares the searches with looking at every pattern in turn.
func TestSearch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		b := make([]byte, rnd.IntN(n))
		for i := range b {
			b[i] = "abAB"[rnd.IntN(4)]
		}
		return string(b)
	}
	for range 300 {
		for _, m := range []Method{Str, Beg, End, Sub} {
			fold := rnd.IntN(2) == 0
			list := make([]string, 1+rnd.IntN(20))
			b := NewBuilder(m)
			for i := range list {
				list[i] = word(6) + "a"
				if err := b.Add(list[i], fold); err != nil {
					t.Fatal(err)
				}
			}
			s := b.Build()
			for range 30 {
				v, want := word(9), false
				for _, p := range list {
					x, y := v, p
					if fold {
						x, y = strings.ToLower(v), strings.ToLower(p)
					}
					switch m {
					case Str:
						want = want || x == y
					case Beg:
						want = want || strings.HasPrefix(x, y)
					case End:
						want = want || strings.HasSuffix(x, y)
					case Sub:
						want = want || strings.Contains(x, y)
					}
				}
				if got := s.Bytes([]byte(v)); got != want {
					t.Fatalf("%v fold=%v %q in %q: %v", m, fold, v, list, got)
				}
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("/path/%d/x", i))
	}
	long := []byte(strings.Repeat("/path/77/x", 100))
	addr4, addr6 := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("fe80::1")
	ips := build(t, IP, false, "10.0.0.0/8", "fe80::/10", "192.168.0.0/16")
	nums := build(t, Int, false, "1:5", "7")
	sets := []*Set{}
	methods := []Method{Str, Beg, End, Sub, Dir, Dom, Reg}
	if raceEnabled { // the regexp package uses a sync.Pool, which then forgets at random
		methods = methods[:6]
	}
	for _, m := range methods {
		sets = append(sets, build(t, m, false, many...), build(t, m, true, many...))
	}
	hits := 0
	if n := testing.AllocsPerRun(3, func() {
		for _, s := range sets {
			if s.Bytes(long[:10]) {
				hits++
			}
			s.Bytes(long)
		}
		if ips.Addr(addr4) && ips.Addr(addr6) && nums.Int(7) {
			hits++
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if hits != 4*(2*len(methods)+1) {
		t.Errorf("%d hits", hits)
	}
}

func FuzzAdd(f *testing.F) {
	for _, s := range []string{"a", "10/8", "::1/64", "1:5", "ge", "(a|b", "00ff", "/a/", "10.1", "1.2.3.4/255.0.255.0"} {
		f.Add(uint8(0), s, "x", true)
	}
	f.Fuzz(func(t *testing.T, m uint8, p, v string, fold bool) {
		b := NewBuilder(Method(m % uint8(methods)))
		if b.Add(p, fold) != nil {
			return
		}
		s := b.Build()
		s.Bytes([]byte(v))
		s.Int(int64(len(v)))
		a, _ := netip.ParseAddr(v)
		s.Addr(a)
		if m := s.Method(); (m == Str || m == Beg || m == End || m == Sub) && !s.Bytes([]byte(p)) {
			t.Errorf("%v %q does not match itself", m, p)
		}
	})
}
