package values

import (
	"slices"
	"strings"
)

// rsaKey is the public key of the tokens below; nobody has the private one any more.
const rsaKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoZLn3g5EXqkeEyBnDBW2
2p5YpIGl1oN8VMy+VfDzTpRBQtNWivLML1PWII/n6rN2RXqz1wwdca8fKAjQANRl
xSA/ebS1ybHQhNdYgBFrZWmHhooqMt901Hh2FE2gCGBOrDkRwvSZ6WyVzcNc6EI5
0whxBGFSSmBUtcRZbOsCdZ1oukFzE7+B4mDfhd3WDlUU8dfkx8BMGsWXFQwaRewC
+tqKA2yABZcSJcqiEty30fs5JVn4RAD+n8XQbd0KcFvcphWLIEhkp273+MF1oCoC
4H3JYnntCCP09CZJAT2ncQS+uWJFHfbUBBG1HI6CUDKxv3FA1H8bmwxzzoqR5sAh
/QIDAQAB
-----END PUBLIC KEY-----
`

// Tokens, signed with the word "secret" and with the key.
const (
	tokenHS256 = "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJzdWIiOiAiMSIsICJuIjogNSwgInJvbGVzIjogWyJhIiwgImIiXX0.VSPftJpK0_vm8Rq1v9hFOB8SSEIJFxPdgqPFoPTypqU"
	tokenHS512 = "eyJhbGciOiAiSFM1MTIiLCAidHlwIjogIkpXVCJ9.eyJzdWIiOiAiMSJ9.FlrzWRSs8BgORZ4_xb74ah3vYomQg4PYrI-r8ZrtP3WoGfFF_VJPCxPWS-mO2-Gf_VlkU-GW__OYzYxhBSfQNQ"
	tokenRS256 = "eyJhbGciOiAiUlMyNTYifQ.eyJzdWIiOiAiMSJ9.Eb2ZZUBzhAk_CFwKEsOg-DR-TsYOoyG-w0CyejmmaTRjZoImYJ779Z-Hyj-hobP9K87g14LsQJc7IdlqZ1RvK45-H-sgrXABE2xvsX5ORzJFArLbkz4PvT6f1NHjmHfUOoUW2oZSyTcorhWUjLEFSjjSAKcnLLAbtbb770cOUNpnVIarKkKdRkThLyyiESHtXDqwaZ_DTi92BaQEeGAR_gu1AyXpwjJcKINmWef84yC9GLI9SKGfxmtAnQa_g79n5jHqNYYhL_guNBPo63gNz-MlYkeHPGE4Wt4yNnxzCx7J__r0khGFt3KrlET6jLFBr5NZ7tcNxC1rqybg59VpuA"
	tokenPS256 = "eyJhbGciOiAiUFMyNTYifQ.eyJzdWIiOiAiMSJ9.eU-oNd0BbZVP1NWnGlC6zAxpgFOCk8Y0d3kGKWIMTUiYmj-bgrt18EyegOTaHxVWtskErH_3KChwoDSt-tXu-FgTlSZSyQcxmE-DCYbKRfE3TVr9rUyBS0L7-_OzCUTAquudhigdd80ly8Bcf7uWtPcO0Tc3J-SQXjHNth4ZSJwesrkTO6mmuTKC1jY7pT_1MYTNKD7asGmoYQTXb2UPh1Y0kt-AzP5dpUGVQRHZRs3uV6180BKtP5mBiBxTLD19BwknZKF6ac_Q9vAGZ0HNI0GY1xcxap3jgd76wnL2V8neUBLGCmHYdgLrIBn-U5ZIHVu2OT3hke1gMFFAWf8tiQ"
	tokenNone  = "eyJhbGciOiAibm9uZSJ9.eyJzdWIiOiAiMSJ9."
)

var (
	texts = []string{"", "a", "hello", "Hello, World", "\x00", "a\x00b", "\xff\xfe", "0123456789abcdef0123456789abcdef!", "\n\r\t", "\u00e9\u20ac", strings.Repeat("aB.%41+=&;/\xff", 50)}
	dates = []string{"784111777", "1", "951782400", "1582934400", "4102444800", "86399", "1000000000", "2147483647", "2147483648", "1709251199", "1735689599"}
	utf8s = []string{"", "a\"b\\c/d\te", "\u00e9", "\xff", "\xc0\xaf", "\U0001f600", "\xe2\x82", "\xed\xa0\x80", "a\x7fb", "\uffff", "\x80x", "x\xc3", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\b\f\v\x01", "\xf8\x88\x80\x80\x80", "\ufeff", "\xc3\xc3\xa9"}
	jsons = []string{
		`{"a":1}`, `{"a":1.5}`, `{"a":"s\"x"}`, `{"a":[1,"b",{"c":null}]}`, `{"a":true}`, `{"a":false}`, `{"a":null}`, `{"a":{"b":1}}`, `{"a":99999999999999999999}`, `{"a":-0}`, `{"a":1e3}`,
		`{"b":1}`, `{"a":`, `x`, ``, `{"a":1,"a":2}`, `{"a":"1"}`, `{"a":"\n"}`, `{"a" : [ 1 , 2 ] }`, `{"a":""}`, `{"A":1}`, `{"a":0.1}`, `{"a":-12}`, `{"a":[]}`, `[1]`, `{"a":"x`, `{"a":"\u0041"}`, `{"x":{"a":2},"a":3}`, `"a"`, `5`, `true`,
	}
	paths     = []string{`{"a":[1,{"b":2}],"x-y":7,"x.y":8,"a b":6}`, `{"a":{"b":{"c":3}}}`, `[4,5]`, `{"0":1}`, `{"a":[[1,2],[3,4]]}`, `{"a":[]}`, `{"a":"[1]"}`, `{}`, `{"":1}`, `{"a":[1,2`}
	languages = []string{
		"fr", "fr-FR,en;q=0.9", "de,en;q=0.1", "de", "EN", "en;q=0", "en;q=0.5,fr;q=0.5", "es;q=abc", "en ; q=0.7, es", "es;q=2", "en;Q=0.3,es;q=0.31", "en;q=,es;q=0.1", "en;q=0.1234,es;q=0.1235",
		"en;x=1;q=0.1,es;q=0.2", ",,fr", "es;q=0.,fr;q=0.1", "es;q=1.5,fr", "es;q=0.5x,fr;q=0.9", "es; q=0.1,fr;q=0.2", "es;q= 0.1,fr;q=0.2", "es;q=00.1,fr;q=0.2", "es;q=.1,fr;q=0.2", "es;q=-1,fr;q=0.2", "en-US", "en-", "fr FR",
		"es;q=5,fr", "es;q=0x,fr;q=0.1", "es;q=0.999,fr;q=1.0", "es;q=0.1;q=1,fr;q=0.2", "es;q=10,fr;q=0.2", "", "*", "en-GB;q=0.3,fr-CA;q=0.4",
	}
	httpDates = []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "x", "Mon, 06 Nov 1994 08:49:37 GMT", " Sun, 06 Nov 1994 08:49:37 GMT", "", "Sun, 06 Nov", "Thu, 01 Jan 1970 00:00:01 GMT",
		"Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37", "Fri, 29 Feb 2008 12:00:00 GMT", "sun, 06 nov 1994 08:49:37 gmt",
	}
	protobufs = []string{
		"\x08\x96\x01", "\x12\x03abc", "\x08\x01\x12\x04\x08\x05\x10\x07", "\x0d\x01\x00\x00\x00", "\x09\x01\x00\x00\x00\x00\x00\x00\x00", "\x0d\x00\x00\xc0\x3f", "\x09\x00\x00\x00\x00\x00\x00\xf8\x3f",
		"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x08", "\x12\x05ab", "\x12\xff\xff\xff\xff\x0f", "\x0b\x08\x01\x0c", "", "\x10\x01\x08\x03", "\x08\x03\x08\x04", "\x12\x02\x08\x03",
	}
	grpcs = []string{
		"\x00\x00\x00\x00\x03\x08\x96\x01", "\x01\x00\x00\x00\x03\x08\x96\x01", "\x00\x00\x00\x00\x02\x08\x96\x01", "\x00\x00\x00\x00", "\x00\x00\x00\x00\x05\x12\x03abc", "", "\x00\x00\x00\x00\x04\x12\x02\x08\x07", "\x00\xff\xff\xff\xff\x08\x01", "\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x02\x08\x05\x00\x00\x00\x00\x02\x08\x06",
	}
	fixBody = "35=A\x0149=S\x0156=T\x0134=1\x01"
	fixes   = []string{
		fix("FIX.4.2", fixBody), fix("FIX.9.9", fixBody), fix("FIXT.1.1", fixBody), fix("FIX.4.4", "49=S\x0135=A\x01"), "8=FIX.4.2\x019=5\x0135=A\x0110=000\x01", "8=FIX.4.2", "", "x", "8=FIX.4.2\x01\x01", "9=5\x018=FIX.4.2\x01", fix("FIX.4.2", "35=\x01"), fix("FIX.4.2", "35=A\x01x=1\x01"), fix("FIX.4.0", fixBody) + "8=",
	}
	mqtts = []string{
		"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c", "\x10\x0f\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x01c", "\x10\x13\x00\x04MQTT\x05\x02\x00\x3c\x05\x11\x00\x00\x00\x0a\x00\x01c", "\x10\x1a\x00\x04MQTT\x04\xc6\x00\x3c\x00\x01c\x00\x01t\x00\x01p\x00\x02us\x00\x01w",
		"\x10\x0d\x00\x04MQTT\x09\x02\x00\x3c\x00\x01c", "\x10\x0d\x00\x04MQTT\x04\x03\x00\x3c\x00\x01c", "\x10\xff\xff\xff\xff\x7f", "\x10", "", "\x20\x02\x00\x00", "\x20\x02\x01\x05", "\x20\x08\x01\x00\x05\x11\x00\x00\x00\x0a", "\x30\x02\x00\x00", "\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x05c", "\x11\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c", "\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c",
	}
	tokens = []string{tokenHS256, tokenHS512, tokenRS256, tokenPS256, tokenNone, "", "a.b", "a.b.c", "..", tokenHS256 + "x", tokenHS256[:len(tokenHS256)-2], tokenRS256[:60], tokenHS256 + ".d.e", "!." + tokenHS256, "e30.e30.e30"}
)

var questions = append([]question{
	{expr: `base2`, recent: true, inputs: texts},
	{expr: `digest(md5)`, inputs: texts},
	{expr: `digest(sha1)`, inputs: texts},
	{expr: `digest(sha224)`, inputs: texts},
	{expr: `digest(SHA256)`, inputs: texts},
	{expr: `digest(sha384)`, inputs: texts},
	{expr: `digest(sha512)`, inputs: texts},
	{expr: `digest(sha512-256)`, inputs: texts},
	{expr: `digest(sha3-256)`, inputs: texts},
	{expr: `hmac(md5,c2VjcmV0)`, inputs: texts},
	{expr: `hmac(sha1,c2VjcmV0)`, inputs: texts},
	{expr: `hmac(sha256,c2VjcmV0)`, inputs: texts},
	{expr: `hmac(sha512,c2VjcmV0)`, inputs: texts},
	{expr: `hmac(sha256,"")`, inputs: texts},
	{expr: `aes_cbc_enc(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==),aes_cbc_dec(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(192,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(192,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh),aes_cbc_dec(192,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=),aes_cbc_dec(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==),aes_cbc_dec(256,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh)`, recent: true, inputs: texts},
	{expr: `aes_cbc_enc(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh),aes_cbc_dec(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh)`, recent: true, inputs: texts},
	{expr: `aes_cbc_dec(128,aGVsbG9oZWxsbzEyaGVsbG8=,YWFhYWFhYWFhYWFhYWFhYQ==)`, recent: true, inputs: texts},
	{expr: `aes_gcm_dec(128,aGVsbG9oZWxsbzEy,YWFhYWFhYWFhYWFhYWFhYQ==,AAAAAAAAAAAAAAAAAAAAAA==)`, inputs: texts},
	{expr: `date`, recent: true, inputs: httpDates},
	{expr: `utime("%Y-%m-%d %H:%M:%S %z %Z")`, number: true, inputs: dates},
	{expr: `ltime("%Y-%m-%d %H:%M:%S %z %Z",3600)`, number: true, inputs: dates},
	{expr: `utime("%a %A %b %B %e %j %U %W %V %G %g %u %w %p %I %l %k %s %y %C %D %F %T %R %r %c %x %X %h %n%t%%")`, number: true, inputs: dates},
	{expr: `ltime("%a %A %b %B %e %j %U %W %V %G %g %u %w %p %I %l %k %s %y %C %D %F %T %R %r %c %x %X %h %n%t%%",3600)`, number: true, inputs: dates},
	{expr: `utime("%d/%b/%Y:%H:%M:%S %z")`, number: true, inputs: dates},
	{expr: `ltime("%d/%b/%Y:%H:%M:%S %z",3600)`, number: true, inputs: dates},
	{expr: `utime("x%")`, number: true, inputs: dates},
	{expr: `ltime("x%",3600)`, number: true, inputs: dates},
	{expr: `utime("")`, number: true, inputs: dates},
	{expr: `ltime("",3600)`, number: true, inputs: dates},
	{expr: `ms_utime("%s %3N %6N %N %1N %%",-5)`, recent: true, number: true, inputs: dates},
	{expr: `us_utime("%s %3N %6N %N %1N",7)`, recent: true, number: true, inputs: dates},
	{expr: `ms_ltime("%H:%M:%S.%3N")`, recent: true, number: true, inputs: dates},
	{expr: `us_ltime("%H:%M:%S.%6N")`, recent: true, number: true, inputs: dates},
	{expr: `http_date(0)`, number: true, inputs: dates},
	{expr: `http_date(-1)`, number: true, inputs: dates},
	{expr: `http_date(86400,s)`, number: true, inputs: dates},
	{expr: `http_date(0,ms)`, number: true, inputs: dates},
	{expr: `http_date(-7,us)`, number: true, inputs: dates},
	{expr: `language(es;fr;en)`, inputs: languages},
	{expr: `language(es;fr-CA;en,de)`, inputs: languages},
	{expr: `json(ascii)`, inputs: utf8s},
	{expr: `json(utf8)`, inputs: utf8s},
	{expr: `json(utf8s)`, inputs: utf8s},
	{expr: `json(utf8p)`, inputs: utf8s},
	{expr: `json(utf8ps)`, inputs: utf8s},
	{expr: `json`, inputs: utf8s},
	{expr: `json_query("$.a")`, inputs: jsons},
	{expr: `json_query("$.a",int)`, inputs: jsons},
	{expr: `json_query("$")`, inputs: jsons},
	{expr: `json_query("$.a[0]")`, inputs: paths},
	{expr: `json_query("$.a[1].b")`, inputs: paths},
	{expr: `json_query("$.a.b.c")`, inputs: paths},
	{expr: `json_query("$[1]")`, inputs: paths},
	{expr: `json_query("$.a b")`, inputs: paths},
	{expr: `json_query("$.x-y")`, inputs: paths},
	{expr: `json_query("$.x\\.y")`, inputs: paths},
	{expr: `json_query("$.a[1][0]")`, inputs: paths},
	{expr: `json_query("$.0")`, inputs: paths},
	{expr: `protobuf(1)`, inputs: protobufs},
	{expr: `protobuf(2.1)`, inputs: protobufs},
	{expr: `ungrpc(1)`, inputs: grpcs},
	{expr: `protobuf(1,int32)`, inputs: protobufs},
	{expr: `protobuf(2.1,int32)`, inputs: protobufs},
	{expr: `ungrpc(1,int32)`, inputs: grpcs},
	{expr: `protobuf(1,int64)`, inputs: protobufs},
	{expr: `protobuf(2.1,int64)`, inputs: protobufs},
	{expr: `ungrpc(1,int64)`, inputs: grpcs},
	{expr: `protobuf(1,uint32)`, inputs: protobufs},
	{expr: `protobuf(2.1,uint32)`, inputs: protobufs},
	{expr: `ungrpc(1,uint32)`, inputs: grpcs},
	{expr: `protobuf(1,uint64)`, inputs: protobufs},
	{expr: `protobuf(2.1,uint64)`, inputs: protobufs},
	{expr: `ungrpc(1,uint64)`, inputs: grpcs},
	{expr: `protobuf(1,sint32)`, inputs: protobufs},
	{expr: `protobuf(2.1,sint32)`, inputs: protobufs},
	{expr: `ungrpc(1,sint32)`, inputs: grpcs},
	{expr: `protobuf(1,sint64)`, inputs: protobufs},
	{expr: `protobuf(2.1,sint64)`, inputs: protobufs},
	{expr: `ungrpc(1,sint64)`, inputs: grpcs},
	{expr: `protobuf(1,bool)`, inputs: protobufs},
	{expr: `protobuf(2.1,bool)`, inputs: protobufs},
	{expr: `ungrpc(1,bool)`, inputs: grpcs},
	{expr: `protobuf(1,enum)`, inputs: protobufs},
	{expr: `protobuf(2.1,enum)`, inputs: protobufs},
	{expr: `ungrpc(1,enum)`, inputs: grpcs},
	{expr: `protobuf(1,fixed64)`, inputs: protobufs},
	{expr: `protobuf(2.1,fixed64)`, inputs: protobufs},
	{expr: `ungrpc(1,fixed64)`, inputs: grpcs},
	{expr: `protobuf(1,sfixed64)`, inputs: protobufs},
	{expr: `protobuf(2.1,sfixed64)`, inputs: protobufs},
	{expr: `ungrpc(1,sfixed64)`, inputs: grpcs},
	{expr: `protobuf(1,double)`, inputs: protobufs},
	{expr: `protobuf(2.1,double)`, inputs: protobufs},
	{expr: `ungrpc(1,double)`, inputs: grpcs},
	{expr: `protobuf(1,fixed32)`, inputs: protobufs},
	{expr: `protobuf(2.1,fixed32)`, inputs: protobufs},
	{expr: `ungrpc(1,fixed32)`, inputs: grpcs},
	{expr: `protobuf(1,sfixed32)`, inputs: protobufs},
	{expr: `protobuf(2.1,sfixed32)`, inputs: protobufs},
	{expr: `ungrpc(1,sfixed32)`, inputs: grpcs},
	{expr: `protobuf(1,float)`, inputs: protobufs},
	{expr: `protobuf(2.1,float)`, inputs: protobufs},
	{expr: `ungrpc(1,float)`, inputs: grpcs},
	{expr: `ungrpc(2)`, inputs: grpcs},
	{expr: `ungrpc(2.1,int32)`, inputs: grpcs},
	{expr: `protobuf(2)`, inputs: protobufs},
	{expr: `fix_is_valid`, inputs: fixes},
	{expr: `fix_tag_value(35)`, inputs: fixes},
	{expr: `fix_tag_value(MsgType)`, inputs: fixes},
	{expr: `fix_tag_value(CheckSum)`, inputs: fixes},
	{expr: `fix_tag_value(BeginString)`, inputs: fixes},
	{expr: `fix_tag_value(SenderCompID)`, inputs: fixes},
	{expr: `fix_tag_value(34)`, inputs: fixes},
	{expr: `fix_tag_value(999)`, inputs: fixes},
	{expr: `mqtt_is_valid`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,flags)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,protocol_name)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,protocol_version)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,client_identifier)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,will_topic)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,will_payload)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,username)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,password)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,keepalive)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,17)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,33)`, inputs: mqtts},
	{expr: `mqtt_field_value(connect,21)`, inputs: mqtts},
	{expr: `mqtt_field_value(2,flags)`, inputs: mqtts},
	{expr: `mqtt_field_value(2,protocol_version)`, inputs: mqtts},
	{expr: `mqtt_field_value(2,reason_code)`, inputs: mqtts},
	{expr: `mqtt_field_value(2,17)`, inputs: mqtts},
	{expr: `mqtt_field_value(2,39)`, inputs: mqtts},
	{expr: `jwt_header_query`, inputs: tokens},
	{expr: `jwt_payload_query`, inputs: tokens},
	{expr: `jwt_header_query("$.alg")`, inputs: tokens},
	{expr: `jwt_payload_query("$.roles")`, inputs: tokens},
	{expr: `jwt_payload_query("$.n",int)`, inputs: tokens},
	{expr: `jwt_verify(HS256,secret)`, inputs: tokens},
	{expr: `jwt_verify(HS512,secret)`, inputs: tokens},
	{expr: `jwt_verify(HS256,other)`, inputs: tokens},
	{expr: `jwt_verify(RS256,rsa.pem)`, inputs: tokens},
	{expr: `jwt_verify(PS256,rsa.pem)`, recent: true, inputs: tokens},
	{expr: `jwt_verify(none,rsa.pem)`, inputs: tokens},
	{expr: `eth.data`, recent: true, inputs: frames},
	{expr: `eth.hdr`, recent: true, inputs: frames},
	{expr: `eth.dst`, recent: true, inputs: frames},
	{expr: `eth.src`, recent: true, inputs: frames},
	{expr: `eth.proto`, recent: true, inputs: frames},
	{expr: `eth.vlan`, recent: true, inputs: frames},
	{expr: `ip.data`, recent: true, inputs: packets},
	{expr: `ip.hdr`, recent: true, inputs: packets},
	{expr: `ip.df`, recent: true, inputs: packets},
	{expr: `ip.src`, recent: true, inputs: packets},
	{expr: `ip.dst`, recent: true, inputs: packets},
	{expr: `ip.proto`, recent: true, inputs: packets},
	{expr: `ip.tos`, recent: true, inputs: packets},
	{expr: `ip.ttl`, recent: true, inputs: packets},
	{expr: `ip.ver`, recent: true, inputs: packets},
	{expr: `ip.fp(0)`, recent: true, inputs: packets},
	{expr: `ip.fp(7)`, recent: true, inputs: packets},
	{expr: `tcp.src`, recent: true, inputs: segments},
	{expr: `tcp.dst`, recent: true, inputs: segments},
	{expr: `tcp.seq`, recent: true, inputs: segments},
	{expr: `tcp.flags`, recent: true, inputs: segments},
	{expr: `tcp.win`, recent: true, inputs: segments},
	{expr: `tcp.options.mss`, recent: true, inputs: segments},
	{expr: `tcp.options.wscale`, recent: true, inputs: segments},
	{expr: `tcp.options.sack`, recent: true, inputs: segments},
	{expr: `tcp.options.tsopt`, recent: true, inputs: segments},
	{expr: `tcp.options.wsopt`, recent: true, inputs: segments},
	{expr: `tcp.options.tsval`, recent: true, inputs: segments},
	{expr: `tcp.options_list`, recent: true, inputs: segments},
}, slices.Concat(before, mapQuestions)...)

// huge are inputs that are near to what a buffer holds, or make more than it holds.
var huge = []string{strings.Repeat("a", 5000), strings.Repeat("\xff", 5000), strings.Repeat("a", 9000), strings.Repeat("%", 9000), strings.Repeat("ab,", 3000)}

// before are the converters that any kind of input goes through.
var before = []question{
	{expr: "length", inputs: huge}, {expr: "lower,length", inputs: huge}, {expr: "hex,length", inputs: huge}, {expr: "base64,length", inputs: huge}, {expr: "url_enc,length", inputs: huge}, {expr: "url_dec(0),length", inputs: huge},
	{expr: "json(utf8s),length", inputs: huge}, {expr: "regsub(a,bb,g),length", inputs: huge}, {expr: "concat(a,,b),length", inputs: huge}, {expr: "word(-1,:),length", inputs: huge}, {expr: "field(-1,:),length", inputs: huge}, {expr: "xxh64(0)", inputs: huge},
	{expr: "digest(md5)", inputs: huge}, {expr: "be2hex(:,1,0),length", recent: true, inputs: huge}, {expr: "base2,length", recent: true, inputs: huge}, {expr: "reverse,length", recent: true, inputs: huge}, {expr: "bytes(4999)", inputs: huge[:2]},
	{expr: "jwt_decrypt_secret(MDEyMzQ1Njc4OWFiY2RlZg==)", recent: true, inputs: encrypted}, {expr: "jwt_decrypt_secret(MDAwMDAwMDAwMDAwMDAwMA==)", recent: true, inputs: encrypted}, {expr: "jwt_decrypt_jwk(txn.jwk)", recent: true, inputs: encrypted},
	{expr: "jwt_verify_cert(RS256,cert.pem)", recent: true, inputs: signed}, {expr: "jwt_verify_cert(RS512,cert.pem)", recent: true, inputs: signed},
	{expr: "aes_gcm_enc(128,aGVsbG9oZWxsbzEy,YWFhYWFhYWFhYWFhYWFhYQ==,txn.tag)", recent: true, inputs: texts},
	{expr: "fe_exists", recent: true, inputs: append([]string{"f", "F", "f ", "b", "f\x00"}, texts...)}, {expr: "reverse_dom", recent: true, inputs: append([]string{"example.com", "a.b.c.", ".a", "a..b", ".", "..", "A.b", "\x00.\xff"}, texts...)},
	{expr: "nbsrv", inputs: servers}, {expr: "srv_queue", inputs: servers}, {expr: "srv_is_up", recent: true, inputs: servers},
	{expr: "when(normal)", recent: true, inputs: texts}, {expr: "when(error)", recent: true, inputs: texts}, {expr: "when(!stopping)", recent: true, inputs: texts},
	{expr: "capture-req(0)", inputs: texts}, {expr: "capture-res(0)", inputs: texts}, {expr: "capture-req(9)", inputs: texts},
	{expr: "set-var(txn.set)", inputs: texts}, {expr: "set-var(txn.full,ifnotempty)", recent: true, inputs: texts}, {expr: "unset-var(txn.gone)", inputs: texts},
	{expr: "strcmp(txn.word)", inputs: append([]string{"hell", "hello!", "help", "HELLO"}, texts...)}, {expr: "secure_memcmp(txn.word)", inputs: append([]string{"hell", "hellO"}, texts...)},
	{expr: "add_item(;,txn.word,!)", inputs: texts}, {expr: "concat(<,txn.word,>)", inputs: texts},
	{expr: "has_ctl", recent: true, inputs: texts},
	{expr: "hex", inputs: texts}, {expr: "base64", inputs: texts}, {expr: "ub64enc", inputs: texts}, {expr: "ub64dec", inputs: append([]string{"YQ", "YQ==", "YWI", "-_-_", "+/+/", "a"}, texts...)},
	{expr: "wt6(0)", inputs: texts}, {expr: "wt6(1)", inputs: texts}, {expr: "concat(<,,>)", inputs: texts},
	{expr: "b64dec", inputs: []string{"", "YQ==", "YWI=", "YWJj", "YQ", "=", "YQ=", "Y Q==", "+/+/", "-_-_", "YQ==YQ==", "\x00", "aGVsbG8sIHdvcmxk", "AAEC/w=="}},
	{expr: "xxh3(0)", inputs: lengths}, {expr: "xxh3(5)", inputs: lengths}, {expr: "xxh3(-1)", inputs: lengths}, {expr: "xxh64(0)", inputs: lengths}, {expr: "xxh64(7)", inputs: lengths}, {expr: "xxh32(0)", inputs: lengths}, {expr: "xxh32(7)", inputs: lengths},
	{expr: "rfc7239_is_valid", recent: true, inputs: forwardeds}, {expr: "rfc7239_field(for)", recent: true, inputs: forwardeds}, {expr: "rfc7239_field(by)", recent: true, inputs: forwardeds}, {expr: "rfc7239_field(host)", recent: true, inputs: forwardeds}, {expr: "rfc7239_field(proto)", recent: true, inputs: forwardeds},
	{expr: "rfc7239_n2nn", recent: true, inputs: nodes}, {expr: "rfc7239_n2np", recent: true, inputs: nodes}, {expr: "rfc7239_nn", recent: true, inputs: texts}, {expr: "rfc7239_np", recent: true, inputs: texts},
	{expr: "ipmask(32,128),rfc7239_nn", recent: true, number: true, inputs: []string{"10.1.2.3", "2001:db8::1", "::", "ab:cd:ff:ff:ff:ff:ff:ff", "255.255.255.255"}}, {expr: "add(0),rfc7239_np", recent: true, number: true, inputs: []string{"0", "1", "80", "8080", "65535"}},
	{expr: "x509_v_err_str", recent: true, number: true, inputs: []string{"0", "1", "2", "7", "9", "10", "18", "19", "20", "21", "23", "28", "9999"}},
	{expr: "sha1", inputs: texts}, {expr: "sha2(256)", inputs: texts}, {expr: "sha2(512)", inputs: texts}, {expr: "crc32(0)", inputs: texts}, {expr: "crc32c(1)", inputs: texts}, {expr: "djb2(0)", inputs: texts}, {expr: "djb2(1)", inputs: texts}, {expr: "sdbm(0)", inputs: texts}, {expr: "sdbm(1)", inputs: texts},
	{expr: "lower", inputs: texts}, {expr: "upper", inputs: texts}, {expr: "length", inputs: texts}, {expr: "reverse", recent: true, inputs: texts}, {expr: "url_enc", inputs: texts}, {expr: "url_dec(0)", inputs: append([]string{"a%20b", "a+b?c+d", "%", "%zz", "%4", "%00x"}, texts...)}, {expr: "url_dec(1)", inputs: []string{"a+b", "%2b", "a%20b?c+d", "", "x", "%41", "%", "+", "%e9", "a%0ab"}},
	{expr: `field(2,.)`, inputs: dotted}, {expr: `field(-1,.)`, inputs: dotted}, {expr: `field(2,.,0)`, inputs: dotted}, {expr: `field(-2,".",2)`, inputs: dotted}, {expr: `word(1,.)`, inputs: dotted}, {expr: `word(2,.,0)`, inputs: dotted}, {expr: `word(-1,.)`, inputs: dotted}, {expr: `word(-3,.,2)`, inputs: dotted},
	{expr: `bytes(1)`, inputs: texts}, {expr: `bytes(1,2)`, inputs: texts}, {expr: `ltrim(" a")`, inputs: texts}, {expr: `rtrim(" o")`, inputs: texts}, {expr: `cut_crlf`, inputs: append([]string{"a\r\nb", "\n", "a\rb"}, texts...)},
	{expr: `regsub("[0-9]+",x)`, inputs: texts}, {expr: `regsub("l","<&>",g)`, inputs: texts}, {expr: `regsub("(h)(e)","\\2\\1")`, inputs: texts}, {expr: `be2hex(:,2)`, inputs: texts}, {expr: `be2dec(:,2)`, inputs: texts}, {expr: `le2dec(:,3)`, recent: true, inputs: texts},
	{expr: `hex2i`, inputs: []string{"0", "ff", "FF", "zz", "", "123456789abcdef0", "-1", "0x10", " 1", "fffffffffffffffff"}}, {expr: `iif(yes,no)`, number: true, inputs: numbers},
	{expr: `add(3)`, number: true, inputs: numbers}, {expr: `sub(-3)`, number: true, inputs: numbers}, {expr: `mul(7)`, number: true, inputs: numbers}, {expr: `div(7)`, number: true, inputs: numbers}, {expr: `div(0)`, number: true, inputs: numbers}, {expr: `mod(7)`, number: true, inputs: numbers}, {expr: `mod(0)`, number: true, inputs: numbers}, {expr: `and(12)`, number: true, inputs: numbers}, {expr: `or(12)`, number: true, inputs: numbers}, {expr: `xor(12)`, number: true, inputs: numbers},
	{expr: `neg`, number: true, inputs: numbers}, {expr: `cpl`, number: true, inputs: numbers}, {expr: `odd`, number: true, inputs: numbers}, {expr: `even`, number: true, inputs: numbers}, {expr: `not`, number: true, inputs: numbers}, {expr: `bool`, number: true, inputs: numbers}, {expr: `htonl`, number: true, inputs: numbers},
	{expr: `host_only`, recent: true, inputs: hosts}, {expr: `port_only`, recent: true, inputs: hosts}, {expr: `param(b)`, recent: true, inputs: []string{"a=1&b=2", "b", "b=", "ab=1", "", "&&b=3", "b=1&b=2", "a&b=%20", "=b", "B=1"}},
	{expr: `ipmask(24,64)`, number: true, inputs: []string{"10.1.2.3", "1.2.3", "::1", "2001:db8:1:2:3::4", "x", "", "255.255.255.255", "010.1.1.1", "::ffff:1.2.3.4", "1.2.3.4.5"}},
}

// servers are names of servers and backends.
var servers = []string{"b/up", "b/down", "b", "up", "f", "", "b/", "/up", "b/up/x", "nobody", "B/UP", "b/up\x00", "\xff"}

// lengths are texts of lengths at which hashes change their ways.
var lengths = func() (list []string) {
	for _, n := range []int{0, 1, 3, 4, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 128, 129, 200, 240, 241, 300, 1024, 1025, 1100} {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i*31 + n)
		}
		list = append(list, string(b))
	}
	return list
}()

var (
	forwardeds = []string{
		"for=127.0.0.1;proto=http", "proto=custom", "PROTO=http", `proto="http"`, "proto=", "proto", "", ";", "proto=http;", "proto=http;;for=1.2.3.4", "proto=http; for=1.2.3.4", "proto=http ;for=1.2.3.4", `host="a:80"`, "host=a:80", `host=""`, `host="a`, `host="[::1]:65535"`, `host="[::1]:65536"`, "host=[::1]", `host="a b"`, `host="a\"b"`,
		"host=a;host=b", `for="1.2.3.4:0"`, `for="1.2.3.4:000080"`, `for="1.2.3.4:"`, `for="1.2.3.4:_x"`, `for="1.2.3.4:_x y"`, "for=1.2.3", "for=01.2.3.4", "for=unknown", "for=UNKNOWN", `for="unknown:_1"`, "for=_", "for=_a", `for="_a,b"`, "for=::1", `for="::1"`, `for="[::1]:_x"`, `for="[::1]x"`, `for="[::ffff:1.2.3.4]"`, `by=1.2.3.4;for=_x;proto=http;host=h`,
		"for=1.2.3.4,for=1.2.3.5", `for="1.2.3.4"x`, "host=a_b", "host=:80", `host="user@a"`, "host=a-b.example", "for=\x00", "proto=http\x00",
	}
	nodes = []string{
		"127.0.0.1:9999", "[ab:cd:ff:ff:ff:ff:ff:ff]:9998", "_name:_port", "_name", "unknown", "unknown:80", "unknownx", "UNKNOWN", "1.2.3.4", "[::1]", "::1", "[::1]:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:00080", "1.2.3.4:_p q", "_", "_:1", "_a:", "x", `"1.2.3.4"`, "", ":80", "[::1", "[::1]x", "[::1]:1x", "[::ffff:1.2.3.4]:1", "1.2.3", "1.2.3.4 ", " 1.2.3.4", "_1:_2:_3",
	}
)

var (
	dotted  = []string{"", "a", "a.b.c", ".a..b.", "...", "a.b", "one.two.three.four", ".", "a.", ".a"}
	numbers = []string{"0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "12abc", "255", "4294967296", "-7"}
	hosts   = []string{"h", "h:80", "H.Example:8080", "[::1]", "[::1]:443", "h:", "h:x", ":80", "", "h:99999", "::1"}
)
