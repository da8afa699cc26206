package master

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// observe prints what happens in the reference's words. It runs on mworker's
// observer goroutine: lines added to the startup log before it returns are part
// of a reload's answer.
func (m *master) observe(e mworker.Event) {
	m.report.SetTee(func(_ report.Level, line string) {
		// A load's log begins with its process, as in the reference.
		if e.Startup != nil && e.Kind != mworker.EventReloading {
			e.Startup.Add(line)
		}
	})
	defer m.report.SetTee(nil)
	m.slim.happened()
	m.loads.observe(e)
	r, w := m.report, e.Worker
	defer m.runHook(e) // when its effects are told
	defer m.crashed(e.Crash)
	switch e.Kind {
	case mworker.EventReloading:
		r.Again()
		if e.First || e.Respawn {
			return
		}
		if e.Check {
			r.Noticef("Checking the configuration")
			return
		}
		m.notify.Reloading()
		if e.From != 0 {
			r.Noticef("Going back to generation %d", e.From)
			return
		}
		if e.Hard {
			r.Noticef("Reloading HAProxy (hard-reload)")
		} else {
			r.Noticef("Reloading HAProxy")
		}
	case mworker.EventLoading:
		r.Noticef("Initializing new worker (%d)", w.PID)
	case mworker.EventLog:
		// The worker printed it to the same standard error, and mworker keeps it.
	case mworker.EventReady:
		m.ready(e)
	case mworker.EventRetired:
		m.handover()
	case mworker.EventChecked:
		r.Noticef("The configuration would be loaded; nothing was changed.")
		m.forgetPending()
	case mworker.EventApplied:
		r.Noticef("Worker (%d) has taken the changes over; there is no new one.", w.PID)
		r.Noticef("Loading success.")
		m.forgetPending()
		m.notify.Ready()
	case mworker.EventFailed:
		m.failed(e)
	case mworker.EventCurrentExited:
		if e.Status.Code == 0 {
			r.Warningf("Current worker (%d) %v", w.PID, e.Status)
		} else {
			r.Alertf("Current worker (%d) %v", w.PID, e.Status)
		}
	case mworker.EventFormerExited:
		m.handover()
		if e.ExceedsMaxReloads >= 0 {
			r.Warningf("Former worker (%d) %v, as it exceeds max reloads (%d)", w.PID, e.Status, e.ExceedsMaxReloads)
		} else {
			r.Warningf("Former worker (%d) %v", w.PID, e.Status)
		}
	case mworker.EventHurried:
		r.Warningf("Former worker (%d) is to end, as %s: its idle connections are closed now, the others after a grace.", w.PID, e.Text)
	case mworker.EventOverstays:
		r.Warningf("Former worker (%d) still has connections after its grace and gets SIGTERM, as %s.", w.PID, e.Text)
	case mworker.EventRespawn:
		r.Warningf("The worker will be started again from generation %d in %v.", e.Generation, e.Delay)
		m.notify.Status("The worker has ended and is started again.")
	case mworker.EventFallback:
		r.Warningf("The worker crashes again and again: falling back to generation %d.", e.Generation)
	case mworker.EventUnserved:
		r.Warningf("No worker has served for a while: the listening sockets were closed.")
	case mworker.EventStopping:
		if m.failure() != 0 {
			m.exitOnFailure()
		} else {
			r.Warningf("Exiting Master process...")
			m.stopPrograms(e.Text)
		}
		m.notify.Stopping()
	case mworker.EventExitOnFailure:
		r.Warningf("A worker process unexpectedly died and this can only be explained by a bug in sluice or its dependencies.\n"+
			"Version %s, running on: %s/%s", version.String, runtime.GOOS, runtime.GOARCH)
		m.exitOnFailure()
	case mworker.EventHung:
		r.Alertf("Worker (%d) hangs: %s; killing it with SIGABRT.", w.PID, e.Text)
	case mworker.EventUnresponsive:
		r.Warningf("Worker (%d) did not end in time and was killed.", w.PID)
	case mworker.EventNotOffered:
		r.Warningf("%s", e.Text)
	case mworker.EventUpgraded:
		m.upgraded()
	case mworker.EventNotUpgraded:
		r.Warningf("The master stays what it is: %s.", e.Text)
	case mworker.EventAllExited:
		m.mu.Lock()
		m.ended = true // said when no program is left either
		m.mu.Unlock()
	}
}

// handover closes the channel on which answers to "reload" wait.
func (m *master) handover() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving != nil {
		close(m.leaving)
		m.leaving = nil
	}
}

// handedOver waits until the former worker has let go of its listeners, so that
// who asked for the reload finds only the new configuration; not for long, for
// a frozen worker never will. It returns what is then to be said, if anything.
func (m *master) handedOver() string {
	m.mu.Lock()
	leaving, former := m.leaving, m.former
	m.mu.Unlock()
	if leaving == nil {
		return ""
	}
	select {
	case <-leaving:
		return ""
	case <-time.After(handoverWait):
	}
	fate := "nothing ends it (mworker-hang-timeout 0)"
	if d := m.m.Info().HangTimeout; d != mworker.Never {
		fate = fmt.Sprintf("it is killed if it does not answer for %v", d)
	}
	text := fmt.Sprintf("Former worker (%d) has not let go of its listeners in %v: %s.", former, handoverWait, fate)
	m.report.Warningf("%s", text)
	return report.Line(report.Warning, m.report.PID, text) + "\n"
}

const handoverWait = 500 * time.Millisecond

// ready makes the candidate's settings those in force.
func (m *master) ready(e mworker.Event) {
	former := 0
	for _, w := range m.m.Workers() { // oldest first
		if w.PID != e.Worker.PID && w.Leaving {
			former = w.PID
		}
	}
	m.mu.Lock()
	if m.former = former; m.leaving == nil && former != 0 {
		m.leaving = make(chan struct{})
	}
	if m.pending != nil {
		m.result = m.pending
	}
	path := m.wantedPID()
	m.mu.Unlock()
	if path != "" {
		m.keepPID(path)
	}
	if e.First {
		m.signalOld()
		m.launcher.Ready()
	}
	m.replacePrograms(e)
	m.report.Noticef("Loading success.")
	m.notify.Ready()
}

// keepPID writes the pidfile, in place of the one that was configured before.
func (m *master) keepPID(path string) {
	if err := writePIDFile(path, os.Getpid()); err != nil {
		// The service is up; a missing pidfile is no reason to end it.
		m.report.Warningf("Cannot create pidfile %s : %s", path, strerror(err))
		return
	}
	m.mu.Lock()
	former := m.pidfile
	m.pidfile = path
	m.mu.Unlock()
	if former != "" && former != path {
		removePIDFile(former, os.Getpid())
	}
}

func (m *master) failed(e mworker.Event) {
	r := m.report
	r.Again()
	switch {
	case e.Worker.PID == 0:
		r.Alertf("%s", e.Text)
		r.Warningf("Failed to load the new configuration; the running worker goes on.")
	case e.Text != "":
		r.Alertf("%s", e.Text)
		r.Warningf("Failed to load worker (%d) %v", e.Worker.PID, e.Status)
	default:
		r.Warningf("Failed to load worker (%d) %v", e.Worker.PID, e.Status)
	}
	switch {
	case e.Check:
	case e.Respawn: // no reload, and nobody is ready
		m.notify.Status("The worker could not be started again.")
	case !e.First:
		m.notify.ReloadFailed()
	}
	m.forgetPending()
}

// forgetPending drops what a load's discovery found, for it is not in force.
func (m *master) forgetPending() {
	m.mu.Lock()
	m.pending = nil
	m.mu.Unlock()
}
