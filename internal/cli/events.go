package cli

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/ring"
)

// eventCommands show what sinks have (management guide 9.3).
func eventCommands() []line.Command {
	return []line.Command{{Words: []string{"show", "events"}, Args: "[<sink>] [-w] [-n] [-0] ", Help: "show event sink state", Level: line.LevelOperator, Worker: true,
		Run: func(s *line.Session, args []string, _ []byte) { showEvents(s, args) }}}
}

func showEvents(s *line.Session, args []string) {
	if len(args) == 0 {
		s.Printf("Supported events sinks are listed below. Add -0(zero), -w(wait), -n(new). Any key to stop.\n")
		for _, x := range ring.All() {
			s.Printf("    %-10s : type=%s, %d dropped, %s\n", x.Name, x.Kind, x.Dropped(), x.About)
		}
		return
	}
	sink, end, fresh := ring.Find(args[0]), "\n", false
	if sink == nil {
		s.Message(line.SeverityErr, "No such event sink")
		return
	}
	for _, flag := range args[1:] {
		for _, letter := range strings.TrimPrefix(flag, "-") {
			switch {
			case !strings.HasPrefix(flag, "-") || !strings.ContainsRune("wn0", letter):
				s.Message(line.SeverityErr, "unknown option")
				return
			case letter == 'w':
				s.Message(line.SeverityErr, "Waiting for events is not supported yet")
				return
			case letter == 'n':
				fresh = true
			default:
				end = "\x00"
			}
		}
	}
	if sink.Kind != "buffer" {
		s.Message(line.SeverityErr, "Nothing to report for this sink")
		return
	}
	if fresh {
		return // without waiting there is nothing new
	}
	for _, l := range sink.Lines() {
		s.Printf("<0>%s %s%s", l.At.Format("2006-01-02T15:04:05.000000-07:00"), l.Text, end)
	}
}
