package master

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/mworker"
)

// The tables of the reference, with the serving worker under "# workers"
// whatever happened to reloads since. Cells are padded to 15, lines keep their
// trailing blanks.
func TestShowProc(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	serving := mworker.WorkerInfo{PID: 15044, State: mworker.Ready, Current: true, Started: ago(24 * time.Second), Version: "3.4.0"}
	const header = "#<PID>          <type>          <reloads>       <uptime>        <version>      \n"
	for _, tt := range []struct {
		name    string
		m       mworker.MasterInfo
		workers []mworker.WorkerInfo
		want    string
	}{
		{"serving", mworker.MasterInfo{PID: 14944, Reloads: 1, Started: ago(26 * time.Hour)}, []mworker.WorkerInfo{serving}, header +
			"14944           master          1 [failed: 0]   1d02h00m00s     9.9            \n" +
			"# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n"},
		{"no worker", mworker.MasterInfo{PID: 1, Started: now}, nil, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n"},
		{"a load that still reads has no process", mworker.MasterInfo{PID: 1, Started: now, Loading: true},
			[]mworker.WorkerInfo{serving, {State: mworker.Loading}}, header +
				"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
				"15044           worker          0               0d00h00m24s     3.4.0          \n"},
		{"loading", mworker.MasterInfo{PID: 1, Started: now, Loading: true},
			[]mworker.WorkerInfo{serving, {PID: 15050, State: mworker.Loading, Started: now}}, header +
				"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
				"15044           worker          0               0d00h00m24s     3.4.0          \n" +
				"15050           worker          0               0d00h00m00s                    \n"},
		{"old", mworker.MasterInfo{PID: 1, Started: now, Reloads: 2}, []mworker.WorkerInfo{
			{PID: 14947, State: mworker.Draining, Leaving: true, Reloads: 2, Started: ago(49*time.Hour + 3*time.Minute), Version: "3.3.1"},
			{PID: 14950, State: mworker.Draining, Leaving: true, Reloads: 1, Started: ago(time.Minute), Version: "3.4.0"}, serving}, header +
			"1               master          2 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n" +
			"# old workers\n" +
			"14947           worker          2               2d01h03m00s     3.3.1          \n" +
			"14950           worker          1               0d00h01m00s     3.4.0          \n"},
		{"failed", mworker.MasterInfo{PID: 1, Started: now, LastLoadFailed: true, ConsecutiveFailed: 3, FailedReloads: 7}, []mworker.WorkerInfo{serving}, header +
			"1               master          0 [failed: 3]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n"},
		{"failed before", mworker.MasterInfo{PID: 1, Started: now, FailedReloads: 7, ConsecutiveFailed: 7}, []mworker.WorkerInfo{serving}, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n"},
		{"a clock that was set back", mworker.MasterInfo{PID: 1, Started: now.Add(time.Hour)}, nil, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n"},
	} {
		if got := showProc(now, "9.9", tt.m, tt.workers); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, strings.ReplaceAll(got, " ", "."), strings.ReplaceAll(tt.want, " ", "."))
		}
	}
}
