package sample

// alias is one row of the aliases of manual 8.2.6, for formats outside of logs.
// A row without an expression needs what only the end of a stream knows, or is
// not built yet.
type alias struct {
	name    string
	expr    string
	prefix  string // literal text before it
	missing string // shown without a value
	hex     bool   // the flag X applies
}

var aliases = []alias{
	{name: "B"}, {name: "CC"}, {name: "CS"},
	{name: "H", expr: "hostname"},
	{name: "HM", expr: "method", missing: "<BADREQ>"},
	{name: "HP", expr: "url,field(1,?)", missing: "<BADREQ>"},
	{name: "HPO", expr: "path", missing: "<BADREQ>"},
	{name: "HQ", expr: "query(with_qm)"},
	{name: "HU", expr: "url", missing: "<BADREQ>"},
	{name: "HV", expr: "req.ver", prefix: "HTTP/", missing: "<BADREQ>"},
	{name: "ID"}, {name: "OG"}, {name: "ST"}, {name: "T", expr: "date,utime(%d/%b/%Y:%H:%M:%S +0000)"}, {name: "TR"}, {name: "Ta"}, {name: "Tc"},
	{name: "Td"}, {name: "Th"}, {name: "Ti"}, {name: "Tl", expr: "date,ltime(%d/%b/%Y:%H:%M:%S %z)"}, {name: "Tq"}, {name: "Tr"}, {name: "Ts", expr: "date"},
	{name: "Tt"}, {name: "Tu"}, {name: "Tw"}, {name: "U"}, {name: "ac"},
	{name: "b", expr: "be_name"},
	{name: "bc"}, {name: "bi"}, {name: "bp"}, {name: "bq"},
	{name: "ci", expr: "src", missing: "-", hex: true},
	{name: "cp", expr: "src_port", missing: "-", hex: true},
	{name: "f", expr: "fe_name"},
	{name: "fc"},
	{name: "fi", expr: "dst", missing: "-", hex: true},
	{name: "fp", expr: "dst_port", missing: "-", hex: true},
	{name: "ft", expr: "fe_name"},
	{name: "hr"}, {name: "hrl"}, {name: "hs"}, {name: "hsl"}, {name: "lc"}, {name: "ms", expr: "date(0,ms),ms_utime(%3N)"},
	{name: "pid", expr: "pid", hex: true},
	{name: "r"}, {name: "rc"}, {name: "rt"},
	{name: "s", expr: "srv_name", missing: "<NOSRV>"},
	{name: "sc"}, {name: "si"}, {name: "sp"}, {name: "sq"}, {name: "sslc"}, {name: "sslv"},
	{name: "t", expr: "date(0,ms),ms_ltime(%d/%b/%Y:%H:%M:%S.%3N)"}, {name: "tr"}, {name: "trg"}, {name: "trl"}, {name: "ts"}, {name: "tsc"},
}

func lookupAlias(name string) *alias {
	for i := range aliases {
		if aliases[i].name == name {
			return &aliases[i]
		}
	}
	return nil
}
