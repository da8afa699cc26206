package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// victim notes what is done to it.
type victim struct{ done []string }

func (v *victim) Block(d time.Duration, all, asleep bool) {
	v.done = append(v.done, fmt.Sprint("block ", d, all, asleep))
}
func (v *victim) LogGlobal(text string) { v.done = append(v.done, "log "+text) }
func (v *victim) Panic()                { v.done = append(v.done, "panic") }
func (v *victim) Exit(status int)       { v.done = append(v.done, fmt.Sprint("exit ", status)) }

// The answers are those of HAProxy 3.5-dev5.
func TestDebugDev(t *testing.T) {
	const expert = "This command is restricted to expert mode only.\n\n"
	for _, c := range []struct {
		level    line.Level
		in, want string
		done     []string
	}{
		{line.LevelAdmin, "debug dev loop 100\n", expert, nil},
		{line.LevelUser, "debug dev loop 100\n", expert, nil},
		{line.LevelOperator, "expert-mode on -;debug dev panic\n", "Permission denied\n\n" + expert, nil},
		{line.LevelAdmin, "expert-mode on -;operator -;debug dev panic\n", expert, nil},
		{line.LevelAdmin, "expert-mode on -;debug dev loop 100\n", "\n", []string{"block 100ms false false"}},
		{line.LevelAdmin, "expert-mode on -;debug dev loop 100 isolated\n", "\n", []string{"block 100ms true false"}},
		{line.LevelAdmin, "expert-mode on -;debug dev loop 100 warn\n", "'debug dev loop' does not support 'warn' yet.\n\n", nil},
		{line.LevelAdmin, "expert-mode on -;debug dev loop\n", "\n", []string{"block 0s false false"}},
		{line.LevelAdmin, "expert-mode on -;debug dev loop abc\n", "\n", []string{"block 0s false false"}},
		{line.LevelAdmin, "expert-mode on -;debug dev loop -5\n", "\n", []string{"block 0s false false"}},
		{line.LevelAdmin, "expert-mode on -;debug dev delay 50;show version\n", "\n", []string{"block 50ms false true"}},
		{line.LevelAdmin, "expert-mode on -;debug dev delay 99999999999\n", "\n", []string{"block 24h0m0s false true"}},
		{line.LevelAdmin, "expert-mode on -;debug dev log a b  c\\ d\n", "\n", []string{"log a b c d"}},
		{line.LevelAdmin, "expert-mode on -;debug dev log\n", "\n", []string{"log "}},
		{line.LevelAdmin, "expert-mode on -;debug dev panic\n", "\n", []string{"panic"}},
		{line.LevelAdmin, "expert-mode on -;debug dev exit\n", "\n", []string{"exit 0"}},
		{line.LevelAdmin, "expert-mode on -;debug dev exit x\n", "\n", []string{"exit 0"}},
		{line.LevelAdmin, "expert-mode on -;debug dev exit 300\n", "\n", []string{"exit 44"}},
	} {
		v, out := &victim{}, &bytes.Buffer{}
		if err := line.Serve(client{strings.NewReader(c.in), out}, line.Config{Table: append(Table(testWorker()), DebugTable(v)...), Level: c.level}); err != nil {
			t.Fatalf("%q: %v", c.in, err)
		}
		got := out.String()
		if strings.Contains(c.in, "show version") {
			got = strings.Join(strings.SplitAfter(got, "\n")[:1], "")
		}
		if got != c.want {
			t.Errorf("%q at level %v: %q, want %q", c.in, c.level, got, c.want)
		}
		if diff := cmp.Diff(c.done, v.done); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
	}
}

// The rows look as the reference's.
func TestDebugHelp(t *testing.T) {
	out := &bytes.Buffer{}
	in := client{strings.NewReader("expert-mode on -;help debug\n"), out}
	if err := line.Serve(in, line.Config{Table: append(line.Common(), DebugTable(&victim{})...), Level: line.LevelAdmin}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  debug dev delay  [ms]                   : sleep this long\n",
		"  debug dev exit   [code]                 : immediately exit the process\n",
		"  debug dev log    [msg] ...              : send this msg to global logs\n",
		"  debug dev loop   <ms> [isolated]        : loop this long, possibly isolated\n",
		"  debug dev panic                         : immediately trigger a panic\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
