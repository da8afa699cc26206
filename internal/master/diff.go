package master

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/mworker"
)

// How long a comparison may take that was asked for, and how long the answer of a
// reload waits for one.
const (
	diffLimit   = 30 * time.Second
	changesWait = 2 * time.Second
)

// onDisk stands for the configuration as its files are now.
const onDisk = 0

// diffCommands compare generations. The master parses none of them: a process of
// its own does.
func (m *master) diffCommands() line.Table {
	return line.Table{
		{Words: []string{"diff"}, Args: "[<n> [<m>]] [json]", Help: "tell what changed between two generations", Level: line.LevelOperator, Master: true, Run: m.diff},
		{Words: []string{"reload", "diff"}, Args: "[json]", Help: "tell what a reload would change", Level: line.LevelOperator, Master: true,
			Run: func(s *line.Session, args []string, _ []byte) {
				args, format := diffFormat(args)
				serving := m.m.Info().Generation
				switch {
				case len(args) > 0:
					s.Err("'reload diff' only supports 'json' as argument.")
				case serving == 0:
					s.Err("No worker serves.")
				default:
					m.compare(s, format, serving, onDisk)
				}
			}},
	}
}

// diff is "diff": what the generation that serves has changed; with numbers, what
// differs from one to the serving one, or to another. 0 are the files as they are.
func (m *master) diff(s *line.Session, args []string, _ []byte) {
	args, format := diffFormat(args)
	serving := m.m.Info().Generation
	var pair []int
	for _, word := range args {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 || len(pair) == 2 {
			s.Err("'diff' expects at most the numbers of two generations, and 'json'.")
			return
		}
		pair = append(pair, n)
	}
	if len(pair) == 0 {
		former := before(m.m.Generations())
		if former == 0 {
			s.Err("No generation is kept that served before this one.")
			return
		}
		pair = []int{former}
	}
	if len(pair) == 1 {
		pair = append(pair, serving)
	}
	m.compare(s, format, pair[0], pair[1])
}

// diffFormat takes the word "json" off the end.
func diffFormat(args []string) (rest []string, format string) {
	if n := len(args); n > 0 && args[n-1] == "json" {
		return args[:n-1], "-json"
	}
	return args, ""
}

// compare answers with a difference.
func (m *master) compare(s *line.Session, format string, old, new int) {
	s.Flush()
	ctx, cancel := context.WithTimeout(context.Background(), diffLimit)
	defer cancel()
	text, err := m.difference(ctx, format, old, new)
	if err != nil {
		s.Err(err.Error())
		return
	}
	s.WriteLines(text)
}

// difference has a process compare two generations.
func (m *master) difference(ctx context.Context, format string, old, new int) (string, error) {
	args := []string{"diff"}
	if format != "" {
		args = append(args, format)
	}
	e, err := m.m.Examine(ctx, args, old, new)
	switch {
	case errors.Is(err, mworker.ErrNotKept):
		return "", fmt.Errorf("Generation %d or %d is not kept.", old, new)
	case errors.Is(err, context.DeadlineExceeded):
		return "", errors.New("The difference was not known in time.")
	case err != nil:
		return "", fmt.Errorf("The generations cannot be compared: %v.", err)
	case e.Code > 1:
		return "", errors.New(strings.TrimPrefix(string(bytes.TrimSpace(e.Errors)), "sluice diff: "))
	}
	return string(e.Output), nil
}

// changes are the lines about what a reload has changed, behind its answer.
func (m *master) changes(old, new int) string {
	if old == 0 || old == new {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), changesWait)
	defer cancel()
	text, err := m.difference(ctx, "-short", old, new)
	if err != nil {
		return err.Error() + "\n"
	}
	if text == "No difference.\n" {
		return fmt.Sprintf("No difference from generation %d.\n", old)
	}
	return fmt.Sprintf("What differs from generation %d:\n%s", old, text)
}
