package master

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/mworker"
)

// generationCommands are those that look at the history of loads; doc/reloads.md
// describes what they answer.
func (m *master) generationCommands() line.Table {
	return line.Table{
		{Words: []string{"show", "generations"}, Args: "[json]", Help: "list the loads and what became of them", Level: line.LevelOperator, Master: true, Run: m.showGenerations},
		{Words: []string{"show", "generation"}, Args: "<number> [<file>]", Help: "list the files of a kept generation, or show one", Level: line.LevelOperator, Master: true, Run: m.showGeneration},
	}
}

// generationJSON is a member of the answer of "show generations json".
type generationJSON struct {
	Number   int       `json:"number"`
	Time     time.Time `json:"time"`
	Duration *int64    `json:"duration_ms"` // null: not decided
	Result   string    `json:"result"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
	From     *int      `json:"from"` // null: the files of that time
	Hash     string    `json:"configuration_hash"`
	Files    int       `json:"files"`
	Size     int64     `json:"size_bytes"`
	Kept     bool      `json:"kept"`
	Partial  bool      `json:"partial"`
	InPlace  bool      `json:"in_place"`
}

func (m *master) showGenerations(s *line.Session, args []string, _ []byte) {
	list := m.m.Generations()
	switch {
	case len(args) == 0:
		s.WriteString(listGenerations(list))
	case len(args) == 1 && args[0] == "json":
		writeGenerations(s, list)
	default:
		s.Err("'show generations' only supports 'json' as argument")
	}
}

// listGenerations is a line for each load, oldest first. The columns end with what
// may hold blanks.
func listGenerations(list []mworker.Generation) string {
	var b strings.Builder
	row := func(cols ...string) {
		for i, c := range cols[:len(cols)-1] {
			width := []int{12, 22, 10, 12, 14, 6, 10}[i]
			fmt.Fprintf(&b, "%-*s ", width, c)
		}
		b.WriteString(strings.TrimRight(cols[len(cols)-1], " ") + "\n")
	}
	row("#generation", "time", "took", "result", "hash", "files", "size", "asked for by")
	for _, g := range list {
		result := string(g.Result)
		if g.Kept {
			result += "*"
		}
		took := "-"
		if g.Result != mworker.LoadUnderWay {
			took = g.Took.Round(time.Millisecond).String()
		}
		by := g.By
		if by == "" {
			by = "-"
		}
		if g.InPlace {
			by += ", in place"
		}
		if g.From != 0 {
			by += fmt.Sprintf(", generation %d again", g.From)
		}
		if g.Reason != "" {
			by += ": " + printable(g.Reason)
		}
		files, size := "-", "-"
		if g.Files > 0 {
			files, size = strconv.Itoa(g.Files), strconv.FormatInt(g.Size, 10)
		}
		hash := g.Hash
		if len(hash) > 12 {
			hash = hash[:12]
		}
		if hash == "" {
			hash = "-"
		}
		row(strconv.Itoa(g.Number), g.Asked.UTC().Format(time.RFC3339), took, result, hash, files, size, by)
	}
	return b.String()
}

func writeGenerations(w io.Writer, list []mworker.Generation) {
	out := make([]generationJSON, len(list))
	for i, g := range list {
		o := &out[i]
		*o = generationJSON{Number: g.Number, Time: g.Asked.UTC().Truncate(time.Millisecond), Result: string(g.Result), Reason: g.Reason,
			By: g.By, Hash: g.Hash, Files: g.Files, Size: g.Size, Kept: g.Kept, Partial: g.Partial, InPlace: g.InPlace}
		if g.Result != mworker.LoadUnderWay {
			ms := g.Took.Milliseconds()
			o.Duration = &ms
		}
		if g.From != 0 {
			from := g.From
			o.From = &from
		}
	}
	b, err := json.Marshal(out)
	if err != nil { // cannot be: there is nothing in it that JSON has not
		return
	}
	w.Write(append(b, '\n'))
}

func (m *master) showGeneration(s *line.Session, args []string, _ []byte) {
	if len(args) < 1 || len(args) > 2 {
		s.Err("'show generation' expects the number of a generation and, to see one of its files, a name.")
		return
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		s.Err(fmt.Sprintf("'%s' is not the number of a generation.", printable(args[0])))
		return
	}
	if len(args) == 2 {
		data, err := m.m.FileOf(n, args[1])
		if err != nil {
			s.Err(fmt.Sprintf("No file '%s' is kept of generation %d.", printable(args[1]), n))
			return
		}
		s.WriteString(quoted(data))
		return
	}
	files, err := m.m.FilesOf(n)
	if err != nil {
		s.Err(fmt.Sprintf("Generation %d is not kept.", n))
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# files: %d\n", len(files))
	for _, f := range files {
		switch {
		case f.Absent:
			fmt.Fprintf(&b, "%s (was not there)\n", printable(f.Name))
		case f.Sum == "":
			fmt.Fprintf(&b, "%s %d bytes, configuration\n", printable(f.Name), f.Size)
		default:
			fmt.Fprintf(&b, "%s %d bytes, %s\n", printable(f.Name), f.Size, f.Sum[:12])
		}
	}
	s.WriteString(b.String())
}

// rollback loads a kept generation again, or with --dry-run tells whether that
// would succeed. Without a number it is the one before that which serves.
func (m *master) rollback(s *line.Session, args []string, _ []byte) {
	request := mworker.Request{}
	if i := slices.Index(args, "--dry-run"); i >= 0 {
		request.Kind = mworker.ReloadCheck
		args = slices.Delete(slices.Clone(args), i, i+1)
	}
	list := m.m.Generations()
	switch {
	case len(args) > 1:
		s.Err("'rollback' expects at most the number of a generation, and '--dry-run'.")
		return
	case len(args) == 1:
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 {
			s.Err(fmt.Sprintf("'%s' is not the number of a generation.", printable(args[0])))
			return
		}
		request.From = n
		if !slices.ContainsFunc(list, func(g mworker.Generation) bool { return g.Number == n && g.Kept }) {
			s.Err(fmt.Sprintf("Generation %d is not kept.", n))
			return
		}
	default:
		if request.From = before(list); request.From == 0 {
			s.Err("No generation is kept that served before this one.")
			return
		}
	}
	m.answerLoad(s, request)
}

// before is the generation to go back to: the latest kept one older than the one
// whose files are in service, so that going back twice goes back two.
func before(list []mworker.Generation) (n int) {
	serving := 0
	for _, g := range list {
		if g.Result == mworker.LoadServing {
			serving = origin(list, g)
		}
	}
	oldest := 0
	for _, g := range list {
		if o := origin(list, g); g.Kept && o < serving && o >= oldest {
			n, oldest = g.Number, o
		}
	}
	return n
}

// origin is the generation that read the files which g has.
func origin(list []mworker.Generation, g mworker.Generation) int {
	for g.From != 0 {
		i := slices.IndexFunc(list, func(o mworker.Generation) bool { return o.Number == g.From })
		if i < 0 {
			return g.From
		}
		g = list[i]
	}
	return g.Number
}
