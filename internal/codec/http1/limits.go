package http1

// Limits bounds what a parser accepts from a peer. The zero value means the defaults.
type Limits struct {
	// MaxHead is the greatest length in bytes of a head, from its first byte to its empty line, any empty lines before it included.
	// 0 means DefaultMaxHead. It corresponds to tune.bufsize - tune.maxrewrite.
	MaxHead int
	// MaxFields is tune.http.maxhdr: the number of lines, the start line included, hence one more than the number of fields accepted.
	// 0 means DefaultMaxFields.
	MaxFields int
	// Lax takes what "option accept-unsafe-violations-in-http-request" and "-response" list.
	Lax bool
	// AnyPayload takes HTTP/1.0 requests with a body whatever their method: h1-accept-payload-with-any-method.
	AnyPayload bool
	// KeepInsecure lets a connection go on after a message with both a length and a transfer coding:
	// h1-do-not-close-on-insecure-transfer-encoding. HTTP/1.0 with a transfer coding still closes.
	KeepInsecure bool
}

// The defaults of the manual: tune.bufsize 16384, tune.maxrewrite 1024, tune.http.maxhdr 101.
const (
	DefaultMaxHead   = 15360
	DefaultMaxFields = 101
)

// maxMaxHead keeps every offset of a head clear of the bit that marks the extra arena.
const maxMaxHead = 1 << 30

func (l *Limits) head() int {
	if l == nil || l.MaxHead <= 0 {
		return DefaultMaxHead
	}
	return min(l.MaxHead, maxMaxHead)
}

func (l *Limits) fields() int {
	if l == nil || l.MaxFields <= 0 {
		return DefaultMaxFields
	}
	return l.MaxFields
}
