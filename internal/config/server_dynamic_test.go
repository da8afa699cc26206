package config

import (
	"strings"
	"testing"
)

// Every option of the list is one, and those of the file that cannot be changed later
// are not.
func TestDynamicServerWords(t *testing.T) {
	for _, word := range DynamicServerWords() {
		if serverIndex.find(word) < 0 {
			t.Errorf("'%s' is no option of a server", word)
		}
	}
}

// What a line says in a file, it says here; cut anywhere, it never panics.
func TestDynamicServerCut(t *testing.T) {
	in := &Proxy{Name: "b", Mode: ModeHTTP}
	line := `127.0.0.1:80 check inter 2s agent-check agent-port 3 weight 4 cookie x slowstart 5s`
	words := strings.Fields(line)
	s, fault := DynamicServer(in, "s", words, Options{})
	if fault != "" {
		t.Fatal(fault)
	}
	if s.Weight != 4 || s.Cookie != "x" || s.AgentPort != 3 {
		t.Errorf("%+v", s)
	}
	for i := range line {
		DynamicServer(in, "s", strings.Fields(line[:i]), Options{})
	}
	s, fault = DynamicServer(in, "s", []string{"127.0.0.1:80", "agent-check", "agent-port", "1", "agent-send", "a 'b' \"$HOME\" \\ #\n"}, Options{})
	if fault != "" || s.AgentSend != "a 'b' \"$HOME\" \\ #\n" {
		t.Errorf("%s %+v", fault, s)
	}
}

func FuzzDynamicServer(f *testing.F) {
	f.Add("s", "127.0.0.1:80\x00check\x00inter\x00")
	f.Add("s", "unix@/x\x00source\x000.0.0.0\x00usesrc\x00clientip")
	f.Add("a\nb", "\n\x00'\x00\"")
	f.Fuzz(func(t *testing.T, name, words string) {
		in := &Proxy{Name: "b", Mode: ModeTCP}
		s, fault := DynamicServer(in, name, strings.Split(words, "\x00"), Options{})
		if (s == nil) == (fault == "") {
			t.Errorf("%v, %q", s, fault)
		}
		if s != nil && s.Name != name {
			t.Errorf("%q is named %q", name, s.Name)
		}
	})
}
