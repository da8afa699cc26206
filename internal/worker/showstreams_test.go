package worker

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What is wrong is said in the words of HAProxy 3.5-dev5.
func TestShowSessAnswers(t *testing.T) {
	s, _, _ := changeable(t, "", "server s1 127.0.0.1:1")
	commands(t, s, [][2]string{
		{"show sess", ""},
		{"show sess all", ""},
		{"show sess 3", "Session not found."},
		{"show sess foo", "Unsupported option 'foo', try 'help' for more info."},
		{"show sess older", "Expects a minimum age (in seconds by default)."},
		{"show sess older x", "Invalid age."},
		{"show sess older 3w", "Invalid age."},
		{"show sess backend", "Missing backend name."},
		{"show sess backend no", "No such backend."},
		{"show sess frontend no", "No such frontend."},
		{"show sess server foo", "Require 'backend/server'."},
		{"show sess server no/s1", "No such backend."},
		{"show sess server app/no", "No such server."},
		{"show sess all backend app older 1m frontend web server app/s1 show-uri", ""},
		{"shutdown session", "Session pointer expected (use 'show sess')."},
		{"shutdown session x", "No such session (use 'show sess')."},
		{"shutdown session 0", "No such session (use 'show sess')."},
		{"shutdown session 0x3", "No such session (use 'show sess')."},
	})
	if got := command(t, s, "show sess help"); !strings.HasPrefix(got, "Usage: show sess [<id> | all | help] [<options>*]\nDumps active streams") {
		t.Error(got)
	}
}

// A request that waits for its answer is seen, found again by its number, and ended.
func TestShowSess(t *testing.T) {
	arrived, done := make(chan struct{}), make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-done })}
	go srv.Serve(l)
	t.Cleanup(func() { close(done); srv.Close() })
	s, addr, _ := changeable(t, "", "server s1 "+l.Addr().String(), "server s2 127.0.0.1:1 disabled")
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET /slow?a=b HTTP/1.1\r\nHost: x\r\n\r\n")
	<-arrived
	line := regexp.MustCompile(`^(0x[0-9a-f]+): proto=tcpv4 src=` + c.LocalAddr().String() + ` fe=web be=app srv=s1 age=[0-9]+s phase=response thread=[12] rc=0$`)
	m := line.FindStringSubmatch(command(t, s, "show sess"))
	if m == nil {
		t.Fatal(command(t, s, "show sess"))
	}
	id := m[1]
	for _, x := range []struct {
		options string
		seen    bool
	}{{"backend app", true}, {"server app/s1", true}, {"server app/s2", false}, {"frontend web", true}, {"older 1h", false}, {"older 1ms", true}, {"server app/s2 backend app", true}} {
		if got := command(t, s, "show sess "+x.options); strings.HasPrefix(got, id+": ") != x.seen {
			t.Errorf("%s: %s", x.options, got)
		}
	}
	if got := command(t, s, "show sess show-uri"); !strings.HasSuffix(got, ` uri="/slow?a=b"`) {
		t.Error(got)
	}
	for _, text := range []string{"show sess all", "show sess " + id} {
		got := command(t, s, text)
		for _, part := range []string{id + ": [", "\n  frontend=web (id=2 mode=http), listener=", " addr=" + addr, "\n  backend=app (id=3 mode=http)", "\n  server=s1 (id=1) addr=" + l.Addr().String()} {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %q:\n%s", text, part, got)
			}
		}
	}
	commands(t, s, [][2]string{{"shutdown session " + id, ""}, {"shutdown session " + id, "No such session (use 'show sess')."}})
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if a, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || a.StatusCode != 502 {
		t.Error(a, err)
	}
	await(t, func() bool { return command(t, s, "show sess") == "" })
}

func TestHumanTime(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 999 * time.Millisecond: "0s", 59 * time.Second: "59s", time.Minute: "1m", 65 * time.Second: "1m5s",
		time.Hour + 5*time.Second: "1h", 25 * time.Hour: "1d1h", 1000 * time.Hour: "41d16h"} {
		if got := humanTime(d); got != want {
			t.Error(fmt.Sprint(d, ": ", got, ", want ", want))
		}
	}
}
