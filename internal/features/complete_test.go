package features

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// A keyword of testdata/manual-3.4.txt.
type manualKeyword struct {
	kind, name string
	in         config.Sections
	no         bool
}

var sectionBits = map[string]config.Sections{
	"global": config.InGlobal, "defaults": config.InDefaults, "defaults!": config.InDefaults | config.NamedDefaults,
	"frontend": config.InFrontend, "listen": config.InListen, "backend": config.InBackend,
}

func manualKeywords(t *testing.T) []manualKeyword {
	f, err := os.Open("testdata/manual-3.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []manualKeyword
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		c := append(strings.Split(s.Text(), "\t"), "", "", "")
		k := manualKeyword{kind: c[0], name: c[1], no: c[3] == "no"}
		for _, w := range strings.Fields(c[2]) {
			k.in |= sectionBits[w]
		}
		list = append(list, k)
	}
	if len(list) < 700 {
		t.Fatalf("only %d keywords", len(list))
	}
	return list
}

// beyond are rows that the manual does not have. Most of them are accepted by
// the reference all the same.
var beyond = map[string]bool{
	"bind:tos":                             true, // the actions have it
	"bind:process":                         true,
	"global:mworker-hang-timeout":          true,
	"global:mworker-drain-memory":          true,
	"global:mworker-drain-timeout":         true,
	"global:mworker-max-draining":          true,
	"global:mworker-history":               true,
	"global:mworker-inplace":               true,
	"global:mworker-on-reload":             true,
	"global:mworker-load-timeout":          true,
	"global:no-quic":                       true,
	"global:tune.fd.tables":                true,
	"global:tune.ssl.keyupdate-rate-limit": true,
	"global:tune.vars.check-max-size":      true,
	"proxy:compression type-req":           true,
	"proxy:compression type-res":           true,
	"server:no-check-send-proxy":           true,
	"server:usesrc":                        true,
}

// Every keyword of the manual is a row that may stand in the same sections, with
// the same prefixes, and every row is in the manual or listed in beyond.
// wider rows stand where HAProxy takes them, in sections that the manual leaves out.
var wider = map[string]bool{"option http-drop-request-trailers": true, "option http-drop-response-trailers": true}

func TestComplete(t *testing.T) {
	const proxies = config.InAnyProxy | config.NamedDefaults
	rows := map[string]*config.Keyword{}
	groups := map[string]bool{}
	for _, table := range append(Tables(), config.Rows()...) {
		for i := range table {
			k := &table[i]
			for kind, in := range map[string]config.Sections{"global": config.InGlobal, "proxy": proxies} {
				name := kind + ":" + k.Name
				if k.In&in != 0 && k.Group {
					groups[name] = true
				} else if k.In&in != 0 && rows[name] == nil {
					rows[name] = k
				}
			}
		}
	}
	options := map[string]bool{}
	for _, o := range config.BindOptions() {
		options["bind:"+o.Name] = true
	}
	for _, o := range config.ServerOptions() {
		options["server:"+o.Name] = true
	}
	known := map[string]bool{}
	for _, m := range manualKeywords(t) {
		name := m.kind + ":" + m.name
		known[name] = true
		k := rows[name]
		switch {
		case m.kind == "bind" || m.kind == "server":
			if !options[name] {
				t.Errorf("%s: no row", name)
			}
		case k == nil && !groups[name]:
			t.Errorf("%s: no row", name)
		case k == nil:
		case m.kind == "global":
			if m.no != k.No {
				t.Errorf("%s: prefix %v, the manual %v", name, k.No, m.no)
			}
		case k.In&proxies != m.in && !wider[m.name]:
			t.Errorf("%s: sections %b, the manual %b", name, k.In&proxies, m.in)
		case m.no != k.No:
			t.Errorf("%s: prefix %v, the manual %v", name, k.No, m.no)
		}
	}
	for name := range rows {
		if !known[name] && !beyond[name] && !strings.HasPrefix(name, "proxy:compression ") {
			t.Errorf("%s: not in the manual", name)
		}
	}
	for name := range options {
		if !known[name] && !beyond[name] {
			t.Errorf("%s: not in the manual", name)
		}
	}
	for name := range beyond {
		if known[name] || rows[name] == nil && !options[name] {
			t.Errorf("%s: no row, or in the manual", name)
		}
	}
}
