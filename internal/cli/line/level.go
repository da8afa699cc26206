package line

// Level is what a session may do ("level" of the bind line). A session can only lower its own.
type Level uint8

// The levels, in rising order.
const (
	LevelUser     Level = iota // look at non-sensitive things
	LevelOperator              // look at everything, change harmless things
	LevelAdmin                 // everything
)

// String returns the word of the configuration language and of "show cli level".
func (l Level) String() string {
	switch l {
	case LevelAdmin:
		return "admin"
	case LevelOperator:
		return "operator"
	}
	return "user"
}

// Severity is how much a message matters: the numbers of syslog.
type Severity uint8

// The severities that commands use.
const (
	SeverityAlert   Severity = 1
	SeverityErr     Severity = 3
	SeverityWarning Severity = 4
	SeverityNotice  Severity = 5
	SeverityInfo    Severity = 6
)

var severityNames = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// SeverityOutput is how the severity of a message is shown before it: the "severity-output" of the bind line and of
// "set severity-output".
type SeverityOutput uint8

// The forms of the severity.
const (
	SeverityNone   SeverityOutput = iota // not at all
	SeverityNumber                       // "[6]: "
	SeverityString                       // "[info]: "
)

// ParseSeverityOutput reads "none", "number" or "string".
func ParseSeverityOutput(s string) (SeverityOutput, bool) {
	switch s {
	case "none":
		return SeverityNone, true
	case "number":
		return SeverityNumber, true
	case "string":
		return SeverityString, true
	}
	return SeverityNone, false
}

// String returns the word that ParseSeverityOutput reads.
func (o SeverityOutput) String() string {
	switch o {
	case SeverityNumber:
		return "number"
	case SeverityString:
		return "string"
	}
	return "none"
}

func (o SeverityOutput) prefix(v Severity) string {
	switch {
	case o == SeverityNumber:
		return "[" + string('0'+byte(v)%8) + "]: "
	case o == SeverityString:
		return "[" + severityNames[v%8] + "]: "
	}
	return ""
}
