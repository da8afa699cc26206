package rule

import (
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// keyword is one row of the names that only ACLs know: a fetch with the match
// method its name implies (manual 7.3, "ACL derivatives"). In an ACL they win
// over a fetch of the same name.
type keyword struct {
	name, fetch string
	method      pattern.Method
}

var keywords = append(derived(), []keyword{
	{"http_auth_group", "http_auth_group", pattern.Str},
	{"method", "method", pattern.Str},
	{"payload", "req.payload", pattern.Bin},
	{"payload_lv", "req.payload_lv", pattern.Bin},
	{"req.ssl_ver", "req.ssl_ver", pattern.Int},
	{"req_rdp_cookie", "req.rdp_cookie", pattern.Str},
	{"req_rdp_cookie_cnt", "req.rdp_cookie_cnt", pattern.Int},
	{"req_ssl_sni", "req.ssl_sni", pattern.Str},
	{"req_ssl_ver", "req.ssl_ver", pattern.Int},
	{"req_ver", "req.ver", pattern.Str},
	{"resp_ver", "res.ver", pattern.Str},
	{"ssl_fc_sni_end", "ssl_fc_sni", pattern.End},
	{"ssl_fc_sni_reg", "ssl_fc_sni", pattern.Reg},
}...)

// derived lists the families that exist with every suffix. Those of req.cook and
// res.hdr are in the manual only.
func derived() []keyword {
	var k []keyword
	for _, f := range []struct{ name, fetch string }{
		{"base", "base"}, {"cook", "req.cook"}, {"hdr", "req.hdr"}, {"path", "path"},
		{"scook", "res.cook"}, {"shdr", "res.hdr"}, {"url", "url"}, {"urlp", "urlp"},
		{"req.cook", "req.cook"}, {"res.hdr", "res.hdr"},
	} {
		k = append(k, keyword{f.name, f.fetch, pattern.Str})
		for _, m := range []pattern.Method{pattern.Beg, pattern.Dir, pattern.Dom, pattern.End, pattern.Len, pattern.Reg, pattern.Sub} {
			k = append(k, keyword{f.name + "_" + m.String(), f.fetch, m})
		}
	}
	return k
}

func findKeyword(name string) *keyword {
	for i := range keywords {
		if keywords[i].name == name {
			return &keywords[i]
		}
	}
	return nil
}

// criteria gives every name that may begin an ACL.
func criteria(yield func(string) bool) {
	for _, k := range keywords {
		if !yield(k.name) {
			return
		}
	}
	for _, f := range sample.Fetches() {
		if !yield(f.Name) {
			return
		}
	}
}

// Derivative is a name that only ACLs know, and what it stands for.
type Derivative struct{ Name, Fetch, Method string }

// Derivatives lists them.
func Derivatives() []Derivative {
	var list []Derivative
	for _, k := range keywords {
		list = append(list, Derivative{k.name, k.fetch, k.method.String()})
	}
	return list
}
