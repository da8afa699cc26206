package features

import (
	"path"
	"strings"
	"testing"
)

// missing says which subject a converter, fetch or action waits for that has no
// line here yet, by pattern of its name. What is not built and is not here has
// its subject: it counts against the share that doc/keywords.md states.
var missing = []struct{ names, subject string }{
	{"in_table table_* sc_* sc[0-2]_* src_*_cnt src_*_rate src_clr_* src_inc_* src_get_* src_conn_* src_kbytes_* src_glitch_* src_updt_* sc-* track-sc", "stick tables"},
	{"ssl_* wait-for-handshake", "TLS connections"},
	{"jwt_decrypt_cert", "certificate stores"},
	{"bs.debug_str fs.debug_str", "HAProxy's inner form of streams"},
	{"51d.*", "the library 51Degrees"}, {"da-csv-conv", "the library DeviceAtlas"},
	{"term_events", "records of connection events"},
	{"res.cache_* cache-store cache-use", "the cache"},
	{"res.comp res.comp_algo", "compression"},
	{"internal.*", "HAProxy's inner form of messages"},
	{"spoe.engine-id send-spoe-group", "SPOE"}, {"fcgi.*", "FastCGI"},
	{"dgram-drop send-retry", "QUIC"},
	{"attach-srv", "reverse HTTP"}, {"do-resolve", "resolvers"}, {"set-bandwidth-limit", "bandwidth limits"},
}

// waitsFor is the subject that a name waits for, "" when there is none.
func waitsFor(name string) string {
	name, _, _ = strings.Cut(strings.Fields(name + " ")[0], "(")
	for _, m := range missing {
		for _, p := range strings.Fields(m.names) {
			if ok, _ := path.Match(p, name); ok {
				return m.subject
			}
		}
	}
	return ""
}

// A share is how many rows of a group have their subject, and are built.
type share struct {
	title         string
	built, having int
	lacking       []string // names with a subject that are not built
}

func (s *share) add(list []Entry) {
	for _, e := range list {
		switch {
		case e.State != NotBuilt:
			s.built++
			s.having++
		case waitsFor(e.Syntax) == "":
			s.having++
			s.lacking = append(s.lacking, e.Syntax)
		}
	}
}

func (s *share) percent() float64 { return 100 * float64(s.built) / float64(s.having) }

// At least 95 of 100 converters, fetches and actions whose subject exists are
// built, and no subject is said to be missing that something built has.
func TestShares(t *testing.T) {
	d := collect()
	for _, s := range d.shares {
		if s.percent() < 95 || s.having < 50 {
			t.Errorf("%s: %d of %d are built (%.1f %%); not: %v", s.title, s.built, s.having, s.percent(), s.lacking)
		}
	}
	used := map[string]bool{}
	for name, built := range d.names {
		if m := waitsFor(name); m != "" && built {
			t.Errorf("%s is built, though it waits for %s", name, m)
		} else if m != "" {
			used[m] = true
		}
	}
	for _, m := range missing {
		if !used[m.subject] {
			t.Errorf("nothing waits for %s", m.subject)
		}
	}
}
