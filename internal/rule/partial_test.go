package rule

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// What a condition says of bytes that may not be all, and of the same bytes when
// they are.
func TestConditionOfAPart(t *testing.T) {
	for _, x := range []struct {
		cond, bytes string
		part        Answer
		whole       bool
	}{
		{"if TRUE", "", Yes, true},
		{"if FALSE", "", No, false},
		{"if WAIT_END", "x", Unknown, true},
		{"if !WAIT_END", "x", Unknown, false},
		{"unless WAIT_END", "x", Unknown, false},
		{"if WAIT_END FALSE", "", No, false},
		{"if FALSE WAIT_END", "", No, false},
		{"if WAIT_END || TRUE", "", Yes, true},
		{"if TRUE WAIT_END", "", Unknown, true},
		{"if { req.len gt 2 }", "ab", Unknown, false},
		{"if { req.len gt 2 }", "abc", Yes, true},
		{"if !{ req.len gt 2 }", "ab", Unknown, true},
		{"if !{ req.len gt 2 }", "abc", No, false},
		{"if { req.payload(0,3) -m str abc }", "ab", Unknown, false},
		{"if { req.payload(0,3) -m str abc }", "abd", No, false},
		{"if { req.payload(0,3) -m str abc }", "abcd", Yes, true},
		{"if { req.payload(1,0) -m sub z }", "abc", Unknown, false},
		{"if { req.payload(-1,2) -m found }", "abc", No, false},
		{"if { req.payload_lv(0,1) -m str abc }", "", Unknown, false},
		{"if { req.payload_lv(0,1) -m str abc }", "\x03ab", Unknown, false},
		{"if { req.payload_lv(0,1) -m str abc }", "\x03abc", Yes, true},
		{"if { req.payload_lv(0,1) -m str abc }", "\x02ab", No, false},
		{"if { req.payload_lv(0,8) -m found }", "\xff\xff\xff\xff\xff\xff\xff\xff", No, false},
		{"if { req.payload_lv(0,1,2) -m str abc }", "\x03-abc", Yes, true},
		{"if { req.payload_lv(0,1,+1) -m str abc }", "\x03-abc", Yes, true},
		{"if { req.payload_lv(2,1,-3) -m str ab }", "ab\x02", Yes, true},
		{"if { req.payload_lv(9223372036854775807,1) -m found }", "ab", Unknown, false},
		{"if { path / }", "ab", Unknown, false},
		{"if HTTP", "ab", Unknown, false},
		{"if !HTTP", "ab", Unknown, true},
		{"if { acl(WAIT_END) }", "", Unknown, true},
		{"if { acl(!WAIT_END) }", "", Unknown, false},
		{"if { acl(TRUE,!FALSE) }", "", Yes, true},
		{"if { res.hdr(x) y }", "", Unknown, false},
		{"if { src 1.2.3.4 }", "", No, false},
	} {
		k := testCompiler()
		c, err := k.Cond(words(x.cond))
		if err != nil {
			t.Errorf("%s: %v", x.cond, err)
			continue
		}
		ctx := &sample.Ctx{Payload: []byte(x.bytes)}
		if got := c.True(ctx); got != x.whole {
			t.Errorf("%s over the whole of %q: %v", x.cond, x.bytes, got)
		}
		ctx.Partial = true
		if got := c.Test(ctx); got != x.part {
			t.Errorf("%s over a part, %q: %v, want %v", x.cond, x.bytes, got, x.part)
		}
	}
}

// A set stops at the first rule that cannot be decided, and begins again.
func TestSetWaits(t *testing.T) {
	k := testCompiler()
	var s Set
	for _, text := range []string{"set-var(txn.wait_n) int(1)", "accept if { req.len gt 2 }", "reject"} {
		r, err := compileOn(k, tcpContent, 0, text)
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, r)
	}
	var res Result
	ctx := &sample.Ctx{Payload: []byte("ab")}
	ctx.Partial = true
	if v := s.Run(ctx, &res); v != Wait || res.Rule != nil {
		t.Errorf("%v", v)
	}
	ctx.Payload = []byte("abc")
	if v := s.Run(ctx, &res); v != Accept {
		t.Errorf("%v", v)
	}
	ctx.Partial, ctx.Payload = false, nil
	if v := s.Run(ctx, &res); v != Close {
		t.Errorf("%v", v)
	}
}

func TestTCPResponseActions(t *testing.T) {
	for text, want := range map[string]Verdict{"accept": Accept, "reject": Close, "close": CloseServer} {
		r, err := compileOn(testCompiler(), tcpResponse, 0, text)
		if err != nil {
			t.Fatal(err)
		}
		if v := (Set{r}).Run(&sample.Ctx{}, &Result{}); v != want || !r.Final {
			t.Errorf("%s: %v", text, v)
		}
	}
}
