package check

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// scriptCase is a block of testdata/scripts.txt.
type scriptCase struct {
	name               string
	conf, server       []string
	status, code, info string
	got                string
	hasGot             bool
}

func scriptCases(t *testing.T) (all []scriptCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/scripts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n\n") {
		var c scriptCase
		for _, l := range strings.Split(block, "\n") {
			kind, rest, _ := strings.Cut(l, " ")
			switch {
			case l == "" || strings.HasPrefix(l, "#"):
			case c.name == "":
				c.name = l
			case kind == "C":
				c.conf = append(c.conf, rest)
			case kind == "S":
				c.server = append(c.server, rest)
			case kind == "R":
				f := append(strings.SplitN(rest, " ", 3), "")
				c.status, c.code, c.info = f[0], f[1], f[2]
			case kind == "G":
				c.got, err = strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
				if err != nil {
					t.Fatalf("%s: %v", l, err)
				}
				c.hasGot = true
			default:
				t.Fatalf("line %q", l)
			}
		}
		if c.name != "" {
			all = append(all, c)
		}
	}
	return all
}

// Every kind of check, good and bad servers, as the reference judges them; whole
// and a byte at a time.
func TestScripts(t *testing.T) {
	cases := scriptCases(t)
	if len(cases) < 150 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		for _, drip := range []bool{false, true} {
			if conf := strings.Join(c.conf, " "); drip && (strings.Contains(conf, "min-recv 0") || strings.Contains(conf, "rstring ^2")) {
				continue // which are conclusive after the first byte
			}
			name := c.name
			if drip {
				name += "/bytes"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { c.run(t, drip) })
			})
		}
	}
}

func (c *scriptCase) run(t *testing.T, drip bool) {
	f := &fake{script: c.server, drip: drip}
	if len(f.script) == 0 {
		f.script = []string{"hold"}
	}
	r := spec(t, c.name, c.conf).check(f.dial)
	f.ended.Wait()
	code := "-"
	if HasCode(r.Status) {
		code = strconv.Itoa(r.Code)
	}
	if r.Status != c.status || code != c.code || r.Info != c.info {
		t.Errorf("%s %s %q, want %s %s %q", r.Status, code, r.Info, c.status, c.code, c.info)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.hasGot && (len(f.heard) == 0 || string(f.heard[0]) != c.got) {
		t.Errorf("the server got %q, want %q", f.heard, c.got)
	}
}

// A server that is down stays down with a 404: it is as wrong as ever.
func TestDisableOn404WhileDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{script: []string{"rxreq", `send HTTP/1.1 404 Nope\r\ncontent-length: 0\r\n\r\n`}}
		for down, want := range map[bool]string{false: "L7OKC", true: "L7STS"} {
			s := spec(t, "b", []string{"option httpchk", "http-check disable-on-404"})
			s.down = func() bool { return down }
			if r := s.check(f.dial); r.Status != want || r.Code != 404 {
				t.Errorf("down %v: %+v", down, r)
			}
		}
		f.ended.Wait()
	})
}
