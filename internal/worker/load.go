package worker

import (
	"net/netip"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// load is a configuration on its way to being served.
type load struct {
	o      *cmdline.Options
	worker *mworker.Worker // nil without a master
	report *report.Reporter
	place  *place // tells who waits how far it is; may be nil
	result *discovery.Result
	spec   *config.Spec
	run    *build.Runtime
	// environ is the environment that the process was started with; side is what a
	// comparison needs of the configuration, nil when there will be none.
	environ []string
	side    *diff.Side
	former  *former
	// nice is the priority that the process was started with.
	nice int
	// threads are the event loops to come.
	threads *threads
	states  map[string][]check.State // of state files, by path
	// warnings are those about the configuration.
	warnings int
	// lookUp finds the addresses of names; nil: the system does.
	lookUp func(host string, family config.AF) (netip.Addr, error)
}

// at reports progress.
func (l *load) at(name, detail string) { l.place.phase(name, detail) }

// discover runs the discovery pass on the files.
func (l *load) discover(files []config.File) bool {
	l.at("discovery", "")
	env := config.NewEnv(os.Environ())
	env.Predefine(version.String, "")
	if l.place != nil { // it is the master's pass, which does not have it
		delete(env, "HAPROXY_MWORKER")
	}
	result, diag := discovery.Run(files, env, discovery.Options{})
	if diag.Failed() {
		l.report.Refusal(diag, l.o.Diagnostics)
		return false
	}
	l.result = result
	return true
}

// loadGCPercent is how much the heap may grow between collections while a
// configuration is loaded: nearly all of it stays, and marking it again and again
// takes a quarter of the time.
const loadGCPercent = 400

// parse reads the whole configuration and builds what it describes. False: it
// was reported why not.
func (l *load) parse(files []config.File) bool {
	l.at("parsing", "")
	defer debug.SetGCPercent(debug.SetGCPercent(loadGCPercent))
	l.environ = os.Environ()
	env := l.parseEnv()
	o := l.options(env)
	o.ReadFile, o.Seen = l.readFile, l.seen()
	spec, diag := l.read(files, o)
	if len(spec.Programs) > 0 && !l.o.MasterWorker && !l.result.MasterWorker {
		diag.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: spec.Programs[0].Pos,
			Text: "config : Can't use a 'program' section without master worker mode."})
	}
	if !diag.Faulty() {
		l.nice = sys.Nice()
		l.renice(spec.Global.Tune.NiceStartup)
		rule.Check(spec, diag)
		logs.CheckProfiles(spec, diag)
	}
	if !diag.Failed() {
		l.at("building", "")
		l.spec = spec
		l.threads = plan(spec.Global, thisMachine(), diag)
		l.run = build.Build(spec, build.Options{
			Threads: len(l.threads.cpus), Groups: l.threads.groups, MaxConn: l.o.Maxconn, ProxyMaxConn: l.o.ProxyMaxconn,
			Resolve: l.resolve, Last: l.lastAddr, IgnoreUnresolved: l.o.IgnoreUnresolved,
			At:     l.place.line,
			Report: func(text string) { l.report.Alertf("%s", text) },
		}, diag)
	}
	if diag.Failed() {
		l.report.Refusal(diag, l.o.Diagnostics)
		return false
	}
	l.report.Diagnostics(diag, l.o.Diagnostics)
	if l.o.Diagnostics && spec.Global.NBThread == 0 && !diag.Failed() {
		l.report.Printf(report.Diag, "Created %d threads split into %d groups", l.run.Threads, l.threads.groups.Count())
	}
	l.warnings = diag.Warnings()
	if l.warnings > 0 && (l.result.ZeroWarning || l.o.ZeroWarning) {
		l.report.Alertf("Some warnings were found and 'zero-warning' is set. Aborting.")
		return false
	}
	l.restoreStates()
	setEnvironment(env)
	listVariables(files, spec.Global)
	if l.o.NoServerVerify {
		l.report.Warningf("-dV: no certificate of a server is verified, and none needs to be yet: servers are not talked to over TLS.")
	}
	return l.show()
}

// parseEnv is the environment of a configuration.
func (l *load) parseEnv() config.Env {
	env := config.NewEnv(l.environ)
	env.Predefine(version.String, l.localPeer())
	return env
}

// options are those that every parse of this process has in common.
func (l *load) options(env config.Env) config.Options {
	return config.Options{
		Tables:  features.Tables(),
		Env:     env,
		UserID:  account.User,
		GroupID: account.Group,
		Facts:   l.facts(),
		Given:   config.Given{PIDFile: l.o.Pidfile != "", LocalPeer: l.o.LocalPeer != ""},
	}
}

// seen is called for each line that is parsed.
func (l *load) seen() func(config.Pos, []string) {
	dump := l.dump()
	if dump == nil && l.place == nil {
		return nil
	}
	return func(pos config.Pos, words []string) {
		l.place.line(pos)
		if dump != nil {
			dump(pos, words)
		}
	}
}

// facts are those that conditions of the configuration ask for, as the command
// line left them.
func (l *load) facts() *config.Facts {
	f := config.DefaultFacts()
	if l.o.NoReusePort {
		f.Enabled = slices.DeleteFunc(f.Enabled, func(name string) bool { return name == "REUSEPORT" })
	}
	return f
}

// renice gives the process the priority n. What the kernel refuses is worth a
// word only.
func (l *load) renice(n *int) {
	if n == nil || l.o.Check {
		return
	}
	if err := sys.SetNice(*n); err != nil {
		l.report.Warningf("cannot set the priority %d: %v", *n, err)
	}
}

// setEnvironment makes the configuration's environment the process's: what it
// starts, and "show env", see it.
func setEnvironment(env config.Env) {
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if _, ok := env[name]; !ok {
			os.Unsetenv(name)
		}
	}
	for name, value := range env {
		if !parseOnly(name) {
			os.Setenv(name, value)
		}
	}
}

// parseOnly tells the variables that exist only while a configuration is read
// (manual 2.3).
func parseOnly(name string) bool {
	return strings.HasPrefix(name, "HAPROXY_") && strings.HasSuffix(name, "_LOG_FMT")
}

// localPeer is this process's name among peers: "-L", "localpeer", or the
// machine's.
func (l *load) localPeer() string {
	switch {
	case l.o.LocalPeer != "":
		return l.o.LocalPeer
	case l.result.LocalPeer != "":
		return l.result.LocalPeer
	}
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// readFile reads a file that the configuration names. It may block for as long
// as it likes: only this load waits for it. What it finds belongs to the generation:
// whoever loads that again finds the same.
func (l *load) readFile(name string) ([]byte, error) {
	defer l.place.busy("reading " + name)()
	if l.worker == nil {
		return readBounded(name)
	}
	if held := l.worker.Held(name); held != nil {
		return held.Read()
	}
	data, err := readBounded(name)
	l.worker.Keep(name, data, err)
	return data, err
}
