package test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// inPlace is a configuration whose parts can change without a new worker.
type inPlace struct {
	service
	other      *origin.HTTP
	page, logs string
	acl        string
	mapped     string
	extra      string   // lines of the frontend
	servers    []string // lines of the backend
}

func (c *inPlace) text() string {
	return "global\n    mworker-inplace\n" + defaults + fmt.Sprintf(`
frontend web
    bind %s
    log %s local0
    errorfile 503 %s
    http-request deny if { path -f %s }
    http-request return status 200 content-type text/plain lf-string "%%[path,map(%s,none)]" if { path_beg /map }
%s
    use_backend none if { path /none }
    default_backend origins

backend none
    server n 127.0.0.1:1 disabled

backend origins
    %s

listen tcp
    mode tcp
    bind %s
    server e1 %s
`, c.HTTP, c.logs, c.page, c.acl, c.mapped, c.extra, strings.Join(c.servers, "\n    "), c.TCP, c.Echo.Addr())
}

const inPlaceSaid = "the worker changed in place, nothing was restarted."

// Changes in place, of every kind, under load: the worker stays, and so does every
// connection; nothing is lost. What they have changed is there at once.
func TestInPlaceUnderLoad(t *testing.T) {
	t.Parallel()
	dir := harness.TempDir(t)
	one, two := harness.NewLogs(t), harness.NewLogs(t)
	c := &inPlace{service: *newService(t), other: origin.NewHTTP(t, "o2"), page: filepath.Join(dir, "503"), acl: filepath.Join(dir, "acl"), mapped: filepath.Join(dir, "map"), logs: one.Addr()}
	c.servers = []string{"server o1 " + c.Origin.Addr()}
	writeFile(t, c.page, "HTTP/1.1 503 Down\r\n\r\none")
	writeFile(t, c.acl, "/denied\n")
	writeFile(t, c.mapped, "/map one\n")
	p := harness.Start(t, harness.Options{Dir: dir, Config: c.text(), Await: []string{c.HTTP, c.TCP}})
	worker := p.Worker()
	tr := c.Load(t, 3)

	seen := func(o *origin.HTTP) func() error {
		before := o.Requests()
		return func() error {
			if o.Requests() == before {
				return fmt.Errorf("no request has come")
			}
			return nil
		}
	}
	unseen := func(o *origin.HTTP) func() error {
		return func() error {
			// Requests that were on their way may still arrive.
			before := o.Requests()
			tr.Progress(t, 10*time.Second)
			tr.Progress(t, 10*time.Second)
			if n := o.Requests() - before; n > 0 {
				return fmt.Errorf("%d requests have come", n)
			}
			return nil
		}
	}
	answers := func(path string, status int, body string) func() error {
		return func() error {
			if a, err := harness.Get(t, c.HTTP, path); err != nil || a.Status != status || string(a.Body) != body {
				return fmt.Errorf("%+v, %v", a, err)
			}
			return nil
		}
	}
	shows := func(text string) func() error {
		return func() error {
			if a := p.Master("@1 show servers state origins"); !strings.Contains(a, text) {
				return fmt.Errorf("no %q in %s", text, a)
			}
			return nil
		}
	}
	first := answers("/none", 503, "one")
	if err := first(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		what   string
		change func()
		then   func() func() error
	}{
		{"a server is added", func() { c.servers = append(c.servers, "server o2 "+c.other.Addr()+" check inter 100") }, func() func() error { return seen(c.other) }},
		{"another weight", func() { c.servers[0] += " weight 7" }, func() func() error { return shows(" 7 7 ") }},
		{"another limit", func() { c.servers[1] += " maxconn 3" }, func() func() error { return seen(c.other) }},
		{"maintenance", func() { c.servers[0] += " disabled" }, func() func() error { return unseen(c.Origin) }},
		{"an end of it", func() { c.servers[0] = "server o1 " + c.Origin.Addr() }, func() func() error { return seen(c.Origin) }},
		{"another address", func() { c.servers[0] = "server o1 " + c.other.Addr() }, func() func() error { return unseen(c.Origin) }},
		{"the former address", func() { c.servers[0] = "server o1 " + c.Origin.Addr() }, func() func() error { return seen(c.Origin) }},
		{"a server is removed", func() { c.servers = c.servers[:1] }, func() func() error { return unseen(c.other) }},
		{"another page", func() { writeFile(t, c.page, "HTTP/1.1 503 Down\r\n\r\ntwo") }, func() func() error { return answers("/none", 503, "two") }},
		{"other patterns", func() { writeFile(t, c.acl, "/denied\n/none\n") }, func() func() error {
			return func() error {
				if a, err := harness.Get(t, c.HTTP, "/none"); err != nil || a.Status != 403 {
					return fmt.Errorf("%+v, %v", a, err)
				}
				return nil
			}
		}},
		{"another map", func() { writeFile(t, c.mapped, "/map two\n/map2 three\n") }, func() func() error { return answers("/map2", 200, "three") }},
		{"the former patterns", func() { writeFile(t, c.acl, "/denied\n") }, func() func() error { return answers("/none", 503, "two") }},
		{"other logs", func() { c.logs = two.Addr() }, func() func() error {
			return func() error {
				if len(two.Lines()) == 0 {
					return fmt.Errorf("no line")
				}
				return nil
			}
		}},
		{"everything", func() {
			c.servers = []string{"server o3 " + c.other.Addr(), "server o1 " + c.Origin.Addr() + " weight 2"}
			c.logs = one.Addr()
			writeFile(t, c.page, "HTTP/1.1 503 Down\r\n\r\nthree")
		}, func() func() error { return answers("/none", 503, "three") }},
	} {
		then := step.then()
		step.change()
		p.WriteConfig(c.text())
		if a := p.Master("reload"); !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, inPlaceSaid) {
			t.Fatalf("%s: %s", step.what, a)
		}
		if got := p.Worker(); got != worker {
			t.Fatalf("%s: worker %d instead of %d", step.what, got, worker)
		}
		eventually(t, 10*time.Second, step.what, then)
		tr.Progress(t, 10*time.Second)
	}
	// Going back is a change like any other.
	for _, words := range []string{"rollback 13", "reload"} {
		if a := p.Master(words); !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, inPlaceSaid) || p.Worker() != worker {
			t.Errorf("%s: %s", words, a)
		}
		tr.Progress(t, 10*time.Second)
	}
	tr.Stop(t)
	// A crash gives what was last, whatever became of the files.
	for _, name := range []string{c.page, c.acl, c.mapped, p.ConfigPath()} {
		writeFile(t, name, "nonsense")
	}
	p.Kill(worker, syscall.SIGKILL)
	p.AwaitGone(worker, 5*time.Second)
	eventually(t, 10*time.Second, "the respawned worker", answers("/none", 503, "three"))
	for _, is := range []func() error{shows(" o3 "), answers("/map", 200, "two")} {
		if err := is(); err != nil {
			t.Error(err)
		}
	}
	if a := p.Master("show generations"); strings.Count(a, ", in place") != 16 {
		t.Error(a)
	}
}

// What cannot be done in place is a reload like any other, and the answer says why.
func TestNotInPlace(t *testing.T) {
	t.Parallel()
	dir := harness.TempDir(t)
	c := &inPlace{service: *newService(t), other: origin.NewHTTP(t, "o2"), page: filepath.Join(dir, "503"), acl: filepath.Join(dir, "acl"), mapped: filepath.Join(dir, "map"), logs: "127.0.0.1:1"}
	c.servers = []string{"server o1 " + c.Origin.Addr()}
	writeFile(t, c.page, "HTTP/1.1 503 Down\r\n\r\none")
	writeFile(t, c.acl, "/denied\n")
	writeFile(t, c.mapped, "/map one\n")
	p := harness.Start(t, harness.Options{Dir: dir, Config: c.text(), Await: []string{c.HTTP, c.TCP}})
	tr := c.Load(t, 2)
	for _, step := range []struct {
		change func()
		reason string
	}{
		{func() {}, "Not in place: nothing differs."},
		{func() { c.extra = "    http-request set-header a b" }, "Not in place: rule http-request of frontend web added (" + p.ConfigPath()},
		{func() { c.servers[0] += " backup" }, "Not in place: options of server origins/o1 changed"},
		{func() { c.servers[0] = "server o1 ipv4@localhost" + strings.TrimPrefix(c.Origin.Addr(), "127.0.0.1") }, "is looked up by name"},
	} {
		worker := p.Worker()
		step.change()
		p.WriteConfig(c.text())
		a := p.Master("reload")
		if !strings.HasPrefix(a, "Success=1\n") || !strings.Contains(a, step.reason) || strings.Contains(a, inPlaceSaid) {
			t.Errorf("%s: %s", step.reason, a)
		}
		if got := p.Worker(); got == worker {
			t.Errorf("%s: the same worker", step.reason)
		}
		tr.Progress(t, 10*time.Second)
	}
	// Without the option nothing is done in place.
	c.servers[0] = "server o1 " + c.Origin.Addr()
	p.WriteConfig(strings.Replace(c.text(), "    mworker-inplace\n", "", 1))
	p.MustReload()
	worker := p.Worker()
	c.servers[0] += " weight 3"
	p.WriteConfig(strings.Replace(c.text(), "    mworker-inplace\n", "", 1))
	tr.Stop(t)
	if a := p.Master("reload"); strings.Contains(a, "lace") || p.Worker() == worker {
		t.Error(a)
	}
}
