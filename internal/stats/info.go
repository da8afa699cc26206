package stats

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Info is what a process says about itself. Who fills it in has measured it: a number of something that does not exist
// here, such as kernel pipes in no use, is 0.
type Info struct {
	Name, Version, ReleaseDate      string
	Threads, ThreadGroups           int64
	PID                             int64
	Uptime                          time.Duration
	StartTime                       int64 // unix seconds
	BootTime                        int64 // ms from the start to being ready
	MemoryLimit, PoolAlloc, PoolUse int64 // bytes; limit 0: none
	PoolFailed                      int64
	UlimitN, Maxsock                int64
	Maxconn, HardMaxconn            int64
	Conns, ConnsTotal, Requests     int64
	MaxSSLConns, SSLConns           int64
	SSLConnsTotal                   int64
	MaxPipes, PipesUsed, PipesFree  int64
	ConnRate, SessRate, SSLRate     Rate
	SSLFrontKeyRate, SSLBackKeyRate Rate
	SSLReusePercent                 int64
	SSLCacheLookups, SSLCacheMisses int64
	CompIn, CompOut, CompLimit      int64 // bytes a second
	Tasks, RunQueue, NicedTasks     int64
	IdlePercent                     int64
	Node, Description               string
	Stopping                        bool
	Jobs, UnstoppableJobs           int64
	Listeners                       int64
	ActivePeers, ConnectedPeers     int64
	DroppedLogs, ReceivedLogs       int64
	BusyPolling                     bool
	FailedResolutions               int64
	BytesOut, SplicedBytesOut       int64
	BytesOutRate                    int64
	DebugCommands                   int64
	BuildInfo                       string
	Tainted                         int64 // bits
	Warnings                        int64
	MaxconnReached                  int64
	Streams, StreamsTotal           int64
	BlockedTrafficWarnings          int64
	PatternsAdded, PatternsFreed    int64
}

// Rate is events a second: now, the configured limit (0: none), the highest seen.
type Rate struct{ Now, Limit, Max int64 }

type infoField struct {
	name string
	text func(*Info) string
}

func count(get func(*Info) int64) func(*Info) string {
	return func(i *Info) string { return strconv.FormatInt(get(i), 10) }
}

func bit(get func(*Info) bool) func(*Info) string {
	return func(i *Info) string {
		if get(i) {
			return "1"
		}
		return "0"
	}
}

const mebibyte = 1 << 20

// infoFields are in the reference's order.
var infoFields = []infoField{
	{"Name", func(i *Info) string { return i.Name }},
	{"Version", func(i *Info) string { return i.Version }},
	{"Release_date", func(i *Info) string { return i.ReleaseDate }},
	{"Nbthread", count(func(i *Info) int64 { return i.Threads })},
	{"Nbproc", count(func(*Info) int64 { return 1 })},
	{"Process_num", count(func(*Info) int64 { return 1 })},
	{"Pid", count(func(i *Info) int64 { return i.PID })},
	{"Uptime", func(i *Info) string { return formatUptime(i.Uptime) }},
	{"Uptime_sec", count(func(i *Info) int64 { return int64(i.Uptime / time.Second) })},
	{"Memmax_MB", count(func(i *Info) int64 { return i.MemoryLimit / mebibyte })},
	{"PoolAlloc_MB", count(func(i *Info) int64 { return i.PoolAlloc / mebibyte })},
	{"PoolUsed_MB", count(func(i *Info) int64 { return i.PoolUse / mebibyte })},
	{"PoolFailed", count(func(i *Info) int64 { return i.PoolFailed })},
	{"Ulimit-n", count(func(i *Info) int64 { return i.UlimitN })},
	{"Maxsock", count(func(i *Info) int64 { return i.Maxsock })},
	{"Maxconn", count(func(i *Info) int64 { return i.Maxconn })},
	{"Hard_maxconn", count(func(i *Info) int64 { return i.HardMaxconn })},
	{"CurrConns", count(func(i *Info) int64 { return i.Conns })},
	{"CumConns", count(func(i *Info) int64 { return i.ConnsTotal })},
	{"CumReq", count(func(i *Info) int64 { return i.Requests })},
	{"MaxSslConns", count(func(i *Info) int64 { return i.MaxSSLConns })},
	{"CurrSslConns", count(func(i *Info) int64 { return i.SSLConns })},
	{"CumSslConns", count(func(i *Info) int64 { return i.SSLConnsTotal })},
	{"Maxpipes", count(func(i *Info) int64 { return i.MaxPipes })},
	{"PipesUsed", count(func(i *Info) int64 { return i.PipesUsed })},
	{"PipesFree", count(func(i *Info) int64 { return i.PipesFree })},
	{"ConnRate", count(func(i *Info) int64 { return i.ConnRate.Now })},
	{"ConnRateLimit", count(func(i *Info) int64 { return i.ConnRate.Limit })},
	{"MaxConnRate", count(func(i *Info) int64 { return i.ConnRate.Max })},
	{"SessRate", count(func(i *Info) int64 { return i.SessRate.Now })},
	{"SessRateLimit", count(func(i *Info) int64 { return i.SessRate.Limit })},
	{"MaxSessRate", count(func(i *Info) int64 { return i.SessRate.Max })},
	{"SslRate", count(func(i *Info) int64 { return i.SSLRate.Now })},
	{"SslRateLimit", count(func(i *Info) int64 { return i.SSLRate.Limit })},
	{"MaxSslRate", count(func(i *Info) int64 { return i.SSLRate.Max })},
	{"SslFrontendKeyRate", count(func(i *Info) int64 { return i.SSLFrontKeyRate.Now })},
	{"SslFrontendMaxKeyRate", count(func(i *Info) int64 { return i.SSLFrontKeyRate.Max })},
	{"SslFrontendSessionReuse_pct", count(func(i *Info) int64 { return i.SSLReusePercent })},
	{"SslBackendKeyRate", count(func(i *Info) int64 { return i.SSLBackKeyRate.Now })},
	{"SslBackendMaxKeyRate", count(func(i *Info) int64 { return i.SSLBackKeyRate.Max })},
	{"SslCacheLookups", count(func(i *Info) int64 { return i.SSLCacheLookups })},
	{"SslCacheMisses", count(func(i *Info) int64 { return i.SSLCacheMisses })},
	{"CompressBpsIn", count(func(i *Info) int64 { return i.CompIn })},
	{"CompressBpsOut", count(func(i *Info) int64 { return i.CompOut })},
	{"CompressBpsRateLim", count(func(i *Info) int64 { return i.CompLimit })},
	{"Tasks", count(func(i *Info) int64 { return i.Tasks })},
	{"Run_queue", count(func(i *Info) int64 { return i.RunQueue })},
	{"Idle_pct", count(func(i *Info) int64 { return i.IdlePercent })},
	{"node", func(i *Info) string { return i.Node }},
	{"description", func(i *Info) string { return i.Description }},
	{"Stopping", bit(func(i *Info) bool { return i.Stopping })},
	{"Jobs", count(func(i *Info) int64 { return i.Jobs })},
	{"Unstoppable Jobs", count(func(i *Info) int64 { return i.UnstoppableJobs })},
	{"Listeners", count(func(i *Info) int64 { return i.Listeners })},
	{"ActivePeers", count(func(i *Info) int64 { return i.ActivePeers })},
	{"ConnectedPeers", count(func(i *Info) int64 { return i.ConnectedPeers })},
	{"DroppedLogs", count(func(i *Info) int64 { return i.DroppedLogs })},
	{"BusyPolling", bit(func(i *Info) bool { return i.BusyPolling })},
	{"FailedResolutions", count(func(i *Info) int64 { return i.FailedResolutions })},
	{"TotalBytesOut", count(func(i *Info) int64 { return i.BytesOut })},
	{"TotalSplicedBytesOut", count(func(i *Info) int64 { return i.SplicedBytesOut })},
	{"BytesOutRate", count(func(i *Info) int64 { return i.BytesOutRate })},
	{"DebugCommandsIssued", count(func(i *Info) int64 { return i.DebugCommands })},
	{"CumRecvLogs", count(func(i *Info) int64 { return i.ReceivedLogs })},
	{"Build info", func(i *Info) string { return i.BuildInfo }},
	{"Memmax_bytes", count(func(i *Info) int64 { return i.MemoryLimit })},
	{"PoolAlloc_bytes", count(func(i *Info) int64 { return i.PoolAlloc })},
	{"PoolUsed_bytes", count(func(i *Info) int64 { return i.PoolUse })},
	{"Start_time_sec", count(func(i *Info) int64 { return i.StartTime })},
	{"Tainted", func(i *Info) string { return taint(i.Tainted) }},
	{"TotalWarnings", count(func(i *Info) int64 { return i.Warnings })},
	{"MaxconnReached", count(func(i *Info) int64 { return i.MaxconnReached })},
	{"BootTime_ms", count(func(i *Info) int64 { return i.BootTime })},
	{"Niced_tasks", count(func(i *Info) int64 { return i.NicedTasks })},
	{"CurrStreams", count(func(i *Info) int64 { return i.Streams })},
	{"CumStreams", count(func(i *Info) int64 { return i.StreamsTotal })},
	{"BlockedTrafficWarnings", count(func(i *Info) int64 { return i.BlockedTrafficWarnings })},
	{"PatternsAdded", count(func(i *Info) int64 { return i.PatternsAdded })},
	{"PatternsFreed", count(func(i *Info) int64 { return i.PatternsFreed })},
	{"NbThreadGroups", count(func(i *Info) int64 { return i.ThreadGroups })},
}

// Write writes the lines of "show info". A description is shown only when there is one.
func (i *Info) Write(w io.Writer) error {
	var b []byte
	for _, f := range infoFields {
		text := f.text(i)
		if f.name == "description" && text == "" {
			continue
		}
		b = append(append(b, f.name...), ": "...)
		for j := 0; j < len(text); j++ {
			if text[j] < ' ' {
				b = append(b, ' ') // a line is a field
				continue
			}
			b = append(b, text[j])
		}
		b = append(b, '\n')
	}
	_, err := w.Write(b)
	return err
}

func formatUptime(d time.Duration) string {
	sec := int64(d / time.Second)
	return fmt.Sprintf("%dd %dh%02dm%02ds", sec/86400, sec/3600%24, sec/60%60, sec%60)
}

// taint is hexadecimal, as everywhere the reference shows it; zero stays plain.
func taint(bits int64) string {
	if bits == 0 {
		return "0"
	}
	return "0x" + strconv.FormatInt(bits, 16)
}
