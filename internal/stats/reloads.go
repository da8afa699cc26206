package stats

import "time"

// Reloads is what a master says of its loads. The first one, at the start, is no
// reload.
type Reloads struct {
	Generation                 int64 // that serves; 0: none
	Total, Failed, Consecutive int64 // failed since the last success
	LastFailed                 bool
	LastSuccess                time.Time // of any load, the first included; zero: none
	Took                       time.Duration
}

func reloadCount(get func(*Reloads) int64) func(*Info) string {
	return count(func(i *Info) int64 { return get(i.Reloads) })
}

// reloadFields follow those of the reference, which has none of them.
var reloadFields = []infoField{
	{"Generation", "MGPV:u32", reloadCount(func(r *Reloads) int64 { return r.Generation })},
	{"Reloads", "MCPV:u32", reloadCount(func(r *Reloads) int64 { return r.Total })},
	{"FailedReloads", "MCPV:u32", reloadCount(func(r *Reloads) int64 { return r.Failed })},
	{"ConsecutiveFailedReloads", "MGPV:u32", reloadCount(func(r *Reloads) int64 { return r.Consecutive })},
	{"LastReloadFailed", "MGPV:u32", bit(func(i *Info) bool { return i.Reloads.LastFailed })},
	{"LastSuccess_time_sec", "MDPV:u32", reloadCount(func(r *Reloads) int64 {
		if r.LastSuccess.IsZero() {
			return 0
		}
		return r.LastSuccess.Unix()
	})},
	{"LastSuccess_duration_ms", "MDPV:u32", reloadCount(func(r *Reloads) int64 { return r.Took.Milliseconds() })},
}
