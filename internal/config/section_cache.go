package config

import "strconv"

// Cache is a cache section (manual 6.2.1).
type Cache struct {
	SectionHead
	TotalMaxSize  int  // MiB
	MaxObjectSize int  // bytes; 0: a 256th of the total
	MaxAge        int  // seconds, 60 when not set
	ProcessVary   bool // off when not set
	MaxSecondary  int  // entries of one primary key, 10 when not set
}

const (
	maxCacheSize     = 4095
	maxCacheName     = 32
	defaultMaxAge    = 60
	defaultSecondary = 10
)

var cacheRows = Table{
	{Name: "max-age", In: InCache, Max: 1, Since: "1.8", Syntax: "max-age <seconds>",
		Doc: "Limits how long an object is used.", Parse: of(func(p *Parser, l *Line, c *Cache) {
			if len(l.Words) < 2 {
				c.warn(p, l, "'max-age' expects an age parameter in seconds.")
				return
			}
			c.number(p, l, &c.MaxAge, 0, maxInt)
		})},
	{Name: "max-object-size", In: InCache, Max: 1, Since: "1.8", Syntax: "max-object-size <bytes>",
		Doc: "Limits the size of the objects that are kept.", Parse: of(func(p *Parser, l *Line, c *Cache) {
			if len(l.Words) < 2 {
				p.alertTight(l.Pos, "'max-object-size' expects a maximum file size parameter in bytes.")
				return
			}
			c.number(p, l, &c.MaxObjectSize, 0, maxInt)
		})},
	{Name: "max-secondary-entries", In: InCache, Max: 1, Since: "2.4", Syntax: "max-secondary-entries <number>",
		Doc: "Limits the variants of one object.", Parse: of(func(p *Parser, l *Line, c *Cache) {
			if len(l.Words) < 2 {
				p.alertTight(l.Pos, "'max-secondary-entries' expects a strictly positive number.")
				return
			}
			c.number(p, l, &c.MaxSecondary, 1, maxInt)
		})},
	{Name: "process-vary", In: InCache, Max: 1, Since: "2.4", Syntax: "process-vary <on/off>",
		Doc: "Keeps objects with a Vary header, by the headers that it names.", Parse: of(func(p *Parser, l *Line, c *Cache) {
			switch l.Arg(1) {
			case "on", "off":
				c.ProcessVary = l.Words[1] == "on"
			default:
				c.warn(p, l, "'process-vary' expects \"on\" or \"off\" (enable or disable vary processing).")
			}
		})},
	{Name: "total-max-size", In: InCache, Max: 1, Since: "1.8", Syntax: "total-max-size <megabytes>",
		Doc: "Sets the memory of the cache in megabytes.", Parse: of(func(p *Parser, l *Line, c *Cache) {
			if n, err := strconv.Atoi(l.Arg(1)); err == nil && (n > maxCacheSize || n < 0) {
				p.alertTight(l.Pos, "\"total-max-size\" (%d) must not be greater than %d", n, maxCacheSize)
				return
			}
			c.number(p, l, &c.TotalMaxSize, 0, maxCacheSize)
		})},
}

func openCache(p *Parser, l *Line) {
	p.skipSection("cache")
	name := l.Arg(1)
	switch {
	case p.discovery:
		return
	case name == "":
		p.Alert(l.Pos, "'cache' expects a <name> argument")
		return
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'cache' cannot handle unexpected argument '%s'.", clip(l.Words[2]))
		return
	}
	if len(name) > maxCacheName {
		p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos,
			Text: sprintf("cache name is limited to %d characters, truncate to '%s'.", maxCacheName, name[:maxCacheName])})
		name = name[:maxCacheName]
	}
	if _, taken := p.taken(l, name); taken {
		p.alertTight(l.Pos, "Duplicate cache name '%s'.", name)
		return
	}
	p.enter(InCache, "cache", name)
	c := &Cache{SectionHead: SectionHead{l.Pos, name}, MaxAge: defaultMaxAge, MaxSecondary: defaultSecondary}
	p.other = c
	p.spec.Caches = append(p.spec.Caches, c)
}

// warn reports a line without effect.
func (c *Cache) warn(p *Parser, l *Line, text string) {
	p.report(Diagnostic{Level: Warning, Form: FormTight, Pos: l.Pos, Text: text})
}

func (c *Cache) number(p *Parser, l *Line, v *int, lo, hi int) {
	n, ok := parseInt(l.Arg(1), lo, hi)
	if !ok {
		p.alertTight(l.Pos, "%s wrong value '%s'", l.Words[0], clip(l.Arg(1)))
		return
	}
	*v = n
}

func (c *Cache) check(k *checker) {
	switch half := c.TotalMaxSize << 20 / 2; {
	case c.TotalMaxSize == 0:
		k.alert(c.Pos, "config : Size not specified for cache '%s'", c.Name)
	case c.MaxObjectSize > half:
		k.alert(c.Pos, "config : \"max-object-size\" is limited to an half of \"total-max-size\" => %d", half)
	}
}

func (c *Cache) write(t *textWriter) {
	t.section("cache", c.Name)
	t.number("total-max-size", c.TotalMaxSize, 0)
	t.number("max-object-size", c.MaxObjectSize, 0)
	t.number("max-age", c.MaxAge, defaultMaxAge)
	if c.ProcessVary {
		t.line("process-vary", "on")
	}
	t.number("max-secondary-entries", c.MaxSecondary, defaultSecondary)
}
