package config

// LogTarget is a log line (manual 4.2 "log").
type LogTarget struct {
	Pos      Pos
	Global   bool    // "log global": the targets of the global section
	Address  string  // as written
	Addr     Address // parsed; a host name to resolve is in Host
	Host     string
	Facility string // "local0"; "" for formats without one
	Level    string // highest level sent, "debug" when not set
	MinLevel string // levels more severe are lowered to it, "emerg" when not set
	Format   string // local, rfc3164, rfc5424, priority, short, timed, iso, raw; "" default of the address
	Length   int    // longest line, 1024 when not set
	Sample   []SampleRange
	SampleOf int // size of a sample, 0 without sampling
	Profile  string
}

// SampleRange is a part of a log sample, both ends included, from 1.
type SampleRange struct{ Low, High int }

// LogFormat is a log-format line.
type LogFormat struct {
	Pos  Pos
	Text string
}
