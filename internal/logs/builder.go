package logs

// builder puts the items of a format together. Text before a value becomes part
// of the value's item; a blank becomes text wherever it is certain that
// something other than a blank came before it.
type builder struct {
	items []item
	text  []byte
	ask   bool // a blank in front of text depends on what was printed
	last  lastPrinted
}

// lastPrinted is what is known about the end of the line so far.
type lastPrinted uint8

const (
	lastBlank lastPrinted = iota // a blank, or nothing at all
	lastSolid                    // something else
	lastMaybe                    // a value that may have been empty
)

func (b *builder) blank() {
	switch b.last {
	case lastSolid:
		b.text = append(b.text, ' ')
	case lastMaybe:
		b.ask = true
	}
	b.last = lastBlank
}

func (b *builder) char(c byte) {
	b.text = append(b.text, c)
	b.last = lastSolid
}

func (b *builder) string(s string) {
	for i := range len(s) {
		if s[i] == ' ' {
			b.blank()
		} else {
			b.char(s[i])
		}
	}
}

func (b *builder) value(it item, mayBeEmpty bool) {
	it.text, it.blank = string(b.text), b.ask
	b.items = append(b.items, it)
	b.text, b.ask = b.text[:0], false
	if mayBeEmpty {
		b.last = lastMaybe
	} else {
		b.last = lastSolid
	}
}

func (b *builder) finish(f *Format) *Format {
	if len(b.text) > 0 || b.ask {
		b.value(item{code: codeNone}, false)
	}
	f.items = b.items
	return f
}
