// Package worker is the process that serves: it loads the whole configuration,
// binds, drops privileges, says READY and runs the data plane until it is told
// to leave. Without a master ("-W" not given) the same life is driven by
// signals.
package worker

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// Run is the life of a worker under a master; it returns the exit status.
func Run(w *mworker.Worker, o *cmdline.Options, signals *Signals) int {
	sys.DieWithParent() // also when frozen: the end of the channel would not be seen
	programID()
	r := report.New(version.String)
	var said said
	r.Tee = func(level report.Level, line string) {
		said.add(line)
		w.Log(string(level), line)
	}
	r.Quiet = o.Silent(false)
	w.SetVersion(version.String)
	l := &load{o: o, worker: w, report: r, place: newPlace(w.Phase)}
	defer l.place.end()
	files := make([]config.File, 0, len(w.Files()))
	for _, f := range w.Files() {
		files = append(files, config.File{Name: f.Name, Data: f.Data})
	}
	if !l.discover(files) {
		return 1
	}
	payload, err := l.result.Encode()
	if d := l.result.LoadTimeout; err == nil && d >= 0 {
		if d == 0 {
			d = mworker.Never
		}
		err = w.SetLoadTimeout(d)
	}
	if err == nil {
		err = w.Discovered(payload)
	}
	if err != nil {
		r.Alertf("config : %v", err)
		return 1
	}
	r.Quiet = o.Silent(l.result.Quiet)
	if !l.parse(files) {
		return 1
	}
	if err := l.propose(); err != nil {
		r.Alertf("cannot propose changes: %v", err)
		return 1
	}
	if n := len(w.Kept()); n > 0 && len(l.run.Listeners) == 0 && !w.Forced() && !w.IsRespawn() {
		// An emptied or half-written file: nobody means to lose all traffic.
		r.Alertf("config : no listener left, while %d are in service. If that is what you want, use 'reload force' on the master CLI.", n)
		return 1
	}
	socks := &sockets{kept: w.Listener, offer: w.Offer, left: w.Kept, peek: w.Peek}
	if w.Generation() == 1 && !w.IsRespawn() {
		// Later the master has them.
		socks.given = l.adopt(o.TakeFrom)
	}
	s, ok := l.prepare(socks)
	if !ok {
		return 1
	}
	sys.DieWithParent() // a change of the user ended that
	s.left, s.startup, s.replaced = make(chan int, 1), said.end(), w.Replaced
	forbid(l.spec.Global, r)
	l.place.end()
	if err := w.Ready(s); err != nil {
		r.Alertf("cannot report READY: %v", err)
		return 1
	}
	r.Started()
	signals.serve(s.obey)
	return <-s.left
}

// Plain serves without a master until a signal ends it.
func Plain(o *cmdline.Options, signals *Signals, launched func()) int {
	r := report.New(version.String)
	var said said
	r.Tee = func(_ report.Level, line string) { said.add(line) }
	r.Quiet = o.Silent(false)
	l := &load{o: o, report: r}
	files, ok := readFiles(o, r)
	if !ok || !l.discover(files) {
		return 1
	}
	r.Quiet = o.Silent(l.result.Quiet)
	if !l.parse(files) {
		return 1
	}
	if len(l.run.Listeners)+len(l.spec.Global.StatsSockets) == 0 {
		r.Alertf("[%s.main()] No enabled listener found (check for 'bind' directives) ! Exiting.", os.Args[0])
		return 1
	}
	pid, err := openPidfile(pidfile(o, l))
	if err != nil {
		r.Alertf("[%s.main()] Cannot create pidfile %s", os.Args[0], pidfile(o, l))
		return 1
	}
	s, ok := l.prepare(&sockets{given: l.adopt(o.TakeFrom)})
	if !ok {
		return 1
	}
	s.left, s.startup = make(chan int, 1), said.end()
	forbid(l.spec.Global, r)
	if err := s.Serve(); err != nil {
		r.Alertf("[%s.main()] Some protocols failed to start their listeners! Exiting.", os.Args[0])
		return 1
	}
	if err := pid.write(); err != nil {
		r.Alertf("[%s.main()] Cannot write pidfile %s", os.Args[0], pidfile(o, l))
		return 1
	}
	for _, pid := range o.Finish {
		_ = syscall.Kill(pid, syscall.SIGUSR1) // it may be gone
	}
	for _, pid := range o.Terminate {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
	launched()
	r.Started()
	ended := make(chan syscall.Signal, 1)
	signals.serve(func(sig syscall.Signal) {
		switch sig {
		case syscall.SIGTERM, syscall.SIGINT:
			select {
			case ended <- sig:
			default:
			}
		default:
			s.obey(sig)
		}
	}, syscall.SIGTERM, syscall.SIGINT)
	select {
	case code := <-s.left:
		return code
	case sig := <-ended:
		s.stop()
		return dieOf(sig)
	}
}

// Check loads a configuration without serving it ("-c").
func Check(o *cmdline.Options) int {
	r := report.New(version.String)
	r.Quiet = o.Silent(false)
	l := &load{o: o, report: r}
	files, ok := readFiles(o, r)
	if !ok || !l.discover(files) {
		return 1
	}
	r.Quiet = o.Silent(l.result.Quiet)
	if !l.parse(files) || !l.checkListeners() {
		return 1
	}
	if l.warnings > 0 && !r.Quiet {
		fmt.Println("Warnings were found.")
	}
	if o.Verbose {
		fmt.Println("Configuration file is valid")
	}
	return 0
}

// prepare binds what is to be served and drops privileges: everything that may
// fail before READY.
func (l *load) prepare(socks *sockets) (*service, bool) {
	l.at("limits", "")
	if err := limits(l.run, l.report); err != nil {
		l.report.Alertf("[%s.main()] %v", os.Args[0], err)
		return nil, false
	}
	socks.resolve, socks.noReusePort = l.resolve, l.o.NoReusePort || l.spec.Global.NoReusePort
	s := &service{load: l, run: l.run, report: l.report, socks: socks, started: time.Now(), slots: make(chan struct{}, max(l.spec.Global.StatsMaxconn, 1))}
	s.warnOfCutOffs()
	l.at("binding", "")
	bound := s.bind()
	socks.given.close()
	if !bound {
		socks.abandon()
		s.closeAll()
		return nil, false
	}
	if err := fits(l.o.Memory, inUse()); err != nil {
		l.report.Alertf("%v", err)
		socks.abandon()
		s.closeAll()
		return nil, false
	}
	if err := s.prepareEngine(); err != nil {
		l.report.Alertf("%v", err)
		socks.abandon()
		s.closeAll()
		return nil, false
	}
	l.at("privileges", "")
	if t := &l.spec.Global.Tune; t.NiceRuntime != nil {
		l.renice(t.NiceRuntime)
	} else if t.NiceStartup != nil {
		l.renice(&l.nice)
	}
	if l.worker != nil && l.worker.Checking() {
		socks.abandon() // the names belong to who serves
	} else if err := socks.settle(); err != nil {
		l.report.Alertf("cannot name a UNIX socket: %v", err)
		socks.abandon()
		s.closeAll()
		return nil, false
	}
	if !l.transports() {
		return nil, false
	}
	if err := dropPrivileges(l.spec.Global); err != nil {
		l.report.Alertf("[%s.main()] %v.", os.Args[0], err)
		return nil, false
	}
	l.at("ready", "")
	return s, true
}
