package master

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/held"
	"github.com/sluice-proxy/sluice/mworker"
)

// drainCommands are about the workers that finish what they had begun; doc/reloads.md
// describes what they answer.
func (m *master) drainCommands() line.Table {
	return line.Table{
		{Words: []string{"show", "drain"}, Args: "[json]", Help: "tell which workers drain, and what holds them", Level: line.LevelOperator, Master: true, Run: m.showDrain},
		{Words: []string{"shutdown", "drain"}, Args: "<pid>|all [frontend <name>] [client <address>]", Help: "end connections of workers that drain", Level: line.LevelAdmin, Master: true, Run: m.shutdownDrain},
	}
}

// drainJSON is the answer of "show drain json".
type drainJSON struct {
	Workers []drainingJSON `json:"workers"`
}

type drainingJSON struct {
	PID         int               `json:"pid"`
	Number      int               `json:"number"`
	Generation  int               `json:"generation"`
	Since       time.Time         `json:"since"`
	For         int64             `json:"draining_s"`
	Reason      string            `json:"reason"`
	Memory      *int64            `json:"resident_bytes"`
	Hurried     bool              `json:"hurried"`
	Deadline    *time.Time        `json:"deadline"` // null: none
	Connections *int              `json:"connections"`
	Idle        *int              `json:"idle"`
	Oldest      []held.Connection `json:"oldest"`
}

// askers is how many workers are asked at a time.
const askers = 8

func (m *master) draining() (list []mworker.WorkerInfo) {
	for _, w := range m.m.Workers() {
		if w.Leaving && w.PID > 0 {
			list = append(list, w)
		}
	}
	return list
}

func (m *master) showDrain(s *line.Session, args []string, _ []byte) {
	if len(args) > 1 || len(args) == 1 && args[0] != "json" {
		s.Err("'show drain' only supports 'json' as argument")
		return
	}
	d := describeDrain(time.Now(), m.draining(), residentMemory, m.held)
	if len(args) == 0 {
		s.WriteString(d.text())
		return
	}
	if b, err := json.Marshal(d); err == nil { // there is nothing in it that JSON has not
		s.Write(append(b, '\n'))
	}
}

// describeDrain is what "show drain" answers. The two functions measure a process: its
// memory, and what holds it.
func describeDrain(now time.Time, workers []mworker.WorkerInfo, memory func(pid int) *int64, ask func(pid int) *held.Answer) drainJSON {
	d := drainJSON{Workers: make([]drainingJSON, len(workers))}
	var asked sync.WaitGroup
	free := make(chan struct{}, askers)
	for i, w := range workers {
		o := &d.Workers[i]
		*o = drainingJSON{PID: w.PID, Number: w.Number, Generation: w.Generation, Since: w.Leaves.UTC().Truncate(time.Millisecond),
			For: int64(now.Sub(w.Leaves) / time.Second), Reason: w.Reason, Memory: memory(w.PID), Hurried: w.Hurried, Oldest: []held.Connection{}}
		if !w.Deadline.IsZero() {
			at := w.Deadline.UTC().Truncate(time.Millisecond)
			o.Deadline = &at
		}
		free <- struct{}{}
		asked.Go(func() {
			if a := ask(w.PID); a != nil {
				o.Connections, o.Idle = &a.Total, &a.Idle
				o.Oldest = slices.Concat(o.Oldest, a.Connections)
			}
			<-free
		})
	}
	asked.Wait()
	return d
}

// held asks a worker what holds it; nil when it does not say in time.
func (m *master) held(pid int) *held.Answer {
	b, err := m.askWorker(pid, "operator", held.Question, held.MaxAnswer)
	if err != nil {
		return nil
	}
	a, err := held.Decode(b)
	if err != nil { // of another version, for one
		return nil
	}
	return a
}

// text is the answer for people: lines of names and values.
func (d *drainJSON) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# workers that drain: %d\n", len(d.Workers))
	for i := range d.Workers {
		d.Workers[i].write(&b)
	}
	return b.String()
}

func (w *drainingJSON) write(b *strings.Builder) {
	fmt.Fprintf(b, "worker %d generation %d since %s (%v)", w.PID, w.Generation, w.Since.Format(time.RFC3339), time.Duration(w.For)*time.Second)
	if w.Memory != nil {
		fmt.Fprintf(b, " memory %.1f MiB", float64(*w.Memory)/(1<<20))
	}
	if w.Connections == nil {
		b.WriteString(" connections ?")
	} else {
		fmt.Fprintf(b, " connections %d idle %d", *w.Connections, *w.Idle)
	}
	switch at := w.Deadline; {
	case at == nil && w.Hurried:
		b.WriteString(" ends now")
	case at == nil:
		b.WriteString(" ends never")
	case w.Hurried:
		b.WriteString(" ends " + at.Format(time.RFC3339))
	default:
		b.WriteString(" hurried " + at.Format(time.RFC3339))
	}
	b.WriteString(": " + printable(w.Reason) + "\n")
	for _, c := range w.Oldest {
		fmt.Fprintf(b, "  client %s frontend %s backend %s server %s state %s age %v", c.Client, c.Frontend, dash(c.Backend), dash(c.Server), c.State, seconds(c.Age))
		if c.Idle != nil {
			fmt.Fprintf(b, " idle %v", seconds(*c.Idle))
		}
		b.WriteByte('\n')
	}
	if w.Connections != nil && *w.Connections > len(w.Oldest) {
		fmt.Fprintf(b, "  and %d more\n", *w.Connections-len(w.Oldest))
	}
}

// seconds shows milliseconds as whole seconds.
func seconds(ms int64) time.Duration {
	return time.Duration(ms) * time.Millisecond / time.Second * time.Second
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// shutdownDrain ends connections of workers that drain; one that has none left ends
// by itself.
func (m *master) shutdownDrain(s *line.Session, args []string, _ []byte) {
	if len(args) == 0 {
		s.Err("'shutdown drain' expects the PID of a worker that drains, or 'all'.")
		return
	}
	which, err := held.ParseSelection(args[1:])
	if err != nil {
		s.Err("'shutdown drain': " + err.Error())
		return
	}
	list := m.draining()
	if args[0] != "all" {
		pid, err := strconv.Atoi(args[0])
		list = slices.DeleteFunc(list, func(w mworker.WorkerInfo) bool { return err != nil || w.PID != pid })
		if len(list) == 0 {
			s.Err(fmt.Sprintf("No worker with the PID '%s' drains.", printable(args[0])))
			return
		}
	}
	for _, w := range list {
		answer, err := m.askWorker(w.PID, "admin", held.Command(which), maxInfo)
		n, wrong := strconv.Atoi(string(bytes.TrimSpace(answer)))
		if err != nil || wrong != nil {
			s.Err(fmt.Sprintf("Worker %d does not answer.", w.PID))
			continue
		}
		s.Printf("worker %d: connections ended: %d\n", w.PID, n)
	}
	if len(list) == 0 {
		s.Info("No worker drains.")
	}
}
