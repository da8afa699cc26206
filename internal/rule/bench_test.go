package rule

import (
	"fmt"
	"testing"
)

// BenchmarkRules is what a plain configuration costs for each request, parsing
// it included.
func BenchmarkRules(b *testing.B) {
	req, _ := rules(b,
		"q deny if { path_beg /admin /private } { hdr(host) -i x.example }",
		"q set-header X-Forwarded-Host %[req.hdr(host)] if { path_beg /a } { hdr(host) -i H.EXAMPLE }",
	)
	c, res := testCtx(b, plainRequest), &Result{}
	raw := []byte("GET /a/b?x=1 HTTP/1.1\r\nHost: h.example\r\n\r\n")
	b.ReportAllocs()
	for b.Loop() {
		c.Req.Reset()
		if _, err := c.Req.ParseRequest(raw, nil); err != nil {
			b.Fatal(err)
		}
		req.Run(c, res)
	}
}

// BenchmarkThousandRules shows how cost grows with rules that do not apply.
func BenchmarkThousandRules(b *testing.B) {
	var lines []string
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("q deny if { path_beg /nope/%d }", i))
	}
	req, _ := rules(b, lines...)
	c, res := testCtx(b, plainRequest), &Result{}
	b.ReportAllocs()
	for b.Loop() {
		req.Run(c, res)
	}
}
