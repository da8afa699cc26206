package check

import (
	"encoding/hex"
	"io"
	"net"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Checks say LOCAL, with the vectors of the server, those about a client apart; and
// PROXY when "pp2-never-send-local" wants it.
func TestAnnounceVectors(t *testing.T) {
	f, err := sample.ParseFormat("b%[src]c", sample.TextStyle, sample.ServerSrc, &sample.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []bool{false, true} {
		said := make(chan []byte, 1)
		at := server(t, func(c net.Conn) {
			defer c.Close()
			b := make([]byte, 16)
			io.ReadFull(c, b)
			rest := make([]byte, int(b[14])<<8|int(b[15]))
			io.ReadFull(c, rest)
			said <- append(b, rest...)
		})
		s := spec(t, "a", []string{"option httpchk GET /"})
		s.Target = Target{Network: "tcp", Address: at, SendProxy: 2}
		s.NeverLocal = never
		s.Announce = &proxy.Announcement{CRC32C: true, Authority: true, TLVs: []proxy.TLV{{Type: 0xe1, Value: f}}}
		s.check(net.DialTimeout)
		got := <-said
		if _, n, err := proxyproto.Parse(got); err != nil || n != len(got) { // the checksum too
			t.Errorf("never local %v: %x: %d, %v", never, got, n, err)
		}
		tail := hex.EncodeToString(got[16:])
		if !never && (got[12] != 0x20 || tail[:10] != "e100026263") || never && (got[12] != 0x21 || len(tail) != 2*(12+5+7)) {
			t.Errorf("never local %v: %x", never, got)
		}
	}
}
