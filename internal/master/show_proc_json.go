package master

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/hook"
	"github.com/sluice-proxy/sluice/internal/programs"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// The answer of "show proc json"; doc/master-cli.md explains the members. Numbers
// that are not known are null.
type procJSON struct {
	Master  masterJSON   `json:"master"`
	Reloads reloadsJSON  `json:"reloads"`
	Workers []workerJSON `json:"workers"`
	// Programs is left out when there are none.
	Programs []programJSON `json:"programs,omitempty"`
}

type programJSON struct {
	PID     int    `json:"pid"`
	Name    string `json:"name"`
	Current bool   `json:"current"`
	Age     int64  `json:"age_s"`
	Memory  *int64 `json:"resident_bytes"`
	Reloads int    `json:"reloads"`
}

type masterJSON struct {
	PID        int    `json:"pid"`
	Version    string `json:"version"`
	State      string `json:"state"`
	Generation int    `json:"generation"`
	Hash       string `json:"configuration_hash"`
	Program    string `json:"program"`
	Age        int64  `json:"age_s"`
	Memory     *int64 `json:"resident_bytes"`
	Listeners  int    `json:"listeners"`
}

type reloadsJSON struct {
	Total       int          `json:"total"`
	Succeeded   int          `json:"succeeded"`
	Failed      int          `json:"failed"`
	Consecutive int          `json:"consecutive_failures"`
	LastFailed  bool         `json:"last_failed"`
	LastSuccess *successJSON `json:"last_success"`
	Hooks       hooksJSON    `json:"hooks"`
}

// hooksJSON counts the runs of mworker-on-reload by their results.
type hooksJSON struct {
	Success int `json:"success"`
	Failure int `json:"failure"`
	Timeout int `json:"timeout"`
	Skipped int `json:"skipped"`
}

type successJSON struct {
	Time     time.Time `json:"time"`
	Duration int64     `json:"duration_ms"`
}

type workerJSON struct {
	PID           int    `json:"pid"`
	Number        int    `json:"number"`
	State         string `json:"state"`
	Current       bool   `json:"current"`
	Generation    int    `json:"generation"`
	Hash          string `json:"configuration_hash"`
	Version       string `json:"version"`
	Program       string `json:"program"`
	Age           int64  `json:"age_s"`
	Memory        *int64 `json:"resident_bytes"`
	Connections   *int64 `json:"connections"`
	Listeners     int    `json:"listeners"`
	Reloads       int    `json:"reloads"`
	FailedReloads int    `json:"failed_reloads"`
	Draining      *int64 `json:"draining_s"` // null: it does not
	Respawned     bool   `json:"respawned"`
	Phase         string `json:"phase"`
	Reason        string `json:"reason"`
}

// loads is what the master remembers of loads that mworker does not.
type loads struct {
	mu       sync.Mutex
	began    time.Time
	success  time.Time // of the last; zero: none yet
	duration time.Duration
	crashes  int // of workers
}

// observe notes when loads begin and succeed.
func (l *loads) observe(e mworker.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Crash != nil {
		l.crashes++
	}
	switch {
	case e.Respawn, e.Check:
	case e.Kind == mworker.EventReloading:
		l.began = time.Now()
	case e.Kind == mworker.EventReady, e.Kind == mworker.EventApplied:
		l.success = time.Now()
		l.duration = l.success.Sub(l.began)
	}
}

func (l *loads) last() *successJSON {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.success.IsZero() {
		return nil
	}
	return &successJSON{l.success.UTC().Truncate(time.Millisecond), l.duration.Milliseconds()}
}

// crashed is how many workers have crashed.
func (l *loads) crashed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crashes
}

// masterState sums a master's state up in a word.
func masterState(m mworker.MasterInfo) string {
	switch {
	case m.Stopping:
		return "stopping"
	case m.Loading:
		return "loading"
	case m.Generation == 0:
		return "unserved"
	}
	return "serving"
}

// procJSON is what "show proc json" answers now.
func (m *master) procJSON() procJSON {
	p := showProcJSON(time.Now(), m.m.Info(), m.m.Workers(), m.programs.List(), m.loads.last(), residentMemory, m.connections)
	n := m.hooks.Counts()
	p.Reloads.Hooks = hooksJSON{n[hook.Success], n[hook.Failure], n[hook.Timeout], n[hook.Skipped]}
	return p
}

// showProcJSON is what "show proc json" answers. The two functions measure a
// process: its memory, and how many connections it has.
func showProcJSON(now time.Time, m mworker.MasterInfo, workers []mworker.WorkerInfo, list []programs.Info, last *successJSON, memory, connections func(pid int) *int64) procJSON {
	age := func(since time.Time) int64 {
		if since.IsZero() {
			return 0
		}
		return int64(max(now.Sub(since), 0) / time.Second)
	}
	p := procJSON{
		Master: masterJSON{PID: m.PID, Version: version.String, State: masterState(m), Generation: m.Generation, Program: m.Program,
			Age: age(m.Started), Memory: memory(m.PID), Listeners: m.Listeners},
		Reloads: reloadsJSON{Total: m.Reloads + m.FailedReloads, Succeeded: m.Reloads, Failed: m.FailedReloads,
			Consecutive: m.ConsecutiveFailed, LastFailed: m.LastLoadFailed, LastSuccess: last},
		Workers: make([]workerJSON, len(workers)),
	}
	var asked sync.WaitGroup
	for i, w := range workers {
		o := &p.Workers[i]
		*o = workerJSON{PID: w.PID, Number: w.Number, State: w.State.String(), Current: w.Current && !w.Leaving, Generation: w.Generation, Hash: w.Hash,
			Version: w.Version, Program: w.Program, Age: age(w.Started), Listeners: w.Listeners, Reloads: w.Reloads, FailedReloads: w.FailedReloads,
			Respawned: w.Respawn, Phase: w.Phase, Reason: w.Reason}
		if w.Generation == m.Generation && w.Hash != "" {
			p.Master.Hash = w.Hash
		}
		if !w.Leaves.IsZero() {
			since := age(w.Leaves)
			o.Draining = &since
		}
		if w.PID == 0 {
			continue
		}
		o.Memory = memory(w.PID)
		if w.State != mworker.Loading && w.State != mworker.Failed {
			asked.Go(func() { o.Connections = connections(w.PID) })
		}
	}
	for _, r := range list {
		p.Programs = append(p.Programs, programJSON{PID: r.PID, Name: r.Name, Current: !r.Former, Age: age(r.Started), Memory: memory(r.PID), Reloads: r.Reloads})
	}
	asked.Wait()
	return p
}

// write writes the answer in one line.
func (p *procJSON) write(w io.Writer) {
	b, err := json.Marshal(p)
	if err != nil { // cannot be: there is nothing in it that JSON has not
		return
	}
	w.Write(append(b, '\n')) // an error of the connection shows at the next read
}

// residentMemory is the memory a process holds, in bytes.
func residentMemory(pid int) *int64 {
	n, err := sys.ResidentMemory(pid)
	if err != nil {
		return nil
	}
	return &n
}
