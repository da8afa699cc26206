package legacy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers runs lines, one word a blank; "_" stands for a space within a word.
func answers(t *testing.T, at Place, text string) string {
	t.Helper()
	words := strings.Fields(text)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "_", " ")
	}
	f, a := NewIndex().Find(at, words)
	if f == nil {
		return "none"
	}
	if a.Why != "" {
		if a.Lines != nil {
			t.Errorf("%s: lines and a reason against them", text)
		}
		return "why: " + a.Why
	}
	var lines []string
	for _, l := range a.Lines {
		lines = append(lines, strings.Join(l, "|"))
	}
	return strings.Join(lines, "\n")
}

// The rules as people wrote them.
func TestRules(t *testing.T) {
	at := Place{Section: Listen, Mode: "http", Around: Survey(nil, nil)}
	for _, c := range []struct{ line, want string }{
		{`reqrep ^([^_]*_/)admin[/]?(.*) \1\2`, `http-request|replace-pathq|^/admin[/]?(.*)|/\1`},
		{`reqrep ^([^_:]*_/a/)b(.*) \1c\2 if x`, `http-request|replace-pathq|^/a/b(.*)|/a/c\1|if|x`},
		{`reqrep ^([^_:]*)_/api/(.*) \1_/\2`, `http-request|replace-pathq|^/api/(.*)|/\1`},
		{`reqirep ^(GET|POST|HEAD)_/foo/(.*) \1_/bar/\2`, `http-request|replace-pathq|(?i)^/foo/(.*)|/bar/\1|if|{|method|GET|POST|HEAD|}`},
		{`reqrep ^([^_:]*)_(.*) \1_/prefix\2`, `http-request|replace-pathq|^(.*)|/prefix\1`},
		{`reqrep ^([^_]*)_([^_]*)_(.*) \1_/x\2_\3`, `http-request|replace-pathq|^([^ ]*)|/x\1`},
		{`reqrep ^(.*)_/a/(.*) \1_/\2`, `http-request|replace-pathq|^/a/(.*)|/\1`},
		{`reqrep ^(\w+)\s/a(.*) \1_/b\2`, `http-request|replace-pathq|^/a(.*)|/b\1`},
		{`reqirep ^Host: Host:_x`, `http-request|replace-header|Host|(?i)^|x`},
		{`reqirep ^Host Host:_x`, `http-request|replace-header|Host|(?i)^.*|x`},
		{`reqirep ^Host:_(.*):80 Host:_\1`, `http-request|replace-header|Host|(?i)^(.*):80|\1`},
		{`rspirep ^(Set-Cookie:.*) \1;_Secure`, `http-response|replace-header|Set-Cookie|(?i)^(.*)|\1; Secure`},
		{`rspirep ^(Set-Cookie:_.*) \1;_Secure`, `http-response|replace-header|Set-Cookie|(?i)^(.*)|\1; Secure`},
		{`rspirep ^(Location:)_http://(.*) \1_https://\2`, `http-response|replace-header|Location|(?i)^http://(.*)|https://\1`},
		{`rspirep ^(Location:)_http://(.*) Location:_https://\2`, `http-response|replace-header|Location|(?i)^http://(.*)|https://\1`},
		{`rspirep ^Location:_(https?://)?[^/]*(/.*) Location:_\2`, `http-response|replace-header|Location|(?i)^(https?://)?[^/]*(/.*)|\2`},
		{`reqrep ^(?:GET)_/a(.*) GET_/b\1`, `why: it changes the method`},
		{`reqrep ^([^_]*)_/a(.*)_HTTP/1.1 \1_/b\2_HTTP/1.1`, `why: 'HTTP/1.1' is not any version`},
		{`rspidel ^Set-cookie:_IP=`, `why: it deletes a field depending on its value: 'http-request replace-value' or a condition may say it`},
		{`reqideny ^[^:_]*_.*(\.|%2e)(\.|%2e)`, `http-request|deny|if|{|url|-m|reg|-i|^.*(\.|%2e)(\.|%2e)|}`},
		{`reqdeny ^GET_/admin if a !b or c`, `http-request|deny|if|{|method|GET|}|{|url|-m|reg|^/admin|}|a|!b|or|{|method|GET|}|{|url|-m|reg|^/admin|}|c`},
		{`reqdeny ^Host:_x if { src or } y`, `http-request|deny|if|{|req.fhdr(Host)|-m|reg|^x|}|{|src|or|}|y`},
		{`reqdeny ^Host:_x unless !a`, `http-request|deny|if|{|req.fhdr(Host)|-m|reg|^x|}|a`},
		{`reqdel ^(A|B)`, `why: '^(A|B)' does not begin with '^' and the name of a field`},
		{`clitimeout 5s`, `timeout|client|5s`},
		{`timeout client 5s`, `none`},
		{`option httpchk GET / HTTP/1.1`, `none`},
		{`bind :80 name process`, `none`},
		{`transparent`, `server|transparent|0.0.0.0`},
	} {
		if got := answers(t, at, c.line); got != c.want {
			t.Errorf("%s: %s", c.line, cmp.Diff(c.want, got))
		}
	}
}

func TestFormsAreWhole(t *testing.T) {
	seen := map[string]Section{}
	for _, f := range Forms() {
		if f.Name == "" || f.In == 0 || f.Text == "" || f.By == "" || f.Replace == nil {
			t.Errorf("%+v is incomplete", f)
		}
		if seen[f.Name]&f.In != 0 {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] |= f.In
	}
	if len(seen) < 50 {
		t.Errorf("only %d forms", len(seen))
	}
}

// Whatever the words are, an answer is a replacement or a reason, and what
// replaces a line is no old form itself.
func FuzzFind(f *testing.F) {
	f.Add(`reqrep ^([^_]*_/)admin[/]?(.*) \1\2`, byte(Listen))
	f.Add("reqadd X:_y if a or b", byte(Frontend))
	f.Add("option httpchk GET / HTTP/1.1\r\nHost:_a", byte(Backend))
	f.Add("appsession a len 5 timeout 3h", byte(Backend))
	f.Add("nbproc 4", byte(Global))
	ix := NewIndex()
	f.Fuzz(func(t *testing.T, text string, section byte) {
		words := strings.Split(text, " ")
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "_", " ")
			if words[i] == "" {
				return
			}
		}
		at := Place{Section: Section(section), Mode: "http", Processes: int(section), Around: Survey(nil, nil)}
		form, a := ix.Find(at, words)
		if form == nil || a.Why != "" {
			if len(a.Lines) > 0 {
				t.Fatalf("%q: lines and a reason against them", words)
			}
			return
		}
		at.Processes = 0 // what said it has been replaced
		for _, l := range a.Lines {
			if len(l) == 0 || l[0] == "" {
				t.Fatalf("%q: an empty line", words)
			}
			if again, _ := ix.Find(at, l); again != nil {
				t.Fatalf("%q: replaced by %q, which is old too", words, l)
			}
		}
	})
}

// Every row survives its line cut at any byte.
func TestCut(t *testing.T) {
	ix := NewIndex()
	for _, text := range []string{
		`reqrep ^([^_]*_/)admin[/]?(.*) \1\2 if { src 1.2.3.4 } or b`, `reqideny ^(GET|POST)_/(a|[]b])\s+x unless a`,
		`rspirep ^(Set-Cookie:_.*) \1;_Secure`, "option httpchk GET / HTTP/1.1\r\nHost:_a\r\n\r\nbody", "appsession a len 5 timeout 3h",
	} {
		for i := 1; i <= len(text); i++ {
			words := strings.Fields(strings.ReplaceAll(text[:i], "_", "\x01"))
			for k := range words {
				words[k] = strings.ReplaceAll(words[k], "\x01", " ")
			}
			ix.Find(Place{Section: Listen, Around: Survey(nil, nil)}, words)
		}
	}
}
