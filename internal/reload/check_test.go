package reload

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	const good = "Success=1\n--\n[NOTICE]   (1) : Fine.\n\n"
	const bad = "Success=0\n--\n[ALERT]    (1) : no <port>\n[ALERT]    (1) : end\n\n"
	for _, c := range []struct {
		answer, args    string
		status          int
		stdout, problem string
	}{
		{good, "", 0, "[NOTICE]   (1) : Fine.\n", ""},
		{good, "-json", 0, `{"verdict":"would succeed","messages":["[NOTICE]   (1) : Fine."]}` + "\n", ""},
		{bad, "", 1, "[ALERT]    (1) : no <port>\n[ALERT]    (1) : end\n", "a reload would fail"},
		{bad, "-json", 1, `{"verdict":"would fail","messages":["[ALERT]    (1) : no <port>","[ALERT]    (1) : end"]}` + "\n", ""},
		{"Success=1\n\n", "-json", 0, `{"verdict":"would succeed","messages":[]}` + "\n", ""},
		{"Permission denied\n\n", "", 2, "", "Permission denied"},
		{"", "-t 100ms", 2, "", "no result within 100ms"},
	} {
		t.Run(c.args+" "+c.answer, func(t *testing.T) {
			path, commands := master(t, c.answer)
			var stdout, stderr strings.Builder
			status := RunCheck(append([]string{"-S", path}, strings.Fields(c.args)...), &stdout, &stderr)
			if status != c.status || stdout.String() != c.stdout || !strings.Contains(stderr.String(), c.problem) || (c.problem == "") != (stderr.Len() == 0) {
				t.Errorf("status %d, stdout %q, stderr %q", status, &stdout, &stderr)
			}
			if got := <-commands; got != "reload check\n" {
				t.Errorf("command %q", got)
			}
		})
	}
	var stdout, stderr strings.Builder
	if status := RunCheck([]string{"-json", "-S", "/nonexistent/m"}, &stdout, &stderr); status != 2 || !strings.Contains(stdout.String(), `"verdict":"unknown"`) || !strings.Contains(stdout.String(), `"error":"`) {
		t.Errorf("status %d, %q", status, &stdout)
	}
	if status := RunCheck([]string{"word"}, &stdout, &stderr); status != 2 || stderr.Len() == 0 {
		t.Errorf("status %d", status)
	}
}
