package logs

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// fixedClock is 2026-11-02 23:14:05.123456 local time: a day of one digit.
func fixedClock() int64 {
	return time.Date(2026, 11, 2, 23, 14, 5, 123456789, time.Local).UnixNano()
}

func TestHeaders(t *testing.T) {
	zone := time.Unix(0, fixedClock()).Format("-07:00")
	tests := []struct {
		format string
		o      Options
		tag    string
		want   string
	}{
		{"", Options{}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"local", Options{}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"rfc3164", Options{}, "", "<158>Nov  2 23:14:05 localhost haproxy[77]: hello\n"},
		{"rfc5424", Options{}, "", "<158>1 2026-11-02T23:14:05.123456" + zone + " - haproxy 77 - - hello\n"},
		{"priority", Options{}, "", "<158>hello\n"},
		{"short", Options{}, "", "<6>hello\n"},
		{"timed", Options{}, "", "<6>2026-11-02T23:14:05.123456" + zone + " hello\n"},
		{"iso", Options{}, "", "2026-11-02T23:14:05.123456" + zone + " hello\n"},
		{"raw", Options{}, "", "hello\n"},
		{"", Options{SendHostname: true}, "", "<158>Nov  2 23:14:05 vm haproxy[77]: hello\n"},
		{"", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>Nov  2 23:14:05 my.host haproxy[77]: hello\n"},
		{"local", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>Nov  2 23:14:05 haproxy[77]: hello\n"},
		{"rfc5424", Options{SendHostname: true, HostnameText: "my.host"}, "", "<158>1 2026-11-02T23:14:05.123456" + zone + " my.host haproxy 77 - - hello\n"},
		{"", Options{Tag: "gtag"}, "", "<158>Nov  2 23:14:05 gtag[77]: hello\n"},
		{"rfc5424", Options{Tag: "gtag"}, "fe-tag", "<158>1 2026-11-02T23:14:05.123456" + zone + " - fe-tag 77 - - hello\n"},
	}
	conn := listenUDP(t, "127.0.0.1:0")
	for _, tt := range tests {
		tt.o.PID, tt.o.Hostname = 77, "vm"
		h := NewHub(tt.o)
		ts, err := h.Targets([]*config.LogTarget{udpLine(conn, format(tt.format))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := h.NewSink(fixedClock)
		s.Message(h.Output(OutputSpec{Targets: ts, Tag: tt.tag}), Info, "hello")
		s.Flush()
		if got := receive(t, conn); got != tt.want {
			t.Errorf("%s %+v\n got %q\nwant %q", tt.format, tt.o, got, tt.want)
		}
		s.Close()
	}
}

// TestHeaderFollowsTheClock sends messages of several seconds and levels
// through one route.
func TestHeaderFollowsTheClock(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	now := fixedClock()
	s := h.NewSink(func() int64 { return now })
	defer s.Close()
	o := testOutput(t, h, nil, udpLine(conn))
	for i, level := range []Level{Info, Info, Alert, Info} {
		now = fixedClock() + int64(i/2)*1e9
		s.Message(o, level, "x")
		s.Flush()
		want := fmt.Sprintf("<%d>Nov  2 23:14:%02d haproxy[77]: x\n", 19*8+int(level), 5+i/2)
		if got := receive(t, conn); got != want {
			t.Errorf("message %d\n got %q\nwant %q", i, got, want)
		}
	}
}

func TestStructuredData(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 77})
	ts, err := h.Targets([]*config.LogTarget{udpLine(conn, format("rfc5424")), udpLine(conn, format("raw"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := Compile(`%{+Q,+E}o [ex@1 r=%r b=\"%B\"]`, config.Pos{}, Structured, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := h.Output(OutputSpec{Targets: ts, Format: mustCompile(t, "%ci %lc"), Structured: sd})
	s := h.NewSink(fixedClock)
	defer s.Close()
	e := sampleEntry()
	e.SetRequest([]byte("GET"), []byte(`/]`), 1)
	s.Log(o, Info, e, nil)
	s.Log(o, Info, e, nil)
	s.Message(o, Info, "m")
	s.Flush()
	zone := time.Unix(0, fixedClock()).Format("-07:00")
	head := "<158>1 2026-11-02T23:14:05.123456" + zone + " - haproxy 77 - "
	for i, want := range []string{
		head + `[ex@1 r="GET /\] HTTP/1.1" b=\"2750\"] 127.0.0.1 0` + "\n", "127.0.0.1 0\n",
		head + `[ex@1 r="GET /\] HTTP/1.1" b=\"2750\"] 127.0.0.1 1` + "\n", "127.0.0.1 1\n",
		head + "- m\n", "m\n",
	} {
		if got := receive(t, conn); got != want {
			t.Errorf("message %d\n got %q\nwant %q", i, got, want)
		}
	}
}
