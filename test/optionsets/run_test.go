package optionsets

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A play is a site with what its clients do.
type play struct {
	seed  uint64
	site  site
	talks []conversation
}

func newPlay(seed uint64, newer bool) play {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 5)), newer: newer}
	p := play{seed: seed, site: g.site()}
	for range *talks {
		p.talks = append(p.talks, g.conversation())
	}
	return p
}

const global = `global
    nbthread 1
    stats socket {dir}/cli level admin
    h1-case-adjust x-b X-B
    h1-case-adjust content-length Content-LENGTH
    h1-case-adjust x-resp-a X-Resp-A
    h1-case-adjust connection Connection
http-errors pages
    errorfile 503 {dir}/503.http
    errorfile 400 {dir}/odd.http
`

// A seen is what was seen of a play.
type seen struct {
	talks           [][]string
	server, log, st []string
}

// run starts program with all sites and plays them at once. An error: the program
// refuses the configuration.
func run(t *testing.T, program string, plays []play) ([]seen, error) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("503.http", "HTTP/1.1 503 Sorry\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nCache-Control: no-cache\r\n\r\nsorry\n")
	write("odd.http", "HTTP/1.1 419 Odd\r\nContent-Length: 9\r\nX-Page: odd\r\n\r\nodd page\n")
	logs := harness.NewLogs(t)
	addrs := make([]string, len(plays))
	servers := make([][]*server, len(plays))
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(global, "{dir}", dir))
	for i, p := range plays {
		addrs[i] = harness.Addr(t)
		list := []string{"{bind}", addrs[i], "{dir}", dir, "{log}", logs.Addr(), "{n}", fmt.Sprint(p.seed)}
		for k, kind := range p.site.servers {
			at := ""
			if kind == "dead" {
				at = harness.Addr(t)
			} else {
				s := newServer(t, fmt.Sprintf("s%d", k+1), kind)
				servers[i] = append(servers[i], s)
				at = s.l.Addr().String()
			}
			list = append(list, fmt.Sprintf("{%c}", 'A'+k), at)
		}
		b.WriteString(strings.NewReplacer(list...).Replace(p.site.text))
	}
	path := write("sites.cfg", b.String())
	result := make([]seen, len(plays))
	finish := func() {
		for i := range plays {
			for _, s := range servers[i] {
				result[i].server = append(result[i].server, s.report()...)
			}
		}
	}
	if out, err := exec.Command(program, "-c", "-f", path).CombinedOutput(); err != nil && strings.Contains(string(out), "[ALERT]") { // a warning alone may have a status, too
		finish()
		return nil, fmt.Errorf("%s refuses:\n%s", program, out)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
		harness.NoPanic(t, out.String())
	}()
	cli := filepath.Join(dir, "cli")
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := harness.CLI(cli, "show version"); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not start:\n%s", program, &out)
		}
	}
	var wg sync.WaitGroup
	for i, p := range plays {
		wg.Go(func() {
			for _, c := range p.talks {
				result[i].talks = append(result[i].talks, c.play(addrs[i]))
				time.Sleep(3 * time.Millisecond) // what the proxy sees of the end comes before the next
			}
		})
	}
	wg.Wait()
	var stats string
	for end := time.Now().Add(3 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var err error
		if stats, err = harness.CLI(cli, "show stat"); err != nil {
			t.Fatalf("%s: show stat: %v\n%s", program, err, &out)
		}
		if quiet(stats) || time.Now().After(end) {
			break
		}
	}
	time.Sleep(30 * time.Millisecond) // the last datagrams of the log
	finish()
	lines := logs.Lines()
	for i, p := range plays {
		result[i].log = logged(lines, p.seed, strings.Contains(p.site.text, "mode http"))
		result[i].st = counters(stats, p.seed, strings.Contains(p.site.text, "mode tcp"))
	}
	return result, nil
}

// rows reads the answer to "show stat".
func rows(stats string) (names []string, rows [][]string) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(strings.TrimSpace(stats), "# ")))
	r.FieldsPerRecord = -1
	all, _ := r.ReadAll()
	if len(all) == 0 {
		return nil, nil
	}
	return all[0], all[1:]
}

func quiet(stats string) bool {
	names, list := rows(stats)
	scur := slices.Index(names, "scur")
	for _, r := range list {
		if scur < len(r) && r[scur] != "" && r[scur] != "0" {
			return false
		}
	}
	return true
}

// counted are the columns that are compared.
var counted = strings.Fields("qmax stot dreq dresp ereq econ wredis hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx hrsp_other req_tot cli_abrt srv_abrt dcon dses conn_tot intercepted connect reuse wrew lbtot")

func counters(stats string, n uint64, tcp bool) (list []string) {
	names, all := rows(stats)
	for _, r := range all {
		if r[0] != fmt.Sprintf("f%d", n) && r[0] != fmt.Sprintf("b%d", n) {
			continue
		}
		if strings.HasPrefix(r[1], "sock") {
			continue // HAProxy 2.6 counts other things of them
		}
		line := r[0] + "/" + r[1]
		for _, c := range counted {
			if tcp && c == "srv_abrt" {
				continue
			}
			if i := slices.Index(names, c); i >= 0 && i < len(r) && r[i] != "" && r[i] != "0" {
				line += " " + c + "=" + r[i]
			}
		}
		list = append(list, line)
	}
	return list
}

var varying = []struct {
	re   *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`\bPHPH`), "SHSH"},
	{regexp.MustCompile(`\bPH`), "SH"}, // half a head is an error of the one or of the other kind
	{regexp.MustCompile(`fd\[\d+\]`), "fd[N]"},
	{regexp.MustCompile(`\d\d/\w\w\w/\d{4}:\d\d:\d\d:\d\d(\.\d+| \+0000)`), "DATE"},
}

var (
	durations = regexp.MustCompile(`^(T=)?\+?-?\d+(/\+?-?\d+){2,6}$`)
	ofCLF     = regexp.MustCompile(`" (\d+) (\+?\d+) "" "" \d+ \d+ ("\S*" "\S*" "\S*") (\S+ \S+ \S+ \S+ \S+) (\S+) \d+ \d+ \d+ \d+ (\+?\d+)`)
	digits    = regexp.MustCompile(`\d+`)
)

// logged are the lines of a site without the times in them, with their priority.
func logged(lines []string, n uint64, http bool) (list []string) {
	own := regexp.MustCompile(fmt.Sprintf(`\b[fb]%d\b`, n))
	for _, l := range lines {
		if !own.MatchString(l) {
			continue
		}
		pri, _, _ := strings.Cut(l, ">")
		_, text, _ := strings.Cut(l, "]: ")
		list = append(list, pri+"> "+line(text, http))
	}
	slices.Sort(list)
	return list
}

// line takes dates, ports, durations, lengths and counts of connections out of a log line.
func line(text string, http bool) string {
	for _, h := range varying {
		text = h.re.ReplaceAllString(text, h.text)
	}
	if m := ofCLF.FindStringSubmatchIndex(text); m != nil {
		return text[:m[0]] + string(ofCLF.ExpandString(nil, `" $1 B "" "" PORT MS $3 `, text, m)) + signs(text[m[8]:m[9]], " ") + string(ofCLF.ExpandString(nil, ` $5 N N N N $6`, text, m)) + text[m[1]:]
	}
	if !http {
		text = strings.Replace(text, " SD ", " -- ", 1) // a reset behind the data is not always seen
	}
	f := strings.Split(text, " ")
	times := false
	for i := range f {
		if !durations.MatchString(f[i]) {
			continue
		}
		if times { // counts of connections, and retries
			p := strings.Split(f[i], "/")
			f[i] = "N/" + p[len(p)-1]
			break
		}
		three := strings.Count(f[i], "/") == 2
		f[i], times = signs(f[i], "/"), true
		if three && http && i+1 < len(f) { // what HAProxy counts of messages is not their bytes
			f[i+1] = digits.ReplaceAllString(f[i+1], "B")
		}
		if i+4 < len(f) && !strings.HasPrefix(f[i], "T=") && strings.Count(f[i], "/") == 4 { // behind the status
			f[i+2] = digits.ReplaceAllString(f[i+2], "B")
		}
	}
	return strings.Join(f, " ")
}

// signs keeps of durations whether there is one.
func signs(list, sep string) string {
	f := strings.Split(list, sep)
	for i := range f {
		if !strings.HasSuffix(f[i], "-1") {
			f[i] = strings.TrimRight(f[i], "0123456789") + "T"
		}
	}
	return strings.Join(f, sep)
}
