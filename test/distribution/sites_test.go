package distribution

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// origins are servers that answer with their name.
func origins(t *testing.T, n int) (addrs []string) {
	for i := range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "s%d", i+1) })}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// desktops are servers of the remote desktop protocol that answer a client's first
// packet with their name.
func desktops(t *testing.T, n int) (addrs []string) {
	for i := range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				if n, _ := c.Read(make([]byte, 4096)); n > 0 {
					fmt.Fprintf(c, "s%d", i+1)
				}
				c.Close()
			}
		}()
		addrs = append(addrs, l.Addr().String())
	}
	return addrs
}

// A farm is how a backend's servers are configured: the words behind each
// server's address, in which # stands for the number of the farm.
var farms = map[string][]string{
	"equal":    {"", "", "", "", ""},
	"weighted": {"weight 1", "weight 10", "weight 3", "weight 100", "weight 7"},
	"one down": {"", "disabled", "", "weight 3", ""},
	"ids":      {"id 10", "id 3", "id 1000", "id 99999", "id 5"},
	"backups":  {"disabled", "disabled", "backup", "backup weight 2", "backup"},
	"keys":     {"hash-key id32", "hash-key addr", "hash-key addr-port weight 3", "guid g# hash-key guid", "hash-key guid"},
	"changed":  {"weight 10", "disabled", "weight 20", "", "weight 5"},
}

// changes are the commands that a farm sees once it runs; %s is the backend.
// Map-based hashing refuses some of the weights.
var changes = map[string][]string{
	"changed": {
		"enable server %s/s2", "set weight %s/s1 50%%", "set server %s/s3 weight 0", "set weight %s/s4 77", "disable server %s/s5",
		"set weight %s/s3 100%%", "set weight %s/s2 0%%", "set server %s/s5 state ready", "set weight %s/s1 256", "set server %s/s4 state drain",
	},
}

// A way is how a key chooses.
type way struct {
	balance  string
	send     func(r *http.Request, key string) // puts the key into a request
	source   bool                              // the key is the client's address
	desktop  bool                              // the key is the cookie of a remote desktop client
	unhashed bool                              // there are no hashes, but turns
	keys     []string
}

func hosts() (list []string) {
	for i := range 40 {
		list = append(list, fmt.Sprintf("www%d.example%d.com", i, i%7))
	}
	return append(list, "localhost", "a.b", "haproxy.1wt.eu", "a.b.c.d", "host:8080", "x.y:80", "10.0.0.1", "10.1.2.3:8080", ".com", "com.", "a..b", "-", "", "A.B.C", "[::1]:80")
}

func paths() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprintf("/dir%d/sub%d/file%d?q=%d&id=%d", i%3, i%5, i, i, i*7))
	}
	return append(list, "/", "/?", "/a", "/a/", "/a/b/c/d/e", "/a?b=/c/d", "/?id=", "/?id", "/?xid=4", "/?a=1;id=5", "/?ID=6", "/?id=7&id=8", "http://h/abs/path?id=9", "http://other/abs/path?id=9", "*", "/%41?id=%42")
}

func numbers() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprint(i*i*7919))
	}
	return append(list, "0", "-1", "x", "99999999999999999999", "4294967296", " 5", "5 ", "a,b", "b, a")
}

func addresses() (list []string) {
	for i := range 60 {
		list = append(list, fmt.Sprintf("127.%d.%d.%d", i%4, i*5%256, 1+i))
	}
	return list
}

// turns are requests that differ in nothing that matters.
func turns() (list []string) {
	for i := range 250 {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

func users() (list []string) {
	for i := range 30 {
		list = append(list, fmt.Sprintf("user%d", i*i))
	}
	return append(list, "a", "10.0.0.1:3389", "domain\\user", "a=b", "User1")
}

// forms are bodies behind the query, if there is one.
func forms() (list []string) {
	for i := range 40 {
		list = append(list, fmt.Sprintf("a=%d&id=%d&b=%d", i, i*7, i))
	}
	return append(list, "", "id=1", "x=1&id=2", "id=a b", "id=a\r\n", "id=a\tb", "id=", "id", "ID=1", "a b&id=3", "\x00id=1", "id=1;x", "foo\nid=7", "xid=1&id=2",
		"&id=4", "id==5", "id=%41", "+id=6", "id=\x80", "id= 1", "id=\n", "id=~a", "id=\"a", "id=/a&id=6", "id=1&id=2", "a=b\x01&id=9", "/?id=4 id=5", "/?x=4 id=5", "/?id= id=5", "long="+strings.Repeat("x", 9000)+"&id=77")
}

func byPost(r *http.Request, key string) {
	if url, form, ok := strings.Cut(key, " "); ok && url[0] == '/' {
		r.URL.Opaque, key = url, form
	}
	r.Method, r.Host = "POST", "h"
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(key)), int64(len(key))
	if key == "" {
		r.Body = nil
	}
}

func byURL(r *http.Request, key string) {
	if key == "*" {
		r.Method = "OPTIONS"
	}
	r.URL.Opaque = key
	r.Host = "h"
}
func byHost(r *http.Request, key string) { r.Header.Set("X-Key", key) }

var ways = []way{
	{balance: "source", source: true, keys: addresses()},
	{balance: "uri", send: byURL, keys: paths()},
	{balance: "uri whole", send: byURL, keys: paths()},
	{balance: "uri len 7", send: byURL, keys: paths()},
	{balance: "uri depth 2", send: byURL, keys: paths()},
	{balance: "uri len 9 depth 1 whole", send: byURL, keys: paths()},
	{balance: "uri path-only", send: byURL, keys: paths()},
	{balance: "url_param id", send: byURL, keys: paths()},
	{balance: "url_param id check_post", send: byPost, keys: forms()},
	{balance: "url_param id check_post", send: byURL, keys: paths()},
	{balance: "hdr(x-key)", send: byHost, keys: hosts()},
	{balance: "hdr(x-key)", send: byHost, keys: numbers()},
	{balance: "hdr(x-key) use_domain_only", send: byHost, keys: hosts()},
	{balance: "hash req.hdr(x-key),lower", send: byHost, keys: hosts()},
	{balance: "hash src", source: true, keys: addresses()},
	{balance: "hash src,ipmask(16)", source: true, keys: addresses()},
	{balance: "hash req.hdr(x-key),length", send: byHost, keys: numbers()},
	{balance: "roundrobin", unhashed: true, send: byHost, keys: turns()},
	{balance: "static-rr", unhashed: true, send: byHost, keys: turns()},
	{balance: "leastconn", unhashed: true, send: byHost, keys: turns()},
	{balance: "first", unhashed: true, send: byHost, keys: turns()},
	{balance: "sticky", unhashed: true, send: byHost, keys: turns()},
	{balance: "source", send: byHost, keys: turns()}, // clients of UNIX sockets have no address
	{balance: "hdr(nosuch)", send: byHost, keys: turns()},
	{balance: "rdp-cookie", desktop: true, keys: users()},
	{balance: "rdp-cookie(msTSHash)", desktop: true, keys: users()},
}

var hashes = []string{
	"hash-type map-based", "hash-type consistent", "hash-type map-based djb2", "hash-type map-based wt6", "hash-type map-based crc32", "hash-type map-based sdbm avalanche", "hash-type map-based wt6 avalanche",
	"hash-type consistent sdbm", "hash-type consistent djb2 avalanche", "hash-type consistent crc32", "hash-type consistent wt6", "hash-type map-based none", "hash-type consistent none avalanche",
}

// A site is one listener: a way with a hash type and a farm.
type site struct {
	name string
	way  way
	text string
	farm string
}

func sites(t *testing.T, recent bool) (list []site) {
	addrs, screens := origins(t, 5), desktops(t, 5)
	for _, w := range ways {
		if !recent && (strings.HasPrefix(w.balance, "hash ") || w.balance == "sticky") {
			continue
		}
		if recent && w.balance == "leastconn" { // takes equals in no order
			continue
		}
		types := hashes
		if w.unhashed {
			types = hashes[:1]
		}
		for i, h := range types {
			if !recent && strings.Contains(h, "none") {
				continue
			}
			for _, farm := range []string{"equal", "weighted", "one down", "ids", "backups", "changed", "keys"} {
				if !recent && farm == "keys" {
					continue
				}
				if recent && farm == "changed" && w.balance == "roundrobin" { // of 2.6: 3.5 gets over changes in another order
					continue
				}
				if i > 1 && farm != "weighted" { // of the functions only the result is new
					continue
				}
				var b strings.Builder
				fmt.Fprintf(&b, "    balance %s\n    %s\n    option allbackups\n", w.balance, h)
				servers := addrs
				if w.desktop {
					servers = screens
					b.WriteString("    mode tcp\n    tcp-request inspect-delay 5s\n    tcp-request content accept if RDP_COOKIE\n")
				}
				for k, a := range servers {
					fmt.Fprintf(&b, "    server s%d %s %s\n", k+1, a, strings.ReplaceAll(farms[farm][k], "#", fmt.Sprint(len(list))))
				}
				list = append(list, site{w.balance + " / " + h + " / " + farm, w, b.String(), farm})
			}
		}
	}
	return list
}
