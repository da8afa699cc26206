package sample

import (
	"strings"
	"testing"
)

// parsing are converters that take their input apart, with arguments.
var parsing = []string{
	"date", "json(utf8)", "json(utf8ps)", `json_query("$.a[1].b")`, `json_query("$",int)`, "jwt_header_query", `jwt_payload_query("$.a")`, "jwt_verify(HS256,k)", "jwt_verify(none,k)",
	"language(a;b,c)", "protobuf(1.2,int32)", "protobuf(1)", "ungrpc(1.2,double)", "ungrpc(2)", "fix_is_valid", "fix_tag_value(35)", "mqtt_is_valid", "mqtt_field_value(connect,username)", "mqtt_field_value(connect,17)", "mqtt_field_value(2,39)",
	"eth.data", "eth.hdr", "eth.vlan", "ip.data", "ip.hdr", "ip.src", "ip.proto", "ip.fp(7)", "tcp.options_list", "tcp.options.mss", "tcp.options.tsval", "tcp.win",
	"base2", "has_ctl", "digest(sha256)", "hmac(sha1,YQ==)", "aes_cbc_dec(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)", "aes_gcm_dec(128,aGVsbG9oZWxsbzEy,YWFhYWFhYWFhYWFhYWFhYQ==,AAAAAAAAAAAAAAAAAAAAAA==)",
	"url_dec", "ub64dec", "b64dec", "host_only", "port_only", "reverse_dom", "param(a)", "be2dec(.,3)",
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

func FuzzConverters(f *testing.F) {
	for _, m := range messages {
		f.Add([]byte(m))
	}
	list := parsers(f)
	f.Fuzz(func(t *testing.T, b []byte) { try(t, list, b[:min(len(b), MaxData)]) })
}
