package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

type fakeVariables map[string]string

func (f fakeVariables) Variable(name string) (kind, text string, ok bool) {
	text, ok = f[name]
	return "str", text, ok
}

func (f fakeVariables) SetVariable(name string, format bool, value string) error {
	if name == "bad" {
		return errors.New("that is wrong")
	}
	if format {
		value = "fmt:" + value
	}
	f[name] = value
	return nil
}

// The answers of HAProxy 3.5-dev5 to the same commands.
func TestVariables(t *testing.T) {
	for in, want := range map[string]string{
		"get var proc.a":                          "proc.a: type=str value=<x>\n\n",
		"get var proc.none":                       "Variable not found.\n\n",
		"get var":                                 "Missing process-wide variable identifier.\n\n",
		"set var proc.a v":                        "This command is restricted to experimental mode only.\n\n",
		"experimental-mode on;set var":            "\nMissing process-wide variable identifier.\n\n",
		"experimental-mode on;set var proc.a":     "\nMissing either 'expr', 'fmt' or expression.\n\n",
		"experimental-mode on;set var proc.a a b": "\n'set var': arg type must be either 'expr' or 'fmt' but got 'a'.\n\n",
		"experimental-mode on;set var bad v":      "\nthat is wrong\n\n",
		"experimental-mode on;set var proc.a fmt a b;get var proc.a":    "\n\nproc.a: type=str value=<fmt:a>\n\n",
		"experimental-mode on;set var proc.a expr a\\ b;get var proc.a": "\n\nproc.a: type=str value=<a b>\n\n",
	} {
		var out bytes.Buffer
		err := line.Serve(client{strings.NewReader(in + "\n"), &out}, line.Config{Table: append(line.Common(), VariableTable(fakeVariables{"proc.a": "x"})...), Level: line.LevelAdmin})
		if err != nil || out.String() != want {
			t.Errorf("%s: %v\n got %q\nwant %q", in, err, out.String(), want)
		}
	}
}
