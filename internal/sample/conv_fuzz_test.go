package sample

import (
	"strings"
	"testing"
	"time"
)

// parsing are all converters that take bytes or text, with arguments.
var parsing = []string{
	"date", "json(utf8)", "json(utf8ps)", `json_query("$.a[1].b")`, `json_query("$",int)`, "jwt_header_query", `jwt_payload_query("$.a")`, "jwt_verify(HS256,k)", "jwt_verify(none,k)",
	"jwt_decrypt_secret(MDEyMzQ1Njc4OWFiY2RlZg)", `jwt_decrypt_jwk('{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZg"}')`,
	"language(a;b,c)", "protobuf(1.2,int32)", "protobuf(1)", "ungrpc(1.2,double)", "ungrpc(2)", "fix_is_valid", "fix_tag_value(35)", "mqtt_is_valid", "mqtt_field_value(connect,username)", "mqtt_field_value(connect,17)", "mqtt_field_value(2,39)",
	"eth.data", "eth.hdr", "eth.dst", "eth.src", "eth.proto", "eth.vlan", "ip.data", "ip.hdr", "ip.src", "ip.dst", "ip.df", "ip.proto", "ip.tos", "ip.ttl", "ip.ver", "ip.fp(7)",
	"tcp.options_list", "tcp.options.mss", "tcp.options.sack", "tcp.options.tsopt", "tcp.options.tsval", "tcp.options.wscale", "tcp.options.wsopt", "tcp.src", "tcp.dst", "tcp.seq", "tcp.flags", "tcp.win",
	"base2", "base64", "hex", "hex2i", "bytes(1,9)", "has_ctl", "digest(sha256)", "hmac(sha1,YQ==)", "sha1", "sha2", "crc32", "crc32c", "djb2", "sdbm", "wt6", "xxh3", "xxh32", "xxh64",
	"aes_cbc_dec(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)", "aes_cbc_enc(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)",
	"aes_gcm_dec(128,aGVsbG9oZWxsbzEy,YWFhYWFhYWFhYWFhYWFhYQ==,AAAAAAAAAAAAAAAAAAAAAA==)", "aes_gcm_enc(128,aGVsbG9oZWxsbzEy,YWFhYWFhYWFhYWFhYWFhYQ==,txn.tag)",
	"url_dec", "url_enc", "ub64dec", "ub64enc", "b64dec", "host_only", "port_only", "reverse", "reverse_dom", "param(a)", "be2dec(.,3)", "be2hex(:,2)", "le2dec(.,8)",
	"field(2,.)", "word(-1,.)", "lower", "upper", "length", "ltrim(x)", "rtrim(x)", "cut_crlf", "regsub('(a+)','\\1\\1',g)", "concat(a,txn.v,b)", "add_item(;,txn.v,b)", "strcmp(txn.v)", "secure_memcmp(txn.v)",
	"set-var(txn.v)", "unset-var(txn.w)", "debug(a)", "capture-req(0)", "capture-res(0)",
	"rfc7239_field(for)", "rfc7239_is_valid", "rfc7239_n2nn", "rfc7239_n2np", "rfc7239_nn", "rfc7239_np",
}

// elsewhere says where converters of bytes and text that are not among them are tried.
var elsewhere = map[string]string{
	"nbsrv": "looks a name up", "srv_is_up": "looks a name up", "srv_queue": "looks a name up", "fe_exists": "looks a name up", "when": "passes its input on",
	"jwt_verify_cert": "is jwt_verify with the key of a file",
}

// Every converter that takes bytes or text is tried with hostile ones; the maps'
// are by package pattern.
func TestFuzzed(t *testing.T) {
	tried := map[string]bool{}
	for _, text := range parsing {
		name, _ := Name(text)
		tried[name] = true
	}
	for _, e := range Converters() {
		takes := e.In == Str || e.In == Bin || e.In == Any
		if e.Built && takes && !strings.HasPrefix(e.Name, "map") && tried[e.Name] == (elsewhere[e.Name] != "") {
			t.Errorf("%s: tried %v, elsewhere %q", e.Name, tried[e.Name], elsewhere[e.Name])
		}
	}
}

// parsers compiles them behind a fetch that gives the bytes in the payload.
func parsers(t testing.TB) (list []Eval) {
	for _, text := range parsing {
		name, _, _ := strings.Cut(text, "(")
		cv := LookupConverter(name)
		args, rest, _, err := parseArgs(text[len(name):], parseGrammar(cv.Args))
		if err != nil || rest != "" {
			t.Fatalf("%s: %v %q", text, err, rest)
		}
		e, err := cv.Compile(args, testScope)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		in := cv.In
		list = append(list, func(c *Ctx, s *Sample) bool { return cast(c, s, in) && e(c, s) })
	}
	return list
}

var messages = []string{
	`{"a":[1,{"b":"x\u0041"}]}`, "eyJhIjoxfQ.eyJhIjoxfQ.AAAA", "8=FIX.4.2\x019=5\x0135=A\x0110=000\x01", "\x10\x1a\x00\x04MQTT\x04\xc6\x00\x3c\x00\x01c\x00\x01t\x00\x01p\x00\x02us\x00\x01w",
	"\x10\x13\x00\x04MQTT\x05\x02\x00\x3c\x05\x11\x00\x00\x00\x0a\x00\x01c", "\x00\x00\x00\x00\x06\x0a\x04\x10\x05\x08\x07", "\x0a\x04\x10\x05\x08\x07", "Sun, 06 Nov 1994 08:49:37 GMT", "a;q=0.5,b-c;q=1", "%41+%zz\xe2\x82\xac",
	"\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x60\x0a\x08\x00\x46\x00\x00\x2c\x12\x34\x00\x00\x20\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x94\x04\x00\x00\x30\x39\x00\x50\x01\x02\x03\x04\x00\x00\x00\x00\xa0\xc2\xfa\xf0\x00\x00\x00\x00\x02\x04\x05\xb4\x04\x02\x08\x0a\x00\x00\x12\x34\x00\x00\x00\x00\x01\x03\x03\x07",
	"\x60\x00\x00\x00\x00\x1c\x00\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x06\x00\x05\x02\x00\x00\x01\x00",
}

// try gives b to all, and checks that the result is in bounds.
func try(t testing.TB, list []Eval, b []byte) {
	c := &Ctx{}
	for i, e := range list {
		c.Reset()
		s := &Sample{Type: Bin, Data: b}
		if e(c, s) && len(s.Data) > MaxData {
			t.Errorf("%s made %d bytes of %q", parsing[i], len(s.Data), b)
		}
	}
}

// No message makes a converter fall, however it is cut.
func TestCutMessages(t *testing.T) {
	list := parsers(t)
	for _, m := range messages {
		for off := range len(m) {
			for end := off; end <= len(m); end += 1 + off/8 {
				try(t, list, []byte(m[off:end]))
			}
		}
	}
}

// The largest messages, of what might make a parser start over and over, take
// milliseconds: a second is far away also on a machine that is busy.
func TestLargeMessages(t *testing.T) {
	converters, fetches := parsers(t), fetching(t)
	for _, p := range []string{
		"a", "[", `{"a":`, `{"a":[`, "a;q=0.1,", "a.", "..", "%41", "8=FIX.4.2\x01", "35=A\x01", "\x08\x96\x01", "\x0a\x02", "\x10\xff", "=&", "x=1,", "for=a,", `for="[::1]";`,
		"\x00", "\xff", "1", `"\`, "eyJ.", "\x00\x00\x00\x00\x02\x08\x01", requests[len(requests)-1],
	} {
		b := []byte(strings.Repeat(p, MaxData/len(p)))
		start := time.Now()
		try(t, converters, b)
		tryFetches(t, fetches, b)
		if d := time.Since(start); d > time.Second {
			t.Errorf("%q: %v", p, d)
		}
	}
}

func FuzzConverters(f *testing.F) {
	for _, m := range messages {
		f.Add([]byte(m))
	}
	list := parsers(f)
	f.Fuzz(func(t *testing.T, b []byte) { try(t, list, b[:min(len(b), MaxData)]) })
}
