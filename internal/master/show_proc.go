package master

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/mworker"
)

// showProc writes "show proc" (management guide 9.4): the master, the workers
// that serve or load, the former ones that still drain, and programs. The columns are the
// reference's; a serving worker stays under "# workers" whatever happened to
// reloads since. With debug, two more tell the descriptors of the channel to a
// process: the master's end, and -1 for the other, which it does not keep.
func showProc(now time.Time, version string, m mworker.MasterInfo, workers []mworker.WorkerInfo, list []programs.Info, debug bool) string {
	var b strings.Builder
	row := func(control int, cols ...string) {
		for i, c := range cols {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%-15s", c)
		}
		if debug {
			if control == 0 {
				control = -1
			}
			fmt.Fprintf(&b, "\t\t %-15d %-15d", control, -1)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "#%-14s %-15s %-15s %-15s %-15s", "<PID>", "<type>", "<reloads>", "<uptime>", "<version>")
	if debug {
		fmt.Fprintf(&b, "\t\t %-15s %-15s", "<ipc_fd[0]>", "<ipc_fd[1]>")
	}
	b.WriteByte('\n')
	failed := 0
	if m.LastLoadFailed {
		failed = m.ConsecutiveFailed
	}
	row(0, fmt.Sprint(m.PID), "master", fmt.Sprintf("%d [failed: %d]", m.Reloads, failed), uptime(now.Sub(m.Started)), version)
	b.WriteString("# workers\n")
	var old []mworker.WorkerInfo
	for _, w := range workers {
		if w.PID == 0 || w.Spent {
			continue
		}
		if w.Leaving && w.Reloads > 0 { // without a successor it is the serving one that is
			old = append(old, w)
			continue
		}
		row(w.Control, fmt.Sprint(w.PID), "worker", fmt.Sprint(w.Reloads), uptime(now.Sub(w.Started)), w.Version)
	}
	if len(old) > 0 {
		b.WriteString("# old workers\n")
		for _, w := range old {
			row(w.Control, fmt.Sprint(w.PID), "worker", fmt.Sprint(w.Reloads), uptime(now.Sub(w.Started)), w.Version)
		}
	}
	showPrograms(&b, now, list, func(cols ...string) { row(0, cols...) })
	return b.String()
}

// uptime writes a duration as 0d00h00m00s.
func uptime(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	return fmt.Sprintf("%dd%02dh%02dm%02ds", s/86400, s/3600%24, s/60%60, s%60)
}
