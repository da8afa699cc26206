package pattern

import (
	"errors"
	"regexp/syntax"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
)

// MatchTimeout is how long an expression that RE2 cannot do may look at one value.
// Then it counts as one that does not match: no value that a client sends holds a
// loop thread for longer. The memory it takes meanwhile is bounded by the same time.
const MatchTimeout = 10 * time.Millisecond

// cutOff is told of each such expression once, when it is cut off first.
var cutOff atomic.Pointer[func(pattern string)]

// OnCutOff says whom to tell of an expression that took too long, once each. tell must
// not wait: the one who calls it is about to serve a request.
func OnCutOff(tell func(pattern string)) { cutOff.Store(&tell) }

// backtracking is an expression beyond RE2. It works on bytes, as RE2 does on those
// that are not UTF-8: each byte is a character.
type backtracking struct {
	re     *regexp2.Regexp
	text   string
	warned atomic.Bool
}

// clock has the library look at the time often enough for MatchTimeout.
var clock = sync.OnceFunc(func() { regexp2.SetTimeoutCheckPeriod(MatchTimeout / 4) })

// compileBacktracking compiles what RE2 refuses because it does not have it. What is
// too large for RE2, or not an expression at all, stays refused.
func compileBacktracking(pattern string, fold bool) (*backtracking, error) {
	_, err := syntax.Parse(pattern, syntax.Perl)
	var fault *syntax.Error
	if !errors.As(err, &fault) || fault.Code != syntax.ErrInvalidPerlOp && fault.Code != syntax.ErrInvalidEscape && fault.Code != syntax.ErrInvalidNamedCapture {
		return nil, errors.New("not a matter of syntax")
	}
	clock()
	options := regexp2.None
	if fold {
		options = regexp2.IgnoreCase
	}
	re, err := regexp2.Compile(string(bytesAsRunes([]byte(pattern))), regexp2.RegexOptions(options))
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = MatchTimeout
	return &backtracking{re: re, text: pattern}, nil
}

func bytesAsRunes(b []byte) []rune {
	r := make([]rune, len(b))
	for i, ch := range b {
		r[i] = rune(ch)
	}
	return r
}

// late notes that the time was not enough.
func (b *backtracking) late(err error) bool {
	if err != nil && !b.warned.Swap(true) {
		if tell := cutOff.Load(); tell != nil {
			(*tell)(b.text)
		}
	}
	return err != nil
}

func (b *backtracking) Match(v []byte) bool {
	ok, err := b.re.MatchRunes(bytesAsRunes(v))
	return !b.late(err) && ok
}

func (b *backtracking) MatchString(s string) bool { return b.Match([]byte(s)) }

func (b *backtracking) FindSubmatchIndex(v []byte) []int {
	if all := b.FindAllSubmatchIndex(v, 1); len(all) > 0 {
		return all[0]
	}
	return nil
}

// FindAllSubmatchIndex finds what it can while all of it together takes no longer than
// MatchTimeout.
func (b *backtracking) FindAllSubmatchIndex(v []byte, n int) (all [][]int) {
	start := time.Now()
	m, err := b.re.FindRunesMatch(bytesAsRunes(v))
	for m != nil && !b.late(err) && n != len(all) {
		loc := make([]int, 0, 2*m.GroupCount())
		for _, g := range m.Groups() {
			if len(g.Captures) == 0 {
				loc = append(loc, -1, -1)
				continue
			}
			loc = append(loc, g.Index, g.Index+g.Length)
		}
		all = append(all, loc)
		if n == len(all) {
			break
		}
		if time.Since(start) > MatchTimeout {
			b.late(errTime)
			break
		}
		m, err = b.re.FindNextMatch(m)
	}
	b.late(err)
	return all
}

var errTime = errors.New("out of time")
