package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/explain"
)

// Explained is a process that tells why requests are treated as they are.
type Explained interface {
	// Inquire asks for the explanations of requests to come.
	Inquire(Question) (withdraw func(why string), err error)
}

// Question is what "explain" asks.
type Question struct {
	Frontend string   // "": any
	Cond     []string // from "if" or "unless" on; nil: all requests
	Count    int      // how many of them
	// Cost bounds the time of the event loops that the question may take.
	Cost time.Duration
	// Told gets the reports one after the other, Over the end and why there are no
	// more; "" when all were told. Neither may block.
	Told func(*explain.Report)
	Over func(why string)
}

const explainUsage = `Usage: explain [<count>] [frontend <name>] [for <time>] [json] [{if|unless} <condition>]
  Tells of the next requests, one after the other, which rules were looked at, what
  they matched, and where each request went.
    - <count> is the number of requests, 1 by default and 100 at most
    - <name> is the frontend whose requests count; the condition may then use its ACLs
    - <time> is how long to wait for them, 60s by default and 1h at most
    - <condition> says which requests: if { path_beg /api } !{ src 10.0.0.0/8 }
  It ends by itself when it has taken half a second of the event loops' time.
`

// Bounds of a question.
const (
	explainMost  = 100
	explainFor   = time.Minute
	explainAtMax = time.Hour
	explainCost  = 500 * time.Millisecond
)

// ExplainTable is the command "explain".
func ExplainTable(of Explained) line.Table {
	return line.Table{{Words: []string{"explain"}, Args: "[<count>] [frontend <name>] [for <time>] [json] [if <condition>]",
		Help: "tell why the next requests are treated as they are", Level: line.LevelOperator, Worker: true, Free: true,
		Run: func(s *line.Session, args []string, _ []byte) { explained(of, s, args) }}}
}

func explained(of Explained, s *line.Session, args []string) {
	q, limit, asJSON, fault := question(args)
	if fault != "" {
		s.Err(fault)
		return
	}
	reports, over := make(chan *explain.Report, q.Count), make(chan string, 1)
	q.Told = func(r *explain.Report) { reports <- r } // there is room for all
	q.Over = func(why string) { over <- why }
	withdraw, err := of.Inquire(q)
	if err != nil {
		s.Err(strings.TrimSuffix(err.Error(), ".") + ".")
		return
	}
	show := func(r *explain.Report) {
		text := r.Text()
		if asJSON {
			text = r.JSON()
		}
		for l := range strings.Lines(text) {
			if l != "\n" { // the end of an answer
				s.WriteString(l)
			}
		}
	}
	look := time.NewTicker(waitLook)
	defer look.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for told := 0; ; {
		select {
		case r := <-reports:
			show(r)
			if told++; s.Flush() != nil {
				withdraw("")
				return
			}
		case <-look.C:
			if gone(s.Conn()) {
				withdraw("")
				return
			}
		case <-end.C:
			go withdraw("no more in " + limit.String())
		case why := <-over:
			for len(reports) > 0 { // they come before the end
				show(<-reports)
				told++
			}
			if why != "" {
				s.Info(strconv.Itoa(told) + " of " + strconv.Itoa(q.Count) + " explained: " + why + ".")
			}
			return
		}
	}
}

// question reads the words of the command.
func question(args []string) (q Question, limit time.Duration, asJSON bool, fault string) {
	q.Count, q.Cost, limit = 1, explainCost, explainFor
	for i := 0; i < len(args); i++ {
		next := ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		switch w := args[i]; {
		case w == "if" || w == "unless":
			q.Cond = args[i:]
			return q, limit, asJSON, ""
		case w == "json":
			asJSON = true
		case w == "frontend" && next != "":
			q.Frontend = next
			i++
		case w == "for" && next != "":
			d, ok := waitTime(next)
			if !ok || d > explainAtMax {
				return q, 0, false, "Invalid time '" + next + "'."
			}
			limit = d
			i++
		case i == 0 && w != "" && '0' <= w[0] && w[0] <= '9':
			n, err := strconv.Atoi(w)
			if err != nil || n < 1 || n > explainMost {
				return q, 0, false, "Invalid count '" + w + "': 1 to " + strconv.Itoa(explainMost) + "."
			}
			q.Count = n
		default:
			return q, 0, false, explainUsage
		}
	}
	return q, limit, asJSON, ""
}
