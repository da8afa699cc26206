package sample

import (
	"strings"
	"testing"
)

// The values were observed on HAProxy 3.5-dev5, some hashes on 2.6.12:
// expression, value, "-" for none.
const observed = `
str(abc),sha1,hex A9993E364706816ABA3E25717850C26C9CD0D89D
str(abc),sha2,hex BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD
str(abc),sha2(512),hex DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F
str(abc),sha2(224),hex 23097D223405D8228642A477BDA255B32AADBCE4BDA0B3F7E36C9DA7
str(abc),sha2(384),hex CB00753F45A35E8BB5A03D699AC65007272C32AB0EDED1631A8B605A43FF5BED8086072BA1E7CC2358BAECA134C825A7
str(abc),crc32 891568578
str(abc),crc32(0) 891568578
str(abc),crc32(1) 930845320
str(abc),crc32c 910901175
str(abc),crc32c(1) 1285784220
str(abc),djb2 193485963
str(abc),djb2(1) 2235766107
str(),djb2 5381
str(abc),sdbm 807794786
str(abc),sdbm(1) 659243622
str(a-longer-text-of-more-than-a-few-bytes),djb2(1) 880686495
str(a-longer-text-of-more-than-a-few-bytes),sdbm(1) 1665438430
str(a-longer-text-of-more-than-a-few-bytes),crc32(5) 128810172
str(b),crc32(1) 4244536606
str(c),crc32c(1) 1920730647
str(d),djb2(1) 2601223318
str(e),sdbm(1) 3483748144
bin(ff),crc32,add(1) 4278190081
bin(fbff0061),ub64enc -_8AYQ
bin(fb),ub64enc -w
str(-_8AYQ),ub64dec,hex FBFF0061
str(-w),ub64dec,hex FB
str(-),ub64dec -
str(ab+/),ub64dec -
str(YWJj),ub64dec abc
bin(0102030405),be2hex 0102030405
bin(0102030405),be2hex() 0102030405
bin(0102030405),be2hex(:,2) 0102:0304:05
bin(0102030405),be2hex(:,2,0) 0102:0304:05
bin(0102030405),be2hex(:,2,1) 0102:0304
bin(0102030405),be2hex(,2,1) 01020304
bin(0102030405),be2dec(:,2) 258:772:5
bin(0102030405),be2dec(:,2,1) 258:772
bin(0102030405),be2dec(,1) 12345
bin(ffffffffffffffff01),be2dec(:,8) 18446744073709551615:1
bin(ffffffffffffffff01),le2dec(-,8) 18446744073709551615-1
bin(01),be2dec(:,2,1),length 0
bin(0102030405),le2dec(:,2) 513:1027:5
bin(0102030405),le2dec(-,3) 197121-1284
str(a+b?c+d%41),url_dec a+b?c%20dA
str(a+b?c+d%41),url_dec(1) a%20b?c%20dA
str(a+b?c+d%41),url_dec(0) a+b?c%20dA
str(a%20b+c%zz),url_dec -
str(%4),url_dec -
str(a%00b),url_dec,hex 610062
bin(6120622f3f3d26257e5f2d2e2ac3a9),url_enc a%20b%2F%3F%3D%26%25~_-.%2A%C3%A9
bin(61202f),url_enc(query) a%20%2F
str(a=1&b=2&c&d=),param(b) 2
str(a=1&b=2&c&d=),param(c),length 0
str(a=1&b=2&c&d=),param(d),length 0
str(a=1&b=2&c&d=),param(zz) -
str(a=1;b=2;c;d=),param(b,;) 2
str(a=1&b=2),param(a,;) 1&b=2
str(a=1=2&b),param(a) 1=2
str(aa=1&a=2&a=3),param(a) 2
str(=x&a=2),param(a) 2
str(),param() -
str(www.example.com),reverse_dom com.example.www
str(abc.),reverse_dom abc
str(a),reverse_dom a
str(.a..b),reverse_dom -
str(),reverse_dom -
`

func TestObserved(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(observed), "\n") {
		text, want, _ := strings.Cut(line, " ")
		e, rest, err := ParseExpr(text, testScope)
		if err != nil || rest != "" {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := "-"
		c, s := testCtx(t, plainRequest), &Sample{}
		if e.Eval(c, s) && Cast(c, s, Str) {
			got = string(s.Data)
		}
		if strings.HasPrefix(text[strings.LastIndex(text, "),")+2:], "url_dec") {
			got = strings.ReplaceAll(got, " ", "%20") // the list has blanks between its columns
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestConverterErrors(t *testing.T) {
	for text, want := range map[string]string{
		"url_enc(foo)":  "invalid args in converter 'url_enc' : Unexpected encode type. Allowed value is 'query'",
		"sha2(3)":       "invalid args in converter 'sha2' : Unsupported number of bits: '3'",
		"sha2(0)":       "invalid args in converter 'sha2' : Unsupported number of bits: '0'",
		"be2dec(:,9)":   "invalid args in converter 'be2dec' : chunk_size out of [1..8] range (9)",
		"be2dec(:)":     "invalid args in converter 'be2dec' : chunk_size out of [1..8] range (0)",
		"le2dec":        "invalid args in converter 'le2dec' : chunk_size out of [1..8] range (0)",
		"be2hex(:,-1)":  "invalid args in converter 'be2hex' : chunk_size needs to be positive (-1)",
		"be2hex(:)":     "invalid args in converter 'be2hex' : chunk_size needs to be positive (0)",
		"crc32(x)":      "invalid arg 1 in converter 'crc32' : failed to parse 'x' as type 'integer' at position 1",
		"param(a,bc)":   "invalid args in converter 'param' : Delimiter must be either exactly 1 character, or 0xHH for an ASCII code",
		"param(a,0x3b)": "",
	} {
		_, _, err := ParseExpr("str(a),"+text, testScope)
		if got := ""; err != nil {
			if got = err.Error(); got != want {
				t.Errorf("%s\n got %s\nwant %s", text, got, want)
			}
		} else if want != "" {
			t.Errorf("%s is accepted", text)
		}
	}
}

// What does not fit into one buffer fails, whatever the sizes.
func TestConverterLimits(t *testing.T) {
	big := strings.Repeat("a", MaxData-1)
	for _, text := range []string{"be2hex", "be2hex(x,1)", "be2dec(:,1)", "url_enc", "ub64enc", "reverse_dom", "url_dec", "le2dec(,8)"} {
		e, _, err := ParseExpr("str("+big+"),"+text, testScope)
		if err != nil {
			t.Fatal(err)
		}
		c, s := testCtx(t, plainRequest), &Sample{}
		if e.Eval(c, s) && len(s.Data) > MaxData {
			t.Errorf("%s: %d bytes", text, len(s.Data))
		}
	}
	long := strings.Repeat("abcd", 1000)
	for text, want := range map[string]int{"be2hex": 8000, "be2dec(:,1)": 12999, "url_enc": 4000} {
		e, _, err := ParseExpr("str("+long+"),"+text, testScope)
		if err != nil {
			t.Fatal(err)
		}
		c, s := testCtx(t, plainRequest), &Sample{}
		if !e.Eval(c, s) || len(s.Data) != want {
			t.Errorf("%s: %d bytes", text, len(s.Data))
		}
	}
}
