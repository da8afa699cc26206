package diff

import (
	"iter"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// content plans other contents of a file.
func (p *plan) content(ch *Change) {
	if ch.Verb == Removed {
		p.never("file %s is gone (%s)", ch.Name, ch.NewAt)
		return
	}
	patterns := false
	for _, r := range p.c.new.Files[ch.Name].Readers {
		words := strings.Fields(r.Line)
		switch {
		case words[0] == "errorfile" && !strings.HasPrefix(p.c.new.places.home(r.Pos), "http-errors "):
			p.pages = true
		case readsPatterns(words, ch.Name):
			patterns = true
		default:
			p.never("file %s is read by '%s' (%s)", ch.Name, words[0], r.Pos)
			return
		}
	}
	if patterns {
		p.ops = append(p.ops, Operation{Do: LoadPatterns, File: ch.Name})
		p.loads(ch.Name)
	}
}

// loads has the files go with the proposal that are read by the lines that read one
// of them: a set may be made of several.
func (p *plan) loads(name string) {
	if p.readers == nil {
		p.readers = map[config.Pos][]string{}
		for name, f := range p.c.new.Files {
			for _, r := range f.Readers {
				p.readers[r.Pos] = append(p.readers[r.Pos], name)
			}
		}
	}
	for _, r := range p.c.new.Files[name].Readers {
		for _, other := range p.readers[r.Pos] {
			if f := p.c.new.Files[other]; f.err == nil {
				p.files[other] = f.Data
			}
		}
	}
}

// readsPatterns tells lines in which the name of a file stands where only patterns
// are read from it: after "-f", and in a map.
func readsPatterns(words []string, name string) bool {
	found := false
	for i, w := range words {
		for at, token := range tokens(w) {
			token = strings.TrimPrefix(strings.TrimPrefix(token, "file@"), "opt@")
			if token == "" || token != name && !strings.HasSuffix(name, "/"+token) { // "default-path" may have added what is before
				continue
			}
			switch {
			case i == 0: // the keyword
			case words[i-1] == "-f" && at == 0, at > 0 && w[at-1] == '(' && isMap(w[:at-1]):
				found = true
			case strings.Contains(token, "/") || strings.HasSuffix(words[i-1], "file"):
				return false
			}
		}
	}
	return found
}

// tokens yields what stands between parentheses and commas, by where it begins.
func tokens(w string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(w); {
			n := strings.IndexAny(w[at:], "(),")
			if n < 0 {
				n = len(w) - at
			}
			if !yield(at, w[at:at+n]) {
				return
			}
			at += n + 1
		}
	}
}

// isMap tells an expression that ends in the name of a converter that looks into a
// map.
func isMap(call string) bool {
	name := call[strings.LastIndexAny(call, ",)")+1:]
	return name == "map" || strings.HasPrefix(name, "map_")
}
