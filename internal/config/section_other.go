package config

import (
	"iter"
	"strings"
	"time"
)

// otherSection is one that is neither global nor a proxy (manual 5.3.2, 6.2.1,
// 8.3.5, 10.1.1, 11.2, 12).
type otherSection interface {
	// write prints the section as it was written, variables resolved.
	write(t *textWriter)
	// check looks at what only a whole configuration shows.
	check(c *checker)
	head() *SectionHead
}

// SectionHead is where a section stands and what it is called.
type SectionHead struct {
	Pos  Pos
	Name string // "" when sections of the kind have none
}

func (*SectionHead) check(*checker) {}

func (h *SectionHead) head() *SectionHead { return h }

// others yields the sections besides global and the proxies.
func (s *Spec) others() iter.Seq[otherSection] {
	return func(yield func(otherSection) bool) {
		_ = eachOther(s.UserLists, yield) && eachOther(s.HTTPErrors, yield) && eachOther(s.LogProfiles, yield) &&
			eachOther(s.Rings, yield) && eachOther(s.LogForwards, yield) && eachOther(s.Resolvers, yield) &&
			eachOther(s.Mailers, yield) && eachOther(s.Peers, yield) && eachOther(s.Caches, yield) &&
			eachOther(s.FCGIApps, yield) && eachOther(s.CrtStores, yield) && eachOther(s.ACME, yield) &&
			eachOther(s.HealthChecks, yield) && eachOther(s.Programs, yield) && eachOther(s.Namespaces, yield) &&
			eachOther(s.Traces, yield)
	}
}

func eachOther[T otherSection](list []T, yield func(otherSection) bool) bool {
	for _, s := range list {
		if !yield(s) {
			return false
		}
	}
	return true
}

// of makes the parse function of a row from one that gets the section being
// read.
func of[T otherSection](f func(p *Parser, l *Line, s T)) func(*Parser, *Line) {
	return func(p *Parser, l *Line) { f(p, l, p.other.(T)) }
}

// sectionKey is what two sections, or two lines of one, must not share.
type sectionKey struct{ keyword, name string }

// taken notes the name of the section that l begins and returns where another of
// the kind has it already.
func (p *Parser) taken(l *Line, name string) (old Pos, taken bool) {
	return claim(p.sectionPos, l, name)
}

// again notes the name that line l gives something and returns which line of the
// section gave it before.
func (p *Parser) again(l *Line, name string) (old Pos, again bool) {
	return claim(p.names, l, name)
}

func claim(names map[sectionKey]Pos, l *Line, name string) (old Pos, taken bool) {
	k := sectionKey{l.Words[0], name}
	if old, taken = names[k]; !taken {
		names[k] = l.Pos
	}
	return old, taken
}

// openNamed checks the line that begins a section with a name, reports what is
// wrong in the given form, and passes the section over then.
func (p *Parser) openNamed(l *Line, in Sections, form Form, missing string) (SectionHead, bool) {
	keyword := l.Words[0]
	h := SectionHead{Pos: l.Pos, Name: l.Arg(1)}
	p.skipSection(keyword)
	fail := func(text string) { p.report(Diagnostic{Level: Alert, Form: form, Pos: l.Pos, Text: text}) }
	switch bad := badNameByte(h.Name); {
	case p.discovery:
		return h, false
	case h.Name == "":
		fail(missing)
		return h, false
	case bad >= 0:
		fail("character '" + h.Name[bad:bad+1] + "' is not permitted in '" + keyword + "' name '" + clip(h.Name) + "'.")
		return h, false
	case len(l.Words) > 2 && (in == InHTTPErrors || in == InResolvers || in == InMailers || in == InHealthCheck):
		p.strayName(l)
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'%s' cannot handle unexpected argument '%s'.", keyword, clip(l.Words[2]))
		return h, false
	}
	p.enter(in, keyword, h.Name)
	p.names = emptied(p.names)
	return h, true
}

// same reports a name that another section of the kind has already.
func (p *Parser) same(l *Line, form Form, format string, args ...any) {
	p.report(Diagnostic{Level: Alert, Form: form, Pos: l.Pos, Text: sprintf(format, args...)})
	p.skipSection(l.Words[0])
}

// sectionDelay reads the value of a setting of another section, what being its
// name; unit is that of a bare number.
func (p *Parser) sectionDelay(l *Line, what, value string, unit time.Duration) (time.Duration, bool) {
	d, err := p.delay(value, unit)
	switch {
	case err == errTimerOverflow:
		p.alertTight(l.Pos, "timer overflow in argument <%s> to <%s>, maximum value is 2147483647 ms (~24.8 days).", clip(value), what)
	case err != nil:
		p.alertTight(l.Pos, "%s in argument to <%s>.", err, what)
	default:
		if bareSmall(value, d) && unit == time.Millisecond {
			p.mild(l.Pos, "'%s %s' looks suspiciously small for a value in milliseconds. Please use an explicit unit ('%sms') if that was the intent.",
				strings.Join(l.Words[:2], " "), value, value)
		}
		return d, true
	}
	return 0, false
}

// sectionTimeout sets a timeout, whose name has two words.
func (p *Parser) sectionTimeout(l *Line, v *time.Duration) {
	what := strings.Join(l.Words[:2], " ")
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'%s' expects <time> as argument.", what)
		return
	}
	if d, ok := p.sectionDelay(l, what, l.Words[2], time.Millisecond); ok {
		*v = d
	}
}

// timeoutName refuses a timeout that the section does not have.
func (p *Parser) timeoutName(l *Line, names string) {
	got := "."
	if len(l.Words) > 1 {
		got = " got '" + clip(l.Words[1]) + "'."
	}
	p.Alert(l.Pos, "'timeout' expects %s and <time> as arguments%s%s", names, got, p.nextHint(l.Words))
}
