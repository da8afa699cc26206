package sample

import (
	"os"
	"strings"
	"testing"
)

// agreed lists where a row is not what the tables of the manual say, each with
// the reason; a line without a difference is a fault as well.
var agreed = map[string]string{
	"7.3.6 http_auth args":          "an empty list is missed when names are looked up",
	"7.3.6 http_auth_group args":    "likewise",
	"7.3.1 add_item args":           "its description asks for the variable or the suffix too",
	"7.3.1 be2dec args":             "the chunk size is demanded when it is compiled",
	"7.3.1 le2dec args":             "the chunk size is demanded when it is compiled",
	"7.3.1 ip.fp args":              "its description has a mode",
	"7.3.1 when args":               "its description has arguments after the condition",
	"7.3.1 hex2i types":             "digits are text: the reference takes a string",
	"7.3.1 htonl types":             "its description gives four bytes",
	"7.3.1 secure_memcmp types":     "its description compares bytes; a string would end at a NUL",
	"7.3.1 strcmp types":            "its description gives an integer",
	"7.3.1 ub64dec types":           "its description likens it to b64dec, which gives bytes",
	"7.3.1 ub64enc types":           "bytes, as in base64; a string would end at a NUL",
	"7.3.1 jwt_header_query types":  "the type is that of the value found",
	"7.3.1 jwt_payload_query types": "the type is that of the value found",
	"7.3.1 ungrpc types":            "bytes, or what the type asked for gives",
	"7.3.3 bc_rtt args":             "its description makes the unit optional",
	"7.3.3 bc_rttvar args":          "its description makes the unit optional",
	"7.3.3 fc_rtt args":             "its description makes the unit optional",
	"7.3.3 fc_rttvar args":          "its description makes the unit optional",
	"7.3.6 req.fhdr args":           "without a name any field, as res.fhdr and the reference",
	"7.3.6 method types":            "its description: an integer with a string",
}

// beyond lists the rows that the manual does not have, which the reference takes.
var beyond = strings.Fields(`has_ctl nbproc spoe.engine-id be_max_retries cur_max_retries ssl_c_policies
	fcgi.docroot fcgi.index sc1_clr_gpc`)

var manualTypes = map[string]Type{
	"any": Any, "same": Same, "boolean": Bool, "bool": Bool, "integer": Sint, "signed": Sint,
	"string": Str, "binary": Bin, "bin": Bin, "ip": Addr, "address": Addr, "ipv4": IPv4, "ipv6": IPv6, "method": Meth,
	// several, known when there is a value
	"undefined": Any, "_outtype_": Any, "address / str": Any, "integer / str": Any, "address/str": Any, "integer/str": Any,
}

// arity counts the arguments in the manual's notation; many: any number more.
func arity(notation string) (least, most int, many bool) {
	_, args, ok := strings.Cut(notation, "(")
	if !ok {
		return 0, 0, false
	}
	args = strings.TrimSuffix(args, ")")
	many = strings.Contains(args, "*") || strings.Contains(args, "...")
	args = strings.NewReplacer("[!]", "", "[<backend>/]", "", "[,...]", "").Replace(args)
	least = -1
	depth, word := 0, false
	for _, ch := range args {
		switch ch {
		case '[':
			if depth++; least < 0 {
				least = most
			}
			word = false
		case ',', ']':
			word = false
		default:
			if !word {
				most++
			}
			word = true
		}
	}
	if least < 0 {
		least = most
	}
	return least, most, many
}

func TestArity(t *testing.T) {
	for text, want := range map[string][2]int{
		"a": {0, 0}, "a(x)": {1, 1}, "a([x])": {0, 1}, "a(x[,y[,z]])": {1, 3}, "a([x[,y]])": {0, 2}, "a(<x>,<y>)": {2, 2},
		"a([<x>][,<y>])": {0, 2}, "a([<backend>/]<server>)": {1, 1}, "a([!]<name>[,...])": {1, 1},
	} {
		if least, most, _ := arity(text); least != want[0] || most != want[1] {
			t.Errorf("%s: %d %d", text, least, most)
		}
	}
}

// TestManual compares the rows with the tables of the manual: each name is
// there, in its section, with as many arguments and the same types.
func TestManual(t *testing.T) {
	data, err := os.ReadFile("testdata/manual-3.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]Entry{}
	for _, e := range Fetches() {
		rows["fetch "+e.Name] = e
	}
	for _, e := range Converters() {
		rows["converter "+e.Name] = e
	}
	used, n := map[string]bool{}, 0
	differ := func(key, format string, a ...any) {
		if agreed[key] == "" {
			t.Errorf(key+": "+format, a...)
		}
		used[key] = true
	}
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		n++
		for _, notation := range expand(f[1]) {
			name, _, _ := strings.Cut(notation, "(")
			kind := "fetch "
			if f[0] == "7.3.1" {
				kind = "converter "
			}
			e, ok := rows[kind+name]
			if !ok {
				t.Errorf("no row for %s", line)
				continue
			}
			delete(rows, kind+name)
			key := f[0] + " " + name
			if e.Section != f[0] {
				t.Errorf("%s is in section %s", key, e.Section)
			}
			least, most, many := arity(notation)
			g := parseGrammar(e.Args)
			first := g.min
			if first == 1 && g.kinds[0] == "string" && least == 0 {
				first = 0 // a string may be empty, and then left out
			}
			if first != least || len(g.kinds) != most && (!many || len(g.kinds) < most) {
				differ(key+" args", "%q, manual %q", e.Args, notation)
			}
			if want, ok := manualTypes[f[3]]; !strings.Contains(name, "map_") && (!ok || e.Out != want) {
				differ(key+" types", "gives %v, manual %q", e.Out, f[3])
			} else if want, ok := manualTypes[f[2]]; f[2] != "-" && !strings.Contains(name, "map_") && (!ok || e.In != want) {
				differ(key+" types", "takes %v, manual %q", e.In, f[2])
			}
		}
	}
	if n < 700 {
		t.Errorf("the list has only %d names", n)
	}
	for _, name := range beyond {
		_, f := rows["fetch "+name]
		_, c := rows["converter "+name]
		if f == c {
			t.Errorf("%s is not a row beyond the manual", name)
		}
		delete(rows, "fetch "+name)
		delete(rows, "converter "+name)
	}
	for name, e := range rows {
		t.Errorf("the manual has no %s (%s)", name, e.Args)
	}
	for key := range agreed {
		if !used[key] {
			t.Errorf("%s: the row and the manual agree", key)
		}
	}
}

// expand writes out map_match and map_match_output, which stand for families.
// The reference has the key of each beside its value.
func expand(notation string) []string {
	name, args, _ := strings.Cut(notation, "(")
	if name != "map_match" && name != "map_match_output" {
		return []string{notation}
	}
	var list []string
	for _, m := range strings.Fields("beg dir dom end int ip reg str sub") {
		if name == "map_match" {
			list = append(list, "map_"+m+"("+args, "map_"+m+"_key(map)")
			continue
		}
		list = append(list, "map_"+m+"_int("+args, "map_"+m+"_ip("+args)
	}
	if name == "map_match" {
		list = append(list, "map_regm("+args)
	}
	return list
}

// TestSentences holds the documentation of the rows to its form.
func TestSentences(t *testing.T) {
	for _, list := range [][]Entry{Fetches(), Converters()} {
		seen := map[string]string{}
		for _, e := range list {
			switch {
			case len(e.Doc) < 15 || !strings.HasSuffix(e.Doc, ".") || e.Doc[0] < 'A' || e.Doc[0] > 'Z' || len(e.Doc) > 160:
				t.Errorf("%s: %q is no short sentence", e.Name, e.Doc)
			case seen[e.Doc] != "":
				t.Errorf("%s and %s: %q", e.Name, seen[e.Doc], e.Doc)
			}
			seen[e.Doc] = e.Name
		}
	}
}

// A message says what is wrong in the reference's words, with the position of
// the argument, and proposes the name that was probably meant.
func TestHints(t *testing.T) {
	for text, want := range map[string]string{
		"pth":                  "unknown fetch method 'pth' (did you mean 'path' maybe ?)",
		"req.hdrr(host)":       "unknown fetch method 'req.hdrr' (did you mean 'req.hdr' maybe ?)",
		"zzzzzz":               "unknown fetch method 'zzzzzz'",
		"path,loewr":           "unknown converter 'loewr' (did you mean 'lower' maybe ?)",
		"path,lower,fild(1,/)": "unknown converter 'fild' (did you mean 'field' maybe ?)",
		"path,":                "",
		"path,(":               "unknown converter ''",
		"path,field(x,/)":      "invalid arg 1 in converter 'field' : failed to parse 'x' as type 'integer' at position 1",
		"hdr(host,x)":          "fetch method 'hdr' : failed to parse 'x' as type 'integer' at position 2",
		"path,field(1,/,2":     "invalid arg 3 in converter 'field' : expected ')'",
		"path(a":               "fetch method 'path' : expected ')' before 'a'",
		"ssl_fc":               "fetch method 'ssl_fc' is known but not built yet",
		"path,map_beg(f)":      "invalid args in converter 'map_beg' : no map can be used here",
		"be_conn":              "invalid args in fetch method 'be_conn' : names of proxies and servers are not known here",
	} {
		_, _, err := ParseExpr(text, testScope)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
