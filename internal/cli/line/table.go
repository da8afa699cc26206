package line

import (
	"slices"
	"sort"
	"strings"
)

// Command is a row of a command table.
type Command struct {
	// Words are the fixed words the command begins with: {"show", "stat"}.
	Words []string
	// Args is the usage of what follows, Help one sentence; both are shown by "help".
	Args, Help string
	// Level is the lowest level that may run it.
	Level Level
	// Master and Worker tell in which kind of process it is offered.
	Master, Worker bool
	// Expert and Experimental rows are offered only after "expert-mode on", "experimental-mode on".
	Expert, Experimental bool
	// Hidden rows work, but neither "help" nor the suggestions show them.
	Hidden bool
	// Free rows run without what the owner of the table holds while a command runs:
	// they take long, or change what other commands read.
	Free bool
	// Run executes it. args are the words after Words; payload is nil when there was none. It answers through the
	// session and must not write an empty line: that is the end of an answer.
	Run func(s *Session, args []string, payload []byte)
}

// Usage returns the fixed words and the arguments.
func (c *Command) Usage() string {
	u := strings.Join(c.Words, " ")
	if c.Args != "" {
		u += " " + c.Args
	}
	return u
}

// matches returns how many of words agree with the row's fixed words, from the first on.
func (c *Command) matches(words []string) int {
	n := 0
	for n < len(words) && n < len(c.Words) && words[n] == c.Words[n] {
		n++
	}
	return n
}

// Table is a list of commands.
type Table []Command

// Find returns the row with the longest run of fixed words that the words begin with, among those for which offered
// answers true.
func (t Table) Find(words []string, offered func(*Command) bool) *Command {
	var best *Command
	for i := range t {
		c := &t[i]
		if c.matches(words) == len(c.Words) && offered(c) && (best == nil || len(c.Words) > len(best.Words)) {
			best = c
		}
	}
	return best
}

// The three rows that the session itself executes; they end every list.
var fixedRows = []Command{
	{Words: []string{"help"}, Args: "[<command>]", Help: "list matching or all commands"},
	{Words: []string{"prompt"}, Args: "[help | n | i | p | timed ]*", Help: "toggle interactive mode with prompt"},
	{Words: []string{"quit"}, Help: "disconnect"},
}

// usageColumn is the width of the usage in a list of commands.
const usageColumn = 40

func appendRow(b []byte, c *Command) []byte {
	u := c.Usage()
	b = append(b, "  "...)
	b = append(b, u...)
	for n := len(u); n < usageColumn; n++ {
		b = append(b, ' ')
	}
	b = append(b, ": "...)
	b = append(b, c.Help...)
	return append(b, '\n')
}

// appendRows lists rows by usage, then the fixed ones.
func appendRows(b []byte, rows []*Command) []byte {
	rows = slices.Clone(rows)
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Usage() < rows[j].Usage() })
	for _, c := range rows {
		b = appendRow(b, c)
	}
	for i := range fixedRows {
		b = appendRow(b, &fixedRows[i])
	}
	return b
}
