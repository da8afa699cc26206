package pattern

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// Entry is a line of a list or a map. It fills a line of the processor's cache: what
// a lookup among a million of them costs is the waiting for memory.
type Entry struct {
	word
	first string                 // the value it came with: nearly all keep it
	value atomic.Pointer[string] // the one it was given later; nil: none
	id    uint64                 // ascending in the order of the entries
	line  int32                  // in the file; 0: added at run time
	gone  atomic.Bool
}

// word is a text that leads to an entry: its key, or what a method makes of it.
type word struct {
	text string
	e    *Entry
}

// Key is the pattern as written.
func (e *Entry) Key() string { return e.text }

// Place is the file of r that the entry comes from, and its line there; line 0 when it
// stands in the configuration itself or was added at run time.
func (e *Entry) Place(r *Reference) (file string, line int) {
	if r.Name == "" || e.line == 0 {
		return "", 0
	}
	return r.Name, int(e.line)
}

// Value is what the entry maps its key to; "" in a list.
func (e *Entry) Value() string {
	if v := e.value.Load(); v != nil {
		return *v
	}
	return e.first
}

// ID names the entry on the runtime API.
func (e *Entry) ID() uint64 { return e.id }

// seed is that of all tables: which texts collide is not to be known from outside.
var seed = maphash.MakeSeed()

func hashWord(w *word) uint64 { return maphash.String(seed, w.text) }

// foldHash is the hash of b in lower case.
func foldHash(b []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var room [64]byte
	for len(b) > 0 {
		n := min(len(b), len(room))
		for i := range n {
			room[i] = lower(b[i])
		}
		h.Write(room[:n])
		b = b[n:]
	}
	return h.Sum64()
}

// hashLower is that of a word whose text is in lower case already.
func hashLower(w *word) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for s := w.text; len(s) > 0; {
		n := min(len(s), 64)
		h.WriteString(s[:n])
		s = s[n:]
	}
	return h.Sum64()
}

// equalFold compares value b with a text in lower case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, ch := range b {
		if lower(ch) != s[i] {
			return false
		}
	}
	return true
}

// trimmed is the text that method m compares.
func trimmed(m Method, key string) string {
	if d := delimiters[m]; d != "" {
		return strings.Trim(key, d)
	}
	return key
}
