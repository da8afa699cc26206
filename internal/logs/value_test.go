package logs

import (
	"strconv"
	"testing"
	"time"
)

func TestAppendInt(t *testing.T) {
	for _, v := range []int64{0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 1001, 9999, 10000, 65535, -1, -10, 1 << 62, -1 << 63} {
		if got, want := string(appendInt(nil, v)), strconv.FormatInt(v, 10); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAppendHex(t *testing.T) {
	for _, tt := range []struct {
		v     uint64
		width int
		want  string
	}{{0, 4, "0000"}, {0xab, 4, "00AB"}, {0x12345, 4, "12345"}, {0, 1, "0"}, {^uint64(0), 4, "FFFFFFFFFFFFFFFF"}} {
		if got := string(appendHex(nil, tt.v, tt.width)); got != tt.want {
			t.Errorf("%x: got %s, want %s", tt.v, got, tt.want)
		}
	}
}

// TestZone compares the cached dates with those of package time, over changes
// of summer time, years and the limits.
func TestZone(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Skip(err) // no time zones here
		}
		z := &zone{loc: loc}
		check := func(sec int64) {
			ns := sec*1e9 + 987654321
			at := time.Unix(sec, 987654321).In(loc)
			if got, want := string(z.appendMilli(nil, ns)), at.Format("02/Jan/2006:15:04:05.000"); got != want {
				t.Fatalf("%s %d: got %s, want %s", name, sec, got, want)
			}
			if got, want := string(z.appendCLF(nil, ns)), at.Format("02/Jan/2006:15:04:05 -0700"); got != want {
				t.Fatalf("%s %d: got %s, want %s", name, sec, got, want)
			}
		}
		for sec := int64(0); sec < 9223372036; sec += 3599*997 + 13 {
			check(sec)
		}
		for _, change := range []int64{1774746000, 1792890000, 1772953200, 1793512800, 1798761600} {
			for d := int64(-130); d <= 130; d++ {
				check(change + d)
			}
		}
	}
	for _, ns := range []int64{-1, -1 << 63, 1<<63 - 1} {
		if got := utcZone.appendMilli(nil, ns); len(got) != len("22/Nov/2026:23:14:05.065") {
			t.Errorf("%d: %s", ns, got)
		}
	}
}

func TestAppendRequest(t *testing.T) {
	long := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = 'a'
		}
		return b
	}
	for _, tt := range []struct {
		method, uri int
		tail        string
		want        int
	}{
		{3, 1010, " HTTP/1.1", 1023}, {3, 1011, " HTTP/1.", 1023}, {3, 1018, " ", 1023},
		{3, 1019, "a", 1023}, {3, 5000, "a", 1023}, {1023, 5, "a", 1023}, {1022, 5, " ", 1023}, {3, 1, "a HTTP/1.1", 14},
	} {
		got := AppendRequest([]byte("xy"), long(tt.method), long(tt.uri), 1)
		if got = got[2:]; len(got) != tt.want || string(got[len(got)-len(tt.tail):]) != tt.tail {
			t.Errorf("%d, %d: %d bytes, ends in %q", tt.method, tt.uri, len(got), got[len(got)-10:])
		}
	}
	for _, tt := range []struct{ line, want string }{
		{"GET /a?b", "GET|/a?b|/a|/a|?b|HTTP/0.9"},
		{"GET", "GET|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>"},
		{"GET  HTTP/1.1", "GET|||||HTTP/1.1"},
		{"GET http://a HTTP/1.1", "GET|http://a|http://a|||HTTP/1.1"},
		{"GET /?x=http://b/c HTTP/1.1", "GET|/?x=http://b/c|/|/|?x=http://b/c|HTTP/1.1"},
	} {
		f := mustCompile(t, "%HM|%HU|%HP|%HPO|%HQ|%HV")
		if got := f.Append(nil, &Entry{Line: []byte(tt.line)}, nil); string(got) != tt.want {
			t.Errorf("%q: got %s, want %s", tt.line, got, tt.want)
		}
	}
}

func TestDerive(t *testing.T) {
	for _, tt := range []struct {
		in    Timers
		total int64
		want  Timers
	}{
		{Timers{Th: 1, Ti: 2, TR: 3, Tw: 4, Tc: 5, Tr: 6}, 30, Timers{Th: 1, Ti: 2, TR: 3, Tw: 4, Tc: 5, Tr: 6, Tq: 6, Td: 9, Ta: 27, Tt: 30, Tu: 28}},
		{Timers{Th: 1, Ti: -1, TR: -1, Tw: 0, Tc: 5, Tr: -1}, 20, Timers{Th: 1, Ti: -1, TR: -1, Tw: 0, Tc: 5, Tr: -1, Tq: -1, Td: 14, Ta: 19, Tt: 20, Tu: 20}},
		{Timers{Ti: 0, TR: -1, Tw: -1, Tc: -1, Tr: -1}, 0, Timers{Ti: 0, TR: -1, Tw: -1, Tc: -1, Tr: -1, Tq: -1, Td: -1}},
		{Timers{TR: 1, Tw: 0, Tc: 2, Tr: -1}, 9, Timers{TR: 1, Tw: 0, Tc: 2, Tr: -1, Tq: 1, Td: -1, Ta: 9, Tt: 9, Tu: 9}},
		{Timers{TR: 5, Tw: 0, Tc: 2, Tr: 3}, 9, Timers{TR: 5, Tw: 0, Tc: 2, Tr: 3, Tq: 5, Td: 0, Ta: 9, Tt: 9, Tu: 9}},
	} {
		got := tt.in
		if got.Derive(tt.total); got != tt.want {
			t.Errorf("got  %+v\nwant %+v", got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for i := range levels {
		if l, ok := ParseLevel(i.String()); !ok || l != i {
			t.Errorf("level %d", i)
		}
	}
	for i := range Facility(24) {
		if f, ok := ParseFacility(i.String()); !ok || f != i {
			t.Errorf("facility %d", i)
		}
	}
	for i := HeaderLocal; i < headers; i++ {
		if h, ok := ParseHeader(i.String()); !ok || h != i {
			t.Errorf("header %d", i)
		}
	}
	_, l := ParseLevel("INFO")
	_, f := ParseFacility("local8")
	_, h := ParseHeader("")
	if l || f || h || Level(8).String() != "?" || Facility(24).String() != "?" || Header(headers).String() != "?" {
		t.Error("an unknown name was accepted")
	}
}
