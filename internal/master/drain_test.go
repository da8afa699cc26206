package master

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/held"
	"github.com/sluice-proxy/sluice/mworker"
)

// What is not known is left out of the text and null in JSON.
func TestShowDrain(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ms := func(n int64) *int64 { return &n }
	workers := []mworker.WorkerInfo{
		{PID: 7, Number: 1, Generation: 1, Leaves: now.Add(-25 * time.Hour), Hurried: true, Deadline: now.Add(5 * time.Second), Reason: "it has drained\nfor 24h0m0s"},
		{PID: 8, Number: 2, Generation: 2, Leaves: now.Add(-90 * time.Minute), Hurried: true, Reason: "more than 1 workers drain"},
		{PID: 9, Number: 3, Generation: 4, Leaves: now.Add(-1500 * time.Millisecond), Reason: "replaced"},
		{PID: 10, Number: 4, Generation: 5, Leaves: now, Deadline: now.Add(time.Hour), Reason: "replaced"},
	}
	answers := map[int]*held.Answer{
		7: {Total: 3, Idle: 1, Connections: []held.Connection{
			{Client: "192.0.2.1:4000", Frontend: "web", State: "idle", Age: 61999, Idle: ms(3999)},
			{Client: "unix", Frontend: "web", Backend: "app", Server: "a", State: "forward", Age: 100}}},
		9:  {},
		10: {Total: 1, Connections: []held.Connection{{Client: "[2001:db8::1]:4000", Frontend: "f", Backend: "b", State: "queue"}}},
	}
	memory := func(pid int) *int64 {
		if pid == 8 {
			return nil
		}
		return ms(int64(pid) << 19)
	}
	d := describeDrain(now, workers, memory, func(pid int) *held.Answer { return answers[pid] })
	want := `# workers that drain: 4
worker 7 generation 1 since 2026-11-22T11:00:00Z (25h0m0s) memory 3.5 MiB connections 3 idle 1 ends 2026-11-23T12:00:05Z: it has drained for 24h0m0s
  client 192.0.2.1:4000 frontend web backend - server - state idle age 1m1s idle 3s
  client unix frontend web backend app server a state forward age 0s
  and 1 more
worker 8 generation 2 since 2026-11-23T10:30:00Z (1h30m0s) connections ? ends now: more than 1 workers drain
worker 9 generation 4 since 2026-11-23T11:59:58Z (1s) memory 4.5 MiB connections 0 idle 0 ends never: replaced
worker 10 generation 5 since 2026-11-23T12:00:00Z (0s) memory 5.0 MiB connections 1 idle 0 hurried 2026-11-23T13:00:00Z: replaced
  client [2001:db8::1]:4000 frontend f backend b server - state queue age 0s
`
	if diff := cmp.Diff(want, d.text()); diff != "" {
		t.Error(diff)
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Workers []map[string]any }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	eight := map[string]any{"pid": 8.0, "number": 2.0, "generation": 2.0, "since": "2026-11-23T10:30:00Z", "draining_s": 5400.0,
		"reason": "more than 1 workers drain", "resident_bytes": nil, "hurried": true, "deadline": nil, "connections": nil, "idle": nil, "oldest": []any{}}
	if diff := cmp.Diff(eight, v.Workers[1]); diff != "" {
		t.Error(diff)
	}
	if got := v.Workers[0]["deadline"]; got != "2026-11-23T12:00:05Z" {
		t.Error(got)
	}
	if n := len(v.Workers[0]["oldest"].([]any)); n != 2 {
		t.Errorf("%d connections", n)
	}
}
