package sample

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/ring"
)

// "debug" says what passes, and changes nothing of it.
func TestDebug(t *testing.T) {
	for text, want := range map[string]string{
		`str(/pa th),debug(pfx)`:                       "[debug] pfx: type=str </pa th>",
		`str(x),length,debug(,buf0)`:                   "[debug] : type=sint <1>",
		`ipv4(127.0.0.1),debug(ip)`:                    "[debug] ip: type=ipv4 <127.0.0.1>",
		`ipv6(::1),debug(six)`:                         "[debug] six: type=ipv6 <::1>",
		`always_true,debug(t)`:                         "[debug] t: type=bool <1>",
		`bin(37ff0041),debug(b)`:                       "[debug] b: type=bin <7.>",
		`str(x),debug`:                                 "[debug] : type=str <x>",
		"str(" + strings.Repeat("y", 3000) + "),debug": "[debug] : type=str <" + strings.Repeat("y", maxShown) + ">",
	} {
		e, rest, err := ParseExpr(text, nil)
		if err != nil || rest != "" {
			t.Fatalf("%s: %q, %v", text, rest, err)
		}
		plain, _, _ := ParseExpr(text[:strings.LastIndex(text, ",debug")], nil)
		var c Ctx
		var s, p Sample
		if !e.Eval(&c, &s) || !plain.Eval(&c, &p) {
			t.Fatalf("%s has no value", text)
		}
		if l := ring.Buf0.Lines(); len(l) == 0 || l[len(l)-1].Text != want {
			t.Errorf("%.60s\n got %.80v\nwant %.80s", text, l[len(l)-1], want)
		}
		if s.Type != p.Type || string(s.Data) != string(p.Data) || s.Int != p.Int || s.IP != p.IP {
			t.Errorf("%.60s changed the value: %v, %v", text, s, p)
		}
	}
	if _, _, err := ParseExpr("str(x),debug(a,nope)", nil); err == nil || !strings.Contains(err.Error(), "no such sink: 'nope'") {
		t.Errorf("an unknown sink: %v", err)
	}
}
