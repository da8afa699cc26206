package config

// Sections is a set of the sections in which a keyword may stand.
type Sections uint32

const (
	InGlobal Sections = 1 << iota
	InDefaults
	InFrontend
	InBackend
	InListen
	// NamedDefaults goes with InDefaults: the keyword may stand in a named
	// defaults section but not in an anonymous one (manual 4.1, "X (!)").
	NamedDefaults

	InACME
	InCache
	InCrtStore
	InFCGIApp
	InHealthCheck
	InHTTPErrors
	InLogForward
	InLogProfile
	InMailers
	InNamespaceList
	InPeers
	InProgram
	InResolvers
	InRing
	InTraces
	InUserlist

	InFrontends = InFrontend | InListen
	InBackends  = InBackend | InListen
	InProxies   = InFrontend | InBackend | InListen
	InAnyProxy  = InProxies | InDefaults
)

// Keyword is a row of a table: what may begin a line of a section.
type Keyword struct {
	// Name is one word or several, "timeout client" say. The longest row that
	// matches the beginning of a line handles it.
	Name string
	In   Sections
	// Min and Max are the numbers of words allowed after Name; Max < 0 sets no
	// limit. Fewer or more are refused before Parse is called.
	Min, Max int
	// Syntax is the keyword with its arguments as the manual notes them, ""
	// when the name says it all.
	Syntax string
	Doc    string // a sentence
	Since  string // first version of HAProxy that has it, "" when older than 1.5
	// Discovery marks the keywords that the discovery pass acts on.
	Discovery bool
	// No and Default say which prefixes are allowed.
	No, Default bool
	// Group marks what is no keyword of its own, but the first word of others: its
	// Parse reports what comes after it.
	Group bool
	// Old marks what is read as what replaces it, with a warning, before any row is
	// asked (package legacy).
	Old bool
	// Inert marks what is checked, and warned of as without effect.
	Inert bool
	// Part names what is not built yet although Parse checks the line: a
	// configuration that uses the row is checked to its end and then refused,
	// once for each part.
	Part string
	// Parse acts on the line, whose Words begin with Name. Nil: known but not
	// built yet, so using it fails.
	Parse func(*Parser, *Line)
}

// Table is a list of rows.
type Table []Keyword
