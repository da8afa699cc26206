package logs

import (
	"net"
	"net/netip"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

func TestAppendAllocatesNothing(t *testing.T) {
	for _, text := range []string{HTTPText, HTTPCLFText, TCPText, everything, "%{+Q}o %HM %HP %HPO %HQ %HU %HV %Tl %Ts %ID %hrl %hsl"} {
		f, e, c := mustCompile(t, text), sampleEntry(), &sample.Ctx{Scratch: make([]byte, 0, 1024)}
		c.Src = e.Client
		dst := make([]byte, 0, 4096)
		if n := testing.AllocsPerRun(100, func() { dst = f.Append(dst[:0], e, c) }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
	e := sampleEntry()
	uri := []byte("/some/path?query")
	if n := testing.AllocsPerRun(100, func() { e.Clear(); e.SetRequest([]byte("GET"), uri, 1); e.Timers.Derive(5) }); n != 0 {
		t.Errorf("SetRequest: %v allocations", n)
	}
}

func TestSinkAllocatesNothing(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{PID: 7, Hostname: "vm"})
	o := testOutput(t, h, HTTP(), udpLine(conn), udpLine(conn, func(l *config.LogTarget) { l.Format = "rfc5424" }))
	clock := int64(1795391209e9)
	s := h.NewSink(func() int64 { return clock })
	defer s.Close()
	e := sampleEntry()
	turn := func() {
		for range 10 {
			s.Log(o, Info, e, nil)
		}
		clock += 1e6
		s.Flush()
	}
	turn()
	if n := testing.AllocsPerRun(50, turn); n != 0 {
		t.Errorf("%v allocations a turn", n)
	}
	if n := h.Dropped(); n != 0 {
		t.Errorf("dropped %d", n)
	}
}

func BenchmarkAppendHTTP(b *testing.B) {
	f, e := HTTP(), sampleEntry()
	e.ReqCaptures, e.ResCaptures = nil, nil
	e.SetRequest([]byte("GET"), []byte("/index.html?id=1234567"), 1)
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		dst = f.Append(dst[:0], e, nil)
	}
	b.SetBytes(int64(len(dst)))
}

// BenchmarkSink is a line from Entry to the kernel, 32 lines a turn.
func BenchmarkSink(b *testing.B) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	h := NewHub(Options{PID: 7, Hostname: "vm"})
	o := testOutput(b, h, HTTP(), udpLine(conn))
	clock := int64(1795391209e9)
	s := h.NewSink(func() int64 { return clock })
	defer s.Close()
	e := sampleEntry()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s.Log(o, Info, e, nil)
		if n++; n&31 == 0 {
			s.Flush()
		}
	}
}
