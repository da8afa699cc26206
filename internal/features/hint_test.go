package features

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// With the rows of rules compiled in, too, the nearest word is named, the second
// of a line as well as the first.
func TestHints(t *testing.T) {
	for line, want := range map[string]string{
		"http-request set-heder a b":     "'set-header'",
		"http-respnse set-header a b":    "'http-response'",
		"http-response set-statsu 200":   "'set-status'",
		"tcp-request contnt accept":      "'content'",
		"tcp-request connection rejct":   "'reject'",
		"tcp-response inspect-dely 5s":   "'inspect-delay'",
		"use_backnd b":                   "'use_backend'",
		"http-errr status 500":           "'http-error'",
		"monitor fial if x":              "'fail'",
		"acl x pth /":                    "'path'",
		"http-request deny if { pth / }": "'path'",
	} {
		_, d := config.Parse([]config.File{{Name: "f", Data: []byte("listen l\n mode http\n " + line + "\n")}},
			config.Options{Env: config.Env{}, Tables: Tables()})
		var text strings.Builder
		for _, m := range d.List {
			text.WriteString(m.String() + "\n")
		}
		if !strings.Contains(strings.ToLower(text.String()), "did you mean "+want) {
			t.Errorf("%s: %s", line, text.String())
		}
	}
}

// What is not built is refused whatever row has its name, and not by another
// message.
func TestNotBuilt(t *testing.T) {
	for _, s := range []string{"global", "frontend", "backend", "listen"} {
		n := 0
		for _, e := range Describe(s) {
			if e.State != NotBuilt {
				continue
			}
			n++
			text := s + map[bool]string{true: "\n", false: " x\n"}[s == "global"] + " " + e.Name + "\n"
			_, d := config.Parse([]config.File{{Name: "f", Data: []byte(text)}}, config.Options{Env: config.Env{}, Tables: Tables()})
			if len(d.List) == 0 || !strings.Contains(d.List[0].Text, "'"+e.Name+"'") || !strings.Contains(d.List[0].Text, "is not built yet") {
				t.Errorf("%s in %s: %v", e.Name, s, d.List)
			}
		}
		if n < 10 {
			t.Errorf("%s: only %d rows", s, n)
		}
	}
}
