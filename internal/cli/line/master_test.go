package line

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fakeWorker serves the worker's side of the CLI in memory.
type fakeWorker struct {
	name string
	dead bool
}

func (w *fakeWorker) Local() bool                   { return w.name == "master" }
func (w *fakeWorker) Prompt() string                { return w.name }
func (w *fakeWorker) Uptime() (time.Duration, bool) { return time.Minute, !w.dead }

func (w *fakeWorker) Dial() (io.ReadWriteCloser, error) {
	if w.dead {
		return nil, errors.New("gone")
	}
	p := &pipe{}
	p.in, p.inW = io.Pipe()
	p.out, p.outW = io.Pipe()
	go func() {
		table := append(testTable(), Command{Words: []string{"whoami"}, Worker: true, Help: "h",
			Run: func(s *Session, _ []string, _ []byte) { s.Info(w.name) }})
		Serve(struct {
			io.Reader
			io.Writer
		}{p.in, p.outW}, Config{Table: table, Level: LevelAdmin})
		p.outW.Close()
		p.in.Close()
	}()
	return p, nil
}

// pipe is a connection with two halves.
type pipe struct {
	in, out   *io.PipeReader
	inW, outW *io.PipeWriter
}

func (p *pipe) Read(b []byte) (int, error)  { return p.out.Read(b) }
func (p *pipe) Write(b []byte) (int, error) { return p.inW.Write(b) }
func (p *pipe) CloseWrite() error           { return p.inW.Close() }
func (p *pipe) Close() error                { p.inW.Close(); return p.out.Close() }

type farm struct {
	failed  bool
	workers map[string]*fakeWorker
}

func (f *farm) Find(prefix string) (Peer, bool) {
	switch prefix {
	case "", "0", "master":
		return masterPeer{f}, true
	}
	w, ok := f.workers[prefix]
	return w, ok
}

type masterPeer struct{ f *farm }

func (masterPeer) Local() bool                       { return true }
func (masterPeer) Uptime() (time.Duration, bool)     { return time.Hour, true }
func (masterPeer) Dial() (io.ReadWriteCloser, error) { return nil, errors.New("local") }
func (m masterPeer) Prompt() string {
	if m.f.failed {
		return "master[ReloadFailed]"
	}
	return "master"
}

func TestMasterConversation(t *testing.T) {
	tests := []struct {
		name  string
		level Level
		in    string
		want  string
	}{
		{"line after line", LevelAdmin, "show version\nshow version\n", "3.4.0\n\n3.4.0\n\n"},
		{"empty", LevelAdmin, "\n", "\n"},
		{"no LF", LevelAdmin, "show version", ""},
		{"CRLF", LevelAdmin, "show version\r\n", "3.4.0\n\n\n"},
		{"silent prompt", LevelAdmin, "prompt\nshow version\n\n@1\n@\nprompt\nquit\nshow version\n", "master> 3.4.0\n\nmaster> \nmaster> 100> master> "},
		{"prompt for each command", LevelAdmin, "prompt;show version;show version\n", "master> 3.4.0\n\nmaster> 3.4.0\n\nmaster> "},
		{"prompt n", LevelAdmin, "prompt n\n", masterPromptUsage + "\n"},
		{"timed", LevelAdmin, "prompt timed;@1;@!9\n", "[0:01:00:00] master> [0:00:01:00] 100> [gone] 9> "},
		{"prefix", LevelAdmin, "@1 whoami;@!7 whoami;@ show version\n", "100\n\n7\n\n3.4.0\n\n"},
		{"prefix alone", LevelAdmin, "@1;show version;whoami;@;show version\n", "3.4.0\n\n100\n\n3.4.0\n\n"},
		{"spaces", LevelAdmin, "  @1    whoami\n", "100\n\n"},
		{"unknown prefixes", LevelAdmin, "@2;@-1 x;@foo;@!;show version\n",
			"Can't find the target PID matching the prefix '@2'\n" + "Can't find the target PID matching the prefix '@-1'\n" +
				"Can't find the target PID matching the prefix '@foo'\n" + "Can't find the target PID matching the prefix '@!'\n" + "3.4.0\n\n"},
		{"dead", LevelAdmin, "@!9 whoami;show version\n", "Can't connect to the target CLI!\n"},
		{"worker rows are not the master's", LevelAdmin, "httpclient\n",
			"Unknown command: 'httpclient'. Please enter one of the following commands only:\n" + masterRows + fixedText + "\n"},
		{"debug mode", LevelAdmin, "mcli-debug-mode on;show info\n", "Name: x\n\n"},
		{"flags", LevelAdmin, "expert-mode on;mcli-debug-mode on;experimental-mode on;prompt;@1;expert-mode\n", "master(xed)> 100(xed)> 100(xd)> "},
		{"modes reach the worker", LevelAdmin, "@1 debug dev exit;expert-mode on;@1 debug dev exit;expert-mode;@1 debug dev exit\n",
			textExpert + "\n\nbye\n\n" + textExpert + "\n\n"},
		{"level reaches the worker", LevelAdmin, "user;@1 show cli level;@1 show env;show cli level\n", "user\n\nPermission denied\n\nuser\n\n"},
		{"level cannot be raised", LevelUser, "operator;@1 operator;@1 show cli level;reload\n",
			"Permission denied!\nPermission denied\n\nuser\n\nPermission denied\n\n"},
		{"modes are for admins", LevelOperator, "expert-mode on;experimental-mode on;mcli-debug-mode on\n", strings.Repeat("Permission denied!\n", 3)},
		{"severity everywhere", LevelAdmin, "set severity-output number;show version;@1 whoami;set severity-output x\n",
			"[6]: 3.4.0\n\n[6]: 100\n\n" + textSeverity + "\n"},
		{"escapes survive", LevelAdmin, "@1 echo a\\;b \\\\ c\n", "a;b \\ c\n\n"},
		{"payload", LevelAdmin, "@1 take x <<E\na\n\nE\n@1 take y <<\nb\n\n", "[\"x\"] \"a\\n\\n\" false\n\n[\"y\"] \"b\\n\" false\n\n"},
		{"payload prompt", LevelAdmin, "prompt\n@1 take <<\nb\n\n", "master> + + [] \"b\\n\" false\n\nmaster> "},
		{"session words behind a prefix", LevelAdmin, "@1 quit\n@1 prompt\n\n@1 operator\n@1 set severity-output number;@1 show cli level\n", "\n> \n\n\nadmin\n\n"},
		{"quit shows a prompt", LevelAdmin, "prompt p;@1;quit\n", "master> 100> 100> "},
		{"tunnel behind a command", LevelAdmin, "echo a;@@1 echo b;echo c\n", "a\n\nb\n\nc\n\n"},
		{"tunnel to the master", LevelAdmin, "@@ show version;echo x\n@@0\n", "3.4.0\n\nx\n\n\n"},
		{"inside the master", LevelAdmin, "prompt\n@@master\noperator\n@1\nshow cli level;quit\nshow cli level\nquit\n",
			"master> \n> \n> " + unknownAt1 + "\n> operator\n\nmaster> admin\n\nmaster> master> "},
		{"a reload inside the master", LevelAdmin, "@@0\nreload\nshow version\n", "\nSuccess=1\n\n"},
		{"payload inside the master", LevelAdmin, "@@0 echo a <<E\nx\nE\nshow version\n", "a\n\n3.4.0\n\n"},
		{"session words behind the master's prefix", LevelAdmin, "@ operator;@ quit;@ prompt\n@0 show cli level;@ prompt n;@master expert-mode on;@ expert-mode\n@ mcli-debug-mode\nprompt\n@ prompt timed\n",
			"\n\n> admin\n\n\n\nexpert-mode is OFF\n\nmcli-debug-mode is OFF\n\nmaster> \n[1:02:03:04]> master> "},
		{"modes inside the master", LevelAdmin, "@@0 expert-mode on;expert-mode;mcli-debug-mode on;show info\nexpert-mode on;@ expert-mode\n", "\nexpert-mode is ON\n\n\nName: x\n\nexpert-mode is ON\n\n"},
		{"a reload with the master's prefix", LevelAdmin, "@ reload\nshow version\n", "Success=1\n\n"},
		{"payload within a line", LevelAdmin, "echo a <<E;show version\nE\nshow version\n", "a\n\n3.4.0\n\n"},
		{"payload within a line to a worker", LevelAdmin, "show version;@1 take x <<E;b\\;c\nd\nE\nshow version\n", "3.4.0\n\n[\"x\"] \"b\\\\;c\\nd\\n\" false\n\n3.4.0\n\n"},
		{"no payload within a line", LevelAdmin, "echo a <<;\nshow version\n", "a\n\n3.4.0\n\n"},
		{"payload without a command", LevelAdmin, "@1 <<E\nb\nE\nshow version\n", "\n3.4.0\n\n"},
		{"NUL is a blank", LevelAdmin, "echo a\x00b;@1 echo a\x00c\n", "a b\n\na c\n\n"},
		{"payload behind a command", LevelAdmin, "prompt\nshow version;echo b <<\nc\n\n", "master> 3.4.0\n\nmaster> + + b\n\nmaster> "},
		{"payload in a tunnel", LevelAdmin, "@@1 take x <<E\na\n\nE\n", "[\"x\"] \"a\\n\\n\" false\n\n"},
		{"timed is toggled once", LevelAdmin, "prompt timed timed\nprompt timed i\n", "[0:01:00:00] master> "},
		{"too long, then others", LevelAdmin, "prompt\n" + strings.Repeat("x", 15360) + "y;show version\nshow version\n",
			"master> The following commands are valid at this level:\n" + masterRows + fixedText + "\nmaster> 3.4.0\n\nmaster> "},
		{"too long in a payload", LevelAdmin, "show version;echo <<E\n" + strings.Repeat("x", 140000) + "\nE\nshow version\n", "3.4.0\n\n" + textPayloadTooBig + "\n"},
		{"too long", LevelAdmin, strings.Repeat("x", 20000), "The following commands are valid at this level:\n" + masterRows + fixedText + "\n"},
		{"reload hangs up", LevelAdmin, "reload;show version\nshow version\n", "Success=1\n\n"},
		{"tunnel to nobody", LevelAdmin, "@@2 x\n", "Can't find the target PID matching the prefix '@@2'\n"},
		{"tunnel", LevelAdmin, "@@1 whoami;show version\n", "100\n\n3.4.0\n\n"},
		{"tunnel keeps the level", LevelOperator, "@@1 show cli level\n", "operator\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &farm{workers: map[string]*fakeWorker{"1": {name: "100"}, "!7": {name: "7"}, "!9": {name: "9", dead: true}}}
			if got := converse(t, Config{Level: tt.level, Router: f}, tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	f := &farm{failed: true}
	if got := converse(t, Config{Router: f}, "prompt\n"); got != "master[ReloadFailed]> " {
		t.Errorf("after a failed reload: %q", got)
	}
}

const unknownAt1 = "Unknown command: '@1'. Please enter one of the following commands only:\n" + masterRows + fixedText

const masterRows = `  @!<pid>                                 : send a command to the <pid> process
  @<relative pid>                         : send a command to the <relative pid> process
  @master                                 : send a command to the master process
  echo <text>                             : print text to the output
  operator                                : lower the level of the current CLI session to operator
  reload                                  : reload
  show cli level                          : display the level of the current CLI session
  show version                            : show version of the current process
  user                                    : lower the level of the current CLI session to user
`

// silentPeer is a worker that takes a command and never answers.
type silentPeer struct{ Peer }

func (silentPeer) Local() bool    { return false }
func (silentPeer) Prompt() string { return "100" }
func (silentPeer) Dial() (io.ReadWriteCloser, error) {
	ours, theirs := net.Pipe()
	go io.Copy(io.Discard, theirs)
	return ours, nil
}

type silentFarm struct{ farm }

func (f *silentFarm) Find(prefix string) (Peer, bool) {
	if prefix == "1" {
		return silentPeer{}, true
	}
	return f.farm.Find(prefix)
}

// A worker that hangs holds a session for the idle time-out, not for ever.
func TestWorkerThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		got := converse(t, Config{Router: &silentFarm{}, Idle: 10 * time.Minute}, "@1 show info\nshow version\n")
		if got != textNoConnect || time.Since(begin) != 10*time.Minute {
			t.Errorf("%q after %v", got, time.Since(begin))
		}
	})
}

// "@@1" without a command is a session on the worker; leaving it gives the master's back.
func TestTunnelOverSocket(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			done <- err
			return
		}
		defer conn.Close()
		f := &farm{workers: map[string]*fakeWorker{"1": {name: "100"}}}
		done <- Serve(conn, Config{Table: testTable(), Level: LevelAdmin, Router: f, Idle: time.Minute})
	}()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	for _, step := range []struct{ send, want string }{
		{"prompt\n", "master> "},
		{"@1\n", "100> "},
		{"@@1\n", "\n> "},
		{"whoami\n", "100\n\n> "},
		{"show version;show cli level\n", "3.4.0\n\nadmin\n\n> "},
		{"quit\n", "100> "},
		{"@ show version\n", "3.4.0\n\n100> "},
		{"quit\n", "100> "},
	} {
		if _, err := io.WriteString(c, step.send); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(step.want))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != step.want {
			t.Fatalf("%q: got %q, %v; want %q", step.send, got, err, step.want)
		}
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("after quit: %d, %v", n, err)
	}
	c.Close()
	if err := <-done; err != nil && !errors.Is(err, os.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
}
