package diff

import (
	"crypto/sha256"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Side is one of two configurations: what it says, and what was noted while it
// was read.
type Side struct {
	Spec  *config.Spec
	Files map[string]*File // that it names, by the name they are read by

	places places
}

// File is a file that a configuration names.
type File struct {
	Hash    [sha256.Size]byte
	Data    []byte
	Readers []Reader // in the order of the configuration
	err     error    // it could not be read; it need not be there
}

// Reader is a line that names a file.
type Reader struct {
	Pos  config.Pos
	Line string
}

// Parse is config.Parse for a side of a comparison. The Side is complete only
// when the diagnostics have not failed.
func Parse(files []config.File, o config.Options) (*Side, *config.Diagnostics) {
	s := &Side{Files: map[string]*File{}}
	s.places.keywords = keywordsOf(o.Tables)
	var at config.Pos
	var line []string // being acted on
	o.Acted = func(pos config.Pos, words []string) {
		s.places.note(pos, words)
		at, line = pos, words
	}
	read := o.ReadFile
	if read == nil {
		read = config.ReadFile
	}
	o.ReadFile = func(name string) ([]byte, error) {
		f := s.Files[name]
		if f == nil {
			f = &File{}
			s.Files[name] = f
			f.Data, f.err = read(name)
			f.Hash = sha256.Sum256(f.Data)
		}
		f.Readers = append(f.Readers, Reader{at, strings.Join(line, " ")})
		return f.Data, f.err
	}
	var d *config.Diagnostics
	s.Spec, d = config.Parse(files, o)
	return s, d
}

// same says whether both have the same contents.
func (f *File) same(g *File) bool {
	return (f.err == nil) == (g.err == nil) && f.Hash == g.Hash
}
