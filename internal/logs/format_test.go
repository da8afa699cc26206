package logs

import (
	"net/netip"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// sampleEntry is the request that the reference was asked to log for the
// expected lines below.
func sampleEntry() *Entry {
	e := &Entry{}
	e.Clear()
	at := time.Date(2026, 11, 22, 23, 14, 5, 65e6, time.Local).UnixNano()
	e.Accept = at
	e.Request = at + 7e6
	e.Client = netip.MustParseAddrPort("127.0.0.1:34886")
	e.Front = netip.MustParseAddrPort("127.0.0.1:21008")
	e.Source = netip.MustParseAddrPort("127.0.0.1:40280")
	e.Server = netip.MustParseAddrPort("127.0.0.1:20999")
	e.ListenerID = 3
	e.Frontend, e.Backend, e.ServerName, e.Bind = "f9", "b", "s1", "1"
	e.PID, e.Hostname, e.Counter, e.LogCount = 14199, "vm", 4, 0
	e.Timers = Timers{Th: 0, Ti: 7, TR: 10, Tw: 1, Tc: 30, Tr: 69}
	e.Timers.Derive(130)
	e.Status, e.Read, e.Uploaded = 200, 2750, 110
	copy(e.Term[:], "----")
	e.ActConn, e.FeConn, e.BeConn, e.SrvConn = 12, 3, 2, 1
	e.SetRequest([]byte("GET"), []byte(`/a/b?c=d%20"x\z]{|}^`), 1)
	e.ReqCaptures = [][]byte{[]byte(`ex{a}m|p"le#]\.~z`), []byte("12345678901234567890")}
	e.ResCaptures = [][]byte{[]byte(`re{s}p|q"uo#te`), nil}
	e.Origin = OriginResponse
	return e
}

func mustCompile(t testing.TB, text string) *Format {
	t.Helper()
	f, err := Compile(text, config.Pos{File: "a.cfg", Line: 8}, Traffic, nil)
	if err != nil {
		t.Fatalf("Compile(%q): %v", text, err)
	}
	return f
}

// TestFormat has expectations that were taken from the reference, but for dates
// and numbers.
func TestFormat(t *testing.T) {
	offset := time.Date(2026, 11, 22, 23, 14, 5, 0, time.Local).Format("-0700")
	utc := time.Date(2026, 11, 22, 23, 14, 5, 0, time.Local).UTC().Format("02/Jan/2006:15:04:05 +0000")
	tests := []struct {
		name, format, want string
		change             func(*Entry)
	}{
		{"dates", "%Tl %t %ms %tr %trl", "22/Nov/2026:23:14:05 " + offset + " 22/Nov/2026:23:14:05.065 065 22/Nov/2026:23:14:05.072 22/Nov/2026:23:14:05 " + offset, nil},
		{"dates UTC", "%T|%trg", utc + "|" + utc, nil},
		{"dates quoted", "%{+Q}T%{+Q}ms%{+X}ms%{+X}T", utc + "06541" + utc, nil},
		{"before 1970", "%Ts", "0", func(e *Entry) { e.Accept = -5 }},
		{"timestamp", "%Ts %{+X}Ts", "1795391209 6B037EE9", func(e *Entry) { e.Accept = 1795391209e9 }},
		{"hex", "%{+X}ci %{+X}cp %{+X}pid %{+X}rt %rt %pid %{+X}lc %lc", "7F000001 8846 3777 0004 4 14199 0000 0", nil},
		{"hex elsewhere", "%{+X}ac %{+X}ST %{+X}B %{+X}H%{+X}b%{+X}tsc", "12 200 2750 vmb----", nil},
		{"hex all", "%{+X}o %{+Q}ci %ci %cp", "7F000001 7F000001 8846", nil},
		{"quoted", "%{+Q}b %{+Q}s %{+Q}ST %{+Q}B %{+Q}ci %{+Q}tsc %{+Q}ts %{+Q}rc %{+Q}CC", `"b" "s1" 200 2750 "127.0.0.1" ---- -- 0 ""`, nil},
		{"quoted names", "%{+Q}H %{+Q}f %{+Q}ft %{+Q}pid %{+Q}rt %{+Q}OG %{+Q}ID", `"vm" "f9" "f9" 14199 4 "txn_response" ""`, nil},
		{"quoted captures", "%{+Q}hr %{+Q}hrl %{+Q}hs %{+Q}hsl", `"{ex#7Ba#7Dm#7Cp#22le#23]\.~z|12345678901234567890}" "ex#7Ba#7Dm#7Cp#22le#23]\.~z" "12345678901234567890" "{re#7Bs#7Dp#7Cq#22uo#23te|}" "re#7Bs#7Dp#7Cq#22uo#23te" ""`, nil},
		{"captures", "%hr %hrl %hs %hsl %CC %CS", `{ex#7Ba#7Dm#7Cp#22le#23]\.~z|12345678901234567890} ex#7Ba#7Dm#7Cp#22le#23]\.~z 12345678901234567890 {re#7Bs#7Dp#7Cq#22uo#23te|} re#7Bs#7Dp#7Cq#22uo#23te - - -`, nil},
		{"escaped captures", "%{+E,+Q}hr", `"{ex#7Ba#7Dm#7Cp#22le#23\]\\.~z|12345678901234567890}"`, nil},
		{"captured bytes", "%hr|%hrl", "{#01#7F#E9}|#01#7F#E9", func(e *Entry) { e.ReqCaptures = [][]byte{[]byte("\x01\x7f\xe9")} }},
		{"no captures", "%hr %hs|%hrl %hsl x", "| x", func(e *Entry) { e.ReqCaptures, e.ResCaptures = nil, nil }},
		{"cookies", "%CC|%{+Q}CC|%{+E}CC|%CS", `A1="z#{|}\]"|"A1="z#{|}\]""|A1=\"z#{|}\\\]\"|-`, func(e *Entry) { e.ReqCookie = []byte(`A1="z#{|}\]"`) }},
		{"cookie bytes", "%CC", `A=#1B[2J#FF`, func(e *Entry) { e.ReqCookie = []byte("A=\x1b[2J\xff") }},
		{"request", "%r|%HM|%HP|%HPO|%HQ|%HU|%HV", `GET /a/b?c=d%20#22x\z]{|}^ HTTP/1.1|GET|/a/b|/a/b|?c=d%20#22x\z]{|}^|/a/b?c=d%20#22x\z]{|}^|HTTP/1.1`, nil},
		{"request quoted", "%{+Q}r|%{+Q}HM|%{+Q}HQ", `"GET /a/b?c=d%20#22x\z]{|}^ HTTP/1.1"|"GET"|"?c=d%20#22x\z]{|}^"`, nil},
		{"request escaped", "%{+E}r|%{+Q,+E}HQ", `GET /a/b?c=d%20#22x\\z\]{|}^ HTTP/1.1|"?c=d%20#22x\\z\]{|}^"`, nil},
		{"request absolute", "%r|%HP|%HPO|%HQ|%HU", "GET http://h.x/abs/path?q=1 HTTP/1.0|http://h.x/abs/path|/abs/path|?q=1|http://h.x/abs/path?q=1", func(e *Entry) { e.SetRequest([]byte("GET"), []byte("http://h.x/abs/path?q=1"), 0) }},
		{"request star", "%r|%HP|%HPO|%HQ|%HU", "GET * HTTP/1.1|*|||*", func(e *Entry) { e.SetRequest([]byte("GET"), []byte("*"), 1) }},
		{"request star quoted", "%{+Q}HPO|%{+Q}HQ", `""|""`, func(e *Entry) { e.SetRequest([]byte("GET"), []byte("*"), 1) }},
		{"request empty query", "%HP|%HQ", "/x|?", func(e *Entry) { e.SetRequest([]byte("GET"), []byte("/x?"), 1) }},
		{"request authority", "%HP|%HPO", "h.x:80|", func(e *Entry) { e.SetRequest([]byte("CONNECT"), []byte("h.x:80"), 1) }},
		{"bad request", "%r|%HM|%HP|%HPO|%HQ|%HU|%HV|%{+Q}r", `<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|"<BADREQ>"`, func(e *Entry) { e.Line = nil }},
		{"addresses", "%bi:%bp %fi:%fp %si:%sp %{+X}bi:%{+X}bp", "127.0.0.1:40280 127.0.0.1:21008 127.0.0.1:20999 7F000001:9D58", nil},
		{"no server", "%bi:%bp %si:%sp %{+Q}si%{+Q}sp%{+Q}bi%{+Q}bp %{+X}si:%{+X}sp %s", `-:- -:- """""""" -:- <NOSRV>`, func(e *Entry) { e.Source, e.Server, e.ServerName = netip.AddrPort{}, netip.AddrPort{}, "" }},
		{"unix server", "%si:%sp|%bi:%bp|%{+Q}si:%{+Q}sp", `unix:0|unix:0|"unix":0`, func(e *Entry) { e.Source, e.Server, e.ServerUnix = netip.AddrPort{}, netip.AddrPort{}, true }},
		{"unix client", "%ci:%cp|%fi:%fp|%{+Q}fi:%{+Q}fp", `unix:3|unix:3|"unix":3`, func(e *Entry) { e.Client, e.Front = netip.AddrPort{}, netip.AddrPort{} }},
		{"IPv6", "%{+X}ci:%{+X}cp-%ci:%cp-%{+X,+Q}ci-%{+Q}ci-%{+Q}cp", `00000000000000000000000000000001:89E8-::1:35304-00000000000000000000000000000001-"::1"-35304`, func(e *Entry) { e.Client = netip.MustParseAddrPort("[::1]:35304") }},
		{"IPv4 digits", "%ci", "10.200.9.99", func(e *Entry) { e.Client = netip.MustParseAddrPort("10.200.9.99:1") }},
		{"timers", "%Ta %Tc %Td %Th %Ti %Tq %TR %Tr %Tt %Tu %Tw %U %B %ST", "123 30 13 0 7 17 10 69 130 123 1 110 2750 200", nil},
		{"timers unreached", "%Ta %Tc %Td %Th %Ti %Tq %TR %Tr %Tt %Tu %Tw", "8490 -1 -1 0 0 -1 -1 -1 8490 8490 -1", func(e *Entry) {
			e.Timers = Timers{Ti: 0, TR: -1, Tw: -1, Tc: -1, Tr: -1}
			e.Timers.Derive(8490)
		}},
		{"logasap", "%{+Q}B,%B,%{+X}B,%Tt,%{+X}Tt,%Ta,%Tu,%Td,%U,%{+Q}U,%Tc", "+76,+76,+76,+0,+0,+0,+0,0,0,0,0", func(e *Entry) { e.Partial, e.Read, e.Uploaded, e.Timers = true, 76, 0, Timers{} }},
		{"redispatched", "%{+Q}rc,%{+X}rc,%rc", "+1,+1,+1", func(e *Entry) { e.Retries, e.Redispatched = 1, true }},
		{"termination", "%ts|%tsc", "SC|SC--", func(e *Entry) { e.Term = [4]byte{'S', 'C'} }},
		{"TLS", "%ft|%{+Q}ft|%f", `f9~|"f9~"|f9`, func(e *Entry) { e.TLS = true }},
		{"no backend", "%b", "f9", func(e *Entry) { e.Backend = "" }},
		{"unique id", `%ID|%{+Q}ID|%{+E}ID`, `a"]|"a"]"|a\"\]`, func(e *Entry) { e.UniqueID = []byte(`a"]`) }},

		{"blanks first", "  %ci", "127.0.0.1", nil},
		{"blanks merged", "a   b\tc  %ci  x", "a b\tc 127.0.0.1 x", nil},
		{"blanks last", "a  ", "a ", nil},
		{"blanks only", "   ", "", nil},
		{"blanks around nothing", "a %hr b %hr", "a b ", func(e *Entry) { e.ReqCaptures = nil }},
		{"blanks then nothing", "%hr %hs|%hr", "|", func(e *Entry) { e.ReqCaptures, e.ResCaptures = nil, nil }},
		{"nothing first", " %hr a", "a", func(e *Entry) { e.ReqCaptures = nil }},
		{"nothing quoted", "%{+Q}hr a", "a", func(e *Entry) { e.ReqCaptures = nil }},
		{"nothing stuck to text", "%ci - -%hr -", "127.0.0.1 - - -", func(e *Entry) { e.ReqCaptures = nil }},
		{"empty query", "a %HQ b", "a b", func(e *Entry) { e.SetRequest([]byte("GET"), []byte("/"), 1) }},
		{"tab and nothing", "%hr\t%hr x", "\t x", func(e *Entry) { e.ReqCaptures = nil }},
		{"percent", "a %% b %%%%", "a % b %%", nil},
		{"percent before text", "%-|a%-b|%]|%.%/|%_x", "-|a-b|]|./|_x", nil},
		{"name before percent", "%(n)%ci x", "%ci x", nil},
		{"name", "%(nm)ci %(nm:sint)cp %(:str)ST %()s %(n-b_1){+Q}s", `127.0.0.1 34886 200 s1 "s1"`, nil},
		{"alias ends", "%ci_%cp-%b.", "127.0.0.1_34886-b.", nil},

		{"flags without sign", "%{Q}HM %{-Q}HM %{}HM %{,}HM %{+Z}HM", "GET GET GET GET GET", nil},
		{"default flags", "%{+Q}o %{-Q}HM %{E}HM %{X}HM %HM", `GET "GET" "GET" "GET"`, nil},
		{"default flags off", "%{+Q}o %{-Q}o %HM", "GET", nil},
		{"default flags later", "%ci %{+Q}o %ci", `127.0.0.1 "127.0.0.1"`, nil},
		{"default flags add", "%{+Q}o%HM%{+X}o%HM%cp", `"GET""GET"8846`, nil},

		{"expression", "%[src]%[src_port] %{+Q}[int(5)] %[int(-5)] %{+X}[int(300)] %{+X}[src]", `127.0.0.134886 "5" -5 300 127.0.0.1`, nil},
		{"expression text", `%[str('a "b]c\')]|%{+E}[str('a "b]c\')]|%{+Q}[str('a "b]c\')]`, `a "b]c\|a \"b\]c\\|"a "b]c\"`, nil},
		{"expression blanks", `%[str(" a ")] %ci`, " a  127.0.0.1", nil},
		{"expression empty", "%[str()]/%{+Q}[str()]", `-/""`, nil},
		{"expression missing", "a %[src] b %{+Q}[src]", `a - b ""`, func(e *Entry) { e.Client = netip.AddrPort{} }},
		{"expression bool", "%[always_true]/%{+Q}[always_true]", `1/"1"`, nil},
		{"expression bytes", "%[bin(0102ff61)]/%[bin(00610061)]/%[bin(61006200)]", "\x01\x02\xffa/-/a", nil},
		{"expression binary", "%{+bin}o%[bin(61006200)]%{-bin}[bin(610062)]", "a\x00b\x00a\x00b", nil},
		{"binary elsewhere", "%{+bin}[bin(61006200)]", "a", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := sampleEntry()
			if tt.change != nil {
				tt.change(e)
			}
			c := &sample.Ctx{Src: e.Client, Dst: e.Front}
			got := mustCompile(t, tt.format).Append([]byte("> "), e, c)
			if string(got) != "> "+tt.want {
				t.Errorf("%s\n got %q\nwant %q", tt.format, got, "> "+tt.want)
			}
		})
	}
}

func TestBuiltin(t *testing.T) {
	bad := func(e *Entry) {
		e.Line, e.Backend, e.ServerName, e.Status, e.Read = nil, "", "", 400, 0
		e.Timers = Timers{TR: -1, Tw: -1, Tc: -1, Tr: -1}
		e.Timers.Derive(0)
		e.ReqCaptures, e.ResCaptures = nil, nil
		copy(e.Term[:], "PR--")
	}
	plain := func(e *Entry) {
		e.SetRequest([]byte("GET"), []byte("/abc"), 1)
		e.ReqCaptures, e.ResCaptures = nil, nil
	}
	captured := func(e *Entry) {
		plain(e)
		e.ReqCookie = []byte("AB=12")
		e.ReqCaptures, e.ResCaptures = [][]byte{[]byte("a")}, [][]byte{[]byte("text/plain")}
	}
	utc := time.Date(2026, 11, 22, 23, 14, 5, 0, time.Local).UTC().Format("02/Jan/2006:15:04:05 +0000")
	tests := []struct {
		name   string
		f      *Format
		change func(*Entry)
		want   string
	}{
		{"http", HTTP(), plain, `127.0.0.1:34886 [22/Nov/2026:23:14:05.072] f9 b/s1 10/1/30/69/123 200 2750 - - ---- 12/3/2/1/0 0/0 "GET /abc HTTP/1.1"`},
		{"http captured", HTTP(), captured, `127.0.0.1:34886 [22/Nov/2026:23:14:05.072] f9 b/s1 10/1/30/69/123 200 2750 AB=12 - ---- 12/3/2/1/0 0/0 {a} {text/plain} "GET /abc HTTP/1.1"`},
		{"http bad", HTTP(), bad, `127.0.0.1:34886 [22/Nov/2026:23:14:05.072] f9 f9/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 12/3/2/1/0 0/0 "<BADREQ>"`},
		{"http clf", HTTPCLF(), plain, `127.0.0.1 - - [` + utc + `] "GET /abc HTTP/1.1" 200 2750 "" "" 34886 065 "f9" "b" "s1" 10 1 30 69 123 ---- 12 3 2 1 0 0 0 "" "" `},
		{"http clf captured", HTTPCLF(), captured, `127.0.0.1 - - [` + utc + `] "GET /abc HTTP/1.1" 200 2750 "" "" 34886 065 "f9" "b" "s1" 10 1 30 69 123 ---- 12 3 2 1 0 0 0 "AB=12" "" "a" "text/plain"`},
		{"http clf bad", HTTPCLF(), bad, `127.0.0.1 - - [` + utc + `] "<BADREQ>" 400 0 "" "" 34886 065 "f9" "f9" "<NOSRV>" -1 -1 -1 -1 0 PR-- 12 3 2 1 0 0 0 "" "" `},
		{"tcp", TCP(), nil, `127.0.0.1:34886 [22/Nov/2026:23:14:05.065] f9 b/s1 1/30/130 2750 -- 12/3/2/1/0 0/0`},
		{"tcp unix", TCP(), func(e *Entry) { e.Client = netip.AddrPort{} }, `unix:3 [22/Nov/2026:23:14:05.065] f9 b/s1 1/30/130 2750 -- 12/3/2/1/0 0/0`},
		{"tcp clf", TCPCLF(), nil, `127.0.0.1 - - [` + utc + `] "TCP " 000 2750 "" "" 34886 065 "f9" "b" "s1" 0 1 30 130 110 ---- 12 3 2 1 0 0 0 "" "" `},
		{"default", Default("HTTP"), nil, "Connect from 127.0.0.1:34886 to 127.0.0.1:21008 (f9/HTTP)"},
		{"default tcp", Default("TCP"), nil, "Connect from 127.0.0.1:34886 to 127.0.0.1:21008 (f9/TCP)"},
		{"default unix", Default("HTTP"), func(e *Entry) { e.Client, e.Front, e.ListenerID = netip.AddrPort{}, netip.AddrPort{}, 2 }, "Connect to unix:2 (f9/HTTP)"},
		{"default ipv6", Default("HTTP"), func(e *Entry) {
			e.Client, e.Front = netip.MustParseAddrPort("[::1]:56822"), netip.MustParseAddrPort("[::1]:21001")
		}, "Connect from ::1:56822 to ::1:21001 (f9/HTTP)"},
		{"error", ConnectionError(), func(e *Entry) { e.Message = "Received something which does not look like a PROXY protocol header" }, "127.0.0.1:34886 [22/Nov/2026:23:14:05.065] f9/1: Received something which does not look like a PROXY protocol header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := sampleEntry()
			if tt.change != nil {
				tt.change(e)
			}
			if got := tt.f.Append(nil, e, nil); string(got) != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestStage(t *testing.T) {
	for text, want := range map[string]Stage{
		"%ci %cp %T": StageAccept, "%ci %r": StageRequest, "%s %r": StageConnect,
		"%ST %ci": StageResponse, "%B %ci": StageEnd, "%[src]": StageEnd, "": StageAccept,
		HTTPText: StageEnd, TCPText: StageEnd,
	} {
		if got := mustCompile(t, text).Stage; got != want {
			t.Errorf("%q: stage %d, want %d", text, got, want)
		}
	}
	if !mustCompile(t, "%lc").Counted() || mustCompile(t, "%rt").Counted() {
		t.Error("Counted")
	}
}
