package values

import "slices"

// mapFiles are the maps that the questions look into.
var mapFiles = map[string]string{
	"str.map":  "# a comment\nhello world\n  indented   two  words \t\nhello again\nkey\n#x y\n #x sharp\n\xff\xfe bytes\nHello upper\n/a/b slash\na.b.c dotted\ncrlf value\r\n\ttab\tvalue\n" + "e\u00e9 accent\n0 zero\n",
	"pre.map":  "/ root\n/app app\n/app/v1 v1\n/ap ap\nx ex\n/app/v1/items items\n",
	"end.map":  "com any\n.example.com sub\nexample.com site\n.jpg image\ng gee\n",
	"part.map": "img images\n/static/ files\nb.c inner\nexample site\n80 port\na/b path\n",
	"sub.map":  "ell inner\nhello whole\no end\n..  dots\n",
	"reg.map":  "^/user/([0-9]+)(/.*)?$ /u?\\1\\2\n^([a-z]+)\\.([a-z]+)$ \\2.\\1-\\0\\9\n^x\\.y a\\\\b\\n\\x41\nl+ ells\n",
	"ip.map":   "10.0.0.0/8 ten\n10.1.0.0/16 inner\n10.1.2.3 host\n0.0.0.0/0 any4\n2001:db8::/32 six\n2001:db8:1::/48 longer\n::1 loop\n::ffff:192.0.2.0/120 mapped\n127.0.0.1 short\n",
	"num.map":  "1:5 low\n3 three\n7 seven\n100: high\n0 zero\n",
	"int.map":  "hello 42\nHello -7\nkey 0\na.b.c 9223372036854775807\n/a/b -9223372036854775808\n0 1\n",
	"nums.map": "1:5 10\n7 -3\n100: 9223372036854775807\n0 0\n", "numaddr.map": "1:5 192.0.2.1\n7 ::1\n0 0.0.0.0\n",
	"nets.map": "10.0.0.0/8 10\n10.1.2.3 -3\n2001:db8::/32 6\n::1 0\n", "netaddr.map": "10.0.0.0/8 192.0.2.1\n2001:db8::/32 ::1\n10.1.2.3 127.0.0.1\n",
	"addr.map": "hello 192.0.2.1\nHello 2001:db8::1\nkey 0.0.0.0\na.b.c ::\n/a/b ::ffff:1.2.3.4\n0 127.0.0.1\n",
}

var (
	keys    = []string{"", "hello", "Hello", "hello ", "key", "indented", "#x", "\xff\xfe", "/a/b", "a.b.c", "crlf", "tab", "e\u00e9", "0", "nope", "hello\x00", "he"}
	routes  = []string{"", "/", "/app", "/app/", "/app/v1/items/7", "/ap", "/a", "x", "xyz", "app", "/APP", "//", "/app/v1\x00"}
	names   = []string{"", "example.com", "www.example.com", "com", ".com", "a.jpg", "A.JPG", "bag", "example.com.", "xcom", "a.example.com:80"}
	parts   = []string{"", "/img/a.png", "/static/x", "static", "a.b.c", "b.c", "xb.c", "http://www.example.com:80/", "/a/b/c", "/xa/b", "80", "a?img", "img?", "images", "//img//"}
	pieces  = []string{"", "hello", "yellow", "o", "..", "a..b", "ELL", "\x00ell", "el", "\xffhello\xff"}
	exprs   = []string{"", "/user/42", "/user/42/x/y", "/user/", "ab.cd", "x.y", "ball", "AB.CD", "\xffl", "/user/1\n"}
	origins = []string{"10.1.2.3", "10.1.9.9", "10.9.9.9", "11.0.0.1", "2001:db8:1::5", "2001:db8:2::5", "::1", "::ffff:192.0.2.7", "192.0.2.9", "127.0.0.1", "2002:0a01:0203::1", "fe80::1", "", "x", "10.1", "::10.1.2.3"}
)

// mapQuestions ask every kind of match and of value, with and without a default.
var mapQuestions = slices.Concat(
	[]question{
		{expr: "map_int_int(nums.map)", number: true, inputs: numbers}, {expr: "map_int_ip(numaddr.map)", recent: true, number: true, inputs: numbers},
		{expr: "map_ip_int(nets.map)", number: true, inputs: origins}, {expr: "map_ip_ip(netaddr.map)", recent: true, number: true, inputs: origins},
	},
	maps("str.map", keys, "map", "map_str"), maps("pre.map", routes, "map_beg"), maps("end.map", names, "map_end"),
	maps("part.map", parts, "map_dir", "map_dom"), maps("sub.map", pieces, "map_sub"), maps("reg.map", exprs, "map_reg", "map_regm"),
	[]question{
		{expr: "map_ip(ip.map)", number: true, inputs: origins}, {expr: "map_ip(ip.map,none)", number: true, inputs: origins},
		{expr: "map_int(num.map)", number: true, inputs: numbers}, {expr: "map_int(num.map,none)", number: true, inputs: numbers},
		{expr: "map_str_int(int.map)", inputs: keys}, {expr: "map_str_int(int.map,-3)", inputs: keys}, {expr: "map_beg_int(int.map,5)", inputs: keys},
		{expr: "map_end_int(int.map)", inputs: keys}, {expr: "map_sub_int(int.map)", inputs: keys}, {expr: "map_dir_int(int.map)", inputs: keys},
		{expr: "map_dom_int(int.map)", inputs: keys}, {expr: "map_reg_int(int.map)", inputs: keys},
		{expr: "map_str_ip(addr.map)", recent: true, inputs: keys}, {expr: "map_str_ip(addr.map,1.2.3.4)", recent: true, inputs: keys}, {expr: "map_beg_ip(addr.map,2001:db8::5)", recent: true, inputs: keys},
		{expr: "map_end_ip(addr.map)", recent: true, inputs: keys}, {expr: "map_sub_ip(addr.map)", recent: true, inputs: keys}, {expr: "map_dir_ip(addr.map)", recent: true, inputs: keys},
		{expr: "map_dom_ip(addr.map)", recent: true, inputs: keys}, {expr: "map_reg_ip(addr.map)", recent: true, inputs: keys},
		{expr: "map_str_key(str.map)", recent: true, inputs: keys}, {expr: "map_beg_key(pre.map)", recent: true, inputs: routes}, {expr: "map_end_key(end.map)", recent: true, inputs: names},
		{expr: "map_dir_key(part.map)", recent: true, inputs: parts}, {expr: "map_dom_key(part.map)", recent: true, inputs: parts}, {expr: "map_sub_key(sub.map)", recent: true, inputs: pieces},
		{expr: "map_reg_key(reg.map)", recent: true, inputs: exprs}, {expr: "map_ip_key(ip.map)", recent: true, number: true, inputs: origins}, {expr: "map_int_key(num.map)", recent: true, number: true, inputs: numbers},
	})

// maps asks converters for what a map says of the inputs, and with a default.
func maps(file string, inputs []string, converters ...string) (list []question) {
	for _, c := range converters {
		list = append(list, question{expr: c + "(" + file + ")", inputs: inputs}, question{expr: c + "(" + file + ",none)", inputs: inputs})
	}
	return list
}
