package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Debugged is the process that "debug dev" maltreats.
type Debugged interface {
	// Block keeps the first event loop, or all of them, from turning, at work or
	// asleep, and returns when that is over.
	Block(d time.Duration, all, asleep bool)
	// LogGlobal sends a text to the logs of the global section.
	LogGlobal(text string)
	// Panic ends the process as a mistake in the program would.
	Panic()
	// Exit ends the process at once.
	Exit(status int)
}

// DebugTable returns the commands of "debug dev" (management guide 9.3, "debug dev"), with which a process is brought
// into the states that it must survive, or its master. As in the reference, what is no number counts as 0.
func DebugTable(of Debugged) line.Table {
	command := func(name, args, help string, run func(s *line.Session, args []string)) line.Command {
		return line.Command{Words: []string{"debug", "dev", name}, Args: args, Help: help, Level: line.LevelAdmin, Expert: true, Worker: true,
			Run: func(s *line.Session, args []string, _ []byte) { run(s, args) }}
	}
	ms := func(args []string) time.Duration { return time.Duration(max(0, number(args))) * time.Millisecond }
	return line.Table{
		// The blanks put the arguments into the column in which the reference has them.
		command("delay", " [ms]", "sleep this long", func(_ *line.Session, args []string) { of.Block(ms(args), false, true) }),
		command("exit", "  [code]", "immediately exit the process", func(_ *line.Session, args []string) { of.Exit(number(args) & 0xff) }),
		command("log", "   [msg] ...", "send this msg to global logs", func(_ *line.Session, args []string) { of.LogGlobal(strings.Join(args, " ")) }),
		command("loop", "  <ms> [isolated]", "loop this long, possibly isolated", func(s *line.Session, args []string) {
			if refuse(s, "debug dev loop", args, "warn") {
				return
			}
			of.Block(ms(args), len(args) > 1 && args[1] == "isolated", false)
		}),
		command("panic", "", "immediately trigger a panic", func(*line.Session, []string) { of.Panic() }),
	}
}

// number is the first argument as a number, at most a day of milliseconds.
func number(args []string) int {
	if len(args) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(args[0])
	return min(n, int(24*time.Hour/time.Millisecond))
}
