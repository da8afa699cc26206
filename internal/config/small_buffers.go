package config

import "slices"

// SmallBuffers are the places at which short contents are to be kept in small
// buffers (manual 4.2, "option use-small-buffers"). Nothing acts on them: what a
// stream keeps is never larger than it must be.
type SmallBuffers uint8

var smallBufferWords = []string{"queue", "l7-retries", "check"}

const allSmallBuffers SmallBuffers = 1<<3 - 1

var smallBufferRows = Table{
	{Name: "option use-small-buffers", In: InBackends | InDefaults, Max: -1, No: true, Default: true, Syntax: "option use-small-buffers [ queue | l7-retries | check ]*",
		Doc: "Keeps short contents in small buffers to save memory, as Sluice does anyway.", Since: "3.4", Parse: parseSmallBuffers},
}

func parseSmallBuffers(p *Parser, l *Line) {
	var set SmallBuffers
	for _, w := range l.Words[2:] {
		i := slices.Index(smallBufferWords, w)
		if i < 0 {
			p.Alert(l.Pos, "invalid parameter '%s'. option 'use-small-buffers' expects 'queue', 'l7-retries' or 'check' value.", clip(w))
			return
		}
		set |= 1 << i
	}
	if len(l.Words) == 2 {
		set = allSmallBuffers
	}
	v := &p.proxy.Options.Traits.SmallBuffers
	if l.No || l.Default {
		*v &^= set
	} else {
		*v |= set
	}
}

// smallBuffers writes the places that v has and was has not, or the other way.
func (t *textWriter) smallBuffers(v, was SmallBuffers) {
	for _, x := range []struct {
		words []string
		set   SmallBuffers
	}{{[]string{"no", "option"}, was &^ v}, {[]string{"option"}, v &^ was}} {
		if x.set == 0 {
			continue
		}
		words := append(x.words, "use-small-buffers")
		for i, w := range smallBufferWords {
			if x.set&(1<<i) != 0 {
				words = append(words, w)
			}
		}
		t.line(words...)
	}
}
