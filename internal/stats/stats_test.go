package stats

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rows makes a Source of a list.
type rows []*Row

func (rs rows) Rows(yield func(*Row) bool) {
	for _, r := range rs {
		if !yield(r) {
			return
		}
	}
}

// What HAProxy shows for each kind of object: the columns that have a value.
func TestColumns(t *testing.T) {
	tests := []struct {
		row  Row
		want string
	}{
		{Row{Kind: Frontend, Proxy: "fh", ProxyID: 2, HTTP: true, Mode: "http", Status: "OPEN", Sessions: 1, SessionsMax: 2, SessionLimit: 9980, SessionsTotal: 2,
			BytesIn: 164, BytesOut: 217, RateLimit: 100, RateMax: 2, Responses: [6]int64{0, 0, 0, 0, 2, 0}, ReqRateMax: 2, Requests: 2, ConnRateMax: 2, Connections: 2,
			SessionsByProto: [4]int64{0, 2, 0, 0}, RequestsByProto: [4]int64{0, 2, 0, 0}},
			"pxname=fh svname=FRONTEND scur=1 smax=2 slim=9980 stot=2 bin=164 bout=217 dreq=0 dresp=0 ereq=0 status=OPEN pid=1 iid=2 sid=0 type=0 rate=0 rate_lim=100 rate_max=2 " +
				"hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=0 hrsp_4xx=0 hrsp_5xx=2 hrsp_other=0 req_rate=0 req_rate_max=2 req_tot=2 comp_in=0 comp_out=0 comp_byp=0 comp_rsp=0 mode=http " +
				"conn_rate=0 conn_rate_max=2 conn_tot=2 intercepted=0 dcon=0 dses=0 wrew=0 cache_lookups=0 cache_hits=0 eint=0 sess_other=0 h1sess=2 h2sess=0 h3sess=0 " +
				"req_other=0 h1req=2 h2req=0 h3req=0 -=-"},
		{Row{Kind: Frontend, Proxy: "ft", ProxyID: 3, Mode: "tcp", Status: "OPEN", SessionsMax: 1, SessionLimit: 9980, SessionsTotal: 1, BytesIn: 79, RateMax: 1, ConnRateMax: 1,
			Connections: 1, SessionsByProto: [4]int64{1, 0, 0, 0}},
			"pxname=ft svname=FRONTEND scur=0 smax=1 slim=9980 stot=1 bin=79 bout=0 dreq=0 dresp=0 ereq=0 status=OPEN pid=1 iid=3 sid=0 type=0 rate=0 rate_lim=0 rate_max=1 " +
				"req_rate=0 req_rate_max=0 req_tot=0 comp_in=0 comp_out=0 comp_byp=0 comp_rsp=0 mode=tcp conn_rate=0 conn_rate_max=1 conn_tot=1 dcon=0 dses=0 wrew=0 eint=0 " +
				"sess_other=1 h1sess=0 h2sess=0 h3sess=0 req_other=0 h1req=0 h2req=0 h3req=0 -=-"},
		{Row{Kind: Listener, Proxy: "fh", Name: "l1", ProxyID: 2, ID: 1, HTTP: true, Mode: "http", Status: "OPEN", Sessions: 1, SessionsMax: 2, SessionsTotal: 2, BytesIn: 164,
			BytesOut: 217, Address: "127.0.0.1:19562", Connections: 2, Protocol: "tcpv4"},
			"pxname=fh svname=l1 scur=1 smax=2 slim=0 stot=2 bin=164 bout=217 dreq=0 dresp=0 ereq=0 status=OPEN pid=1 iid=2 sid=1 type=3 addr=127.0.0.1:19562 mode=http " +
				"conn_tot=2 dcon=0 dses=0 wrew=0 eint=0 proto=tcpv4 -=-"},
		{Row{Kind: Server, Proxy: "bh", Name: "chk", ProxyID: 4, ID: 1, HTTP: true, Mode: "http", Status: "UP", SessionsMax: 1, SessionLimit: 5, SessionsTotal: 1, BytesIn: 82,
			BytesOut: 217, Weight: 1, UserWeight: 1, Active: 1, LastChange: 10, QueueLimit: 7, Throttle: Unset, Chosen: 1, RateMax: 1, Responses: [6]int64{0, 0, 0, 0, 1, 0},
			Requests: 1, LastSession: 6, ResponseTime: 3004, TotalTime: 3004, ResponseTimeMax: 3004, TotalTimeMax: 3004, Address: "127.0.0.1:19562", Cookie: "a",
			Connects: 1, IdleConns: 1, IdleLimit: Unset, UnsafeIdle: 1, Needed: 2,
			Check: &Check{Shown: true, Status: "L4OK", Code: Unset, Desc: "Layer4 check passed", Rise: 2, Fall: 3, Health: 4}},
			"pxname=bh svname=chk qcur=0 qmax=0 scur=0 smax=1 slim=5 stot=1 bin=82 bout=217 dresp=0 econ=0 eresp=0 wretr=0 wredis=0 status=UP weight=1 act=1 bck=0 chkfail=0 " +
				"chkdown=0 lastchg=10 downtime=0 qlimit=7 pid=1 iid=4 sid=1 lbtot=1 type=2 rate=0 rate_max=1 check_status=L4OK check_duration=0 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=0 " +
				"hrsp_4xx=0 hrsp_5xx=1 hrsp_other=0 req_tot=1 cli_abrt=0 srv_abrt=0 lastsess=6 qtime=0 ctime=0 rtime=3004 ttime=3004 check_desc=Layer4 check passed check_rise=2 " +
				"check_fall=3 check_health=4 addr=127.0.0.1:19562 cookie=a mode=http wrew=0 connect=1 reuse=0 srv_icur=1 qtime_max=0 ctime_max=0 rtime_max=3004 ttime_max=3004 eint=0 " +
				"idle_conn_cur=1 safe_conn_cur=0 used_conn_cur=0 need_conn_est=2 uweight=1 srid=0 priv_idle_cur=0 -=-"},
		{Row{Kind: Server, Proxy: "bh", Name: "agt", ProxyID: 4, ID: 5, HTTP: true, Mode: "http", Status: "no check", IdleLimit: Unset, Weight: 1, UserWeight: 1, Active: 1, LastChange: 10,
			Throttle: Unset, LastSession: -1, Address: "127.0.0.1:19575", Needed: 1,
			Agent: &Check{Shown: true, Status: "L4CON", Code: Unset, Desc: "Layer4 connection problem", Last: "Connection refused", Rise: 1, Fall: 1, Health: 1}},
			"pxname=bh svname=agt qcur=0 qmax=0 scur=0 smax=0 stot=0 bin=0 bout=0 dresp=0 econ=0 eresp=0 wretr=0 wredis=0 status=no check weight=1 act=1 bck=0 lastchg=10 pid=1 iid=4 " +
				"sid=5 lbtot=0 type=2 rate=0 rate_max=0 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=0 hrsp_4xx=0 hrsp_5xx=0 hrsp_other=0 req_tot=0 cli_abrt=0 srv_abrt=0 lastsess=-1 " +
				"last_agt=Connection refused qtime=0 ctime=0 rtime=0 ttime=0 agent_status=L4CON agent_duration=0 agent_desc=Layer4 connection problem agent_rise=1 agent_fall=1 " +
				"agent_health=1 addr=127.0.0.1:19575 mode=http wrew=0 connect=0 reuse=0 srv_icur=0 qtime_max=0 ctime_max=0 rtime_max=0 ttime_max=0 eint=0 idle_conn_cur=0 " +
				"safe_conn_cur=0 used_conn_cur=0 need_conn_est=1 uweight=1 srid=0 priv_idle_cur=0 -=-"},
		{Row{Kind: Backend, Proxy: "bt", ProxyID: 5, Mode: "tcp", Status: "UP", SessionsMax: 1, SessionLimit: 998, SessionsTotal: 1, BytesIn: 79, ConnErrors: 1, Retries: 3, Weight: 2,
			UserWeight: 2, Active: 2, Total: 2, Usable: 2, LastChange: 10, Chosen: 1, RateMax: 1, LastSession: 3, Algorithm: "source", Connects: 4},
			"pxname=bt svname=BACKEND qcur=0 qmax=0 scur=0 smax=1 slim=998 stot=1 bin=79 bout=0 dreq=0 dresp=0 econ=1 eresp=0 wretr=3 wredis=0 status=UP weight=2 act=2 bck=0 " +
				"chkdown=0 lastchg=10 downtime=0 pid=1 iid=5 sid=0 lbtot=1 type=1 rate=0 rate_max=1 cli_abrt=0 srv_abrt=0 comp_in=0 comp_out=0 comp_byp=0 comp_rsp=0 lastsess=3 qtime=0 " +
				"ctime=0 rtime=0 ttime=0 mode=tcp algo=source wrew=0 connect=4 reuse=0 qtime_max=0 ctime_max=0 rtime_max=0 ttime_max=0 eint=0 uweight=2 agg_server_status=0 " +
				"agg_server_check_status=0 agg_check_status=0 -=-"},
		{Row{Kind: Backend, Proxy: "bempty", ProxyID: 6, HTTP: true, Mode: "http", Status: "UP", SessionLimit: 1, LastChange: 10, LastSession: -1, Algorithm: "unknown"},
			"pxname=bempty svname=BACKEND qcur=0 qmax=0 scur=0 smax=0 slim=1 stot=0 bin=0 bout=0 dreq=0 dresp=0 econ=0 eresp=0 wretr=0 wredis=0 status=UP weight=0 act=0 bck=0 chkdown=0 " +
				"lastchg=10 pid=1 iid=6 sid=0 lbtot=0 type=1 rate=0 rate_max=0 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=0 hrsp_4xx=0 hrsp_5xx=0 hrsp_other=0 req_tot=0 cli_abrt=0 srv_abrt=0 comp_in=0 " +
				"comp_out=0 comp_byp=0 comp_rsp=0 lastsess=-1 qtime=0 ctime=0 rtime=0 ttime=0 mode=http algo=unknown wrew=0 connect=0 reuse=0 cache_lookups=0 cache_hits=0 qtime_max=0 " +
				"ctime_max=0 rtime_max=0 ttime_max=0 eint=0 uweight=0 agg_server_status=0 agg_server_check_status=0 agg_check_status=0 -=-"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if err := CSV(&b, rows{&tt.row}, NewFilter()); err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(all) != 2 {
			t.Fatalf("%v %v", all, err)
		}
		var got []string
		for i, v := range all[1] {
			if v != "" {
				got = append(got, strings.TrimPrefix(all[0][i], "# ")+"="+v)
			}
		}
		if d := cmp.Diff(tt.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%s/%s: %s", tt.row.Proxy, tt.row.Name, d)
		}
	}
}

const header = "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,srid,sess_other,h1sess,h2sess,h3sess,req_other,h1req,h2req,h3req,proto,priv_idle_cur,-,\n"

func TestHeader(t *testing.T) {
	var b bytes.Buffer
	if err := Header(&b); err != nil || b.String() != header {
		t.Errorf("%v %s", err, cmp.Diff(header, b.String()))
	}
	if len(columns) != 115 {
		t.Errorf("%d columns: the guide numbers 0 to 113, and the mark of the end", len(columns))
	}
	for _, c := range columns {
		if (c.num == nil) == (c.text == nil) {
			t.Errorf("%s: not exactly one value", c.name)
		}
	}
}

func TestQuoting(t *testing.T) {
	for in, want := range map[string]string{
		"plain text": "plain text", "a,b": `"a,b"`, `say "hi"`: `"say ""hi"""`, "": "",
		"a\r\n\nb": "a   b", "\x00\x7f": "  ", "é;": "é;",
	} {
		if got := string(appendText(nil, in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFilter(t *testing.T) {
	all := rows{
		{Kind: Frontend, Proxy: "f", ProxyID: 2, Status: "OPEN"},
		{Kind: Listener, Proxy: "f", Name: "l1", ProxyID: 2, ID: 1},
		{Kind: Listener, Proxy: "f", Name: "l2", ProxyID: 2, ID: 2},
		{Kind: Server, Proxy: "b", Name: "s1", ProxyID: 3, ID: 1, Status: "UP"},
		{Kind: Server, Proxy: "b", Name: "s2", ProxyID: 3, ID: 2, Status: "DOWN", Down: true},
		{Kind: Server, Proxy: "b", Name: "s3", ProxyID: 3, ID: 3, Status: "MAINT", Maint: true},
		{Kind: Server, Proxy: "b", Name: "s4", ProxyID: 3, ID: 4, Status: "no check"},
		{Kind: Backend, Proxy: "b", ProxyID: 3, Status: "UP", Usable: 2, Total: 4},
	}
	tests := []struct {
		f    Filter
		want string
	}{
		{NewFilter(), "FRONTEND=OPEN l1= l2= s1=UP s2=DOWN s3=MAINT s4=no check BACKEND=UP"},
		{Filter{ProxyID: 2, Types: 1, ID: -1}, "FRONTEND=OPEN"},
		{Filter{ProxyID: 2, Types: 8, ID: -1}, "l1= l2="},
		{Filter{ProxyID: 2, Types: -1, ID: 2}, "FRONTEND=OPEN l2="},
		{Filter{ProxyID: 3, Types: 6, ID: 1}, "s1=UP BACKEND=UP"},
		{Filter{ProxyID: 3, Types: 0, ID: -1}, ""},
		{Filter{ProxyID: 9, Types: -1, ID: -1}, ""},
		{Filter{ProxyID: 3, Types: -1, ID: -1, Up: true}, "s1=UP s4=no check BACKEND=UP (2/4)"},
		{Filter{ProxyID: 3, Types: -1, ID: -1, NoMaint: true}, "s1=UP s2=DOWN s4=no check BACKEND=UP (2/4)"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if err := CSV(&b, all, tt.f); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range strings.Split(strings.TrimSpace(b.String()), "\n")[1:] {
			c := strings.Split(l, ",")
			got = append(got, c[1]+"="+c[17])
		}
		if d := cmp.Diff(tt.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%+v: %s", tt.f, d)
		}
	}
}

type brokenWriter struct{ after int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.after--; w.after < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestWriteErrorStops(t *testing.T) {
	seen := 0
	src := sourceFunc(func(yield func(*Row) bool) {
		for range 100 {
			seen++
			if !yield(&Row{Kind: Frontend}) {
				return
			}
		}
	})
	if err := CSV(&brokenWriter{after: 4}, src, NewFilter()); !errors.Is(err, errBroken) || seen != 4 {
		t.Errorf("%v after %d rows", err, seen)
	}
}

type sourceFunc func(func(*Row) bool)

func (f sourceFunc) Rows(yield func(*Row) bool) { f(yield) }

func TestInfo(t *testing.T) {
	i := Info{Name: "Sluice", Version: "3.4.0-x", ReleaseDate: "2026/11/22", Threads: 2, PID: 9420, Uptime: 26*time.Hour + 61*time.Second + 9*time.Millisecond,
		MemoryLimit: 5 << 20, UlimitN: 20000, Maxsock: 20001, Maxconn: 9983, HardMaxconn: 9984, Conns: 1, ConnsTotal: 3, Requests: 2, SSLReusePercent: 7,
		ConnRate: Rate{1, 2, 3}, Tasks: 81, IdlePercent: 100, Node: "vm", Stopping: true, Jobs: 9, UnstoppableJobs: 1, Listeners: 7, BytesOut: 11365,
		BuildInfo: "3.4.0-x", StartTime: time.Unix(1795390905, 25e7), Tainted: 0x21, Warnings: 3, BootTime: 63, Streams: 1, StreamsTotal: 2, ThreadGroups: 1}
	want, err := os.ReadFile("testdata/info.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := i.Write(&b, Form{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Error(d)
	}
	i.Description = "two\nlines"
	b.Reset()
	i.Write(&b, Form{})
	if !strings.Contains(b.String(), "\nnode: vm\ndescription: two lines\nStopping: 1\n") {
		t.Errorf("description:\n%s", b.String())
	}
}

// What a master says of its reloads comes last; other processes say nothing of it.
func TestInfoOfReloads(t *testing.T) {
	i := Info{ThreadGroups: 1, Reloads: &Reloads{Generation: 7, Total: 9, Failed: 4, Consecutive: 2, LastFailed: true,
		LastSuccess: time.Unix(1795390905, 25e7), Took: 1500 * time.Millisecond}}
	end := func(form Form) string {
		var b bytes.Buffer
		if err := i.Write(&b, form); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(b.String(), "ThreadGroups")
		return rest
	}
	if d := cmp.Diff(": 1\nGeneration: 7\nReloads: 9\nFailedReloads: 4\nConsecutiveFailedReloads: 2\nLastReloadFailed: 1\n"+
		"LastSuccess_time_sec: 1795390905\nLastSuccess_duration_ms: 1500\n", end(Form{})); d != "" {
		t.Error(d)
	}
	if typed, want := end(Form{Format: Typed}), fmt.Sprintf("\n%d.Reloads.1:MCPV:u32:9\n", len(infoFields)+1); !strings.Contains(typed, want) {
		t.Errorf("%s lacks %q", typed, want)
	}
	i.Reloads = &Reloads{}
	if got := end(Form{}); !strings.Contains(got, "\nLastSuccess_time_sec: 0\n") {
		t.Error(got)
	}
	if i.Reloads = nil; end(Form{}) != ": 1\n" {
		t.Error(end(Form{}))
	}
}

func TestCSVAllocates(t *testing.T) {
	r := Row{Kind: Server, Proxy: "b", Name: "s", Status: "UP", Check: &Check{Shown: true, Status: "L4OK"}}
	b := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { b = appendRow(b[:0], &r, false) }); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}
