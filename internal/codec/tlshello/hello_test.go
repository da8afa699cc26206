package tlshello

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// recorded is the hello that a client of this library sends.
func recorded(t testing.TB, c *tls.Config) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	go func() {
		_ = tls.Client(theirs, c).Handshake() // fails: nobody answers
		theirs.Close()
	}()
	if err := ours.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1<<16)
	n, err := ours.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n]
}

func modern(t testing.TB) []byte {
	return recorded(t, &tls.Config{ServerName: "www.example.com", NextProtos: []string{"h2", "http/1.1"}, CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}})
}

// split gives the message of a single record in records of size bytes.
func split(b []byte, size int) []byte {
	var out []byte
	for body := range slices.Chunk(b[5:], size) {
		out = binary.BigEndian.AppendUint16(append(out, b[:3]...), uint16(len(body)))
		out = append(out, body...)
	}
	return out
}

func room(n int) []byte { return make([]byte, n) }

func TestHello(t *testing.T) {
	for _, x := range []struct {
		config *tls.Config
		want   string
	}{
		{&tls.Config{ServerName: "www.example.com", NextProtos: []string{"h2", "http/1.1"}, CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}, ClientSessionCache: tls.NewLRUClientSessionCache(1)},
			"1 0301 0303 www.example.com h2,http/1.1 true groups 001d0017 shares 001d ticket true false"},
		{&tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CurvePreferences: []tls.CurveID{tls.CurveP384}, SessionTicketsDisabled: true},
			"1 0301 0303   false groups 0018 shares  ticket false false"},
		{&tls.Config{ServerName: "192.0.2.1", CurvePreferences: []tls.CurveID{tls.CurveP256}}, // an address is no name
			"1 0301 0303   false groups 0017 shares 0017 ticket false false"},
	} {
		b := recorded(t, x.config)
		for _, form := range [][]byte{b, split(b, 100), split(b, 5), append(slices.Clone(b), "more"...)} {
			h, s := Parse(form, room)
			alpn, offered := "", h.Protocol(0) != nil
			for i := 0; h.Protocol(i) != nil; i++ {
				alpn += strings.Repeat(",", min(i, 1)) + string(h.Protocol(i))
			}
			shares, _ := h.AppendKeyShares(nil)
			groups, _ := h.Groups()
			known, sent := h.Ticket()
			got := fmt.Sprintf("%d %04x %04x %s %s %v groups %x shares %x ticket %v %v", h.Type, h.Record, h.Version, h.ServerName(), alpn, offered, groups, shares, known, sent)
			if s != Complete || got != x.want {
				t.Errorf("%d bytes: %v\n got %s\nwant %s", len(form), s, got, x.want)
			}
			if len(h.Ciphers) < 6 || len(h.Ciphers)%2 != 0 || len(h.Signatures()) < 4 {
				t.Errorf("ciphers %x, signatures %x", h.Ciphers, h.Signatures())
			}
		}
	}
}

// A part of a hello is incomplete, never foreign, and never a hello.
func TestCutAtEveryByte(t *testing.T) {
	b := modern(t)
	for _, form := range [][]byte{b, split(b, 50)} {
		for n := range len(form) {
			if _, s := Parse(form[:n], room); s != Incomplete {
				t.Fatalf("%d of %d bytes: %v", n, len(form), s)
			}
			if _, s := Version(form[:n], room); s != Incomplete {
				t.Fatalf("version of %d bytes: %v", n, s)
			}
		}
	}
}

func TestForeign(t *testing.T) {
	hello := modern(t)
	for name, b := range map[string][]byte{
		"HTTP":              []byte("GET / HTTP/1.1\r\n"),
		"an alert":          {21, 3, 1, 0, 2, 2, 40},
		"no length":         {22, 3, 1, 0, 0},
		"too long a record": {22, 3, 1, 0xff, 0xff},
		"SSL 4":             {22, 4, 0, 0, 5, 1, 0, 0, 1, 0},
		"too long a hello":  {22, 3, 1, 0x10, 0, 1, 0xff, 0xff, 0xff},
		"a short client":    {22, 3, 1, 0, 5, 1, 0, 0, 1, 0},
		"split header":      {22, 3, 1, 0, 2, 1, 0, 22, 3, 1, 0, 2, 0, 1},
		"trailing bytes":    func() []byte { b := slices.Clone(hello); b[8]--; return b }(),
	} {
		if _, s := Parse(b, room); s != Foreign {
			t.Errorf("%s: %v", name, s)
		}
	}
	if _, s := Parse(split(hello, 20), func(int) []byte { return nil }); s != Foreign {
		t.Errorf("without room: %v", s)
	}
}

func TestServerHello(t *testing.T) {
	b := append([]byte{22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3}, make([]byte, 36)...)
	if h, s := Parse(b, nil); s != Complete || h.Type != ServerHello || h.ServerName() != nil {
		t.Errorf("%v %v", h, s)
	}
}

func TestVersion(t *testing.T) {
	two := append([]byte{0x80, 9 + 3 + 16, 1, 3, 1, 0, 3, 0, 0, 0, 16, 1, 2, 3}, make([]byte, 16)...)
	for _, x := range []struct {
		b      []byte
		want   int64
		status Status
	}{
		{modern(t), 3<<16 | 3, Complete},
		{append([]byte{22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3}, make([]byte, 36)...), 0, Foreign},
		{two, 3<<16 | 1, Complete},
		{two[:20], 0, Incomplete},
		{append([]byte{0x80, 9 + 3 + 17}, two[2:]...), 0, Foreign},
		{[]byte{0x80, 50, 4}, 0, Foreign},
		{[]byte("GET"), 0, Foreign},
		{nil, 0, Incomplete},
	} {
		if v, s := Version(x.b, room); v != x.want || s != x.status {
			t.Errorf("%x: %x %v", x.b, v, s)
		}
	}
}

func TestOneRecordDoesNotAllocate(t *testing.T) {
	b := modern(t)
	if n := testing.AllocsPerRun(100, func() {
		h, _ := Parse(b, nil)
		_ = h.ServerName()
		_ = h.Protocol(1)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	b := modern(f)
	f.Add(b)
	f.Add(split(b, 30))
	f.Add(append([]byte{22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3}, make([]byte, 36)...))
	f.Add([]byte{0x80, 28, 1, 3, 1, 0, 3, 0, 0, 0, 16})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = Version(b, room)
		h, s := Parse(b, room)
		if s != Complete {
			return
		}
		for _, part := range [][]byte{h.ServerName(), h.Ciphers, h.SessionID, h.Signatures()} {
			if len(part) > len(b) {
				t.Fatalf("%d bytes out of %d", len(part), len(b))
			}
		}
		n, protocols := 0, 0
		for ; h.Protocol(protocols) != nil; protocols++ {
			n += 1 + len(h.Protocol(protocols))
		}
		if n > len(b) || protocols > maxProtocols || h.Protocol(-1) != nil {
			t.Fatalf("%d protocols of %d bytes", protocols, n)
		}
		if shares, _ := h.AppendKeyShares(nil); len(shares) > len(b) {
			t.Fatal("more shares than bytes")
		}
		// What is whole stays so, whatever follows.
		again, s := Parse(append(slices.Clone(b), 1, 2, 3), room)
		if s != Complete || !bytes.Equal(again.ServerName(), h.ServerName()) {
			t.Fatalf("%v after more bytes", s)
		}
	})
}
