package sample

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
)

func TestProxyFetches(t *testing.T) {
	header := &proxyproto.Header{TLVs: proxyproto.TLVs("\x02\x00\x03a.b" + "\x02\x00\x01c" + "\x05\x00\x02id" + "\xe1\x00\x00" +
		"\x20\x00\x0b\x01\x00\x00\x00\x00\x23\x00\x03AES" + "\xe2\x04\x01" + strings.Repeat("x", 1025))}
	for text, want := range map[string]string{ // "-": none
		"fc_pp_authority": "a.b", "fc_pp_unique_id": "id", "fc_pp_tlv(AUTHORITY)": "a.b", "fc_pp_tlv(2)": "a.b", "fc_pp_tlv(225)": "",
		"fc_pp_tlv(SSL_CIPHER)": "AES", "fc_pp_tlv(SSL_CN)": "-", "fc_pp_tlv(ALPN)": "-", "fc_pp_tlv(0)": "-", "fc_pp_tlv(226)": "-",
		"fc_rcvd_proxy": "1",
	} {
		e, _, err := ParseExpr(text, testScope)
		if err != nil {
			t.Fatal(err)
		}
		c := testCtx(t, plainRequest)
		var s Sample
		if e.Eval(c, &s) && (s.Type != Bool || s.Int != 0) {
			t.Errorf("%s without a header: %q", text, s.Data)
		}
		c.Proxy = header
		s = Sample{}
		got := "-"
		if e.Eval(c, &s) {
			if got = string(s.Data); s.Type == Bool {
				got = string('0' + byte(s.Int))
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"fc_pp_tlv(x)", "fc_pp_tlv(256)", "fc_pp_tlv(-1)", "fc_pp_tlv"} {
		if _, _, err := ParseExpr(text, testScope); err == nil {
			t.Errorf("%s compiles", text)
		}
	}
}
