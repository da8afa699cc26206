package sample

import "testing"

const distccHello = "DIST00000002ARGC00000002ARGV00000003gccARGV00000002-cDOTI00000005abcde"

// The values are those of HAProxy 2.6, but for bodies that are not all there: it
// reads on behind its buffer.
func TestDistcc(t *testing.T) {
	for _, x := range []struct{ expr, payload, want string }{
		{"distcc_param(DIST)", distccHello, "2"}, {"distcc_body(DIST)", distccHello, "-"},
		{"distcc_param(ARGV)", distccHello, "3"}, {"distcc_body(ARGV)", distccHello, "gcc"},
		{"distcc_param(ARGV,1)", distccHello, "3"}, {"distcc_body(ARGV,2)", distccHello, "-c"}, {"distcc_param(ARGV,3)", distccHello, "-"},
		{"distcc_param(DOTI)", distccHello, "5"}, {"distcc_body(DOTI)", distccHello, "abcde"},
		{"distcc_param(XXXX)", distccHello, "-"}, {"distcc_param(dist)", distccHello, "-"},
		{"distcc_body(XXXX)", "XXXX00000003abc", "abc"}, {"distcc_param(LAST)", "XXXX00000003abcLAST00000009", "9"},
		{"distcc_param(ARGV)", "ARGV0000000Aabcdefghij", "10"}, {"distcc_param(ARGV)", "ARGV0000000aabcdefghij", "10"},
		{"distcc_param(ARGV)", "DIST0000000gARGV00000001a", "-"}, {"distcc_param(ARGV)", "DIST+0000001ARGV00000001a", "-"},
		{"distcc_param(DIST)", "DISTffffffff", "4294967295"}, {"distcc_param(DOTI)", "DISTffffffffDOTI80000000abc", "2147483648"},
		{"distcc_body(DOTI)", "DOTI80000000abc", "abc"}, {"distcc_body(ARGV,2)", "ARGV00000000ARGV00000001x", "x"},
		{"distcc_param(LAST)", "STAT00000004LAST00000003", "3"}, {"distcc_param(LAST)", "DONE00000004LAST00000003", "3"}, {"distcc_param(LAST)", "NFIL00000004LAST00000003", "3"},
		{"distcc_param(LAST)", "FILE00000004zzzzLAST00000003", "3"}, {"distcc_param(LAST)", "FILE00000004LAST00000003", "-"},
		{"distcc_param(ARGV)", "ARGV000000", "-"}, {"distcc_param(ARGV)", "", "-"},
	} {
		e, _, err := ParseExpr(x.expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, response := range []bool{false, true} {
			c, s, got := &Ctx{Response: response}, new(Sample), "-"
			if response {
				c.ResPayload = []byte(x.payload)
			} else {
				c.Payload = []byte(x.payload)
			}
			if e.Eval(c, s) {
				if s.Type == Sint && !cast(c, s, Str) {
					t.Fatal(s)
				}
				got = string(s.Data)
			}
			if got != x.want {
				t.Errorf("%s of %q: %q, want %q", x.expr, x.payload, got, x.want)
			}
		}
	}
	if _, _, err := ParseExpr("distcc_param(ARG)", nil); err == nil {
		t.Error("a token of three letters is taken")
	}
}

// Of a message that is cut anywhere, more is waited for.
func TestDistccCut(t *testing.T) {
	e, _, _ := ParseExpr("distcc_body(DOTI)", nil)
	for n := range len(distccHello) {
		c, s := &Ctx{Payload: []byte(distccHello[:n])}, new(Sample)
		c.Partial = true
		if e.Eval(c, s); !c.Unknown {
			t.Errorf("%d bytes: decided, %q", n, s.Data)
		}
	}
}

func FuzzDistcc(f *testing.F) {
	f.Add([]byte(distccHello), int64(2))
	f.Fuzz(func(t *testing.T, b []byte, nth int64) {
		if _, body, _, found, short := distccFind(b, "ARGV", nth); found && short || len(body) > len(b) {
			t.Error(body)
		}
	})
}
