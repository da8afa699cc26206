package rule

import (
	"fmt"
	"strings"
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

var kinds = []string{"path_beg /no%d", "path_end .no%d", "hdr(host) -i no%d.example", "src 10.%d.0.0/16", "url_param(id) no%d",
	"hdr_sub(user-agent) -i no%d", "req.hdr(x-key) -m str no%d", "path_reg ^/no%d/[a-z]+$", "req.cook(sid) -m beg no%d", "method NO%d"}

// BenchmarkMixedRules is a thousand rules of ten kinds, none of which holds.
func BenchmarkMixedRules(b *testing.B) {
	var lines []string
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("q deny if { "+kinds[i%len(kinds)]+" }", i/len(kinds)))
	}
	req, _ := rules(b, lines...)
	c, res := testCtx(b, benchRequest), &Result{}
	b.ReportAllocs()
	for b.Loop() {
		req.Run(c, res)
	}
}

const benchRequest = "GET /api/item?id=1 HTTP/1.1\nHost: 127.0.0.1:8000\nUser-Agent: curl/7"

// BenchmarkTests is the cost of one rule among many, by the kind of its test.
func BenchmarkTests(b *testing.B) {
	for _, kind := range kinds {
		b.Run(strings.Fields(kind)[0], func(b *testing.B) {
			var lines []string
			for i := range 100 {
				lines = append(lines, fmt.Sprintf("q deny if { "+kind+" }", i))
			}
			req, _ := rules(b, lines...)
			c, res := testCtx(b, benchRequest), &Result{}
			b.ReportAllocs()
			for b.Loop() {
				req.Run(c, res)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/rule")
		})
	}
}
