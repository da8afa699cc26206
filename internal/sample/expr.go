package sample

import (
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Expr is a compiled expression: a fetch and its converters.
type Expr struct {
	Text  string // as written
	Fetch *Fetch
	Out   Type // what the last step declares

	fetch Eval
	steps []step
}

type step struct {
	in Type
	do Eval
}

// Eval computes one value into s. It allocates nothing but what regsub needs
// when it matches, and scratch bytes when the arena must grow.
func (e *Expr) Eval(c *Ctx, s *Sample) bool {
	s.it = cursor{}
	ok := e.fetch(c, s) && e.convert(c, s)
	if c.Why != nil {
		e.note(c, s, ok)
	}
	return ok
}

// All asks the next evaluations of s for every value of the fetch in turn, as
// ACLs do (manual 7.3.6, "all occurrences are iterated over").
func (s *Sample) All() { s.it = cursor{all: true} }

// More says whether Next may find another value.
func (s *Sample) More() bool { return s.it.more }

// Next computes the next value after All; values that cannot be converted are
// passed over.
func (e *Expr) Next(c *Ctx, s *Sample) bool {
	for e.fetch(c, s) {
		if e.convert(c, s) {
			if c.Why != nil {
				e.note(c, s, true)
			}
			return true
		}
		if !s.it.more {
			break
		}
	}
	return false
}

func (e *Expr) convert(c *Ctx, s *Sample) bool {
	for i := range e.steps {
		st := &e.steps[i]
		if s.Type != st.in && !cast(c, s, st.in) || !st.do(c, s) {
			return false
		}
	}
	return true
}

// Error is a fault in an expression. Fetch is set when it lies in the arguments
// of the fetch itself; Check when they are well formed but refused. Unknown is
// the name of the first word when there is no such fetch. Hint follows the text.
type Error struct {
	Fetch   string
	Check   bool
	Unknown string
	Text    string
	Hint    string
}

func (e *Error) Error() string {
	switch {
	case e.Fetch == "":
		return e.Text + e.Hint
	case e.Check:
		return "invalid args in fetch method '" + e.Fetch + "' : " + e.Text
	}
	return "fetch method '" + e.Fetch + "' : " + e.Text
}

func fault(format string, a ...any) *Error { return &Error{Text: fmt.Sprintf(format, a...)} }

// Name splits the keyword off the front of text.
func Name(text string) (name, rest string) {
	i := 0
	for i < len(text) && idChar(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

func idChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '.' || c == '_' || c == '-' || c == '+'
}

// ParseExpr compiles the expression at the start of text and gives what follows
// it: nothing, or text from a blank or a closing bracket on.
func ParseExpr(text string, sc *Scope) (*Expr, string, error) {
	name, rest := Name(text)
	if name == "" {
		return nil, text, fault("missing fetch method")
	}
	f := LookupFetch(name)
	if f == nil {
		return nil, text, &Error{Unknown: name, Text: "unknown fetch method '" + name + "'", Hint: nearest.Hint(name, names(Fetches()))}
	}
	return ParseFrom(f, name, rest, sc)
}

// ParseFrom compiles an expression whose first word, name, was already taken to
// mean the fetch f; rest is what follows the word.
func ParseFrom(f *Fetch, name, rest string, sc *Scope) (*Expr, string, error) {
	text := name + rest
	if f.Compile == nil {
		return nil, rest, fault("fetch method '%s' is known but not built yet", f.Name)
	}
	args, rest, _, err := parseArgs(rest, parseGrammar(f.Args))
	if err != nil {
		return nil, rest, &Error{Fetch: name, Text: err.Error()}
	}
	e := &Expr{Fetch: f, Out: f.Out}
	if e.fetch, err = f.Compile(args, sc); err != nil {
		return nil, rest, &Error{Fetch: name, Check: true, Text: err.Error()}
	}
	after := "fetch keyword"
	for {
		if rest == "" || rest[0] == ']' || rest[0] == ' ' || rest[0] == '\t' {
			e.Text = text[:len(text)-len(rest)]
			return e, rest, nil
		}
		if rest[0] != ',' {
			return nil, rest, fault("missing comma after %s", after)
		}
		rest = strings.TrimLeft(rest, ",")
		if rest == "" {
			e.Text = text
			return e, rest, nil
		}
		conv := rest
		if rest, err = e.addConverter(conv, sc); err != nil {
			return nil, rest, err
		}
		last, _ := Name(strings.TrimLeft(conv, ","))
		after = "converter '" + last + "'"
	}
}

func (e *Expr) addConverter(text string, sc *Scope) (string, error) {
	name, rest := Name(text)
	cv := LookupConverter(name)
	if cv == nil {
		return text, &Error{Text: "unknown converter '" + name + "'", Hint: nearest.Hint(name, names(Converters()))}
	}
	if cv.Compile == nil {
		return text, fault("converter '%s' is known but not built yet", name)
	}
	if !castable(e.Out, cv.In) {
		return text, fault("converter '%s' cannot be applied", name)
	}
	args, rest, where, err := parseArgs(rest, parseGrammar(cv.Args))
	if err != nil {
		return rest, fault("invalid arg %d in converter '%s' : %v", where, name, err)
	}
	do, err := cv.Compile(args, sc)
	if err != nil {
		return rest, fault("invalid args in converter '%s' : %v", name, err)
	}
	e.steps = append(e.steps, step{cv.In, do})
	if cv.Out != Same {
		e.Out = cv.Out
	}
	return rest, nil
}

// Converters says how many converters follow the fetch.
func (e *Expr) Converters() int { return len(e.steps) }
