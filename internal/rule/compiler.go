package rule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Compiler compiles ACLs and conditions. It reads files only through ReadFile,
// so that what blocks there blocks nobody but the one who loads.
type Compiler struct {
	Scope    sample.Scope
	ReadFile func(name string) ([]byte, error)
	Find     func(name string) *ACL // declared ACLs of the section
	Warn     func(text string)      // text without file and line
	// FileName gives the name by which ReadFile reads a file; nil: the one it has.
	FileName func(name string) string
	// Loaded, if not nil, is told of tests whose patterns are those of files.
	Loaded func(*Patterns)
	// Lists are the lists and maps of the configuration; Place is the line that is
	// compiled. Without Lists the ones it needs are its own.
	Lists *pattern.Registry
	Place pattern.Place

	predefined map[string]*ACL
	exprs      map[string]*sample.Expr // of ACLs, by their text; nil: none is shared
	mentions   mentions                // of the line
}

// Test adds to acl the test that words describe: an expression, flags,
// patterns. The error is in the reference's words.
func (k *Compiler) Test(acl *ACL, words []string) error {
	p := testParser{k: k}
	before := len(k.mentions.acls)
	if err := p.parse(acl, words); err != nil {
		return err
	}
	if err := acl.nest(k.mentions.acls[before:]); err != nil {
		return err
	}
	acl.tests = append(acl.tests, p.t)
	return nil
}

type testParser struct {
	k      *Compiler
	t      *test
	kw     *keyword
	chosen bool // -m was given
	method bool // there is a method
	loaded bool // -f was given
	fold   bool
	isMap  bool // -M was given
	id     int  // -u, or below 0
}

func (p *testParser) parse(acl *ACL, words []string) error {
	p.id = -1
	if err := p.expression(words); err != nil {
		return err
	}
	rest, err := p.flags(words[1:])
	if err != nil {
		return err
	}
	if err := p.needMethod(); err != nil {
		return err
	}
	own, err := p.k.lists().Own(p.t.word, p.id, p.use())
	if err != nil {
		return err
	}
	var op pattern.Operator
	for _, w := range rest {
		if p.dotted() {
			if w, err = dotted(w); err != nil {
				return err
			}
		}
		if err := own.Reference().Append(w, p.t.method, &op); err != nil {
			return err
		}
	}
	p.t.own = own
	p.t.words, p.t.place, p.t.mentions = words, p.k.Place, &p.k.mentions
	if p.t.groups = p.kw != nil && p.kw.fetch == "http_auth_group" && !p.chosen && p.t.expr.Converters() == 0; p.t.groups {
		p.askedGroups(acl)
	}
	p.overwritten()
	if len(words) == 1 && !p.t.method.Bare() {
		p.k.warn("parsing acl keyword '%s' :\n"+
			"  no pattern to match against were provided, so this ACL will never match.\n"+
			"  If this is what you intended, please add '--' to get rid of this warning.\n"+
			"  If you intended to match only for existence, please use '-m found'.\n"+
			"  If you wanted to force an int to match as a bool, please use '-m bool'.", words[0])
	}
	return nil
}

// use is how the test refers to patterns.
func (p *testParser) use() pattern.Use {
	return pattern.Use{Place: p.k.Place, Map: p.isMap, Method: p.t.method, Fold: p.fold}
}

func (k *Compiler) warn(format string, a ...any) {
	if k.Warn != nil {
		k.Warn(fmt.Sprintf(format, a...))
	}
}

func (p *testParser) expression(words []string) error {
	word := ""
	if len(words) > 0 {
		word = words[0]
	}
	name, rest := sample.Name(word)
	sc := p.k.scope()
	sc.InACL = true
	bound := placed(sc)
	var e *sample.Expr
	var err error
	if p.kw = findKeyword(name); p.kw != nil {
		e, rest, err = sample.ParseFrom(sample.LookupFetch(p.kw.fetch), name, rest, sc)
	} else {
		e, rest, err = sample.ParseExpr(word, sc)
	}
	if err == nil && rest != "" {
		err = errors.New("missing comma after fetch keyword")
	}
	if err != nil {
		var fault *sample.Error
		isFault := errors.As(err, &fault)
		switch {
		case isFault && fault.Unknown != "":
			return fmt.Errorf("%s in ACL expression '%s'%s", fault.Text, word, nearest.Hint(name, criteria))
		case p.kw == nil:
			return fmt.Errorf("%w in ACL expression '%s'", err, word)
		case isFault && fault.Check:
			return fmt.Errorf("in argument to '%s', %s", name, fault.Text)
		case isFault:
			return fmt.Errorf("ACL keyword '%s' : %s%s", name, fault.Text, fault.Hint)
		}
		return fmt.Errorf("ACL keyword '%s' : %w", name, err)
	}
	if !*bound {
		e = p.k.share(word, e)
	}
	p.t = &test{word: name, expr: e}
	if p.kw != nil && e.Converters() == 0 {
		p.t.method, p.method = p.kw.method, true
	} else {
		p.t.method, p.method = defaultMethod(e.Out)
	}
	return nil
}

// dotted tells whether the patterns are versions of TLS.
func (p *testParser) dotted() bool {
	return p.kw != nil && p.kw.fetch == "req.ssl_ver" && !p.chosen && p.t.expr.Converters() == 0
}

// overwritten warns when the method a keyword's name promises is not used.
func (p *testParser) overwritten() {
	if p.kw != nil && p.kw.method != p.t.method && (p.kw.name == "method" || p.kw.method != pattern.Str) {
		p.k.warn("original matching method '%s' was overwritten and will not be applied as expected.", p.kw.name)
	}
}

// flags reads the options before the patterns and gives what follows them.
func (p *testParser) flags(words []string) ([]string, error) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		arg := ""
		if len(words) > 1 {
			arg = words[1]
		}
		used := 2
		var err error
		switch words[0] {
		case "--":
			return words[1:], nil
		case "-i":
			p.fold, used = true, 1
		case "-n":
			used = 1 // names are never resolved
		case "-u":
			if id, e := strconv.Atoi(arg); e != nil {
				err = errors.New("the argument of -u must be an integer")
			} else {
				p.id = id
			}
		case "-m":
			err = p.choose(arg)
		case "-f":
			err = p.load(arg)
		case "-M":
			p.isMap, used = true, 1
		default:
			err = fmt.Errorf("'%s' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'", words[0])
		}
		if err != nil {
			return nil, err
		}
		words = words[min(used, len(words)):]
	}
	return words, nil
}

func (p *testParser) choose(name string) error {
	m, ok := pattern.ParseMethod(name)
	switch {
	case !ok:
		return fmt.Errorf("unknown matching method '%s' when parsing ACL expression%s", name, nearest.Hint(name, pattern.Names))
	case p.chosen:
		return errors.New("only one explicit matching method can be defined with '-m' parameter. if migrating from an old version, just keep the last one")
	case p.loaded:
		return errors.New("'-m' must only be specified before patterns and files in parsing ACL expression")
	case !sample.Castable(p.t.expr.Out, inputOf(m)):
		return fmt.Errorf("matching method '%s' cannot be used with fetch keyword '%s'", name, p.t.word)
	}
	p.t.method, p.method, p.chosen = m, true, true
	return nil
}

func (p *testParser) needMethod() error {
	if !p.method {
		return fmt.Errorf("matching method must be specified first (using '-m') when using a sample fetch of this type ('%s')", p.t.word)
	}
	return nil
}

// load looks into the patterns of a file, or whatever a name stands for (manual 2.7).
func (p *testParser) load(name string) error {
	if err := p.needMethod(); err != nil {
		return err
	}
	p.loaded = true
	v, err := p.k.open(name, p.use())
	if err == nil {
		p.t.files = append(p.t.files, v)
	}
	return err
}

// scope completes the sample scope with what needs the compiler: acl() and maps.
func (k *Compiler) scope() *sample.Scope {
	sc := k.Scope
	sc.ACL, sc.ReadFile = k.fetchACL, k.ReadFile
	sc.Map = func(name string, m pattern.Method, out pattern.Output) (*pattern.View, error) {
		return k.open(name, pattern.Use{Place: k.Place, Map: true, Method: m, Out: out})
	}
	return &sc
}

// placed has sc tell whether an expression asked it for something that depends on
// the line: such a one cannot be shared.
func placed(sc *sample.Scope) *bool {
	asked := new(bool)
	env, acl, list, read, refer := sc.Env, sc.ACL, sc.Map, sc.ReadFile, sc.Refer
	if env != nil {
		sc.Env = func(name string) (string, bool) { *asked = true; return env(name) }
	}
	sc.ACL = func(names []string) (sample.Eval, error) { *asked = true; return acl(names) }
	sc.Map = func(name string, m pattern.Method, out pattern.Output) (*pattern.View, error) {
		*asked = true
		return list(name, m, out)
	}
	sc.ReadFile = func(name string) ([]byte, error) { *asked = true; return read(name) }
	if refer != nil {
		sc.Refer = func(r *sample.Reference) { *asked = true; refer(r) }
	}
	return asked
}

// fetchACL compiles acl([!]name,...): true when all of them are.
func (k *Compiler) fetchACL(names []string) (sample.Eval, error) {
	var terms []term
	for _, n := range names {
		t := term{negate: strings.HasPrefix(n, "!")}
		n = strings.TrimPrefix(n, "!")
		if t.acl = k.lookup(n); t.acl == nil {
			return nil, fmt.Errorf("ACL '%s' not found", n)
		}
		terms = append(terms, t)
	}
	return func(c *sample.Ctx, s *sample.Sample) bool {
		s.Type, s.Int = sample.Bool, 0
		if c.Partial {
			a := least(terms, c)
			if c.Unknown = a == Unknown; a == Yes {
				s.Int = 1
			}
			return a != Unknown
		}
		if all(terms, c) {
			s.Int = 1
		}
		return true
	}, nil
}

// lookup finds a declared ACL, then a pre-defined one.
func (k *Compiler) lookup(name string) *ACL {
	if k.Find != nil {
		if a := k.Find(name); a != nil {
			a.mentioned = true
			k.mentions.acls = append(k.mentions.acls, a)
			return a
		}
	}
	return k.predefine(name)
}
