package sample

import (
	"regexp"
	"strings"
	"testing"
)

func TestUUID(t *testing.T) {
	for text, want := range map[string]string{
		"uuid":    "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
		"uuid(4)": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
		// 1700000000123 ms, the clock of the test
		"uuid(7)": "^018bcfe5-687b-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
	} {
		e, _, err := ParseExpr(text, testScope)
		if err != nil {
			t.Fatal(err)
		}
		c := testCtx(t, plainRequest)
		var a, b Sample
		if !e.Eval(c, &a) || !e.Eval(c, &b) || !regexp.MustCompile(want).Match(a.Data) || string(a.Data) == string(b.Data) {
			t.Errorf("%s: %q and %q", text, a.Data, b.Data)
		}
	}
	if _, _, err := ParseExpr("uuid(3)", testScope); err == nil || !strings.Contains(err.Error(), "UUID version") {
		t.Error(err)
	}
}
