package values

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// exampled are the names that have an example: of an expression its fetch and
// its last converter, of a condition what it begins with, and the aliases of logs.
// printed are the converters that only print what the one before them made.
func exampled(t *testing.T) map[string]bool {
	printed := map[string]bool{"hex": true, "iif": true}
	out := map[string]bool{}
	for _, s := range scenes(t) {
		for _, r := range s.rows {
			if strings.HasPrefix(r.expr, "%") {
				name := r.expr[1:]
				if _, rest, ok := strings.Cut(name, "}"); ok {
					name = rest
				}
				out["alias "+name] = true
				continue
			}
			if r.condition() {
				words := append(strings.Fields(strings.TrimPrefix(r.expr, "{")), "")
				name, _, _ := strings.Cut(words[0], "(")
				name, _, _ = strings.Cut(strings.TrimPrefix(name, "!"), ",")
				out["condition "+name] = true
				out["fetch "+name] = true
				continue
			}
			list := steps(strings.Trim(r.expr, `"'`))
			out["fetch "+list[0]] = true
			if list = list[1:]; len(list) > 1 && printed[list[len(list)-1]] {
				list = list[:len(list)-1]
			}
			if len(list) > 0 {
				out["converter "+list[len(list)-1]] = true
			}
		}
	}
	return out
}

// inputs counts the different inputs that the questions give each converter.
func inputs() map[string]int {
	seen := map[string]map[string]bool{}
	for _, q := range questions {
		for _, c := range steps(q.expr) {
			if seen[c] == nil {
				seen[c] = map[string]bool{}
			}
			for _, in := range q.inputs {
				seen[c][in] = true
			}
		}
	}
	out := map[string]int{}
	for c, list := range seen {
		out[c] = len(list)
	}
	return out
}

// Every converter, fetch, derivative of conditions and alias of logs that is
// built has an example, and every converter ten inputs.
func TestLedger(t *testing.T) {
	has, given := exampled(t), inputs()
	n := 0
	want := func(name, why string) {
		if n++; !has[name] && why == "" {
			t.Errorf("%s has no example in testdata/examples", name)
		} else if has[name] && why != "" {
			t.Errorf("%s has an example, and a reason to have none", name)
		}
	}
	for _, e := range sample.Converters() {
		if !e.Built {
			continue
		}
		want("converter "+e.Name, "")
		if _, ok := unasked[e.Name]; given[e.Name] < 10 && !ok {
			t.Errorf("%s has %d inputs, not ten", e.Name, given[e.Name])
		}
	}
	built := map[string]bool{}
	for _, e := range sample.Fetches() {
		if e.Built {
			built[e.Name] = true
			want("fetch "+e.Name, unshown[e.Name])
		}
	}
	for _, d := range rule.Derivatives() {
		if built[d.Fetch] {
			want("condition "+d.Name, "")
		}
	}
	for _, p := range rule.PredefinedACLs() {
		want("condition "+p.Name, "")
	}
	for _, a := range logs.Aliases() {
		if a.Built {
			want("alias "+a.Name, "")
		}
	}
	t.Logf("%d names have examples", n)
}

// unshown says why a fetch that is built has no example.
var unshown = map[string]string{}

// steps are the fetch or alias of an expression, and its converters, in order.
func steps(expr string) (list []string) {
	depth, quote, start := 0, byte(0), 0
	for i := 0; i <= len(expr); i++ {
		end := i == len(expr)
		switch {
		case !end && quote != 0:
			if expr[i] == quote {
				quote = 0
			}
		case !end && (expr[i] == '\'' || expr[i] == '"'):
			quote = expr[i]
		case !end && expr[i] == '(':
			depth++
		case !end && expr[i] == ')':
			depth--
		case end || depth == 0 && expr[i] == ',':
			name, _, _ := strings.Cut(expr[start:i], "(")
			list = append(list, strings.Trim(name, `"' `))
			start = i + 1
		}
	}
	return list
}
