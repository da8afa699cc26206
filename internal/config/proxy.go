package config

import (
	"slices"
	"time"
)

// Proxy is a defaults, frontend, backend or listen section. What a section
// takes from its defaults section is copied into it when it begins; ACLs and
// rules are not, see RulesOf.
type Proxy struct {
	Kind Kind
	Name string // "" for an anonymous defaults section
	Pos  Pos
	Seq  int    // place among the sections of the configuration
	From *Proxy `json:"-"` // the defaults section in force, nil without one
	ID   int    // 0: not set
	GUID string // "": none

	Description string
	Disabled    bool
	Mode        Mode

	Binds []*Bind

	Servers                  []*Server
	DefaultServer            ServerParams
	DefaultBackend           string
	DefaultBackPos           Pos // where default_backend stands
	Balance                  Balance
	Source                   *Source // of connections to servers; nil: any
	Hashing                  Hashing
	Cookie                   *Cookie // nil: none
	MonitorURI               string  // "": none
	CookieKey                string  // dynamic-cookie-key
	RDPCookie                string  // persist rdp-cookie; "": not
	CaptureCookie            *CookieCapture
	ReqCaptures, ResCaptures []Capture

	Maxconn  int // 0: not set
	Fullconn int // 0: not set
	SessRate int // rate-limit sessions, a second; 0: no limit
	Backlog  int // 0: not set

	Retries    int // 3 when not set
	Redispatch int // 0: never; n>0: every n-th retry; n<0: the |n|-th before the last

	RetryOn RetryOn // conn-failure when not set

	Reuse        Reuse
	SessionConns *int // max-session-srv-conns; nil: 5

	Timeouts Timeouts
	Options  ProxyOptions

	InspectRequest, InspectResponse time.Duration // inspect-delay; 0: content rules do not wait

	ErrorFiles     []*ErrorFile // the later one counts, see PagesOf
	Logs           []*LogTarget
	LogFormat      *LogFormat // nil: the default of the mode and options
	LogOptionPos   Pos        // where option httplog or tcplog stands
	ErrorLogFormat *LogFormat
	LogFormatSD    *LogFormat // structured data
	LogSteps       []string   // nil: one line, when all it shows is known
	LogTag         string
	UniqueID       *LogFormat // unique-id-format; nil: none
	UniqueIDHeader string     // "": none

	ACLs  []*Directive
	Rules map[string][]*Directive // by ruleset keyword: "http-request", "use_backend", "tcp-request content" …

	Checks CheckSpec

	LoadState string // global, local, none; "" is none
	GUIDPos   Pos

	StateFile string // of "local"; "": the backend's name
}

func newProxy(kind Kind, name string, pos Pos) *Proxy {
	return &Proxy{
		Kind: kind, Name: name, Pos: pos,
		Retries:       3,
		RetryOn:       RetryConnFailure,
		Balance:       Balance{Algorithm: "roundrobin"},
		Hashing:       defaultHashing,
		DefaultServer: defaultServerParams(),
		Options:       ProxyOptions{ConnOptions: defaultConn},
	}
}

// inherit takes over the settings of a defaults section.
func (p *Proxy) inherit(from *Proxy) {
	own := *p
	*p = *from
	p.Kind, p.Name, p.Pos, p.Seq, p.From = own.Kind, own.Name, own.Pos, own.Seq, from
	p.ACLs, p.Rules = nil, nil
	p.ErrorFiles = slices.Clip(from.ErrorFiles)
	p.Logs = slices.Clip(from.Logs)
	p.ReqCaptures = slices.Clip(from.ReqCaptures)
}

// RulesOf returns the proxy's rules of one set, those of its defaults section
// first (manual 4.1: they are evaluated before the proxy's own).
func (p *Proxy) RulesOf(set string) []*Directive {
	own := p.Rules[set]
	if p.From == nil || len(p.From.Rules[set]) == 0 {
		return own
	}
	return append(slices.Clone(p.From.Rules[set]), own...)
}

// AddRule appends d to the rules of a set.
func (p *Proxy) AddRule(set string, d *Directive) {
	if p.Rules == nil {
		p.Rules = map[string][]*Directive{}
	}
	p.Rules[set] = append(p.Rules[set], d)
}

// Title returns the words by which messages name the proxy: "frontend 'x'", and
// "proxy 'x'" for a listen section.
func (p *Proxy) Title() string {
	if p.Kind == KindListen {
		return "proxy '" + p.Name + "'"
	}
	return p.Kind.String() + " '" + p.Name + "'"
}
