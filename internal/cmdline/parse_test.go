package cmdline

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := []struct {
		in   string
		want Options
	}{
		{"-f a -f b -- c -d", Options{Files: []string{"a", "b", "c", "-d"}}},
		{"-W -S /tmp/m,mode,600 -S 127.0.0.1:1 -f a", Options{MasterWorker: true, MasterCLI: []string{"/tmp/m,mode,600", "127.0.0.1:1"}, Files: []string{"a"}}},
		{"-Ws -f a", Options{MasterWorker: true, Systemd: true, Files: []string{"a"}}},
		{"-c -q -V -f a", Options{Check: true, Verbose: true, Quiet: true, Files: []string{"a"}}},
		{"-4 -dr -dR -dV -dT -dc -m 100 -f a", Options{IPv4Only: true, IgnoreUnresolved: true, NoReusePort: true, NoServerVerify: true, NoKTLS: true,
			ShowCPUs: true, Memory: 100, Files: []string{"a"}}},
		{"-x /s -f a", Options{TakeFrom: "/s", Files: []string{"a"}}},
		{"-dA/tmp/x.tar -f a", Options{Archive: "/tmp/x.tar", Files: []string{"a"}}},
		{"-dK -dKcfg,smp -f a", Options{Keywords: []string{"help", "cfg", "smp"}, Files: []string{"a"}}},
		{"-dC -f a", Options{Dump: &Dump{}, Files: []string{"a"}}},
		{"-dC12 -f a", Options{Dump: &Dump{Key: 12}, Files: []string{"a"}}},
		{"-dC4294967295,line -f a", Options{Dump: &Dump{Key: 1<<32 - 1, Lines: true}, Files: []string{"a"}}},
		{"-dCline -f a", Options{Dump: &Dump{Lines: true}, Files: []string{"a"}}},
		{"-f a -- b --", Options{Files: []string{"a", "b", "--"}}},
		{"-dt h1 -f a", Options{Files: []string{"a"}, Ignored: []string{"-dt"}}},
		{"-dth1 -f a", Options{Files: []string{"a"}, Ignored: []string{"-dt"}}},
		{"-dt -f a", Options{Files: []string{"a"}, Ignored: []string{"-dt"}}},
		{"-D -d -db -p /p -L x -C /d -n 10 -N 20 -dW -dD -f a", Options{Daemon: true, Debug: true, Foreground: true, Pidfile: "/p", LocalPeer: "x",
			Dir: "/d", Maxconn: 10, ProxyMaxconn: 20, ZeroWarning: true, Diagnostics: true, Files: []string{"a"}}},
		{"-f a -sf 1 2 -st 3 -sf 4", Options{Files: []string{"a"}, Finish: []int{1, 2, 4}, Terminate: []int{3}}},
		{"-sf -f a", Options{Files: []string{"a"}}},
		{"-dM -dI -dW -f a", Options{ZeroWarning: true, Files: []string{"a"}, Ignored: []string{"-dM", "-dI"}}},
		{"-dM0,no-merge -dt h1:data -dt -f a", Options{Files: []string{"a"}, Ignored: []string{"-dM", "-dt", "-dt"}}},
		{"-dp -de -dk -dS -dG -dv -dL -dF -dZ -f a", Options{Files: []string{"a"}, Ignored: strings.Fields("-dp -de -dk -dS -dG -dv -dL -dF -dZ")}},
		{"-cc true", Options{Condition: "true", HasCondition: true}},
		{"-v -nonsense", Options{Show: ShowVersion}},
		{"-vv", Options{Show: ShowBuild}},
		{"-vq", Options{Show: ShowNumber}},
		{"-vqs", Options{Show: ShowShortNumber}},
		{"-vqb", Options{Show: ShowBranchNumber}},
	}
	for _, tt := range tests {
		got, err := Parse(strings.Fields(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if d := cmp.Diff(&tt.want, got); d != "" {
			t.Errorf("%s: %s", tt.in, d)
		}
	}
}

func TestRefused(t *testing.T) {
	usage := []string{"", "-c", "-q", "--help", "-h", "-foo", "foo", "-Wx", "-dx -f a", "-z", "-", "-f a b"}
	for _, in := range usage {
		var e *UsageError
		if _, err := Parse(strings.Fields(in)); !errors.As(err, &e) {
			t.Errorf("%q: %v, want the usage", in, err)
		}
	}
	alerts := map[string]string{
		"-f":            "missing argument of option '-f': <cfgfile|cfgdir>",
		"-f a -S":       "missing argument of option '-S': <bind>[,<bind options>...]",
		"-n x -f a":     "option '-n' expects a number of at most 2147483647, not 'x'",
		"-n -1 -f a":    "option '-n' expects a number of at most 2147483647, not '-1'",
		"-N 2147483648": "option '-N' expects a number of at most 2147483647, not '2147483648'",
		"-sf 1 2 x":     "-sf option: some bytes unconsumed in PID list {x}",
		"-st 0":         "-st option: no PID {0}",
		"-m x -f a":     "option '-m' expects a number of at most 2147483647, not 'x'",
		"-dA -f a":      "-dA: missing output file name",
		"-dC1x -c -f a": "option '-dC' expects a key of at most 4294967295, 'line', or both, not '1x'",
		"-dC4294967296": "option '-dC' expects a key of at most 4294967295, 'line', or both, not '4294967296'",
		"-f a -x":       "missing argument of option '-x': <unix_socket>",
	}
	for in, want := range alerts {
		var e *Error
		if _, err := Parse(strings.Fields(in)); !errors.As(err, &e) || e.Text != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}

// Every row must be reachable by its own name, and do what its state says.
func TestTable(t *testing.T) {
	for i := range rows {
		r := &rows[i]
		if got := find(r.name); got != r {
			t.Errorf("%s is hidden by %s", r.name, got.name)
		}
		if (r.set != nil) != (r.state == works) {
			t.Errorf("%s: set and state disagree", r.name)
		}
		if r.help == "" || (r.value == "") != (r.arg == none) {
			t.Errorf("%s: incomplete row", r.name)
		}
	}
	var b bytes.Buffer
	Usage(&b, "/usr/sbin/sluice")
	if !strings.HasPrefix(b.String(), "Usage : sluice [-f <cfgfile|cfgdir>]*") || strings.Count(b.String(), "\n") != len(rows)+9 ||
		!strings.Contains(b.String(), " doctor ") || !strings.Contains(b.String(), " lsp ") || !strings.Contains(b.String(), " check ") || !strings.Contains(b.String(), " diff ") || !strings.Contains(b.String(), "sluice-reload") {
		t.Errorf("usage:\n%s", b.String())
	}
	if got, want := strings.Join(WithoutEffect(), " "), "-dM -dt -de -dp -dk -dv -dS -dG -dL -dF -dI -dZ"; got != want {
		t.Errorf("without effect: %s, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"-W -f a", "-sf 1 x", "-- a", "-cc true -v", "-dt -dM1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		o, err := Parse(strings.Split(line, " "))
		if (o == nil) == (err == nil) {
			t.Errorf("options %v and error %v", o, err)
		}
	})
}

// However a command line is cut, it is understood or refused, never both.
func TestCut(t *testing.T) {
	const line = "-W -S /tmp/m,mode,600 -dC12,line -dKcfg,smp -m 100 -n 10 -sf 1 2 -x /s -dA/tmp/a.tar -p /p -f a -- b"
	for i := range len(line) {
		o, err := Parse(strings.Fields(line[:i]))
		if (o == nil) == (err == nil) {
			t.Errorf("%q: options %v and error %v", line[:i], o, err)
		}
	}
}
