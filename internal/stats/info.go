package stats

import (
	"fmt"
	"io"
	"slices"
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
	StartTime                       time.Time
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
	Reloads                         *Reloads // nil in a process that is no master
}

// Rate is events a second: now, the configured limit (0: none), the highest seen.
type Rate struct{ Now, Limit, Max int64 }

type infoField struct {
	name string // "": the place of a field that only other builds have
	tags string // guide 9.2: origin, nature, scope, persistence, ":" and the type
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
	{"Name", "POSV:str", func(i *Info) string { return i.Name }},
	{"Version", "POSV:str", func(i *Info) string { return i.Version }},
	{"Release_date", "POSV:str", func(i *Info) string { return i.ReleaseDate }},
	{"Nbthread", "CGSV:u32", count(func(i *Info) int64 { return i.Threads })},
	{"Nbproc", "CGSV:u32", count(func(*Info) int64 { return 1 })},
	{"Process_num", "KGPV:u32", count(func(*Info) int64 { return 1 })},
	{"Pid", "SGPV:u32", count(func(i *Info) int64 { return i.PID })},
	{"Uptime", "MDPV:str", func(i *Info) string { return formatUptime(i.Uptime) }},
	{"Uptime_sec", "MDPV:u32", count(func(i *Info) int64 { return int64(i.Uptime / time.Second) })},
	{"Memmax_MB", "CLPV:u32", count(func(i *Info) int64 { return i.MemoryLimit / mebibyte })},
	{"PoolAlloc_MB", "MGPV:u32", count(func(i *Info) int64 { return i.PoolAlloc / mebibyte })},
	{"PoolUsed_MB", "MGPV:u32", count(func(i *Info) int64 { return i.PoolUse / mebibyte })},
	{"PoolFailed", "MCPV:u32", count(func(i *Info) int64 { return i.PoolFailed })},
	{"Ulimit-n", "CLPV:u32", count(func(i *Info) int64 { return i.UlimitN })},
	{"Maxsock", "CLPV:u32", count(func(i *Info) int64 { return i.Maxsock })},
	{"Maxconn", "CLPV:u32", count(func(i *Info) int64 { return i.Maxconn })},
	{"Hard_maxconn", "CLPV:u32", count(func(i *Info) int64 { return i.HardMaxconn })},
	{"CurrConns", "MGPV:u32", count(func(i *Info) int64 { return i.Conns })},
	{"CumConns", "MCPV:u32", count(func(i *Info) int64 { return i.ConnsTotal })},
	{"CumReq", "MCPV:u32", count(func(i *Info) int64 { return i.Requests })},
	{"MaxSslConns", "MMPV:u32", count(func(i *Info) int64 { return i.MaxSSLConns })},
	{"CurrSslConns", "MGPV:u32", count(func(i *Info) int64 { return i.SSLConns })},
	{"CumSslConns", "MCPV:u32", count(func(i *Info) int64 { return i.SSLConnsTotal })},
	{"Maxpipes", "CLPV:u32", count(func(i *Info) int64 { return i.MaxPipes })},
	{"PipesUsed", "MGPV:u32", count(func(i *Info) int64 { return i.PipesUsed })},
	{"PipesFree", "MGPV:u32", count(func(i *Info) int64 { return i.PipesFree })},
	{"ConnRate", "MRPV:u32", count(func(i *Info) int64 { return i.ConnRate.Now })},
	{"ConnRateLimit", "CLPV:u32", count(func(i *Info) int64 { return i.ConnRate.Limit })},
	{"MaxConnRate", "MMPV:u32", count(func(i *Info) int64 { return i.ConnRate.Max })},
	{"SessRate", "MRPV:u32", count(func(i *Info) int64 { return i.SessRate.Now })},
	{"SessRateLimit", "CLPV:u32", count(func(i *Info) int64 { return i.SessRate.Limit })},
	{"MaxSessRate", "MRPV:u32", count(func(i *Info) int64 { return i.SessRate.Max })},
	{"SslRate", "MRPV:u32", count(func(i *Info) int64 { return i.SSLRate.Now })},
	{"SslRateLimit", "CLPV:u32", count(func(i *Info) int64 { return i.SSLRate.Limit })},
	{"MaxSslRate", "MMPV:u32", count(func(i *Info) int64 { return i.SSLRate.Max })},
	{"SslFrontendKeyRate", "MGPV:u32", count(func(i *Info) int64 { return i.SSLFrontKeyRate.Now })},
	{"SslFrontendMaxKeyRate", "MMPV:u32", count(func(i *Info) int64 { return i.SSLFrontKeyRate.Max })},
	{"SslFrontendSessionReuse_pct", "MGPV:u32", count(func(i *Info) int64 { return i.SSLReusePercent })},
	{"SslBackendKeyRate", "MRPV:u32", count(func(i *Info) int64 { return i.SSLBackKeyRate.Now })},
	{"SslBackendMaxKeyRate", "MMPV:u32", count(func(i *Info) int64 { return i.SSLBackKeyRate.Max })},
	{"SslCacheLookups", "MCPV:u32", count(func(i *Info) int64 { return i.SSLCacheLookups })},
	{"SslCacheMisses", "MCPV:u32", count(func(i *Info) int64 { return i.SSLCacheMisses })},
	{"CompressBpsIn", "MRPV:u32", count(func(i *Info) int64 { return i.CompIn })},
	{"CompressBpsOut", "MRPV:u32", count(func(i *Info) int64 { return i.CompOut })},
	{"CompressBpsRateLim", "CLPV:u32", count(func(i *Info) int64 { return i.CompLimit })},
	{}, // of zlib
	{}, // of zlib
	{"Tasks", "MGPV:u32", count(func(i *Info) int64 { return i.Tasks })},
	{"Run_queue", "MGPV:u32", count(func(i *Info) int64 { return i.RunQueue })},
	{"Idle_pct", "MaPV:u32", count(func(i *Info) int64 { return i.IdlePercent })},
	{"node", "COSV:str", func(i *Info) string { return i.Node }},
	{"description", "COSV:str", func(i *Info) string { return i.Description }},
	{"Stopping", "MGPV:u32", bit(func(i *Info) bool { return i.Stopping })},
	{"Jobs", "MGPV:u32", count(func(i *Info) int64 { return i.Jobs })},
	{"Unstoppable Jobs", "MGPV:u32", count(func(i *Info) int64 { return i.UnstoppableJobs })},
	{"Listeners", "MGPV:u32", count(func(i *Info) int64 { return i.Listeners })},
	{"ActivePeers", "MGPV:u32", count(func(i *Info) int64 { return i.ActivePeers })},
	{"ConnectedPeers", "MGPV:u32", count(func(i *Info) int64 { return i.ConnectedPeers })},
	{"DroppedLogs", "MGPV:u32", count(func(i *Info) int64 { return i.DroppedLogs })},
	{"BusyPolling", "MGPV:u32", bit(func(i *Info) bool { return i.BusyPolling })},
	{"FailedResolutions", "MGPV:u32", count(func(i *Info) int64 { return i.FailedResolutions })},
	{"TotalBytesOut", "MGPV:u64", count(func(i *Info) int64 { return i.BytesOut })},
	{"TotalSplicedBytesOut", "MGPV:u64", count(func(i *Info) int64 { return i.SplicedBytesOut })},
	{"BytesOutRate", "MRPV:u64", count(func(i *Info) int64 { return i.BytesOutRate })},
	{"DebugCommandsIssued", "MGPV:u32", count(func(i *Info) int64 { return i.DebugCommands })},
	{"CumRecvLogs", "MCPV:u32", count(func(i *Info) int64 { return i.ReceivedLogs })},
	{"Build info", "POSV:str", func(i *Info) string { return i.BuildInfo }},
	{"Memmax_bytes", "CLPV:u32", count(func(i *Info) int64 { return i.MemoryLimit })},
	{"PoolAlloc_bytes", "MGPV:u64", count(func(i *Info) int64 { return i.PoolAlloc })},
	{"PoolUsed_bytes", "MGPV:u64", count(func(i *Info) int64 { return i.PoolUse })},
	{"Start_time_sec", "MDPV:u32", count(func(i *Info) int64 { return i.StartTime.Unix() })},
	{"Tainted", "SGPV:str", func(i *Info) string { return taint(i.Tainted) }},
	{"TotalWarnings", "MCPV:u32", count(func(i *Info) int64 { return i.Warnings })},
	{"MaxconnReached", "MCPV:u32", count(func(i *Info) int64 { return i.MaxconnReached })},
	{"BootTime_ms", "MDPV:u32", count(func(i *Info) int64 { return i.BootTime })},
	{"Niced_tasks", "MGPV:u32", count(func(i *Info) int64 { return i.NicedTasks })},
	{"CurrStreams", "MGPV:u64", count(func(i *Info) int64 { return i.Streams })},
	{"CumStreams", "MGPV:u64", count(func(i *Info) int64 { return i.StreamsTotal })},
	{"BlockedTrafficWarnings", "MGPV:u32", count(func(i *Info) int64 { return i.BlockedTrafficWarnings })},
	{"PatternsAdded", "MGPV:u64", count(func(i *Info) int64 { return i.PatternsAdded })},
	{"PatternsFreed", "MGPV:u64", count(func(i *Info) int64 { return i.PatternsFreed })},
	{"NbThreadGroups", "CGSV:u32", count(func(i *Info) int64 { return i.ThreadGroups })},
}

// Write writes the fields of "show info" in the form asked for. A description is shown only when there is one.
func (i *Info) Write(w io.Writer, form Form) error {
	var b []byte
	fields := infoFields
	if i.Reloads != nil {
		fields = slices.Concat(fields, reloadFields)
	}
	for pos := range fields {
		f := &fields[pos]
		if f.name == "" {
			continue
		}
		v := f.value(i, form.Float)
		if f.name == "description" && v.text == "" {
			continue
		}
		switch form.Format {
		case Typed:
			b = fmt.Appendf(b, "%d.%s.1:%s:%s:", pos, f.name, v.tags, v.kind)
			b = endLine(v.append(b), infoText[f.name], form.Desc)
		case JSON:
			if b = append(b, ','); len(b) == 1 {
				b[0] = '['
			}
			b = append(b, '{')
			b = append(v.appendJSON(b, pos, f.name), '}')
		default:
			b = append(append(b, f.name...), ": "...)
			b = endLine(v.append(b), infoText[f.name], form.Desc)
		}
	}
	if form.Format == JSON {
		b = append(b, "]\n"...)
	}
	_, err := w.Write(b)
	return err
}

// value is what a field has. float makes the times exact, and says of the rates that they could be.
func (f *infoField) value(i *Info, float bool) value {
	v := valueOf(f.tags, f.text(i))
	if !float {
		return v
	}
	switch f.name {
	case "Uptime_sec":
		v.kind, v.text = "flt", seconds(i.Uptime)
	case "Start_time_sec":
		v.kind, v.text = "flt", fmt.Sprintf("%d.%06d", i.StartTime.Unix(), i.StartTime.Nanosecond()/1000)
	case "ConnRate", "SessRate", "SslRate", "SslFrontendKeyRate", "SslFrontendSessionReuse_pct", "SslBackendKeyRate", "CompressBpsIn", "CompressBpsOut":
		v.tags, v.kind = "MRPV", "flt"
	}
	return v
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
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
