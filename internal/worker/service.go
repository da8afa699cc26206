package worker

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/stream"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/mworker"
)

// service is a loaded configuration that can be served. It implements
// mworker.Handler.
type service struct {
	load    *load
	run     *build.Runtime
	report  *report.Reporter
	socks   *sockets
	taken   []*proxy.Listener // whose sockets another worker may be serving
	started time.Time
	startup string   // what was reported while loading
	left    chan int // receives the exit status once everything has ended
	// replaced tells, from Drain on, whether another worker serves now; nil: none ever does.
	replaced func() bool

	engine  *stream.Engine
	logger  *logs.Logger
	monitor *check.Monitor
	cli     []*cliListener
	slots   chan struct{} // one for each client of the stats sockets
	// checkSlots holds a place for each check in progress; nil: no limit.
	checkSlots chan struct{}
	// changing is held to read the running objects by whoever is no thread of the
	// engine, and to change them (apply.go).
	changing sync.RWMutex
	staying  sync.RWMutex // held to keep the process from leaving for a moment
	outputs  sync.RWMutex // guards run.Outputs

	mu        sync.Mutex
	listening []*stream.Listening
	draining  bool
	paused    map[*proxy.Frontend]bool
	lent      bool // somebody else was given duplicates of the sockets
}

// bind opens every listening socket of the configuration.
func (s *service) bind() bool {
	ok := true
	for _, ln := range s.run.Listeners {
		ok = s.bindListener(ln) && ok
	}
	s.takeShards()
	s.takeNarrower()
	for _, b := range s.run.Spec.Global.StatsSockets {
		l, err := s.openCLI(b)
		if err != nil {
			s.cannotBind(b, "frontend GLOBAL", err)
			ok = false
			continue
		}
		s.cli = append(s.cli, l)
	}
	if !ok {
		s.report.Alertf("[%s.main()] Some protocols failed to start their listeners! Exiting.", os.Args[0])
	}
	return ok
}

func (s *service) prepareEngine() (err error) {
	// A loop in a raw poll keeps its P; one more is what the collector and all
	// other goroutines run on.
	runtime.GOMAXPROCS(s.run.Threads + 1)
	if s.engine, err = stream.New(s.engineOptions()); err != nil {
		return err
	}
	s.logger = s.run.Hub.NewLogger(func() int64 { return time.Now().UnixNano() })
	s.run.Hub.Open()
	s.watch()
	return nil
}

// engineOptions are what the configuration says of the engine.
func (s *service) engineOptions() stream.Options {
	g := s.run.Spec.Global
	limits := http1.Limits{MaxFields: g.Tune.HTTPMaxHdr, AnyPayload: g.H1AnyPayload, KeepInsecure: g.H1KeepInsecure}
	if g.Tune.BufSize > 0 || g.Tune.MaxRewrite > 0 {
		size, spare := g.Tune.BufSize, g.Tune.MaxRewrite
		if size == 0 {
			size = 16384
		}
		if spare == 0 {
			spare = 1024
		}
		limits.MaxHead = size - spare
	}
	return stream.Options{
		Threads: s.run.Threads, Servers: s.run.Servers, MaxConn: s.run.MaxConn, MaxAccept: maxAccept(g.Tune.MaxAccept),
		Limits: limits, Hub: s.run.Hub, Tuning: s.tuning(),
		Events: s.events(),
		Logf:   func(format string, args ...any) { s.report.Alertf(format, args...) },
	}
}

// Serve implements mworker.Handler: from now on connections are accepted.
func (s *service) Serve() error {
	for _, ln := range s.run.Listeners {
		if err := s.listen(ln); err != nil {
			return err
		}
	}
	for _, l := range s.cli {
		if err := l.listen(); err != nil {
			return err
		}
	}
	s.retune()
	s.engine.Start()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ln := range s.run.Listeners {
		s.listening = append(s.listening, s.engine.Serve(ln, ln.Socket))
		for _, sock := range ln.Surplus {
			s.listening = append(s.listening, s.engine.Serve(ln, sock))
		}
	}
	for _, l := range s.cli {
		go l.serve(s)
	}
	s.startChecks()
	go s.watchMemory()
	time.AfterFunc(slimAfter, slim)
	return nil
}

var _ mworker.Prober = (*service)(nil) // without, a hang would go unnoticed

// Probe implements mworker.Prober: the worker lives if every event loop turns.
func (s *service) Probe(done func()) { s.engine.Probe(done) }

// Drain implements mworker.Handler: nothing new is accepted, what was begun is
// finished.
func (s *service) Drain(retire []string, done func()) {
	s.mu.Lock()
	again := s.draining
	s.draining = true
	s.mu.Unlock()
	if again {
		done()
		return
	}
	if d := s.run.Spec.Global.Grace; d > 0 {
		// Others are to see that we stop before the listeners go.
		time.AfterFunc(d, func() { s.drain(retire, done) })
		return
	}
	s.drain(retire, done)
}

// drain is Drain after the time of grace.
func (s *service) drain(retire []string, done func()) {
	s.mu.Lock()
	listening, lent := s.listening, s.lent
	s.listening = nil
	s.mu.Unlock()
	idle := s.engine.SoftStop(s.run.Spec.Global.CloseSpreadTime)
	successor := s.replaced != nil && s.replaced() && !lent
	last := slices.DeleteFunc(slices.Clone(listening), func(l *stream.Listening) bool {
		return !successor || !slices.Contains(retire, l.Key())
	})
	for _, l := range last {
		l.Quiesce()
	}
	for _, l := range listening {
		if !slices.Contains(last, l) {
			l.Leave()
		}
	}
	for _, l := range s.cli {
		l.close()
	}
	s.monitor.Stop()
	finish := func() {
		for _, l := range last {
			l.Retire()
		}
		done()
		s.sayStopped()
		s.leave(idle)
	}
	if len(last) > 0 {
		time.AfterFunc(handshake, finish)
	} else {
		go finish()
	}
}

// handshake is how long the connections that clients have begun may take to be
// there, before a socket is closed that the successor has not taken. (Clients who
// come in that time try again after a second, and are then refused, for the
// addresses that go on have a socket of the successor's: see surplus.go. Where the
// service ends they are refused at once.)
const handshake = 200 * time.Millisecond

// leave ends the process when the last connection has, or when that takes too
// long.
func (s *service) leave(idle <-chan struct{}) {
	var deadline <-chan time.Time
	if d := s.run.Spec.Global.HardStopAfter; d > 0 {
		deadline = time.After(d)
	}
	s.engine.CheckIdle()
	// The channel may hold what was true before the last connections were taken.
	for late := false; !late && s.engine.Conns.Load() > 0; {
		select {
		case <-idle:
		case <-deadline:
			s.report.Warningf("soft-stop running for too long, performing a hard-stop.")
			late = true
		}
	}
	s.staying.Lock()
	s.stop()
	s.left <- 0
}

// sayStopped tells the logs what each proxy has done so far.
func (s *service) sayStopped() {
	totals := s.totals()
	said := map[string]bool{}
	say := func(name string, spec *config.Proxy) {
		if said[name] {
			return
		}
		said[name] = true
		t := totals[name]
		text := fmt.Sprintf("Proxy %s stopped (cumulated conns: FE: %d, BE: %d).", name, t[0], t[1])
		s.report.Warningf("%s", text)
		s.logger.Message(s.output(spec), logs.Warning, text)
	}
	for _, fe := range s.run.Frontends {
		say(fe.Name, fe.Spec)
	}
	for _, be := range s.run.Backends {
		say(be.Name, be.Spec)
	}
}

// totals are the sessions by proxy name, as a frontend and as a backend.
func (s *service) totals() map[string][2]int64 {
	t := map[string][2]int64{}
	s.engine.Collect(time.Second, func(i int) {
		for _, fe := range s.run.Frontends {
			v := t[fe.Name]
			v[0] += fe.Loops[i].Connections
			t[fe.Name] = v
		}
		for _, be := range s.run.Backends {
			v := t[be.Name]
			v[1] += be.Loops[i].Sessions
			t[be.Name] = v
		}
	})
	return t
}

// keys are those of all listeners: without a master nobody else serves them.
func (s *service) keys() []string {
	var keys []string
	for _, ln := range s.run.Listeners {
		keys = append(keys, ln.Key)
	}
	return keys
}

// stop ends everything at once and gives the names in the file system back.
func (s *service) stop() {
	s.engine.Stop()
	s.logger.Close()
	s.run.Hub.Close()
	if s.socks.kept == nil { // under a master the sockets, and their names, live on
		for _, p := range s.socks.paths {
			p.unlink()
		}
	}
}

// closeAll closes the sockets of a load that failed.
func (s *service) closeAll() {
	for _, ln := range s.run.Listeners {
		for _, sock := range append(ln.Surplus, ln.Socket) {
			if sock.FD >= 0 {
				sys.Close(sock.FD)
			}
		}
	}
	for _, l := range s.cli {
		l.close()
	}
}
