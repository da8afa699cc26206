package pattern

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func newMap(t testing.TB, m Method, data string) (*Reference, *View) {
	t.Helper()
	r := NewReference("m")
	r.Map = true
	v, err := r.View(m, false, Text)
	if err == nil {
		err = r.ReadFile([]byte(data))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r, v
}

func value(e *Entry) string {
	if e == nil {
		return "-"
	}
	return e.Value()
}

// Which of several entries is found.
func TestOrder(t *testing.T) {
	for _, x := range []struct {
		m              Method
		data, in, want string
	}{
		{Str, "a 1\na 2\n", "a", "1"},
		{Beg, "a 1\nabc 3\nab 2\n", "abcd", "3"},
		{Beg, "a 1\nabc 3\nab 2\n", "abx", "2"},
		{End, "c 1\nbc 2\nxbc 3\n", "xbc", "1"},
		{End, "bc 2\nc 1\n", "xbc", "2"},
		{Sub, "b 1\nabc 2\n", "abc", "1"},
		{Dir, "b/c 1\na 2\n", "a/b/c", "1"},
		{Dom, "com 1\nexample.com 2\n", "www.example.com", "1"},
		{Reg, "^a 1\nb$ 2\n", "ab", "1"},
		{Int, "1:5 1\n3 2\n", "3", "1"},
		{Int, "3 2\n1:5 1\n", "3", "2"},
		{Int, "3 2\n1:5 1\n", "4", "1"},
		{Len, "1:2 1\n2 2\n", "ab", "1"},
		{IP, "10.0.0.0/8 1\n10.1.0.0/16 2\n0.0.0.0/0 3\n", "10.1.2.3", "2"},
		{IP, "10.0.0.0/255.0.0.255 h\n10.0.0.0/8 1\n", "10.9.9.0", "1"},
		{IP, "2001:db8::/32 1\n2001:db8:1::/48 2\n::/0 3\n", "2001:db8:1::5", "2"},
		{IP, "2001:db8::/32 1\n::/0 3\n", "10.0.0.1", "3"},
		{Bin, "6162 1\n", "ab", "1"},
	} {
		_, v := newMap(t, x.m, x.data)
		if e, _ := v.Find(x.in); value(e) != x.want {
			t.Errorf("%v %q in %q: %s, want %s", x.m, x.in, x.data, value(e), x.want)
		}
	}
}

// Random changes, compared with a plain list after each.
func TestChanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, m := range []Method{Str, Beg, End, Sub, Dom, Reg} {
		r, v := newMap(t, m, "")
		type pair struct{ key, value string }
		var model []pair
		word := func() string {
			b := make([]byte, 1+rnd.IntN(3))
			for i := range b {
				b[i] = "ab."[rnd.IntN(2)]
			}
			return string(b)
		}
		for step := range 1000 {
			k, val := word(), fmt.Sprint(step)
			switch rnd.IntN(5) {
			case 0:
				err, n := r.Delete(k), len(model)
				model = slices.DeleteFunc(model, func(p pair) bool { return p.key == k })
				if (err == nil) != (n > len(model)) {
					t.Fatal(err)
				}
			case 1:
				known := false
				for i := range model {
					if model[i].key == k {
						model[i].value, known = val, true
					}
				}
				if err := r.Change(k, val); (err == nil) != known {
					t.Fatal(err)
				}
			default:
				if err := r.Add(Current, k, val); err != nil {
					t.Fatal(err)
				}
				model = append(model, pair{k, val})
			}
			if len(model) > 40 {
				r.Clear(Current)
				model = nil
			}
			in := word() + word()
			want := "-"
			best := -1
			for _, p := range model {
				ok := false
				switch m {
				case Str:
					ok = p.key == in
				case Beg:
					ok = strings.HasPrefix(in, p.key)
				case End:
					ok = strings.HasSuffix(in, p.key)
				case Dom:
					ok = p.key == in // no delimiters in these words
				default:
					ok = strings.Contains(in, p.key)
				}
				if ok && (best < 0 || m == Beg && len(p.key) > best) {
					best, want = len(p.key), p.value
				}
			}
			if got := value(v.Bytes([]byte(in))); got != want {
				t.Fatalf("%v step %d: %q gives %s, want %s of %v", m, step, in, got, want, model)
			}
			live := 0
			for _, e := range r.Entries(Current) {
				if !e.Gone() {
					if e.Key() != model[live].key || e.Value() != model[live].value {
						t.Fatalf("entry %d is %s %s", live, e.Key(), e.Value())
					}
					live++
				}
			}
			if _, _, n := r.Figures(); live != len(model) || n != live {
				t.Fatalf("%d entries, %d counted, want %d", live, n, len(model))
			}
		}
	}
}

// Many entries, which are all found, and found no more when they are deleted.
func TestMany(t *testing.T) {
	const n = 20000
	r, v := newMap(t, Str, "")
	for i := range n {
		if err := r.Add(Current, fmt.Sprint("key", i), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if got := value(v.Bytes(fmt.Appendf(nil, "key%d", i))); got != fmt.Sprint(i) {
			t.Fatalf("key%d: %s", i, got)
		}
	}
	for i := 0; i < n; i += 2 {
		if err := r.Delete(fmt.Sprint("key", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if e := v.Bytes(fmt.Appendf(nil, "key%d", i)); (e == nil) != (i%2 == 0) {
			t.Fatalf("key%d: %v", i, e)
		}
	}
	if d := r.current.Load().keys.dir.Load(); len(d.shards) < 2 || len(d.shards) > 1<<maxShardBits {
		t.Errorf("%d shards", len(d.shards))
	}
}

// A version is filled aside and seen all at once; those before it are gone.
func TestVersions(t *testing.T) {
	r, v := newMap(t, Str, "a 1\n")
	if n := r.Prepare(); n != 1 {
		t.Fatal(n)
	}
	r.Prepare()
	for _, x := range []struct {
		do   func() error
		want error
	}{
		{func() error { return r.Add(1, "a", "2") }, nil},
		{func() error { return r.Add(1, "b", "2") }, nil},
		{func() error { return r.Add(3, "b", "2") }, ErrFuture},
		{func() error { return r.Add(2, "c", "3") }, nil},
		{func() error { return r.Commit(3) }, ErrRange},
		{func() error { return r.Commit(0) }, ErrRange},
		{func() error { return r.Delete("b") }, ErrNoKey},
		{func() error { return r.DeleteID(99) }, ErrNoKey},
		{func() error { return r.ChangeID(99, "x") }, ErrNoID},
		{func() error { return r.Change("b", "x") }, ErrNoEntry},
	} {
		if err := x.do(); err != x.want {
			t.Errorf("%v, want %v", err, x.want)
		}
	}
	look := func() string {
		return value(v.Bytes([]byte("a"))) + value(v.Bytes([]byte("b"))) + value(v.Bytes([]byte("c")))
	}
	if got := look(); got != "1--" {
		t.Error("before the commit:", got)
	}
	if _, _, n := r.Figures(); n != 4 || len(r.Entries(1)) != 2 || len(r.Entries(7)) != 0 {
		t.Error(n, r.Entries(1))
	}
	if err := r.Commit(1); err != nil {
		t.Fatal(err)
	}
	if got := look(); got != "22-" {
		t.Error("after the commit:", got)
	}
	r.Clear(2)
	if err := r.Commit(2); err != nil || look() != "---" {
		t.Error(err, look())
	}
	if cur, next, n := r.Figures(); cur != 2 || next != 2 || n != 0 {
		t.Error(cur, next, n)
	}
	if err := r.Add(1, "old", "x"); err != nil || len(r.Entries(1)) != 0 {
		t.Error("an entry of the past:", err)
	}
}

// Those who look up while entries change see each version whole.
func TestConcurrent(t *testing.T) {
	r, v := newMap(t, Beg, "a 0\nb 0\n")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				x := v.index()
				a, b := x.bytes([]byte("ax")), x.bytes([]byte("bx"))
				if value(a) != value(b) {
					t.Errorf("%s and %s in one version", value(a), value(b))
					return
				}
			}
		})
	}
	for i := range 100 {
		n := int64(r.Prepare())
		for _, k := range []string{"a", "b"} {
			if err := r.Add(n, k, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
		if err := r.Commit(uint32(n)); err != nil {
			t.Error(err)
		}
		for k := range 60 { // grows, and forgets what was removed
			_ = r.Set(fmt.Sprint("x", k%7, k), "v")
			_ = r.Delete(fmt.Sprint("x", k%7, k))
		}
	}
	close(done)
	wg.Wait()
}

func FuzzFile(f *testing.F) {
	for _, s := range []string{"a b\n", "#c\n  a  b c \r\n\n", "a\x00", "1.2.3.4 5.6.7.8\n", "x"} {
		f.Add([]byte(s), uint8(Str), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, m uint8, isMap bool) {
		r := NewReference("f")
		r.Map = isMap
		v, _ := r.View(Method(m%uint8(methods)), false, Text)
		if r.ReadFile(data) != nil {
			return
		}
		for _, e := range r.Entries(Current) {
			if e.Key() == "" || strings.ContainsAny(e.Key(), "\n\x00") || isMap && strings.ContainsAny(e.Key(), " \t") {
				t.Errorf("key %q", e.Key())
			}
			if v.Method == Str && v.Bytes([]byte(e.Key())) == nil {
				t.Errorf("%q is not found", e.Key())
			}
			if err := r.Delete(e.Key()); err != nil && !e.Gone() {
				t.Error(err)
			}
			if v.Method == Str && v.Bytes([]byte(e.Key())) != nil {
				t.Errorf("%q is still found", e.Key())
			}
		}
	})
}
