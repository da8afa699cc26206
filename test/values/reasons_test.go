package values

import "slices"

// Why some values differ, whatever the version.
const (
	cutShort = "a message or header that is cut short has no fields here"
	notADate = "no such hour or day"
	tooLarge = "what does not fit into a buffer is no value; HAProxy cuts it"
)

var always = []reason{
	{`regsub(a,bb,g),length`, huge[2], tooLarge},
	{`http_date(-7,us)`, "1", "the date is before 1970, and what is left of a second is not negative"},
	{`json_query("$.a",int)`, `{"a":1e3}`, "HAProxy reads the digits before the e"},
	{`json_query("$.a[0]")`, `{"a":[1,2`, "the text is no JSON"},
	{`protobuf(1`, "\b", cutShort},
	{`ungrpc(1`, "\x01\x00\x00\x00\x03\b\x96\x01", "the message is compressed: what HAProxy finds in it are no fields"},
	{`fix_is_valid`, "", "a message that is broken is not valid; HAProxy has no value for some, which no condition can tell from false"},
	{`fix_tag_value(CheckSum)`, "8=FIX.4.2\x019=4\x0135=\x0110=112\x01", "an empty value ends the message"},
	{`mqtt_is_valid`, "\x10", cutShort},
	{`mqtt_field_value(connect,protocol_name)`, "\x10\x0f\x00\x06MQIsdp\x03\x02\x00<\x00\x01c", "HAProxy overwrites the last two letters"},
	{`mqtt_field_value(connect,33)`, "", "a property that the packet does not have is no 0"},
	{`mqtt_field_value(2,39)`, "", "a property that the packet does not have is no 0"},
	{`jwt_header_query$`, "", "the manual promises the whole part without a path, where HAProxy finds nothing"},
	{`jwt_payload_query$`, "", "likewise"},
	{`jwt_payload_query`, tokenHS256 + ".d.e", "the payload of an encrypted token cannot be read: its second part is a key"},
	{`jwt_verify(none,rsa.pem)`, "a.b", "a token has three parts"},
	{`b64dec`, "YQ==YQ==", "nothing may follow padding"},
	{`map_sub_int(int.map)`, "hello ", "the value contains the key hello, which HAProxy does not find"},
	{`map_reg`, "/user/1\n", "$ is the end of the value: RE2 does not let it stand before a line's end"},
	{`ub64dec`, "YQ==", "padding is no part of the value"},
}

// refused are the expressions that give an empty value for inputs where HAProxy
// has none.
func refused(inputs []string, exprs ...string) (list []reason) {
	for _, e := range exprs {
		for _, in := range inputs {
			list = append(list, reason{e + "$", in, "the manual promises an empty string"})
		}
	}
	return list
}

// reasons are about the recorded values, which a development version made.
var reasons = slices.Concat(refused(encrypted[4:], "jwt_decrypt_secret(MDEyMzQ1Njc4OWFiY2RlZg==)", "jwt_decrypt_jwk(txn.jwk)"),
	refused(encrypted, "jwt_decrypt_secret(MDAwMDAwMDAwMDAwMDAwMA==)"), []reason{
		{`be2hex(:,1,0),length`, huge[2], tooLarge}, {`be2hex(:,1,0),length`, huge[3], tooLarge}, {`be2hex(:,1,0),length`, huge[4], tooLarge},
		{`map_sub_ip(addr.map)`, "hello ", "the value contains the key hello, which HAProxy does not find"},
		{`date`, "Sun, 06 Nov 1994 25:49:37 GMT", notADate}, {`date`, "Sun, 99 Nov 1994 08:49:37 GMT", notADate},
		{`ms_utime("%s %3N`, "", "the offset is in milliseconds, says the manual; HAProxy adds seconds"},
		{`us_utime("%s %3N`, "", "the offset is in microseconds, says the manual; HAProxy adds seconds"},
		{`eth.`, ethTwo + ip6 + syn, "802.1ad tags are VLANs too"}, {`eth.`, ethTwo[:20], cutShort}, {`eth.`, eth, "a header without data is one"},
		{`ip.`, ip4[:19], cutShort}, {`ip.`, ip6[:39], cutShort}, {`ip.ver`, "\x50" + ip4[1:] + syn, "there is no version 5"},
		{`ip.fp`, "", "the fingerprint is as the manual describes it; HAProxy has none with IP options or IPv6"},
		{`tcp.`, syn[:20], cutShort}, {`tcp.`, syn[:39], cutShort},
		{`tcp.options.tsval`, "", "without the option there is no value, says the manual"},
		{`tcp.options_list`, brokenSyn, "the option is longer than the header"},
		{`port_only`, "h:x", "that is no port"}, {`port_only`, "h:99999", "that is no port"},
		{`rfc7239_is_valid`, "host=a-b.example", "hosts may have hyphens"}, {`rfc7239_field(host)`, "host=a-b.example", "hosts may have hyphens"},
	}, always)

// older are about Debian's haproxy.
var older = append([]reason{
	{`hex,length`, huge[2], tooLarge}, {`hex,length`, huge[3], tooLarge}, {`hex,length`, huge[4], tooLarge}, {`url_enc,length`, huge[3], tooLarge},
	{`json_query("$.`, "", "arrays came later"},
	{`json_query("$")`, "[1]", "arrays came later"},
	{`jwt_payload_query("$.roles")`, "", "arrays came later"},
	{`word(`, "", "a word that is not there came to be no value later"},
	{`ipmask(24,64)`, "::1", "the address of an IPv4 address within IPv6 came later"},
}, always...)
