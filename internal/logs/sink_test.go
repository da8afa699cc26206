package logs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestLevels(t *testing.T) {
	tests := []struct {
		level, minLevel string
		send            Level
		want            string
	}{
		{"debug", "emerg", Info, "<158>x\n"},
		{"info", "emerg", Info, "<158>x\n"},
		{"err", "emerg", Info, ""},
		{"info", "err", Alert, "<155>x\n"},
		{"info", "err", Info, "<158>x\n"},
		{"notice", "emerg", Info, ""},
		{"", "", Emerg, "<152>x\n"},
	}
	conn := listenUDP(t, "127.0.0.1:0")
	for _, tt := range tests {
		h := NewHub(Options{})
		o := testOutput(t, h, nil,
			udpLine(conn, format("priority"), func(l *config.LogTarget) { l.Level, l.MinLevel = tt.level, tt.minLevel }),
			udpLine(conn, format("raw")))
		s := h.NewSink(fixedClock)
		s.Message(o, tt.send, "x")
		s.Flush()
		s.Close()
		if got := receive(t, conn); tt.want != "" && got != tt.want || tt.want == "" && got != "x\n" {
			t.Errorf("%+v: got %q", tt, got)
		} else if tt.want != "" {
			receive(t, conn)
		}
	}
}

func TestLength(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	length := func(n int) func(*config.LogTarget) { return func(l *config.LogTarget) { l.Length = n } }
	o := testOutput(t, h, nil, udpLine(conn, length(80)), udpLine(conn, length(80), format("rfc5424")),
		udpLine(conn, length(0), format("raw")), udpLine(conn, length(4096), format("raw")))
	s := h.NewSink(fixedClock)
	defer s.Close()
	s.Message(o, Info, strings.Repeat("a", 3000))
	s.Flush()
	for i, want := range []int{80, 80, 1024, 3001} {
		got := receive(t, conn)
		if len(got) != want || !strings.HasSuffix(got, "a\n") && i != 1 || got[len(got)-1] != '\n' {
			t.Errorf("message %d: %d bytes, want %d: %q", i, len(got), want, got)
		}
	}
}

func TestSampling(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	o := testOutput(t, h, nil, udpLine(conn, format("raw"), func(l *config.LogTarget) {
		l.Sample, l.SampleOf = []config.SampleRange{{Low: 4, High: 5}, {Low: 1, High: 1}}, 6
	}))
	s := h.NewSink(fixedClock)
	defer s.Close()
	for i := range 14 {
		s.Message(o, Info, fmt.Sprint(i+1))
	}
	s.Message(testOutput(t, h, nil, udpLine(conn, format("raw"))), Info, "end")
	s.Flush()
	var got []string
	for len(got) == 0 || got[len(got)-1] != "end" {
		got = append(got, strings.TrimSpace(receive(t, conn)))
	}
	if want := "1 4 5 7 10 11 13 end"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestNothingToSay(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	line := udpLine(conn, format("raw"))
	s := h.NewSink(fixedClock)
	defer s.Close()
	e := sampleEntry()
	e.ReqCaptures = nil
	s.Log(testOutput(t, h, mustCompile(t, "%hr"), line), Info, e, nil)
	s.Log(nil, Info, e, nil)
	s.Log(h.Output(OutputSpec{Format: HTTP()}), Info, e, nil)
	s.Log(testOutput(t, h, nil, line), Info, e, nil)
	s.Message(nil, Info, "x")
	s.LogError(nil, Info, e, nil)
	e.Message = "why"
	s.LogError(testOutput(t, h, nil, line), Info, e, nil)
	if s.Flush() {
		t.Error("pending")
	}
	if got := receive(t, conn); !strings.HasSuffix(got, "f9/1: why\n") {
		t.Errorf("got %q", got)
	}
}
