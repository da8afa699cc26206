package master

import (
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/mworker"
)

// A trace keeps its lines, and none of them can end the answer or move a cursor.
func TestListCrashes(t *testing.T) {
	c := []mworker.Crash{
		{Time: time.Unix(0, 0).UTC(), PID: 7, Generation: 2, Age: 1500 * time.Millisecond, State: mworker.Ready,
			Status: mworker.Status{Code: 2}, Trace: []byte("panic: a\x1b[2J\n\ngoroutine 1:\n\tmain()\n")},
		{Time: time.Unix(60, 0).UTC(), PID: 8, Generation: 3, State: mworker.Draining, Reason: "it has not answered for 10s",
			Status: mworker.Status{Code: 137, Signal: 9}},
	}
	want := "# crashes: 2\n" +
		"1970-01-01T00:00:00Z worker 7 generation 2 age 1.5s while ready: exited with code 2 (Exit): panic: a [2J\n" +
		"1970-01-01T00:01:00Z worker 8 generation 3 age 0s while draining: exited with code 137 (Killed), it has not answered for 10s\n"
	if got := listCrashes(c); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := quoted(c[0].Trace), "| panic: a [2J\n| \n| goroutine 1:\n| \tmain()\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := listCrashes(nil); got != "# crashes: 0\n" {
		t.Errorf("%q", got)
	}
}
