package held

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Holder is a worker with its connections.
type Holder interface {
	// Held describes the oldest connections, at most Most. False: not in time.
	Held() (Answer, bool)
	// Release ends those that are selected and says how many there were, or false: not
	// in time. The worker, which may have no reason to stay any more, is there until
	// said returns.
	Release(which Selection, said func(n int, ok bool))
}

// The questions of a master.
const (
	ask     = "_held"
	release = "_release"
)

// Question asks for an Answer.
const Question = ask + "\n"

// Command ends connections; the answer is their number.
func Command(s Selection) string {
	line := release
	for _, w := range s.Words() {
		line += " " + w
	}
	return line + "\n"
}

// Commands are those of a worker that its master uses.
func Commands(of Holder) line.Table {
	return line.Table{
		{Words: []string{ask}, Help: "tell which connections are left", Level: line.LevelOperator, Worker: true, Hidden: true,
			Run: func(s *line.Session, _ []string, _ []byte) {
				a, ok := of.Held()
				b, err := a.Encode()
				if !ok || err != nil {
					s.Err("The connections cannot be told in time.")
					return
				}
				s.Write(b)
			}},
		{Words: []string{release}, Args: "[frontend <name>] [client <address>]", Help: "end connections", Level: line.LevelAdmin, Worker: true, Hidden: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				which, err := ParseSelection(args)
				if err != nil {
					s.Err(err.Error())
					return
				}
				of.Release(which, func(n int, ok bool) {
					if ok {
						s.WriteString(strconv.Itoa(n) + "\n")
					} else {
						s.Err("Not all threads have answered in time.")
					}
					s.Flush()
				})
			}},
	}
}
