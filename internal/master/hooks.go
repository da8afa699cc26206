package master

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/hook"
	"github.com/sluice-proxy/sluice/mworker"
)

// reloadResult says what a hook is told of an event, "" if it is not told.
func reloadResult(e mworker.Event) string {
	switch {
	case e.First, e.Check:
		return ""
	case e.Kind == mworker.EventFallback:
		return "fallback"
	case e.Respawn:
		return ""
	case e.Kind == mworker.EventReady, e.Kind == mworker.EventApplied:
		return "success"
	case e.Kind == mworker.EventFailed:
		return "failure"
	}
	return ""
}

// runHook has the program of mworker-on-reload started, if there is one and the event is
// for it. After a success it is that of the new configuration.
func (m *master) runHook(e mworker.Event) {
	result := reloadResult(e)
	m.mu.Lock()
	h := m.result.OnReload
	m.mu.Unlock()
	if result == "" || h == nil {
		return
	}
	list := m.m.Generations()
	i := slices.IndexFunc(list, func(g mworker.Generation) bool { return g.Number == e.Generation })
	if i < 0 { // a hundred loads ago
		return
	}
	uid, gid, err := hookIdentity(h)
	if err != nil {
		m.report.Warningf("mworker-on-reload: %v: '%s' is not started.", err, h.Command[0])
		return
	}
	run := hook.Run{Command: h.Command, UID: uid, GID: gid, Env: hookEnv(m.environment(), result, m.m.Info().Generation, list[i])}
	if e.Startup != nil {
		run.Input = e.Startup.Bytes()
	}
	m.hooks.Add(run)
}

// hookIdentity looks the names up: who is somebody else than the master has the groups
// of no one.
func hookIdentity(h *discovery.OnReload) (uid, gid int, err error) {
	return account.Owner{User: h.User, Group: h.Group, UID: -1, GID: -1}.IDs()
}

// hookKept are the variables of the environment that a hook has, too.
var hookKept = []string{"PATH", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME", "TZ"}

// hookEnv is the environment of a hook; doc/reloads.md describes it.
func hookEnv(env []string, result string, serving int, g mworker.Generation) []string {
	var out []string
	path := false
	for _, e := range env {
		if name, _, _ := strings.Cut(e, "="); slices.Contains(hookKept, name) {
			out = append(out, e)
			path = path || name == "PATH"
		}
	}
	if !path {
		out = append(out, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	}
	inPlace := 0
	if g.InPlace {
		inPlace = 1
	}
	for _, v := range []struct {
		name  string
		value any
	}{
		{"RESULT", result},
		{"GENERATION", g.Number},
		{"SERVING", serving},
		{"FROM", g.From},
		{"BY", g.By},
		{"REASON", g.Reason},
		{"DURATION_MS", g.Took.Milliseconds()},
		{"HASH", g.Hash},
		{"IN_PLACE", inPlace},
		{"MASTER", os.Getpid()},
	} {
		out = append(out, "SLUICE_RELOAD_"+v.name+"="+printable(fmt.Sprint(v.value)))
	}
	return out
}

// hookEnded tells what a hook said, and how it ended if that was not as it should.
func (m *master) hookEnded(r hook.Run, o hook.Outcome) {
	for _, line := range o.Lines() {
		m.report.Noticef("mworker-on-reload (%d): %s", o.PID, line)
	}
	status := mworker.Status{Code: o.Code}
	if o.Signal != 0 {
		status = mworker.Status{Code: 128 + int(o.Signal), Signal: o.Signal}
	}
	switch name := r.Command[0]; {
	case o.Result == hook.Skipped:
		m.report.Warningf("mworker-on-reload: too many reloads wait to be told to '%s': it is not started.", name)
	case o.Err != nil:
		m.report.Warningf("mworker-on-reload: cannot start '%s': %s", name, strerror(o.Err))
	case o.Result == hook.Timeout:
		m.report.Warningf("mworker-on-reload: '%s' (%d) took more than %v and was killed.", name, o.PID, hook.Limit)
	case o.Result == hook.Failure && o.Signal == syscall.SIGXCPU:
		m.report.Warningf("mworker-on-reload: '%s' (%d) used too much of the processor and was killed.", name, o.PID)
	case o.Result == hook.Failure:
		m.report.Warningf("mworker-on-reload: '%s' (%d) %v", name, o.PID, status)
	}
}
