package line

import (
	"strconv"
	"strings"
	"time"
)

// Common returns the commands that concern the session only: the same on the master and on a worker.
func Common() Table {
	return Table{
		{Words: []string{"@!<pid>"}, Help: "send a command to the <pid> process", Master: true, Run: prefixOnly},
		{Words: []string{"@<relative pid>"}, Help: "send a command to the <relative pid> process", Master: true, Run: prefixOnly},
		{Words: []string{"@master"}, Help: "send a command to the master process", Master: true, Run: prefixOnly},
		{Words: []string{"echo"}, Args: "<text>", Help: "print text to the output", Master: true, Worker: true, Run: echo},
		{Words: []string{"operator"}, Help: "lower the level of the current CLI session to operator", Master: true, Worker: true, Run: lowerTo(LevelOperator)},
		{Words: []string{"user"}, Help: "lower the level of the current CLI session to user", Master: true, Worker: true, Run: lowerTo(LevelUser)},
		{Words: []string{"expert-mode"}, Args: "[on|off]", Help: "toggle expert mode", Level: LevelAdmin, Master: true, Worker: true, Hidden: true,
			Run: toggle("expert-mode", func(s *Session) *bool { return &s.expert })},
		{Words: []string{"experimental-mode"}, Args: "[on|off]", Help: "toggle experimental mode", Level: LevelAdmin, Master: true, Worker: true, Hidden: true,
			Run: toggle("experimental-mode", func(s *Session) *bool { return &s.experimental })},
		{Words: []string{"mcli-debug-mode"}, Args: "[on|off]", Help: "toggle the commands of a worker in the master", Level: LevelAdmin, Master: true, Hidden: true,
			Run: toggle("mcli-debug-mode", func(s *Session) *bool { return &s.debug })},
		{Words: []string{"set", "severity-output"}, Args: "[none|number|string]", Help: "set presence of severity level in feedback information", Worker: true, Run: setSeverity},
		{Words: []string{"set", "timeout"}, Args: "[cli] <delay>", Help: "change a timeout setting", Worker: true, Run: setTimeout},
		{Words: []string{"show", "cli", "level"}, Help: "display the level of the current CLI session", Master: true, Worker: true, Run: showLevel},
	}
}

// prefixOnly is never reached: a prefix is cut off before a command is looked up. The rows exist for "help".
func prefixOnly(s *Session, _ []string, _ []byte) { s.Err(textDenied) }

func echo(s *Session, args []string, _ []byte) { s.Info(strings.Join(args, " ")) }

func showLevel(s *Session, _ []string, _ []byte) { s.Info(s.level.String()) }

func lowerTo(l Level) func(*Session, []string, []byte) {
	return func(s *Session, args []string, _ []byte) {
		s.bareIf(args)
		switch {
		case !s.Lower(l):
			s.Err(textDenied)
		case s.router == nil: // a master's session keeps its modes, which no worker grants it any more
			s.expert, s.experimental = false, false
		}
	}
}

func toggle(name string, field func(*Session) *bool) func(*Session, []string, []byte) {
	return func(s *Session, args []string, _ []byte) {
		on := field(s)
		if len(args) == 0 {
			word := "OFF"
			if *on {
				word = "ON"
			}
			s.Info(name + " is " + word)
			return
		}
		s.bareIf(args)
		*on = args[0] == "on"
	}
}

func setSeverity(s *Session, args []string, _ []byte) {
	if len(args) > 0 {
		if o, ok := ParseSeverityOutput(args[0]); ok {
			s.severity = o
			s.bareIf(args)
			return
		}
	}
	s.Err(textSeverity)
}

const textSeverity = "one of 'none', 'number', 'string' is a required argument"

// bareIf leaves the separator away when the last word is "-": that is how the master puts the state of its session
// before a command of its client without adding to the answer.
func (s *Session) bareIf(args []string) {
	s.bare = len(args) > 0 && args[len(args)-1] == "-"
}

func setTimeout(s *Session, args []string, _ []byte) {
	if len(args) == 0 || args[0] != "cli" {
		s.Err("'set timeout' only supports 'cli'.")
		return
	}
	if len(args) < 2 {
		s.Err("Expects an integer value.")
		return
	}
	d, ok := parseDelay(args[1])
	if !ok || d <= 0 {
		s.Err("Invalid timeout value.")
		return
	}
	s.SetIdle(d)
}

// parseDelay reads a time of the manual (2.5) whose default unit is the second. It ends at 24 days, as all timers do.
func parseDelay(text string) (time.Duration, bool) {
	units := []struct {
		suffix string
		d      time.Duration
	}{{"us", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}}
	unit := time.Second
	for _, u := range units {
		if n, found := strings.CutSuffix(text, u.suffix); found {
			text, unit = n, u.d
			break
		}
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || time.Duration(n) > (1<<31-1)*time.Millisecond/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
