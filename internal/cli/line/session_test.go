package line

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script is a client that sends its chunks, each in one read, and then closes its half.
type script struct {
	chunks []string
	out    bytes.Buffer
}

func (s *script) Write(p []byte) (int, error) { return s.out.Write(p) }

func (s *script) Read(p []byte) (int, error) {
	if len(s.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.chunks[0])
	if s.chunks[0] = s.chunks[0][n:]; s.chunks[0] == "" {
		s.chunks = s.chunks[1:]
	}
	return n, nil
}

func testTable() Table {
	return append(Common(),
		Command{Words: []string{"show", "version"}, Help: "show version of the current process", Master: true, Worker: true,
			Run: func(s *Session, _ []string, _ []byte) { s.Info("3.4.0") }},
		Command{Words: []string{"show", "env"}, Args: "[var]", Help: "dump environment variables known to the process", Level: LevelOperator, Worker: true,
			Run: func(s *Session, _ []string, _ []byte) { s.Err("Variable not found") }},
		Command{Words: []string{"show", "info"}, Help: "report information about the running process", Worker: true,
			Run: func(s *Session, _ []string, _ []byte) { s.WriteString("Name: x\n") }},
		Command{Words: []string{"debug", "dev", "exit"}, Help: "exit", Level: LevelAdmin, Expert: true, Worker: true,
			Run: func(s *Session, _ []string, _ []byte) { s.WriteString("bye\n") }},
		Command{Words: []string{"httpclient"}, Help: "fetch", Level: LevelAdmin, Experimental: true, Worker: true,
			Run: func(s *Session, _ []string, _ []byte) { s.WriteString("fetched\n") }},
		Command{Words: []string{"take"}, Args: "<payload>", Help: "say what came", Worker: true,
			Run: func(s *Session, args []string, p []byte) { s.Printf("%q %q %v\n", args, p, p == nil) }},
		Command{Words: []string{"panic"}, Help: "break", Worker: true, Hidden: true,
			Run: func(*Session, []string, []byte) { panic("on purpose") }},
		Command{Words: []string{"reload"}, Help: "reload", Level: LevelOperator, Master: true,
			Run: func(s *Session, _ []string, _ []byte) { s.WriteString("Success=1\n"); s.HangUp() }},
	)
}

func converse(t *testing.T, c Config, chunks ...string) string {
	t.Helper()
	s := &script{chunks: chunks}
	if c.Table == nil {
		c.Table = testTable()
	}
	if c.Uptime == nil {
		c.Uptime = func() time.Duration { return 26*time.Hour + 3*time.Minute + 4*time.Second }
	}
	if err := Serve(s, c); err != nil {
		t.Fatalf("%q: %v", chunks, err)
	}
	return s.out.String()
}

// The answers of HAProxy 3.5-dev5's stats socket to the same bytes.
func TestWorkerConversation(t *testing.T) {
	admin := Config{Level: LevelAdmin}
	user := Config{Level: LevelUser}
	tests := []struct {
		name string
		c    Config
		in   []string
		want string
	}{
		{"one command", admin, []string{"show version\n"}, "3.4.0\n\n"},
		{"no LF", admin, []string{"show version"}, ""},
		{"empty", admin, []string{"\n"}, "\n"},
		{"CRLF only", admin, []string{"\r\n"}, "\n\n"},
		{"CRLF", admin, []string{"show version\r\n"}, "3.4.0\n\n\n"},
		{"NUL", admin, []string{"show version\x00\n"}, "3.4.0\n\n\n"},
		{"two", admin, []string{"show version;show version\n"}, "3.4.0\n\n3.4.0\n\n"},
		{"single line only", admin, []string{"show version\nshow version\n"}, "3.4.0\n\n"},
		{"empty between", admin, []string{"show version;;show version\n"}, "3.4.0\n\n\n3.4.0\n\n"},
		{"empty first", admin, []string{";show version\n"}, "\n3.4.0\n\n"},
		{"blanks", admin, []string{"  show   version  ;\t show version \n"}, "3.4.0\n\n3.4.0\n\n"},
		{"split reads", admin, []string{"sho", "w ver", "sion\n"}, "3.4.0\n\n"},
		{"prompt", admin, []string{"prompt\n"}, "\n> "},
		{"prompt once a line", admin, []string{"prompt;show version\n"}, "\n3.4.0\n\n> "},
		{"prompt i", admin, []string{"prompt i;show version\n", "show version\n"}, "\n3.4.0\n\n3.4.0\n\n"},
		{"prompt n", admin, []string{"prompt p\n", "prompt n;show version\n", "show version\n"}, "\n> \n3.4.0\n\n"},
		{"prompt toggles", admin, []string{"prompt\n", "prompt\n", "show version\n"}, "\n> \n"},
		{"prompt toggles thrice", admin, []string{"prompt p;prompt;prompt\n"}, "\n\n\n> "},
		{"prompt from i", admin, []string{"prompt i;prompt\n"}, "\n\n> "},
		{"prompt timed", admin, []string{"prompt timed\n", "show version\n"}, "\n[1:02:03:04]> 3.4.0\n\n[1:02:03:04]> "},
		{"prompt i timed", admin, []string{"prompt i timed\n", "show version\n", "prompt timed\n", "prompt timed\n"}, "\n3.4.0\n\n\n> \n[1:02:03:04]> "},
		{"prompt after a command", admin, []string{"show version;prompt\n", "echo 2\n"}, "3.4.0\n\n\n> 2\n\n> "},
		{"pipelined lines", admin, []string{"prompt\necho 1\necho 2;echo 3\n"}, "\n> 1\n\n> 2\n\n3\n\n> "},
		{"prompt help", admin, []string{"prompt help\n"}, workerPromptUsage + "\n\n"},
		{"prompt p xx changes nothing", admin, []string{"prompt p xx\n", "echo 1\n"}, workerPromptUsage + "\n\n"},
		{"escapes", admin, []string{"echo a  b\\;c\\\\d\\e \"x y\" 'z'\n"}, "a b;c\\de \"x y\" 'z'\n\n"},
		{"escaped blanks", admin, []string{"echo \\ a b\\ \\ c\n"}, " a b  c\n\n"},
		{"escaped LF", admin, []string{"echo a\\\nb\n"}, "a\nb\n\n"},
		{"escaped LF at the end", admin, []string{"echo a\\\n"}, ""},
		{"echo nothing", admin, []string{"echo\n"}, "\n\n"},
		{"no comments", admin, []string{"echo a # b\n"}, "a # b\n\n"},
		{"quit", admin, []string{"show version;quit;show version\n"}, "3.4.0\n\n"},
		{"quit foo", admin, []string{"quit foo;echo 1\n"}, ""},
		{"64 words", admin, []string{"echo " + strings.Repeat("y ", 63) + "\n"}, strings.TrimSuffix(strings.Repeat("y ", 63), " ") + "\n\n"},
		{"65 words", admin, []string{"prompt i\n", "echo " + strings.Repeat("y ", 64) + "\n", "echo 2\n"},
			"\nToo many arguments. Commands must have at most 64 arguments.\n\n2\n\n"},
		{"too long", admin, []string{strings.Repeat("x", 20000)}, textLineTooBig + "\n"},
		{"exactly full", admin, []string{strings.Repeat("x", 16384)}, textLineTooBig + "\n"},
		{"almost full", admin, []string{"echo " + strings.Repeat("x", 16383-5) + "\n"}, strings.Repeat("x", 16383-5) + "\n\n"},
		{"levels", admin, []string{"user;operator;show cli level\n"}, "\nPermission denied\n\nuser\n\n"},
		{"operator", admin, []string{"operator;show cli level\n"}, "\noperator\n\n"},
		{"user may not", user, []string{"show env;show version\n"}, "Permission denied\n\n3.4.0\n\n"},
		{"user stays user", user, []string{"user;show cli level\n"}, "\nuser\n\n"},
		{"expert", admin, []string{"expert-mode;expert-mode on x;expert-mode;expert-mode foo;expert-mode\n"},
			"expert-mode is OFF\n\n\nexpert-mode is ON\n\n\nexpert-mode is OFF\n\n"},
		{"expert denied", user, []string{"expert-mode\n"}, "Permission denied\n\n"},
		{"expert rows", admin, []string{"debug dev exit;expert-mode on;debug dev exit\n"}, textExpert + "\n\n\nbye\n\n"},
		{"experimental rows", admin, []string{"httpclient;experimental-mode on;httpclient\n"}, textExperimental + "\n\n\nfetched\n\n"},
		{"severity number", admin, []string{"set severity-output number;show env NOPE;set severity-output\n"},
			"\n[3]: Variable not found\n\n[3]: one of 'none', 'number', 'string' is a required argument\n\n"},
		{"severity string", admin, []string{"set severity-output string;expert-mode;user;operator;echo a;show info\n"},
			"\n[info]: expert-mode is OFF\n\n\n[err]: Permission denied\n\n[info]: a\n\nName: x\n\n"},
		{"severity of the bind line", Config{Severity: SeverityString}, []string{"operator\n"}, "[err]: Permission denied\n\n"},
		{"no separator", admin, []string{"set severity-output number -;expert-mode on -;experimental-mode on -;user -;show cli level\n"}, "[6]: user\n\n"},
		{"set timeout", user, []string{"set timeout cli 10;set timeout cli 1x;set timeout cli;set timeout\n"},
			"\nInvalid timeout value.\n\nExpects an integer value.\n\n'set timeout' only supports 'cli'.\n\n"},
		{"payload", admin, []string{"take <<\nabc\nd\n\n"}, `[] "abc\nd\n" false` + "\n\n"},
		{"payload empty", admin, []string{"take x <<\n\n"}, `["x"] "" false` + "\n\n"},
		{"payload with pattern", admin, []string{"take x <<%EOF%\n\na\n%EOF%\n"}, `["x"] "\na\n" false` + "\n\n"},
		{"payload of the last command", admin, []string{"take 1;take 2 <<\nfoo\n\n"}, `["1"] "" true` + "\n\n" + `["2"] "foo\n" false` + "\n\n"},
		{"not a payload", admin, []string{"take <<XX y\n"}, `["<<XX" "y"] "" true` + "\n\n"},
		{"not a payload either", admin, []string{"take a<<XX;take <<YY; take << ZZ\n"},
			`["a<<XX"] "" true` + "\n\n" + `["<<YY"] "" true` + "\n\n" + `["<<" "ZZ"] "" true` + "\n\n"},
		{"escaped mark", admin, []string{"echo a <\\<\n"}, "a <<\n\n"},
		{"blank after the mark", admin, []string{"take << \nabc\n\n"}, `[] "abc\n" false` + "\n\n"},
		{"only a mark", admin, []string{"<<\nfoo\n\n"}, "\n"},
		{"pattern of 64", admin, []string{"take <<" + strings.Repeat("x", 64) + "\nf\n" + strings.Repeat("x", 64) + "\n"}, `[] "f\n" false` + "\n\n"},
		{"pattern of 65", admin, []string{"echo <<" + strings.Repeat("x", 65) + "\n"}, "<<" + strings.Repeat("x", 65) + "\n\n"},
		{"payload cut", admin, []string{"echo a <<\nabc\n"}, ""},
		{"payload CRLF", admin, []string{"take <<\r\nfoo\r\n\r\n"}, `[] "foo\r\n" false` + "\n\n"},
		{"payload prompt", admin, []string{"prompt\n", "echo a <<\n", "abc\n", "\n", "echo b\n"}, "\n> + + a\n\n> b\n\n> "},
		{"payload at once", admin, []string{"prompt\n", "echo a <<X\nb\nX\necho q\n"}, "\n> a\n\n> q\n\n> "},
		{"payload in pieces", admin, []string{"prompt\n", "take <<\nxy", "z\n", "\n"}, "\n> + + " + `[] "xyz\n" false` + "\n\n> "},
		{"payload too big", admin, []string{"take <<\n" + strings.Repeat("a b\n", 40000) + "\n"}, textPayloadTooBig + "\n"},
		{"payload in one long line", admin, []string{"take <<\n" + strings.Repeat("x", 200000)}, textPayloadTooBig + "\n"},
		{"panic is contained", admin, []string{"panic;echo on\n"}, textInternal + "\n\non\n\n"},
		{"master rows are not offered", Config{Level: LevelAdmin, Table: Table{{Words: []string{"reload"}, Help: "h", Master: true}}}, []string{"reload\n"},
			"Unknown command: 'reload'. Please enter one of the following commands only:\n" + fixedText + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := converse(t, tt.c, tt.in...); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

const fixedText = `  help [<command>]                        : list matching or all commands
  prompt [help | n | i | p | timed ]*     : toggle interactive mode with prompt
  quit                                    : disconnect
`

func TestHelp(t *testing.T) {
	want := `The following commands are valid at this level:
  echo <text>                             : print text to the output
  operator                                : lower the level of the current CLI session to operator
  set severity-output [none|number|string]: set presence of severity level in feedback information
  set timeout [cli] <delay>               : change a timeout setting
  show cli level                          : display the level of the current CLI session
  show env [var]                          : dump environment variables known to the process
  show info                               : report information about the running process
  show version                            : show version of the current process
  take <payload>                          : say what came
  user                                    : lower the level of the current CLI session to user
` + fixedText + "\n"
	if got := converse(t, Config{}, "help\n"); got != want {
		t.Errorf("help:\n%s", got)
	}
	admin := Config{Level: LevelAdmin}
	if got := converse(t, admin, "expert-mode on;help\n"); !strings.Contains(got, "  debug dev exit  ") {
		t.Errorf("expert help lacks the expert row:\n%s", got)
	}
	want = "The following commands are valid at this level:\n" +
		"  show version                            : show version of the current process\n" + fixedText + "\n"
	if got := converse(t, admin, "help show version\n"); got != want {
		t.Errorf("help show version:\n%s", got)
	}
	want = "[6]: The following commands are valid at this level:\n" + fixedText + "\n"
	if got := converse(t, Config{Severity: SeverityNumber}, "help quit\n"); got != want {
		t.Errorf("help quit:\n%s", got)
	}
}

func TestUnknownSuggests(t *testing.T) {
	tests := []struct{ in, row string }{
		{"show", "  show cli level "},
		{"shwo version", "  show version "},
		{"show inf", "  show info "},
		{"SHOW VERSION", "  show version "},
		{"show cli", "  show cli level "},
		{"ehco", "  echo <text> "},
	}
	for _, tt := range tests {
		got := converse(t, Config{Level: LevelAdmin}, tt.in+"\n")
		word, _, _ := strings.Cut(tt.in, " ")
		title := "Unknown command: '" + word + "', but maybe one of the following ones is a better match:\n"
		rest, ok := strings.CutPrefix(got, title)
		if !ok || !strings.Contains(rest, tt.row) || !strings.HasSuffix(rest, fixedText+"\n") {
			t.Errorf("%q: got\n%s", tt.in, got)
		}
		if tt.in != "show" && strings.Count(rest, "\n") > 9 {
			t.Errorf("%q: too many suggestions\n%s", tt.in, got)
		}
	}
	got := converse(t, Config{}, "zzzzzzzzzzzzz\n")
	if !strings.HasPrefix(got, "Unknown command: 'zzzzzzzzzzzzz'. Please enter one of the following commands only:\n  echo") {
		t.Errorf("no match at all: got\n%s", got)
	}
}

func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		done := make(chan error, 1)
		go func() {
			done <- Serve(server, Config{Table: testTable(), Idle: 10 * time.Second})
			server.Close()
		}()
		start := time.Now()
		io.WriteString(client, "prompt i;set timeout cli 4\n")
		answer := make([]byte, 2)
		if _, err := io.ReadFull(client, answer); err != nil {
			t.Fatal(err)
		}
		var timeout net.Error
		if err := <-done; !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("Serve returned %v, want a time-out", err)
		}
		if got := time.Since(start); got != 4*time.Second {
			t.Errorf("dropped after %v, want 4s", got)
		}
	})
}

func TestClientThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		done := make(chan error, 1)
		go func() {
			done <- Serve(server, Config{Table: testTable(), Idle: 10 * time.Second})
			server.Close()
		}()
		io.WriteString(client, "help\n")
		if err := <-done; err == nil {
			t.Error("Serve returned nil for a client that does not read")
		}
	})
}

// Cutting the input anywhere must not lose, repeat or invent an answer.
func TestCutAtEveryByte(t *testing.T) {
	in := "prompt i;show version\r\necho a\\;b\\\nc;take <<EOF\nx\n\nEOF\nset severity-output string;operator\nfoo;quit\n"
	whole := converse(t, Config{Level: LevelAdmin}, in)
	for i := range in {
		if got := converse(t, Config{Level: LevelAdmin}, in[:i], in[i:]); got != whole {
			t.Fatalf("split at %d: got %q, want %q", i, got, whole)
		}
		if got := converse(t, Config{Level: LevelAdmin}, in[:i]); !strings.HasPrefix(whole, got) {
			t.Fatalf("ended at %d: got %q, not a beginning of %q", i, got, whole)
		}
	}
}

func FuzzServe(f *testing.F) {
	f.Add([]byte("show version;help\n"), uint8(3), false)
	f.Add([]byte("prompt\ntake <<X\nabc\nX\n"), uint8(1), false)
	f.Add([]byte("@1;@@2 x;prompt timed\nset severity-output x\n@1 a <<\n\n"), uint8(7), true)
	f.Add([]byte("a\\\r\n;\x00\\"), uint8(2), false)
	f.Fuzz(func(t *testing.T, in []byte, size uint8, master bool) {
		s := &script{}
		for n := int(size) + 1; len(in) > 0; {
			k := min(n, len(in))
			s.chunks = append(s.chunks, string(in[:k]))
			in = in[k:]
		}
		c := Config{Table: testTable(), Level: LevelAdmin, MaxLine: 256, MaxPayload: 512,
			OnPanic: func(cmd string, v any, stack []byte) {
				if v != "on purpose" {
					t.Errorf("%s: %v\n%s", cmd, v, stack)
				}
			}}
		if master {
			c.Router = &farm{workers: map[string]*fakeWorker{"1": {name: "100"}}}
		}
		if err := Serve(s, c); err != nil {
			t.Fatal(err)
		}
	})
}

// Text that comes from elsewhere cannot end an answer.
func TestWriteLines(t *testing.T) {
	table := Table{{Words: []string{"x"}, Worker: true, Run: func(s *Session, _ []string, _ []byte) { s.WriteLines("\na\n\n\nb c\n\n"); s.WriteLines("") }}}
	if got := converse(t, Config{Table: table}, "x\n"); got != "a\nb c\n\n" {
		t.Errorf("%q", got)
	}
}
