package build

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// timeoutLines are what keep the parser from warning.
const timeoutLines = "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"

// files stands for the file system.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	if data, ok := f[name]; ok {
		return []byte(data), nil
	}
	return nil, errors.New("no such file")
}

// parse reads a configuration that must be good.
func parse(t testing.TB, text string, f files) *config.Spec {
	t.Helper()
	spec, diag := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(timeoutLines + text)}}, config.Options{
		Tables: []config.Table{rule.Table()}, ReadFile: f.read})
	for _, m := range diag.List {
		t.Logf("parse: %s: %s", m.Level, m)
	}
	if diag.Failed() {
		t.Fatal("the configuration does not parse")
	}
	return spec
}

// lookUp is a resolver that knows two hosts.
func lookUp(host string, family config.AF) (netip.Addr, error) {
	switch {
	case host == "four.test" && family != config.AFIPv6:
		return netip.MustParseAddr("192.0.2.4"), nil
	case host == "six.test" && family != config.AFIPv4:
		return netip.MustParseAddr("2001:db8::6"), nil
	}
	return netip.Addr{}, errors.New("no such host")
}

// tryBuild builds a configuration; messages are the diagnostics with their levels.
func tryBuild(t testing.TB, text string, o Options, f files) (run *Runtime, messages []string) {
	t.Helper()
	spec := parse(t, text, f)
	return buildWith(spec, o)
}

func buildWith(spec *config.Spec, o Options) (run *Runtime, messages []string) {
	var d config.Diagnostics
	o.Resolve = lookUp
	run = Build(spec, o, &d)
	for _, m := range d.List {
		messages = append(messages, m.Level.String()+" "+m.String())
	}
	return run, messages
}

// mustBuild builds without a word.
func mustBuild(t testing.TB, text string, o Options) *Runtime {
	t.Helper()
	run, messages := tryBuild(t, text, o, nil)
	if len(messages) > 0 {
		t.Fatalf("messages:\n%s", strings.Join(messages, "\n"))
	}
	return run
}
