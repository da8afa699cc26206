// Command sluice is a TCP and HTTP load balancer that reads HAProxy's
// configuration and command line. It looks at its arguments and environment and
// becomes a master, a worker, a process without a master, or a check.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/daemon"
	"github.com/sluice-proxy/sluice/internal/diff/command"
	"github.com/sluice-proxy/sluice/internal/doctor"
	"github.com/sluice-proxy/sluice/internal/hook"
	"github.com/sluice-proxy/sluice/internal/lsp"
	"github.com/sluice-proxy/sluice/internal/master"
	"github.com/sluice-proxy/sluice/internal/reload"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/show"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/internal/worker"
	"github.com/sluice-proxy/sluice/mworker"
)

// A master works from the main thread: see sys.OnMain. All others let go of it.
func init() { runtime.LockOSThread() }

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "doctor":
			return doctor.Main(os.Args[2:])
		case "check":
			return reload.Check(os.Args[2:])
		case "diff":
			return command.Main(os.Args[2:])
		case "explain":
			return worker.Explain(os.Args[2:], os.Stdin, os.Stdout, os.Stderr)
		case "reload":
			return reload.Main(os.Args[2:])
		case hook.Word:
			return hook.Main(os.Args[2:])
		}
	}
	if len(os.Args) > 1 && os.Args[1] == "lsp" {
		return lsp.Main(os.Args[2:])
	}
	if legacy, err := mworker.TakeOver(master.Understands); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	} else if legacy != nil {
		return resumeMaster(legacy)
	}
	signals := worker.CatchSignals()
	inherited := inheritedListeners()
	w, err := mworker.Inherited()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	o, status, done := arguments()
	if done {
		return status
	}
	if o.Memory > 0 {
		// For every role, each process by itself: the collector works the harder the
		// nearer the limit is. What a worker does beyond that is in worker/memory.go.
		debug.SetMemoryLimit(int64(o.Memory) << 20 / 100 * worker.CollectAt)
	}
	switch {
	case w != nil:
		runtime.UnlockOSThread()
		return worker.Run(w, o, signals)
	case o.HasCondition:
		return condition(o)
	case o.Check:
		return worker.Check(o)
	case o.MasterWorker:
		return runMaster(o, signals, daemon.Inherited(), inherited)
	}
	if len(o.MasterCLI) > 0 {
		report.New(version.String).Alertf("a master CLI socket was defined, but master-worker mode (-W) is not enabled.")
		return 1
	}
	return plain(o, signals, inherited)
}

// resumeMaster goes on as the master that this process was when it ran another
// program. The signals that it was sent meanwhile have waited.
func resumeMaster(legacy *mworker.Legacy) int {
	signals := mworker.CatchSignals()
	o, status, done := arguments()
	if done {
		return status
	}
	if o.Memory > 0 {
		debug.SetMemoryLimit(int64(o.Memory) << 20 / 100 * worker.CollectAt)
	}
	return master.Resume(o, signals, legacy)
}

// runMaster leaves no moment in which a signal has no receiver.
func runMaster(o *cmdline.Options, signals *worker.Signals, launcher *daemon.Launcher, inherited map[string]int) int {
	caught := mworker.CatchSignals()
	signals.Stop()
	return master.Run(o, caught, launcher, inherited)
}

// inheritedListeners are the listening sockets that this process was started
// with, by the address that a configuration gives them. It is looked at before
// anything else is opened.
func inheritedListeners() map[string]int {
	open := map[string]int{}
	for _, fd := range sys.ListeningDescriptors() {
		syscall.CloseOnExec(fd) // workers get them by name
		open[fmt.Sprintf("fd@%d", fd)] = fd
	}
	return open
}

// arguments reads the command line; done tells that nothing is left to do.
func arguments() (o *cmdline.Options, status int, done bool) {
	o, err := cmdline.Parse(os.Args[1:])
	var usage *cmdline.UsageError
	switch {
	case errors.As(err, &usage):
		version.Short(os.Stdout)
		cmdline.Usage(os.Stderr, os.Args[0])
		return nil, 1, true
	case err != nil:
		report.New(version.String).Alertf("%v", err)
		return nil, 1, true
	}
	if o.Show != cmdline.ShowNothing {
		answer(o.Show)
		return nil, 0, true
	}
	return o, 0, false
}

func answer(s cmdline.Show) {
	switch s {
	case cmdline.ShowVersion:
		version.Short(os.Stdout)
	case cmdline.ShowBuild:
		version.Long(os.Stdout, show.Build(cmdline.WithoutEffect()))
	case cmdline.ShowNumber:
		fmt.Println(version.String)
	case cmdline.ShowShortNumber:
		fmt.Println(version.Reference)
	case cmdline.ShowBranchNumber:
		fmt.Println(version.Branch)
	}
}

// condition evaluates "-cc": status 0 when it is true, 1 when not, 2 when it is
// wrong.
func condition(o *cmdline.Options) int {
	ok, err := config.Condition(o.Condition, config.NewEnv(os.Environ()), nil)
	if err != nil {
		report.New(version.String).Alertf("Failed to evaluate condition: %v", err)
		return 2
	}
	if ok {
		return 0
	}
	return 1
}

// plain serves without a master. A configuration may still ask for one, or for
// the background.
func plain(o *cmdline.Options, signals *worker.Signals, inherited map[string]int) int {
	sys.OutsideFaults(nil)
	launcher := daemon.Inherited()
	wants := worker.DiscoverIn(o.Dir, o.Files) // nil: the load will say why
	if wants != nil && wants.MasterWorker {
		return runMaster(o, signals, launcher, inherited)
	}
	if background := o.Daemon || wants != nil && wants.Daemon; background && !o.InForeground() && launcher == nil {
		pid, status, err := daemon.Launch()
		if err != nil {
			report.New(version.String).Alertf("Cannot start the daemon: %v", err)
		} else if status != 0 {
			report.New(version.String).Alertf("Process %d exited with code %d (Exit)", pid, status)
		}
		return status
	}
	runtime.UnlockOSThread()
	return worker.Plain(o, signals, launcher.Ready)
}
