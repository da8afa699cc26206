package show

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/cpu"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/version"
)

func keywords(t *testing.T, names ...string) string {
	t.Helper()
	var b strings.Builder
	if err := Keywords(&b, names); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestClasses(t *testing.T) {
	const help = `# List of supported keyword classes:
all: list all keywords
acl: ACL keywords
cfg: configuration keywords
cli: CLI keywords
cnv: sample converter keywords
flt: filter names
smp: sample fetch functions
svc: service names
`
	if got := keywords(t, "help"); got != help {
		t.Errorf("help:\n%s", got)
	}
	if got := keywords(t, "none"); got != "" {
		t.Errorf("a class that does not exist prints %q", got)
	}
	var each []string
	for _, c := range classes() {
		each = append(each, c.name)
	}
	if keywords(t, "all") != keywords(t, each...) {
		t.Error("all is not all")
	}
}

// A line of each kind, in the reference's layout.
func TestLines(t *testing.T) {
	for class, lines := range map[string][]string{
		"acl": {"# List of registered ACL keywords:", "base_beg = base -m beg", "hdr = req.hdr -m str"},
		"cfg": {"# List of registered configuration keywords:", "global", "\tnbthread", "listen", "\ttimeout client", "\tbind <addr> name +1", "\tbind <addr> transparent",
			"\tserver <name> <addr> backup", "\tserver <name> <addr> weight +1", "\toption dontlognull [ FE ]", "\toption forwardfor [ FE BE ]",
			"\thttp-request set-header", "\ttcp-request connection reject"},
		"cli": {"# List of registered CLI keywords:", "show stat [WORKER] "},
		"cnv": {"# List of registered sample converter functions:", "lower: str => str", "field(integer,string[,integer]): str => str", "add(string): sint => sint"},
		"flt": {"# List of registered filter names:"},
		"svc": {"# List of registered service names:"},
		"smp": {"# List of registered sample fetch functions:",
			"#                       _.---------------------- frontend tcp-request connection rule",
			"#  / / / / / / / / / / / / / / / / / / / / / _.- CLI parser",
			"# / / / / / / / / / / / / / / / / / / / / / /  ",
			"[ Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y ] always_true: bool",
			"[ . . Y Y Y Y Y Y Y Y Y . . . . . . . . . . . ] path: str"},
	} {
		got := strings.Split(keywords(t, class), "\n")
		for _, l := range lines {
			if !slices.Contains(got, l) {
				t.Errorf("%s: no %q", class, l)
			}
		}
	}
}

// Only what can be used is listed.
func TestUsableOnly(t *testing.T) {
	lines := strings.Split(keywords(t, "cfg"), "\n")
	works, known := map[string]bool{}, map[string]bool{}
	for _, table := range append(config.Rows(), features.Tables()...) {
		for _, k := range table {
			known[k.Name] = true
			works[k.Name] = works[k.Name] || k.Parse != nil && k.Part == ""
		}
	}
	waiting := 0
	for name := range known {
		if works[name] || strings.HasPrefix(name, "option") {
			continue
		}
		waiting++
		if slices.Contains(lines, "\t"+name) {
			t.Errorf("%s is listed and cannot be used", name)
		}
	}
	if waiting == 0 {
		t.Error("nothing is left to build?")
	}
}

// What -vv says of a feature is what a configuration can do.
func TestFeatures(t *testing.T) {
	cfg := strings.Split(keywords(t, "cfg"), "\n")
	for feature, lines := range map[string][]string{
		"LINUX_CAP":       {"\tsetcap"},
		"CPU_AFFINITY":    {"\tcpu-map"},
		"PRCTL":           {"\tset-dumpable"},
		"HAVE_TCP_MD5SIG": {"\tbind <addr> tcp-md5sig +1"},
		"NS":              {"\tbind <addr> namespace +1", "\tserver <name> <addr> namespace +1"},
		"TFO":             {"\tbind <addr> tfo", "\tserver <name> <addr> tfo"},
		"LINUX_TPROXY":    {"\tbind <addr> transparent", "\tserver <name> <addr> source +1"},
		"TPROXY":          {"\tbind <addr> transparent", "\tserver <name> <addr> source +1"},
		"OPENSSL":         {"\tbind <addr> ssl"},
		"SSL":             {"\tbind <addr> ssl"},
		"FCGI":            {"\tuse-fcgi-app"},
		"SPOE":            {"\thttp-request send-spoe-group"},
		"TRACE":           {"traces"},
		"LUA":             {"\tlua-load"},
		"WURFL":           {"\twurfl-data-file"},
		"DEVICEATLAS":     {"\tdeviceatlas-json-file"},
		"51DEGREES":       {"\t51degrees-data-file"},
	} {
		works := true
		for _, l := range lines {
			works = works && slices.Contains(cfg, l)
		}
		if version.Feature(feature) && !works {
			t.Errorf("+%s, but one of %q cannot be used", feature, lines)
		}
		if !version.Feature(feature) && works {
			t.Logf("-%s, although %q can be used: is it time for +%s?", feature, lines, feature)
		}
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestKeywordsWriteError(t *testing.T) {
	if err := Keywords(full{}, []string{"all"}); err != errFull {
		t.Error(err)
	}
}

func TestCPUs(t *testing.T) {
	topology := cpu.Topology{{ID: 0, Capacity: 1024}, {ID: 1, Core: 1, Capacity: 1024}, {ID: 2, Cluster: 1, Core: 2, Package: 1, Node: 1, CCX: 1, Capacity: 512}}
	const head = `[keep] cpu=  0 pk=00 no=00 cl=000 l3=000 co=000 ts=000 capa=1024
[keep] cpu=  2 pk=01 no=01 cl=001 l3=001 co=002 ts=000 capa=512
[evct] cpu=  1 pk=00 no=00 cl=000 l3=000 co=001 ts=000 capa=1024
CPU clusters:
    0  cpus=  1 cores=  1 capa=1024
    1  cpus=  1 cores=  1 capa=512
Thread CPU Bindings:
  Tgrp/Thr  Tid        CPU set
`
	free := cpu.Set{}
	for _, tt := range []struct {
		threads Threads
		want    string
	}{
		{Threads{[]int{1, 1, 1, 1}, []cpu.Set{free, free, free, free}, cpu.Of(0, 2)}, "  1/1-4     1-4        2: 0,2\n\n"},
		{Threads{[]int{1}, []cpu.Set{cpu.Of(0, 2)}, cpu.Of(0, 1, 2)}, "  1/1       1          2: 0,2\n\n"},
		{Threads{[]int{1, 1, 1, 2, 2}, []cpu.Set{cpu.Of(0), cpu.Of(0), cpu.Of(2), cpu.Of(2), cpu.Of(2)}, cpu.Of(0, 1, 2)},
			"  1/1-2     1-2        1: 0\n  1/3       3          1: 2\n  2/1-2     4-5        1: 2\n\n"},
	} {
		var b strings.Builder
		if err := CPUs(&b, topology, tt.threads); err != nil || b.String() != head+tt.want {
			t.Errorf("%v, got\n%swant\n%s", err, b.String(), head+tt.want)
		}
	}
	if err := CPUs(full{}, topology, Threads{[]int{1}, []cpu.Set{free}, cpu.Of(0)}); err != errFull {
		t.Error(err)
	}
}

func TestArchive(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tar")
	if err := Archive(name); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	exe, _ := os.Executable()
	want, _ := os.ReadFile(exe)
	found := false
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(h.Name, "core-") && strings.HasSuffix(h.Name, exe) {
			found = string(data) == string(want)
		}
	}
	if !found {
		t.Errorf("%s is not in the archive", exe)
	}
	if err := Archive("/nonexistent/x.tar"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if err := Archive("/dev/full"); err == nil {
			t.Error("a full disk is no error")
		}
	}
}

func TestObjects(t *testing.T) {
	const maps = `00400000-0088b000 r-xp 00000000 fd:00 1  /usr/sbin/sluice
0088b000-00d2a000 r--p 0048b000 fd:00 1  /usr/sbin/sluice
7f00-7f01 r-xp 00000000 fd:00 2  /lib/libc.so.6
7f01-7f02 r-xp 00001000 fd:00 2  /lib/libc.so.6
7f02-7f03 rw-p 00000000 00:00 0
7ffe-7fff r-xp 00000000 00:00 0  [vdso]
`
	if got := objects(strings.NewReader(maps)); !slices.Equal(got, []string{"/usr/sbin/sluice", "/lib/libc.so.6"}) {
		t.Error(got)
	}
}
