package worker

import (
	"strings"
	"testing"
)

// A dump gives each line of text one of its own and cuts long ones, never within
// an escape; every byte can be found again by its offset.
func TestDumpText(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{"", ""},
		{"a\r\nb", "  00000  a\\r\\n\n  00003  b\n"},
		{"\t\x1b\\\x00\xe9\x7f ~", "  00000  \\t\\e\\\\\\x00\\xE9\\x7F ~\n"},
		{strings.Repeat("x", 71) + "\n", "  00000  " + strings.Repeat("x", 70) + "\n  00070+ x\\n\n"},
		{strings.Repeat("x", 69) + "\n\n", "  00000  " + strings.Repeat("x", 69) + "\n  00069+ \\n\n  00070  \\n\n"},
		{strings.Repeat("\x00", 18), "  00000  " + strings.Repeat(`\x00`, 17) + "\n  00017+ \\x00\n"},
	} {
		var b strings.Builder
		dumpText(&b, []byte(x.in))
		if got := b.String(); got != x.want {
			t.Errorf("%q:\n%s\nwant\n%s", x.in, got, x.want)
		}
	}
}
