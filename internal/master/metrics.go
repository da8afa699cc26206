package master

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/mworker"
)

// metricsType is the media type of the exposition format that Prometheus reads.
const metricsType = "text/plain; version=0.0.4; charset=utf-8"

// exposition is a page of metrics in the making.
type exposition struct{ strings.Builder }

// metric begins a metric: its name, type (gauge or counter) and a sentence.
func (x *exposition) metric(name, kind, help string) {
	fmt.Fprintf(x, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// labelEscapes are those of label values.
var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// value writes a value; labels are names and values by turns.
func (x *exposition) value(name string, v float64, labels ...string) {
	x.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		mark := byte(',')
		if i == 0 {
			mark = '{'
		}
		x.WriteByte(mark)
		fmt.Fprintf(x, `%s="%s"`, labels[i], labelEscapes.Replace(strings.ToValidUTF8(labels[i+1], "?")))
	}
	if len(labels) > 0 {
		x.WriteByte('}')
	}
	x.WriteString(" " + strconv.FormatFloat(v, 'f', -1, 64) + "\n")
}

// one writes a metric that has one value.
func (x *exposition) one(name, kind, help string, v float64) {
	x.metric(name, kind, help)
	x.value(name, v)
}

// states writes a metric that is 1 for one of its states.
func (x *exposition) states(name, help, now string, all ...string) {
	x.metric(name, "gauge", help)
	for _, s := range all {
		v := 0.0
		if s == now {
			v = 1
		}
		x.value(name, v, "state", s)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// metrics is what "show proc json" answers as a page for Prometheus, with what only
// counters can tell; doc/reloads.md lists the names.
func metrics(p procJSON, started time.Time, crashes int) string {
	x := &exposition{}
	m, r := p.Master, p.Reloads
	x.metric("sluice_master_info", "gauge", "The master process.")
	x.value("sluice_master_info", 1, "version", m.Version, "program", m.Program, "configuration_hash", m.Hash)
	x.one("sluice_master_start_time_seconds", "gauge", "When the master was started, in seconds since 1970.", float64(started.UnixMilli())/1000)
	x.states("sluice_master_state", "What the master does.", m.State, "serving", "loading", "stopping", "unserved")
	x.one("sluice_master_listeners", "gauge", "Listening sockets that the master holds.", float64(m.Listeners))
	x.one("sluice_master_generation", "gauge", "The generation that serves, 0 if none does.", float64(m.Generation))
	if m.Memory != nil {
		x.one("sluice_master_resident_memory_bytes", "gauge", "Memory of the master.", float64(*m.Memory))
	}
	x.metric("sluice_reloads_total", "counter", "Reloads that were decided.")
	x.value("sluice_reloads_total", float64(r.Succeeded), "result", "success")
	x.value("sluice_reloads_total", float64(r.Failed), "result", "failure")
	x.one("sluice_reload_consecutive_failures", "gauge", "Reloads that failed since the last success.", float64(r.Consecutive))
	x.one("sluice_reload_last_successful", "gauge", "Whether the latest load succeeded.", truth(!r.LastFailed))
	if s := r.LastSuccess; s != nil {
		x.one("sluice_reload_last_success_timestamp_seconds", "gauge", "When a load succeeded last, in seconds since 1970.", float64(s.Time.UnixMilli())/1000)
		x.one("sluice_reload_last_success_duration_seconds", "gauge", "How long that load took.", float64(s.Duration)/1000)
	}
	x.metric("sluice_hook_runs_total", "counter", "Programs started after reloads (mworker-on-reload).")
	for _, h := range []struct {
		result string
		n      int
	}{{"success", r.Hooks.Success}, {"failure", r.Hooks.Failure}, {"timeout", r.Hooks.Timeout}, {"skipped", r.Hooks.Skipped}} {
		x.value("sluice_hook_runs_total", float64(h.n), "result", h.result)
	}
	x.one("sluice_worker_crashes_total", "counter", "Workers that ended as they were not meant to.", float64(crashes))
	x.workers(p.Workers)
	x.one("sluice_programs", "gauge", "Programs that run beside the workers.", float64(len(p.Programs)))
	return x.String()
}

// workers writes what is known of each worker process.
func (x *exposition) workers(list []workerJSON) {
	count := map[string]int{}
	for _, w := range list {
		count[w.State]++
	}
	x.metric("sluice_workers", "gauge", "Worker processes by state.")
	for _, s := range []mworker.State{mworker.Loading, mworker.Checked, mworker.Ready, mworker.Paused, mworker.Draining, mworker.Failed} {
		x.value("sluice_workers", float64(count[s.String()]), "state", s.String())
	}
	x.metric("sluice_worker_info", "gauge", "A worker process.")
	for _, w := range list {
		x.value("sluice_worker_info", 1, "worker", strconv.Itoa(w.Number), "pid", strconv.Itoa(w.PID), "generation", strconv.Itoa(w.Generation),
			"state", w.State, "version", w.Version, "program", w.Program, "configuration_hash", w.Hash)
	}
	for _, c := range []struct {
		name, help string
		get        func(*workerJSON) *int64
	}{
		{"sluice_worker_connections", "Connections that a worker has.", func(w *workerJSON) *int64 { return w.Connections }},
		{"sluice_worker_resident_memory_bytes", "Memory of a worker.", func(w *workerJSON) *int64 { return w.Memory }},
		{"sluice_worker_draining_seconds", "How long a worker has been finishing what it had begun.", func(w *workerJSON) *int64 { return w.Draining }},
		{"sluice_worker_age_seconds", "How long ago a worker was started.", func(w *workerJSON) *int64 { return &w.Age }},
	} {
		x.metric(c.name, "gauge", c.help)
		for i := range list {
			if v := c.get(&list[i]); v != nil {
				x.value(c.name, float64(*v), "worker", strconv.Itoa(list[i].Number))
			}
		}
	}
}
