package mworker

import (
	"fmt"
	"strings"
	"testing"
)

func TestStartupLog(t *testing.T) {
	var l StartupLog
	l.Add("one")
	l.Add("two\n")
	l.Add("three\nfour")
	if got := string(l.Bytes()); got != "one\ntwo\nthree\nfour\n" {
		t.Errorf("%q", got)
	}
}

func TestStartupLogKeepsBothEnds(t *testing.T) {
	var l StartupLog
	const n = 5000
	for i := range n {
		l.Add(fmt.Sprintf("message %d", i))
	}
	l.Add(strings.Repeat("x", 2*maxLogLine))
	lines := strings.Split(strings.TrimSuffix(string(l.Bytes()), "\n"), "\n")
	gap := -1
	for i, line := range lines {
		if strings.HasPrefix(line, "... ") {
			gap = i
		}
	}
	if gap < 0 || lines[0] != "message 0" || lines[gap-1] != fmt.Sprint("message ", gap-1) {
		t.Fatalf("gap at %d of %d lines", gap, len(lines))
	}
	var left int
	fmt.Sscanf(lines[gap], "... %d messages left out ...", &left)
	kept := len(lines) - 2 // the gap and the long line are no such messages
	if left+kept != n {
		t.Errorf("%d left out and %d kept of %d", left, kept, n)
	}
	if last := lines[len(lines)-1]; len(last) != maxLogLine {
		t.Errorf("the last line has %d bytes", len(last))
	}
	if size := len(l.Bytes()); size > startupHead+startupTail+100 {
		t.Errorf("%d bytes kept", size)
	}
}

func TestStatusTexts(t *testing.T) {
	for want, s := range map[string]Status{
		"exited with code 0 (Exit)":                 exitStatus(0, 0),
		"exited with code 1 (Exit)":                 exitStatus(1, 0),
		"exited with code 137 (Killed)":             exitStatus(0, 9),
		"exited with code 139 (Segmentation fault)": exitStatus(0, 11),
		"exited with code 143 (Terminated)":         exitStatus(0, 15),
		"exited with code 178 (Unknown signal 50)":  exitStatus(0, 50),
	} {
		if s.String() != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
}
