package config

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// Hashing is how a hash of something in a request chooses a server (manual 4.2,
// "hash-type", "hash-balance-factor", "hash-preserve-affinity").
type Hashing struct {
	Consistent bool
	Func       string // sdbm, djb2, wt6, crc32 or none
	Avalanche  bool
	Factor     int    // hash-balance-factor in percent; 0: none
	Affinity   string // hash-preserve-affinity: always, maxconn or maxqueue
}

var defaultHashing = Hashing{Func: "sdbm", Affinity: "always"}

var (
	hashFuncs   = []string{"sdbm", "djb2", "wt6", "crc32", "none"}
	hashMethods = []string{"map-based", "consistent"}
	affinities  = []string{"always", "maxconn", "maxqueue"}
)

// hashRows are the settings of hashing (manual 4.2).
var hashRows = Table{
	{Name: "hash-balance-factor", In: InBackends | InDefaults, Max: 1, Since: "1.7", Syntax: "hash-balance-factor <factor>", Doc: "Limits how far above the average hashing may load a server, in percent.", Parse: parseHashFactor},
	{Name: "hash-preserve-affinity", In: InBackends | InDefaults, Max: 1, Since: "3.0", Syntax: "hash-preserve-affinity { always | maxconn | maxqueue }", Doc: "Sets until when hashing keeps to a server that is full.", Parse: parseAffinity},
	{Name: "hash-type", In: InBackends | InDefaults, Max: 3, Syntax: "hash-type <method> <function> <modifier>", Doc: "Sets how a hash selects a server.", Parse: parseHashType},
}

func parseHashFactor(p *Parser, l *Line) {
	if !p.need(l, "'hash-balance-factor' expects an integer argument.") {
		return
	}
	n, ok := parseInt(l.Words[1], -maxInt, maxInt)
	switch {
	case !ok:
		p.Alert(l.Pos, "'hash-balance-factor' expects an integer argument.")
	case n != 0 && n <= 100:
		p.Alert(l.Pos, "'hash-balance-factor' must be 0 or greater than 100.")
	default:
		p.proxy.Hashing.Factor = n
	}
}

func parseAffinity(p *Parser, l *Line) {
	word := l.Arg(1)
	switch {
	case word == "":
		p.Alert(l.Pos, "'hash-preserve-affinity' needs a keyword to specify when to preserve hash affinity")
	case !slices.Contains(affinities, word):
		p.Alert(l.Pos, "'hash-preserve-affinity': unknown keyword '%s'%s", clip(word), nearest.Hint(word, slices.Values(affinities)))
	default:
		p.proxy.Hashing.Affinity = word
	}
}

func parseHashType(p *Parser, l *Line) {
	h := p.proxy.Hashing
	h.Func, h.Avalanche = "sdbm", false
	switch word := l.Arg(1); word {
	case "map-based":
		h.Consistent = false
	case "consistent": // without a function it spreads what sdbm gives
		h.Consistent, h.Avalanche = true, l.Arg(2) == ""
	case "avalanche":
		p.Alert(l.Pos, "experimental feature 'hash-type avalanche' is not supported anymore, please use 'hash-type map-based sdbm avalanche' instead.")
		return
	default:
		p.Alert(l.Pos, "'hash-type' only supports 'consistent' and 'map-based'.%s", nearest.Hint(word, slices.Values(hashMethods)))
		return
	}
	if f := l.Arg(2); f != "" {
		if !slices.Contains(hashFuncs, f) {
			p.Alert(l.Pos, "'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions.%s", nearest.Hint(f, slices.Values(hashFuncs)))
			return
		}
		h.Func = f
	}
	if m := l.Arg(3); m != "" {
		if m != "avalanche" {
			p.Alert(l.Pos, "'hash-type' only supports 'avalanche' as a modifier for hash functions.%s", nearest.Hint(m, slices.Values([]string{"avalanche"})))
			return
		}
		h.Avalanche = true
	}
	p.proxy.Hashing = h
}

// words are those of a line hash-type.
func (h *Hashing) words() []string {
	method := hashMethods[0]
	if h.Consistent {
		method = hashMethods[1]
	}
	w := []string{"hash-type", method, h.Func}
	if h.Avalanche {
		w = append(w, "avalanche")
	}
	return w
}

// hashing writes the settings of hashing in which p differs from base.
func (t *textWriter) hashing(p, base *Proxy) {
	h, was := &p.Hashing, &base.Hashing
	if h.Consistent != was.Consistent || h.Func != was.Func || h.Avalanche != was.Avalanche {
		t.line(h.words()...)
	}
	t.number("hash-balance-factor", h.Factor, was.Factor)
	if h.Affinity != was.Affinity {
		t.line("hash-preserve-affinity", h.Affinity)
	}
}

// hashKeys are what a consistent hash may know a server by (manual 5.2).
var hashKeys = []string{"id", "id32", "guid", "addr", "addr-port"}

// serverShare are the options of server lines about the share of the load.
var serverShare = []serverOption{
	{name: "hash-key", args: 1, since: "3.0", syntax: "hash-key <key>", doc: "Sets what a consistent hash knows the server by.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if !slices.Contains(hashKeys, a[0]) {
			return errors.New("'hash-key' has to be 'id', 'id32', 'guid', 'addr', or 'addr-port'." + nearest.Hint(a[0], slices.Values(hashKeys)))
		}
		s.HashKey = a[0]
		return nil
	}},
	{name: "slowstart", args: 1, syntax: "slowstart <start_time_in_ms>", doc: "Sets how long a server that came back takes to get its full share.", parse: func(p *Parser, s *serverLine, a []string) error {
		d, err := p.delay(a[0], time.Millisecond)
		switch {
		case err == errNoDelay:
			return errors.New("'slowstart' expects a delay as argument.")
		case err == errTimerOverflow:
			return fmt.Errorf("overflow in argument <%s> to <slowstart> of %s, maximum value is 2147483647 ms (~24.8 days).", clip(a[0]), s.who)
		case err != nil:
			return fmt.Errorf("%s in 'slowstart' argument of %s.", err, s.who)
		}
		s.SlowStart = d
		return nil
	}},
}
