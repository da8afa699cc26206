package reload

import (
	"bufio"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// master answers every command with the same text; "" hangs.
func master(t *testing.T, answer string) (path string, commands chan string) {
	path, commands = filepath.Join(t.TempDir(), "m"), make(chan string, 1)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(c).ReadString('\n')
			commands <- line
			if answer == "" {
				<-t.Context().Done()
			}
			c.Write([]byte(answer))
			c.Close()
		}
	}()
	return path, commands
}

func TestRun(t *testing.T) {
	const good = "Success=1\n--\n[NOTICE]   (1) : Loading success.\n\n"
	for _, c := range []struct {
		answer, args    string
		status          int
		command         string
		stdout, problem string
	}{
		{good, "", 0, "reload\n", "[NOTICE]   (1) : Loading success.\n", ""},
		{good, "-q", 0, "reload\n", "", ""},
		{good, "-hard -t 5s", 0, "hard-reload\n", "[NOTICE]   (1) : Loading success.\n", ""},
		{"Success=1\n\n", "", 0, "reload\n", "", ""},
		{"Success=0\n--\n[ALERT]    (1) : no\n\n", "-q", 1, "reload\n", "[ALERT]    (1) : no\n", "the reload failed"},
		{"Success=2\n", "", 2, "reload\n", "", "Success=2"},
		{"Permission denied\n\n", "", 2, "reload\n", "", "Permission denied"},
		{"\n", "", 2, "reload\n", "", "without an answer"},
		{"", "-t 100ms", 2, "reload\n", "", "no result within 100ms"},
	} {
		t.Run(c.args+" "+c.answer, func(t *testing.T) {
			path, commands := master(t, c.answer)
			var stdout, stderr strings.Builder
			status := Run(append([]string{"-S", path + ",mode,600"}, strings.Fields(c.args)...), &stdout, &stderr)
			if status != c.status || stdout.String() != c.stdout || !strings.Contains(stderr.String(), c.problem) || (c.problem == "") != (stderr.Len() == 0) {
				t.Errorf("status %d, stdout %q, stderr %q", status, &stdout, &stderr)
			}
			if got := <-commands; got != c.command {
				t.Errorf("command %q", got)
			}
		})
	}
}

func TestNobodyToAsk(t *testing.T) {
	var stdout, stderr strings.Builder
	t.Setenv("MASTER_SOCKET", filepath.Join(t.TempDir(), "none"))
	for _, args := range []string{"", "-t 0s", "-nonsense", "word"} {
		stderr.Reset()
		if status := Run(strings.Fields(args), &stdout, &stderr); status != 2 || stdout.Len() > 0 || stderr.Len() == 0 {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, &stdout, &stderr)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"/run/m,level,admin": "unix /run/m",
		"unix@/m":            "unix /m",
		"ipv4@127.0.0.1:1":   "tcp 127.0.0.1:1",
		"127.0.0.1:1,a":      "tcp 127.0.0.1:1",
		"*:1":                "tcp :1",
		"abnsz@x":            "unix @x",
		"abns@x":             "unix @x" + strings.Repeat("\x00", 106),
	} {
		if network, name := parseAddress(in); network+" "+name != want {
			t.Errorf("%s: %s %q", in, network, name)
		}
	}
}
