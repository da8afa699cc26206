// Package legacy knows the old forms of the configuration language: what
// earlier versions of the reference read, and the lines that say the same today.
// It works on words alone. Whoever loads a configuration reads the replacement
// in place of the line, with a warning; whoever repairs one writes it down.
package legacy

import "strings"

// Section is a set of the sections in which an old form may stand.
type Section uint8

const (
	Global Section = 1 << iota
	Defaults
	Frontend
	Backend
	Listen

	Proxies  = Frontend | Backend | Listen
	AnyProxy = Proxies | Defaults
)

// Place is where a line stands, as far as its meaning depends on it.
type Place struct {
	Section Section
	// No says that "no" or "default" stood before the words.
	No bool
	// Mode is the mode of the proxy, "tcp" or "http", wherever in the section it
	// is set.
	Mode string
	// Processes is what nbproc said, 0 when it has said nothing.
	Processes int
	// Around are the lines of the section.
	Around *Around
}

// Answer is what an old form means.
type Answer struct {
	// Lines replace the line; none: it is left out.
	Lines [][]string
	// Why says what keeps it from being replaced; then Lines are nil.
	Why string
	// Note is what differs afterwards, "" when nothing does.
	Note string
}

// Form is a row: a line that has no place in the language any more.
type Form struct {
	// Name is one word or several, with which the line begins.
	Name string
	In   Section
	// Text is the reference's message about it.
	Text string
	// Tight says that the reference writes "parsing [file:line]: text".
	Tight bool
	// Kept says that the program still acts on the old form itself.
	Kept bool
	// By says what replaces it, for the documentation.
	By string
	// Replace returns the meaning of a line. old is false for a line that is not
	// of the old form although it begins with Name.
	//
	// A word may hold text between two NUL bytes, which stands for an environment
	// variable whose value is not known.
	Replace func(at Place, words []string) (a Answer, old bool)
}

// Forms returns all rows.
func Forms() []Form {
	var all []Form
	for _, t := range [][]Form{globalForms, proxyForms, optionForms, bindForms, checkForms, requestForms, responseForms} {
		all = append(all, t...)
	}
	return all
}

// Index finds rows by the first word of a line.
type Index map[string][]*Form

// NewIndex indexes all rows.
func NewIndex() Index {
	ix := Index{}
	forms := Forms()
	for i := range forms {
		first, _, _ := strings.Cut(forms[i].Name, " ")
		ix[first] = append(ix[first], &forms[i])
	}
	return ix
}

// Candidate says whether a line of those words may be an old form.
func (ix Index) Candidate(words []string) bool {
	for _, f := range ix[words[0]] {
		if begins(words, f.Name) {
			return true
		}
	}
	return false
}

// Find returns the row of a line that is of an old form, and what it means; nil
// when it is none.
func (ix Index) Find(at Place, words []string) (*Form, Answer) {
	for _, f := range ix[words[0]] {
		if f.In&at.Section == 0 || !begins(words, f.Name) {
			continue
		}
		if a, old := f.Replace(at, words); old {
			return f, a
		}
	}
	return nil, Answer{}
}

// begins says whether words begin with those of name.
func begins(words []string, name string) bool {
	for i := 0; ; i++ {
		first, rest, more := strings.Cut(name, " ")
		if i >= len(words) || words[i] != first {
			return false
		}
		if !more {
			return true
		}
		name = rest
	}
}

// line is an answer of one line.
func line(words ...string) Answer { return Answer{Lines: [][]string{words}} }

// dropped is the replacement of what is left out.
func dropped(note string) func(Place, []string) (Answer, bool) {
	return func(Place, []string) (Answer, bool) { return Answer{Note: note}, true }
}

// lost is the replacement of what has no equivalent.
func lost(why string) func(Place, []string) (Answer, bool) {
	return func(Place, []string) (Answer, bool) { return Answer{Why: why}, true }
}

// renamed puts other words in the place of the first n.
func renamed(n int, by ...string) func(Place, []string) (Answer, bool) {
	return func(_ Place, w []string) (Answer, bool) {
		return line(append(append([]string{}, by...), w[n:]...)...), true
	}
}

// Variable says whether a word holds an environment variable whose value is not
// known.
func Variable(word string) bool { return strings.IndexByte(word, 0) >= 0 }
