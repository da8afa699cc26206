package master

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/internal/version"
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
		name     string
		m        mworker.MasterInfo
		workers  []mworker.WorkerInfo
		want     string
		programs []programs.Info
	}{
		{"serving", mworker.MasterInfo{PID: 14944, Reloads: 1, Started: ago(26 * time.Hour)}, []mworker.WorkerInfo{serving}, header +
			"14944           master          1 [failed: 0]   1d02h00m00s     9.9            \n" +
			"# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n", nil},
		{"no worker", mworker.MasterInfo{PID: 1, Started: now}, nil, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n", nil},
		{"a load that still reads has no process", mworker.MasterInfo{PID: 1, Started: now, Loading: true},
			[]mworker.WorkerInfo{serving, {State: mworker.Loading}}, header +
				"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
				"15044           worker          0               0d00h00m24s     3.4.0          \n", nil},
		{"loading", mworker.MasterInfo{PID: 1, Started: now, Loading: true},
			[]mworker.WorkerInfo{serving, {PID: 15050, State: mworker.Loading, Started: now}}, header +
				"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
				"15044           worker          0               0d00h00m24s     3.4.0          \n" +
				"15050           worker          0               0d00h00m00s                    \n", nil},
		{"old", mworker.MasterInfo{PID: 1, Started: now, Reloads: 2}, []mworker.WorkerInfo{
			{PID: 14947, State: mworker.Draining, Leaving: true, Reloads: 2, Started: ago(49*time.Hour + 3*time.Minute), Version: "3.3.1"},
			{PID: 14950, State: mworker.Draining, Leaving: true, Reloads: 1, Started: ago(time.Minute), Version: "3.4.0"}, serving}, header +
			"1               master          2 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n" +
			"# old workers\n" +
			"14947           worker          2               2d01h03m00s     3.3.1          \n" +
			"14950           worker          1               0d00h01m00s     3.4.0          \n", nil},
		{"failed", mworker.MasterInfo{PID: 1, Started: now, LastLoadFailed: true, ConsecutiveFailed: 3, FailedReloads: 7}, []mworker.WorkerInfo{serving}, header +
			"1               master          0 [failed: 3]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n", nil},
		{"failed before", mworker.MasterInfo{PID: 1, Started: now, FailedReloads: 7, ConsecutiveFailed: 7}, []mworker.WorkerInfo{serving}, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n", nil},
		{"programs", mworker.MasterInfo{PID: 1, Started: now, Reloads: 2}, []mworker.WorkerInfo{serving}, header +
			"1               master          2 [failed: 0]   0d00h00m00s     9.9            \n# workers\n" +
			"15044           worker          0               0d00h00m24s     3.4.0          \n" +
			"# programs\n" +
			"26077           one             0               0d00h00m01s     -              \n" +
			"# old programs\n" +
			"26034           one             1               0d00h00m01s     -              \n" +
			"25988           two             2               0d00h01m00s     -              \n", []programs.Info{
			{Name: "one", PID: 26077, Started: ago(time.Second)},
			{Name: "one", PID: 26034, Started: ago(time.Second), Reloads: 1, Former: true},
			{Name: "two", PID: 25988, Started: ago(time.Minute), Reloads: 2, Former: true}}},
		{"a clock that was set back", mworker.MasterInfo{PID: 1, Started: now.Add(time.Hour)}, nil, header +
			"1               master          0 [failed: 0]   0d00h00m00s     9.9            \n# workers\n", nil},
	} {
		if got := showProc(now, "9.9", tt.m, tt.workers, tt.programs, false); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, strings.ReplaceAll(got, " ", "."), strings.ReplaceAll(tt.want, " ", "."))
		}
	}
}

// The two columns of "show proc debug".
func TestShowProcDebug(t *testing.T) {
	now := time.Now()
	got := showProc(now, "9.9", mworker.MasterInfo{PID: 1, Started: now}, []mworker.WorkerInfo{
		{PID: 14947, State: mworker.Draining, Leaving: true, Reloads: 1, Started: now, Version: "3.4.0", Control: 4},
		{PID: 15044, State: mworker.Ready, Current: true, Started: now, Version: "3.4.0", Control: 17}}, []programs.Info{{Name: "api", PID: 9, Started: now}}, true)
	want := "#<PID>          <type>          <reloads>       <uptime>        <version>      \t\t <ipc_fd[0]>     <ipc_fd[1]>    \n" +
		"1               master          0 [failed: 0]   0d00h00m00s     9.9            \t\t -1              -1             \n# workers\n" +
		"15044           worker          0               0d00h00m00s     3.4.0          \t\t 17              -1             \n# old workers\n" +
		"14947           worker          1               0d00h00m00s     3.4.0          \t\t 4               -1             \n# programs\n" +
		"9               api             0               0d00h00m00s     -              \t\t -1              -1             \n"
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// Hundreds of rows come whole.
func TestShowProcIsNotCut(t *testing.T) {
	var ws []mworker.WorkerInfo
	for pid := range 2000 {
		ws = append(ws, mworker.WorkerInfo{PID: pid + 1, State: mworker.Draining, Leaving: true, Reloads: 1})
	}
	if n := strings.Count(showProc(time.Now(), "9.9", mworker.MasterInfo{}, ws, nil, false), "\n"); n != 2000+4 {
		t.Errorf("%d lines", n)
	}
}

func TestShowProcJSON(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	memory := func(pid int) *int64 { n := int64(pid * 1000); return &n }
	connections := func(pid int) *int64 {
		if pid == 7 {
			return nil // it does not answer
		}
		n := int64(3)
		return &n
	}
	l := &loads{}
	if l.last() != nil {
		t.Error("a success before any load")
	}
	p := showProcJSON(now, mworker.MasterInfo{PID: 1, Started: now.Add(-time.Minute), Reloads: 4, FailedReloads: 2, ConsecutiveFailed: 1, LastLoadFailed: true, Generation: 6, Listeners: 2},
		[]mworker.WorkerInfo{
			{Number: 5, PID: 7, State: mworker.Draining, Leaving: true, Generation: 4, Hash: "aa", Reloads: 1, Reason: "replaced", Version: "3.3", Started: now.Add(-time.Hour), Leaves: now.Add(-59 * time.Second)},
			{Number: 7, PID: 9, State: mworker.Ready, Current: true, Generation: 6, Hash: "bb", FailedReloads: 1, Version: "3.4", Started: now.Add(-time.Second), Listeners: 2, Respawn: true},
			{Number: 8, State: mworker.Loading, Generation: 7, Phase: "reading files: /a"}},
		[]programs.Info{{Name: "api", PID: 12, Started: now.Add(-time.Minute)}, {Name: "api", PID: 11, Started: now, Reloads: 2, Former: true}},
		&successJSON{now, 17}, memory, connections)
	var b strings.Builder
	p.write(&b)
	want := `{"master":{"pid":1,"version":"` + version.String + `","state":"serving","generation":6,"configuration_hash":"bb","program":"","age_s":60,"resident_bytes":1000,"listeners":2},` +
		`"reloads":{"total":6,"succeeded":4,"failed":2,"consecutive_failures":1,"last_failed":true,"last_success":{"time":"2026-01-02T03:04:05Z","duration_ms":17},"hooks":{"success":0,"failure":0,"timeout":0,"skipped":0}},"workers":[` +
		`{"pid":7,"number":5,"state":"draining","current":false,"generation":4,"configuration_hash":"aa","version":"3.3","program":"","age_s":3600,"resident_bytes":7000,"connections":null,"listeners":0,"reloads":1,"failed_reloads":0,"draining_s":59,"respawned":false,"phase":"","reason":"replaced"},` +
		`{"pid":9,"number":7,"state":"ready","current":true,"generation":6,"configuration_hash":"bb","version":"3.4","program":"","age_s":1,"resident_bytes":9000,"connections":3,"listeners":2,"reloads":0,"failed_reloads":1,"draining_s":null,"respawned":true,"phase":"","reason":""},` +
		`{"pid":0,"number":8,"state":"loading","current":false,"generation":7,"configuration_hash":"","version":"","program":"","age_s":0,"resident_bytes":null,"connections":null,"listeners":0,"reloads":0,"failed_reloads":0,"draining_s":null,"respawned":false,"phase":"reading files: /a","reason":""}],` +
		`"programs":[{"pid":12,"name":"api","current":true,"age_s":60,"resident_bytes":12000,"reloads":0},` +
		`{"pid":11,"name":"api","current":false,"age_s":0,"resident_bytes":11000,"reloads":2}]}` + "\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	for want, m := range map[string]mworker.MasterInfo{
		"stopping": {Stopping: true, Loading: true}, "loading": {Loading: true, Generation: 1}, "unserved": {}, "serving": {Generation: 1}} {
		if got := masterState(m); got != want {
			t.Errorf("%+v: %s", m, got)
		}
	}
}

// The time of a respawn is not that of a reload.
func TestLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &loads{}
		l.observe(mworker.Event{Kind: mworker.EventReloading})
		time.Sleep(300 * time.Millisecond)
		l.observe(mworker.Event{Kind: mworker.EventReady})
		done := time.Now()
		time.Sleep(time.Second)
		l.observe(mworker.Event{Kind: mworker.EventReloading})
		l.observe(mworker.Event{Kind: mworker.EventFailed})
		l.observe(mworker.Event{Kind: mworker.EventReady, Respawn: true})
		if got := l.last(); got == nil || got.Duration != 300 || !got.Time.Equal(done) {
			t.Errorf("%+v, want 300 ms at %v", got, done)
		}
	})
}
