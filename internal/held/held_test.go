package held

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

func example() Answer {
	ms := int64(1500)
	return Answer{Total: 7, Idle: 1, Connections: []Connection{
		{Client: "192.0.2.1:1234", Frontend: "web", State: "idle", Age: 2000, Idle: &ms},
		{Client: "unix", Frontend: "web", Backend: "app", Server: "a", State: "tunnel", Age: 1000},
	}}
}

func TestAnswer(t *testing.T) {
	a := example()
	b, err := a.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n != 1 || b[len(b)-1] != '\n' {
		t.Errorf("%d lines", n)
	}
	back, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&a, back); diff != "" {
		t.Error(diff)
	}
	for i := range len(b) - 1 {
		if _, err := Decode(b[:i]); err == nil {
			t.Fatalf("%d bytes of %d were accepted", i, len(b))
		}
	}
	for _, bad := range []string{
		`{"total":-1}`, `{"total":1,"idle":2}`, `{"idle":-1}`, `{"total":0,"connections":[{}]}`, `[]`,
		`{"total":1000,"connections":[` + strings.Repeat("{},", Most) + `{}]}`,
		`"` + strings.Repeat("x", MaxAnswer) + `"`,
	} {
		if _, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%.40s was accepted", bad)
		}
	}
	odd, err := Decode([]byte(`{"total":1,"connections":[{"client":"a b\nc\u001b","state":"` + strings.Repeat("s", 300) + `"}]}`))
	if err != nil || odd.Connections[0].Client != "a?b?c?" || len(odd.Connections[0].State) != maxName {
		t.Errorf("%+v, %v", odd, err)
	}
}

func TestSelection(t *testing.T) {
	for in, want := range map[string]string{
		"":                                     "",
		"frontend web":                         "frontend web",
		"client 192.0.2.1":                     "client 192.0.2.1/32",
		"client ::ffff:192.0.2.1":              "client 192.0.2.1/32",
		"client 2001:db8::/32 frontend a.b":    "frontend a.b client 2001:db8::/32",
		"frontend":                             "'frontend' expects a value.",
		"client x":                             "'x' is neither an address nor a network.",
		"client fe80::1%eth0":                  "'fe80::1%eth0' is neither an address nor a network.",
		"client 192.0.2.1/33":                  "'192.0.2.1/33' is neither an address nor a network.",
		"server a":                             "'server' is unknown: 'frontend <name>' or 'client <address>' selects.",
		"frontend a;b":                         "'a;b' cannot be the name of a frontend.",
		"frontend a\\b":                        "'a\\b' cannot be the name of a frontend.",
		"frontend " + strings.Repeat("x", 257): "'" + strings.Repeat("x", 257) + "' cannot be the name of a frontend.",
		"frontend web client 10.0.0.0/8 client ::": "frontend web client ::/128",
	} {
		s, err := ParseSelection(strings.Fields(in))
		got := strings.Join(s.Words(), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// holder is a worker that can be busy.
type holder struct {
	answer Answer
	slow   bool
	asked  Selection
}

func (h *holder) Held() (Answer, bool) { return h.answer, !h.slow }
func (h *holder) Release(s Selection, said func(int, bool)) {
	h.asked = s
	said(5, !h.slow)
}

func TestCommands(t *testing.T) {
	h := &holder{answer: example()}
	say := func(command string) string {
		t.Helper()
		ours, theirs := net.Pipe()
		go func() {
			line.Serve(theirs, line.Config{Table: Commands(h), Level: line.LevelAdmin})
			theirs.Close()
		}()
		io.WriteString(ours, command)
		b, _ := io.ReadAll(ours)
		return string(b)
	}
	back, err := Decode([]byte(say(Question)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&h.answer, back); diff != "" {
		t.Error(diff)
	}
	s, _ := ParseSelection([]string{"frontend", "web", "client", "10.0.0.0/8"})
	if got := strings.TrimSpace(say(Command(s))); got != "5" || h.asked != s {
		t.Errorf("%q, %+v", got, h.asked)
	}
	if got := say("_release server a\n"); !strings.Contains(got, "is unknown") {
		t.Errorf("%q", got)
	}
	h.slow = true
	for _, c := range []string{Question, Command(Selection{})} {
		if got := say(c); !strings.Contains(got, "in time") {
			t.Errorf("%q: %q", c, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	a := example()
	b, _ := a.Encode()
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Decode(b)
		if err != nil {
			return
		}
		if b, err = a.Encode(); err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(b); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}

func FuzzSelection(f *testing.F) {
	f.Add("frontend web client 10.0.0.0/8")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelection(strings.Fields(text))
		if err != nil {
			return
		}
		if again, err := ParseSelection(s.Words()); err != nil || again != s {
			t.Errorf("%+v, %+v, %v", s, again, err)
		}
	})
}
