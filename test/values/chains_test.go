package values

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/test/harness"
)

// links are converters that Debian's haproxy has too, with arguments to choose from.
// Left out is what shows its age or a mistake: words that are not there, dates of what
// is no number, calculations with booleans.
var links = []string{
	"add(1) add(255) add(-5) add(2147483648)", "mul(3) mul(4294967296)", "div(2) div(0)", "mod(10) mod(0)", "and(255)", "or(8)", "xor(65535)", "neg", "cpl",
	"lower", "upper", "length", "hex", "hex2i", "base64", "b64dec", "ub64enc", "url_dec url_dec(1)", "url_enc url_enc(query)", "htonl",
	"field(1,/) field(-1,.)", "bytes(0) bytes(1,2) bytes(5)", "ipmask(8,32) ipmask(24,64)",
	"json(utf8s) json(ascii)", "crc32", "crc32c(1)", "djb2", "sdbm(1)", "wt6", "xxh32", "xxh64(7)", "xxh3",
	"sha1", "sha2(224) sha2(512)", "digest(md5)", "hmac(sha256,a2V5)", `regsub(a,b) regsub("[a-e]",x,g) regsub(l,,gi)`, "concat(<,,>) concat(-,txn.word)", "rtrim(a) rtrim(=)", "ltrim(a) ltrim(/)",
	"be2dec(.,2) be2dec(:,1)", "be2hex(:,2) be2hex(,3,1)", "strcmp(txn.word)", "protobuf(1) protobuf(2,int32)", "mqtt_field_value(connect,17)",
}

// chains are random chains of links that have types which fit.
func chains(seed uint64, count int) (list []question) {
	r := rand.New(rand.NewPCG(seed, 1))
	inputs := []string{"", "a", "Hello, World", "a=b/c.d;e", "%41%zz+x", "SGVsbG8h", "68656c6c6f", "-12", "18446744073709551616", `{"a":{"b":[1,"x"]}}`, "192.168.1.77", "2001:db8::1", "\x00\xff\x80caf\xc3\xa9", "\x10\x0e\x00\x04MQTT\x04\x02\x00\n\x00\x02id", strings.Repeat("ab", 300)}
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	for len(list) < count {
		var words []string
		for range 2 + r.IntN(3) {
			words = append(words, pick(strings.Fields(pick(links))))
		}
		chain := strings.Join(words, ",")
		if _, rest, err := sample.ParseExpr("req.fhdr(x),b64dec,"+chain+",hex", &sample.Scope{}); err != nil || rest != "" {
			continue
		}
		q := question{expr: chain}
		for range 5 {
			q.inputs = append(q.inputs, pick(inputs))
		}
		list = append(list, q)
	}
	return list
}

// A chain of converters makes of a value what it makes in HAProxy: each cast between
// two of them is the same.
func TestChains(t *testing.T) {
	all := chains(1, 600)
	got := ask(t, harness.Binary(t), all, false)
	compare(t, "Debian's", ask(t, reference(t), all, false), got)
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		compare(t, p, ask(t, p, all, false), got)
	}
}
