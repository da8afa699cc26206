package build

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// written is a line of the format about a session that makes each of the
// built-in formats write another one.
func written(f *logs.Format) string {
	e := logs.Entry{Frontend: "fe", Backend: "be"}
	return string(f.Append(nil, &e, &sample.Ctx{Src: netip.MustParseAddrPort("192.0.2.1:1")}))
}

// The format follows from the options; an own format wins over all of them.
func TestLogFormatChoice(t *testing.T) {
	known := map[string]string{}
	for name, f := range map[string]*logs.Format{
		"http": logs.HTTP(), "http clf": logs.HTTPCLF(), "tcp": logs.TCP(), "tcp clf": logs.TCPCLF(), "default http": logs.Default("HTTP"), "default tcp": logs.Default("TCP"),
	} {
		text := written(f)
		if other, ok := known[text]; ok {
			t.Fatalf("%s and %s write the same: %s", name, other, text)
		}
		known[text] = name
	}
	for lines, want := range map[string]string{
		"":                               "default tcp",
		"mode http":                      "default http",
		"mode http\n option httplog":     "http",
		"mode http\n option httplog clf": "http clf",
		"mode http\n option tcplog":      "tcp",
		"option tcplog":                  "tcp",
		"option tcplog clf":              "tcp clf",
		"option httplog":                 "tcp", // which needs HTTP
		"option httplog clf":             "tcp clf",
		"mode http\n option httplog\n log-format own":     "own",
		"mode http\n option httplog\n option tcplog":      "tcp",
		"mode http\n log-format own\n option dontlognull": "own",
	} {
		run, messages := tryBuild(t, "frontend f\n bind 127.0.0.1:1\n log 127.0.0.1:514 local0\n "+lines+"\n", Options{}, nil)
		if len(messages) > 0 {
			t.Errorf("%q: %q", lines, messages)
			continue
		}
		text := written(run.Frontends[0].Output.Format)
		if name, ok := known[text]; ok {
			text = name
		}
		if text != want {
			t.Errorf("%q: format %q, want %q", lines, text, want)
		}
	}
}

// What is not sent anywhere has no output; "log global" takes those of the
// global section, when there are some.
func TestOutputs(t *testing.T) {
	run := mustBuild(t, "global\n log 127.0.0.1:514 local0\n"+timeoutLines+`
frontend silent
 bind 127.0.0.1:1
frontend own
 bind 127.0.0.1:2
 log 127.0.0.1:515 local1
listen global
 bind 127.0.0.1:3
 log global
`, Options{})
	for i, silent := range []bool{true, false, false} {
		if fe := run.Frontends[i]; fe.Output.Silent() != silent {
			t.Errorf("%s: silent is %t", fe.Name, fe.Output.Silent())
		}
	}
	if fe := run.Frontends[2]; run.Outputs[fe.Spec] != fe.Output {
		t.Error("the two sides of a listen section have different outputs")
	}
	run = mustBuild(t, "listen global\n bind 127.0.0.1:3\n log global\n", Options{})
	if !run.Frontends[0].Output.Silent() {
		t.Error("log global without a global log is not silent")
	}
}

// Formats that do not compile are alerts at their lines, wherever they would be
// logged to.
func TestBadFormats(t *testing.T) {
	spec := parse(t, "frontend f\n mode http\n bind 127.0.0.1:1\n log-format %[path]\n error-log-format %ci\n", nil)
	p := spec.Proxies[0]
	p.LogFormat.Text, p.ErrorLogFormat.Text = "%[nosuchfetch]", "%[path"
	_, messages := buildWith(spec, Options{})
	messages = slices.DeleteFunc(messages, func(m string) bool { return strings.HasPrefix(m, "WARNING ") }) // of TestNoEffectOfProxies
	if len(messages) != 2 || !strings.HasPrefix(messages[0], "ALERT Parsing [t.cfg:8]: failed to parse log-format : ") ||
		!strings.HasPrefix(messages[1], "ALERT Parsing [t.cfg:9]: failed to parse log-format : ") {
		t.Errorf("messages: %q", messages)
	}
}

// ACLs of a log format are those of its section.
func TestLogFormatACL(t *testing.T) {
	for format, want := range map[string][]string{
		"%[acl(a)] %[src,when(acl,b)]": nil,
		"%[acl(c)]":                    {"ALERT Parsing [t.cfg:11]: failed to parse log-format : failed to parse sample expression <acl(c)]> : invalid args in fetch method 'acl' : ACL 'c' not found."},
		"%[src,when(acl,d)]":           {"ALERT Parsing [t.cfg:11]: failed to parse log-format : failed to parse sample expression <src,when(acl,d)]> : invalid args in converter 'when' : ACL 'd' not found."},
	} {
		_, messages := tryBuild(t, `
frontend f
	bind 127.0.0.1:1
	acl a src 192.0.2.1
	acl b src 192.0.2.2
	log 127.0.0.1:514 local0
	log-format "`+format+`"
backend g
	acl c src 192.0.2.3
`, Options{}, nil)
		if d := cmp.Diff(want, messages); d != "" {
			t.Errorf("%s: %s", format, d)
		}
	}
}
