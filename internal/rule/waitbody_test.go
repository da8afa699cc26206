package rule

import "testing"

// The messages are those of the reference, word for word.
func TestWaitForBody(t *testing.T) {
	const global = "global\ntune.bufsize.large 64k\n"
	const listen = "listen l\nmode http\nbind :1\nserver s 127.0.0.1:1\ntimeout client 1s\ntimeout server 1s\ntimeout connect 1s\n"
	const alert = "ALERT config : parsing [t.cfg:8] : error detected in proxy 'l' while parsing 'http-request wait-for-body' rule : "
	for _, x := range []struct{ text, want string }{
		{global + listen + "http-request wait-for-body time 1s use-large-buffer at-least 3\nhttp-response wait-for-body time 1s at-least 1k use-large-buffer if TRUE\n", ""},
		{listen + "http-response wait-for-body time 1s at-least 3\n", ""},
		{listen + "http-request wait-for-body time 1s use-large-buffer\n", "ALERT Proxy 'l': unable to use large buffers at t.cfg:8, 'tune.bufsize.large' global parameter must be set.\n"},
		{listen + "http-response wait-for-body time 1s use-large-buffer\n", "ALERT Proxy 'l': unable to use large buffers at t.cfg:8, 'tune.bufsize.large' global parameter must be set.\n"},
		{listen + "http-request wait-for-body time 1s at-least\n", alert + "missing argument for 'at-least'.\n"},
		{listen + "http-request wait-for-body\n", alert + "missing time value.\n"},
	} {
		if _, got := parseText(t, x.text); got != x.want {
			t.Errorf("%s:\ngot  %s\nwant %s", x.text, got, x.want)
		}
	}
}
