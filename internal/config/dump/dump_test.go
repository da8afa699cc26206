package dump

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/hash"
)

// Hashes that the reference shows for these names and keys.
func TestHash(t *testing.T) {
	for _, tt := range []struct {
		key  uint32
		text string
		want uint32
	}{
		{123, "web", 0x0e3352}, {77, "web", 0x365d76}, {123, "be1", 0x5a471b}, {123, "10.0.0.1", 0x00fdaf}, {77, "host.example.com:80", 0x92311e},
		{77, "/etc/haproxy/e.http", 0xff5509},
	} {
		if got := hash.XXH32([]byte(tt.text), tt.key) & 0xffffff; got != tt.want {
			t.Errorf("%s under %d: %06x, want %06x", tt.text, tt.key, got, tt.want)
		}
	}
}

const sample = `# about
global
    setenv PIN 1234   # a secret
    description 4711 "my host"
    log 127.0.0.1:514 local0 info
    log global
    maxconn 100
    stats socket /tmp/secret.sock level admin
.if defined(PIN)
    tune.bufsize 16k
.endif
defaults d1
    mode http
    timeout client 5s
    no option dontlognull
    balance url_param secret
frontend web from d1
    bind 10.1.1.1:80,:81 name foo
    bind [2001:db8::1]:443 ssl crt /etc/key.pem
    acl is_x path_beg "/foo bar"
    http-request set-header X-Secret "pass word" if is_x
    use_backend be1 if is_x
    nonsense secret
backend be1
    option httpchk GET /health
    server s1 10.0.0.1:80 check cookie abc
    server s2 host.example.com:80
    source 0.0.0.0 usesrc clientip
`

func dumped(t testing.TB, text string, key uint32, numbers bool) string {
	var b strings.Builder
	d := New(&b, key, numbers, config.Table{{Name: "acl"}, {Name: "http-request"}, {Name: "use_backend"}})
	config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{Seen: d.Line})
	if d.Err() != nil {
		t.Fatal(d.Err())
	}
	return b.String()
}

func TestPlain(t *testing.T) {
	got := dumped(t, sample, 0, true)
	for _, want := range []string{
		"2\tglobal \n3\t\tsetenv PIN 1234 \n4\t\tdescription 4711 my host \n",
		"\n9\t\t.if defined(PIN) \n10\t\ttune.bufsize 16k \n11\t\t.endif \n12\tdefaults d1 \n",
		"\n15\t\tno option dontlognull \n",
		"\n21\t\thttp-request set-header X-Secret pass word if is_x \n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "about") || strings.Count(got, "\n") != strings.Count(sample, "\n")-1 {
		t.Errorf("comments or too many lines:\n%s", got)
	}
}

func TestAnonymous(t *testing.T) {
	const want = `global 
	setenv [...] 
	description [...] 
	log 127.0.0.1:514 local0 info 
	log global 
	maxconn 100 
	stats socket PATH(HASH) [...] 
	.if [...] 
	tune.bufsize 16k 
	.endif 
defaults ID(HASH) 
	mode http 
	timeout client 5s 
	no option dontlognull 
	balance [...] 
frontend ID(HASH) [...] 
	bind HASH [...] 
	bind IPV6(HASH):443 [...] 
	acl ID(HASH) [...] 
	http-request [...] 
	use_backend ID(HASH) [...] 
	[...] 
backend ID(HASH) 
	option httpchk [...] 
	server ID(HASH) IPV4(HASH):80 check [...] 
	server ID(HASH) HASH 
	source 0.0.0.0 [...] 
`
	got := dumped(t, sample, 77, false)
	masked := got
	for _, secret := range []string{"/tmp/secret.sock", "d1", "web", "10.1.1.1:80,:81", "2001:db8::1", "is_x", "be1", "s1", "s2", "10.0.0.1", "host.example.com:80"} {
		h := New(nil, 77, false).hashed("", secret)
		if !strings.Contains(masked, strings.Trim(h, "()")) {
			t.Errorf("%s: no %s", secret, h)
		}
		masked = strings.ReplaceAll(masked, strings.Trim(h, "()"), "HASH")
	}
	if masked != want {
		t.Errorf("got\n%swant\n%s", masked, want)
	}
	if dumped(t, sample, 78, false) == got {
		t.Error("the key changes nothing")
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	d := New(full{}, 0, false)
	d.Line(config.Pos{}, []string{"global"})
	d.Line(config.Pos{}, []string{"global"})
	if d.Err() != errFull {
		t.Error(d.Err())
	}
}

// No word that an owner chose may be seen, wherever the line is cut.
func TestCut(t *testing.T) {
	const line = "    server SECRET1 SECRET2.example.com:80 check cookie SECRET3 weight 5\n"
	for i := range len(line) {
		got := dumped(t, "backend SECRET0\n"+line[:i]+"\n", 5, false)
		if strings.Contains(got, "SECRET") {
			t.Errorf("%d: %s", i, got)
		}
	}
}

func FuzzAnonymous(f *testing.F) {
	for l := range strings.SplitSeq(sample, "\n") {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got := dumped(t, "frontend f\n"+line+"\n", 9, false)
		if strings.Count(got, "\n") > 2+strings.Count(line, "\n") {
			t.Errorf("%q gives %q", line, got)
		}
	})
}
