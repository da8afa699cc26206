package logs

// Level is the severity of a message, syslog's: smaller is more severe.
type Level uint8

const (
	Emerg Level = iota
	Alert
	Crit
	Err
	Warning
	Notice
	Info
	Debug
	levels
)

var levelNames = [levels]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// String gives the level's name in the configuration.
func (l Level) String() string {
	if l < levels {
		return levelNames[l]
	}
	return "?"
}

// ParseLevel knows the eight names of the keyword "log".
func ParseLevel(name string) (Level, bool) {
	for i, n := range levelNames {
		if n == name {
			return Level(i), true
		}
	}
	return 0, false
}

// Facility is one of the 24 syslog facilities.
type Facility uint8

var facilityNames = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news",
	"uucp", "cron", "auth2", "ftp", "ntp", "audit", "alert", "cron2",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// String gives the facility's name in the configuration.
func (f Facility) String() string {
	if int(f) < len(facilityNames) {
		return facilityNames[f]
	}
	return "?"
}

// ParseFacility knows the 24 names of the keyword "log".
func ParseFacility(name string) (Facility, bool) {
	for i, n := range facilityNames {
		if n == name {
			return Facility(i), true
		}
	}
	return 0, false
}
