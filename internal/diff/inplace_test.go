package diff_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/diff"
)

// What a running worker can do, and what it cannot.
func TestInPlace(t *testing.T) {
	const base = `global
	log 127.0.0.1:514 local0
defaults
	mode http
	timeout client 5s
	timeout connect 1s
	timeout server 1m
	log global
	errorfile 503 /503
frontend web
	bind 127.0.0.1:80
	acl a path -f /acl
	http-request deny if a
	http-request return status 200 content-type text/plain file /file if a
	http-request set-header x %[path,map(/map,none)] if { path -f /map2 }
	default_backend app
backend app
	server s1 10.0.0.1:80 weight 5
	server s2 10.0.0.2:80
	server s3 unix@/run/s3 minconn 1 maxconn 3
backend static
	balance static-rr
	server s1 10.0.0.1:80 weight 5
backend ruled
	use-server s1 if { path /s1 }
	server s1 10.0.0.1:80
backend cookied
	dynamic-cookie-key k
	cookie c insert dynamic
	server s1 10.0.0.1:80
backend hashed
	balance source
	hash-type consistent
	server s1 10.0.0.1:80 hash-key addr
`
	files := map[string]string{"/acl": "/a\n", "/file": "x", "/map": "/a b\n", "/map2": "/a\n", "/503": "HTTP/1.0 503 Down\r\n\r\n"}
	old := mustParse(t, "f.cfg", base, files)
	for _, tt := range []struct{ old, new, want string }{
		{"", "", "not: nothing differs"},
		{"10.0.0.2:80", "10.0.0.2:81", `{"do":"set address","backend":"app","server":"s2","value":"10.0.0.2:81"}`},
		{"10.0.0.2:80", "[::1]:81", `{"do":"set address","backend":"app","server":"s2","value":"[::1]:81"}`},
		{"10.0.0.2:80", "10.0.0.2", "not: the address of server app/s2 is no IP address with a port (f.cfg:19)"},
		{"10.0.0.2:80", "10.0.0.2:+80", "not: the address of server app/s2 is no IP address with a port (f.cfg:19)"},
		{"10.0.0.2:80", "example.com:80", "not: the address of server app/s2 is no IP address with a port (f.cfg:19); server app/s2 is looked up by name (f.cfg:19)"},
		{"unix@/run/s3", "unix@/run/s4", "not: the address of server app/s3 is no IP address with a port (f.cfg:20)"},
		{"maxconn 3", "maxconn 4", "not: server app/s3 has a minconn (f.cfg:20)"},
		{"10.0.0.2:80", "10.0.0.2:80 maxconn 7", `{"do":"set maxconn","backend":"app","server":"s2","value":"7"}`},
		{"weight 5\n	server s2", "weight 0 disabled\n	server s2", `{"do":"set weight","backend":"app","server":"s1","value":"0"} {"do":"set state","backend":"app","server":"s1","value":"maint"}`},
		{"balance static-rr\n	server s1 10.0.0.1:80 weight 5", "balance static-rr\n	server s1 10.0.0.1:80 weight 6", "not: the weight of server static/s1 is fixed by balance static-rr (f.cfg:23)"},
		{"path /s1 }\n", "path /s1 }\n	server s0 10.0.0.1:80\n", `{"do":"add server","backend":"ruled","server":"s0","line":"server s0 10.0.0.1:80"}`},
		{"dynamic\n	server s1 10.0.0.1:80", "dynamic\n	server s1 10.0.0.1:81", "not: the cookie of server cookied/s1 is made of its address (f.cfg:30)"},
		{"s1 10.0.0.1:80 hash-key addr", "s1 10.0.0.3:80 hash-key addr", "not: server hashed/s1 is hashed by its address (f.cfg:34)"},
		{"10.0.0.2:80", "10.0.0.2:80 backup", "not: options of server app/s2 changed (f.cfg:19)"},
		{"	server s2 10.0.0.2:80\n", "", `{"do":"remove server","backend":"app","server":"s2"}`},
		{"	server s2 10.0.0.2:80\n", "	server s2 10.0.0.2:80\n	server s9 10.0.0.9:80 check\n", `{"do":"add server","backend":"app","server":"s9","line":"server s9 10.0.0.9:80 check"}`},
		{"	server s2 10.0.0.2:80\n", "	server s2 10.0.0.2:80\n	server s9 10.0.0.9:80 backup\n", `{"do":"add server","backend":"app","server":"s9","line":"server s9 10.0.0.9:80 backup"}`},
		{"	server s2 10.0.0.2:80\n", "	server s2 10.0.0.2:80\n	server s9 10.0.0.9:80 backup\n	server s8 10.0.0.9:80 backup\n", "not: server app/s9 is a backup before others (f.cfg:20)"},
		{"balance static-rr\n", "balance static-rr\n	server s9 10.0.0.9:80\n", "not: server static/s9 is added, and their order counts for balance static-rr (f.cfg:23)"},
		{"hash-key addr\n", "hash-key addr\n	server s9 10.0.0.9:80 id 7\n", `{"do":"add server","backend":"hashed","server":"s9","line":"server s9 10.0.0.9:80 id 7"}`},
		{"balance static-rr\n	server s1 10.0.0.1:80 weight 5\n", "balance static-rr\n", "not: server static/s1 is removed, and their order counts for balance static-rr (f.cfg:23)"},
		{"hash-key addr\n", "hash-key addr\n	server s9 10.0.0.9:80\n", "not: server hashed/s9 is added, and the numbers of servers without \"id\" or \"hash-key\" count for balance source (f.cfg:35)"},
		{"	server s2 10.0.0.2:80\n	server s3 unix@/run/s3 minconn 1 maxconn 3\n", "	server s3 unix@/run/s3 minconn 1 maxconn 3\n	server s2 10.0.0.2:80\n", "not: server app/s3 is at another place (f.cfg:19)"},
		{"5s\n", "6s\n", "not: setting timeout client of defaults changed (f.cfg:5)"},
		{"	http-request deny if a\n", "", "not: rule http-request of frontend web removed (f.cfg:13)"},
		{"backend static", "backend new\nbackend static", "not: backend new is added (f.cfg:21)"},
		{"514", "515", `{"do":"set logs","sections":["global"],"lines":["log 127.0.0.1:515 local0 debug emerg"]}`},
		{"log global", "log global\n	log 127.0.0.1:1 local1", `{"do":"set logs","sections":["frontend web","backend app","backend static","backend ruled","backend cookied","backend hashed"],"lines":["log global","log 127.0.0.1:1 local1 debug emerg"]}`},
		{"	server s1 10.0.0.1:80 weight 5\n	server s2", "	no log\n	server s1 10.0.0.1:80 weight 5\n	server s2", `{"do":"set logs","sections":["backend app"]}`},
		{"	server s1 10.0.0.1:80 weight 5\n	server s2", "	errorloc 503 /x\n	server s1 10.0.0.1:80 weight 5\n	server s2", `{"do":"set error pages","sections":["backend app"],"lines":["errorloc302 503 /x"]}`},
		{"errorfile 503 /503", "errorfile 504 /503", `{"do":"set error pages","sections":["frontend web","backend app","backend static","backend ruled","backend cookied","backend hashed"],"lines":["errorfile 504 /503"]} +/503`},
		{"	server s1 10.0.0.1:80 weight 5\n	server s2", "	http-error status 500\n	server s1 10.0.0.1:80 weight 5\n	server s2", "not: error page http-error status of backend app added (f.cfg:18)"},
		{"@/acl", "x", `{"do":"load patterns","file":"/acl"} +/acl`},
		{"@/map", "/z app", `{"do":"load patterns","file":"/map"} +/map +/map2`},
		{"@/503", "HTTP/1.0 503 Gone\r\n\r\n", `{"do":"set error pages","sections":["frontend web","backend app","backend static","backend ruled","backend cookied","backend hashed"],"lines":["errorfile 503 /503"]} +/503`},
		{"@/file", "y", "not: file /file is read by 'http-request' (f.cfg:14)"},
	} {
		text, others := base, map[string]string{}
		for name, data := range files {
			others[name] = data
		}
		if name, file := strings.CutPrefix(tt.old, "@"); file {
			others[name] = tt.new
		} else if text = strings.Replace(base, tt.old, tt.new, 1); text == base && tt.old != "" {
			t.Fatalf("%q is not in the text", tt.old)
		}
		d := diff.Compare(old, mustParse(t, "f.cfg", text, others))
		got := "not: " + strings.Join(d.InPlace.Reasons, "; ")
		if p := d.Proposal(); (p != nil) != d.InPlace.Possible {
			t.Errorf("%q: a proposal: %v", tt.new, p)
		} else if p != nil {
			var words []string
			for _, op := range p.Operations {
				b, _ := json.Marshal(op)
				words = append(words, string(b))
			}
			for _, name := range slices.Sorted(maps.Keys(p.Files)) {
				data := p.Files[name]
				words = append(words, "+"+name)
				if string(data) != others[name] {
					t.Errorf("%s: %q", name, data)
				}
			}
			got = strings.Join(words, " ")
		}
		if got != tt.want {
			t.Errorf("%q to %q:\n got %s\nwant %s", tt.old, tt.new, got, tt.want)
		}
	}
}

func TestManyReasons(t *testing.T) {
	d := diff.Compare(mustParse(t, "old.cfg", many(50, "5s"), nil), mustParse(t, "new.cfg", many(1, "5s"), nil))
	if r := d.InPlace.Reasons; len(r) != 11 || r[10] != "and 88 other reasons" {
		t.Errorf("%d: %q", len(r), r)
	}
}
