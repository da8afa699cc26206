// Package dump shows a configuration as its reader took it in ("-dC"): without
// comments, indented, and, if wanted, with nothing in it that could not be
// given to a stranger.
//
// With a key, a line is shown only as far as its words are known to say nothing
// about its owner: keywords, numbers, times, a few names of algorithms. Names
// and addresses that follow at places known for them are replaced by their hash
// under the key, which is the one that the reference uses (XXH32, 24 bits of
// it), so that the same name is the same everywhere. Whatever comes then is cut
// off, shown as "[...]".
package dump

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Dumper writes lines.
type Dumper struct {
	W       io.Writer
	Key     uint32 // 0: everything is shown as it is
	Numbers bool   // each line begins with its number
	rows    map[string]bool
	err     error
}

// New returns a Dumper that knows the keywords of tables beside the language's
// own.
func New(w io.Writer, key uint32, numbers bool, tables ...config.Table) *Dumper {
	d := &Dumper{W: w, Key: key, Numbers: numbers, rows: map[string]bool{}}
	for _, t := range append(config.Rows(), tables...) {
		for _, row := range t {
			d.rows[row.Name] = true
		}
	}
	return d
}

// Line shows one line.
func (d *Dumper) Line(pos config.Pos, words []string) {
	if d.err != nil || len(words) == 0 {
		return
	}
	var b bytes.Buffer
	if d.Numbers {
		b.WriteString(strconv.Itoa(pos.Line) + "\t")
	}
	if !config.IsSection(words[0]) {
		b.WriteByte('\t')
	}
	if d.Key != 0 {
		words = d.anonymous(words)
	}
	for _, w := range words {
		b.WriteString(strings.ReplaceAll(w, "\n", "\\n") + " ") // what is one line stays one
	}
	b.WriteByte('\n')
	_, d.err = d.W.Write(b.Bytes())
}

// Err returns what kept lines from being written.
func (d *Dumper) Err() error { return d.err }
