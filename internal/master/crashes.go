package master

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/mworker"
)

// crashed logs what is known of a crash: the trace itself is on standard error,
// and kept.
func (m *master) crashed(c *mworker.Crash) {
	if c == nil || len(c.Trace) == 0 {
		return
	}
	m.report.Alertf("Worker (%d) crashed: %s ('show crashes %d' on the master CLI has the trace)", c.PID, headline(c.Trace), c.PID)
}

// headline is the first line of a trace.
func headline(trace []byte) string {
	first, _, _ := bytes.Cut(trace, []byte("\n"))
	return printable(string(first))
}

func (m *master) crashesCommand() line.Command {
	return line.Command{Words: []string{"show", "crashes"}, Args: "[pid]", Help: "list the latest crashes of workers, or show the trace of one",
		Level: line.LevelOperator, Master: true, Run: m.showCrashes}
}

func (m *master) showCrashes(s *line.Session, args []string, _ []byte) {
	crashes := m.m.Crashes()
	if len(args) == 0 {
		s.WriteString(listCrashes(crashes))
		return
	}
	pid, err := strconv.Atoi(args[0])
	if err != nil || len(args) > 1 {
		s.Err("'show crashes' expects the PID of a worker.")
		return
	}
	for _, c := range crashes {
		if c.PID == pid {
			s.WriteString(listCrashes([]mworker.Crash{c}) + quoted(c.Trace))
			return
		}
	}
	s.Err("No crash of that worker is known.")
}

// listCrashes is a line for each crash.
func listCrashes(crashes []mworker.Crash) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# crashes: %d\n", len(crashes))
	for _, c := range crashes {
		fmt.Fprintf(&b, "%s worker %d generation %d age %v while %v: %v", c.Time.Format(time.RFC3339), c.PID, c.Generation, c.Age.Round(time.Millisecond), c.State, c.Status)
		if c.Reason != "" {
			fmt.Fprintf(&b, ", %s", c.Reason)
		}
		if len(c.Trace) > 0 {
			fmt.Fprintf(&b, ": %s", headline(c.Trace))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// quoted is a trace with a mark before each line: an empty line would end the
// answer.
func quoted(trace []byte) string {
	var b strings.Builder
	for l := range strings.Lines(string(trace)) {
		b.WriteString("| " + printable(strings.TrimSuffix(l, "\n")) + "\n")
	}
	return b.String()
}

// printable replaces what could move the cursor of whoever reads it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
