package check

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// expect compiles the words of an expect step, whose syntax was checked.
func (k *compiler) expect(http bool) (*expect, error) {
	e := &expect{minRecv: -1}
	for len(k.words) > 0 {
		w := k.next()
		if w == "!" {
			e.not = true
			w = k.next()
		} else if rest, not := strings.CutPrefix(w, "!"); not {
			e.not, w = true, rest
		}
		var err error
		switch w {
		case "min-recv":
			e.minRecv, err = strconv.Atoi(k.next())
		case "comment":
			k.comment = k.next()
		case "ok-status":
			e.okStatus = k.next()
		case "error-status":
			e.errorStatus = k.next()
		case "tout-status":
			e.timeoutStatus = k.next()
		case "on-success":
			e.onSuccess, err = k.format(k.next())
		case "on-error":
			e.onError, err = k.format(k.next())
		case "status-code":
			if e.code, err = k.expr(k.next()); err != nil {
				err = fmt.Errorf("error detected while parsing status-code expression : %w", err)
			}
		default:
			err = k.match(e, w)
		}
		if err != nil {
			return nil, err
		}
	}
	e.defaults(http)
	return e, nil
}

func (e *expect) defaults(http bool) {
	for _, d := range []struct {
		status *string
		def    string
	}{{&e.okStatus, "L7OK"}, {&e.errorStatus, "L7RSP"}, {&e.timeoutStatus, "L7TOUT"}} {
		if *d.status != "" {
			continue
		}
		*d.status = d.def
		if http && d.def == "L7RSP" && (e.status != nil || e.rstatus || e.header != nil) {
			*d.status = "L7STS"
		}
	}
}

// match compiles what an expect step looks for.
func (k *compiler) match(e *expect, word string) (err error) {
	switch word {
	case "hdr", "fhdr":
		e.header, err = k.header(word == "fhdr")
		return err
	}
	p := k.next()
	switch word {
	case "string":
		e.text, e.what, e.unmatched = []byte(p), "string '"+p+"'", "content '"+p+"'"
	case "binary":
		e.text, err = hex.DecodeString(p)
		e.what, e.unmatched = "binary '"+p+"'", "content (binary)"
	case "string-lf":
		e.format, err = k.format(p)
		e.what, e.unmatched = "log-format string", "content (log-format string)"
	case "binary-lf":
		e.format, err = k.format(p)
		e.hex, e.what, e.unmatched = true, "log-format binary", "content (log-format binary)"
	case "rstring":
		e.regex, err = sample.CompileRegexp(p, false)
		e.what, e.unmatched = "regex", "content (regex)"
	case "rbinary":
		e.regex, err = sample.CompileRegexp(p, false)
		e.digits, e.what, e.unmatched = true, "binary regex", "content (binary regex)"
	case "rstatus":
		e.regex, err = sample.CompileRegexp(p, false)
		e.rstatus = true
	case "status":
		e.status, _ = config.ParseStatusList(p)
	}
	return err
}

func (k *compiler) header(full bool) (*headerMatch, error) {
	h := &headerMatch{full: full}
	word := k.next()
	for {
		m, err := k.matcher(strings.HasSuffix(word, "-lf"), strings.HasPrefix(word, "name"))
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(word, "name") {
			h.name = m
		} else {
			h.value = m
		}
		if len(k.words) == 0 || h.value != nil || k.words[0] != "value" && k.words[0] != "value-lf" {
			return h, nil
		}
		word = k.next()
	}
}

// matcher compiles "[-m method] pattern"; names are compared without regard to
// case.
func (k *compiler) matcher(format, fold bool) (m *matcher, err error) {
	m = &matcher{method: "str", fold: fold}
	if k.words[0] == "-m" {
		k.next()
		m.method = k.next()
	}
	p := k.next()
	switch {
	case format:
		m.format, err = k.format(p)
	case m.method == "reg":
		m.regex, err = sample.CompileRegexp(p, fold)
	default:
		m.text = []byte(p)
	}
	return m, err
}

// http adds what nobody wrote: the request of "option httpchk", and that an
// answer of 2xx or 3xx is good.
func (k *compiler) http(s *Script, c *config.CheckSpec) *Fault {
	method, uri, version, host := c.Request()
	option := &request{method: method, version: version}
	if uri != "" {
		option.uri = sample.LiteralFormat(uri)
	}
	if host != "" {
		f, err := sample.ParseFormat(host, sample.HeaderStyle, sample.TCPCheck, k.scope)
		if err != nil {
			return &Fault{c.TypePos, fmt.Sprintf("'option httpchk' : %v.", err)}
		}
		option.fields = []field{{"host", f}}
	}
	at := s.first()
	if at >= 0 && s.steps[at].connect != nil {
		for at++; at < len(s.steps) && s.steps[at].set != nil; at++ {
		}
	}
	switch {
	case at < 0:
		s.steps = append(s.steps, step{request: option})
	case at < len(s.steps) && s.steps[at].request != nil:
		first, second := option, s.steps[at].request
		if pos := c.HTTP[s.steps[at].number-1].Pos; pos.File == c.TypePos.File && pos.Line < c.TypePos.Line {
			first, second = second, first
		}
		s.steps[at].request = first.with(second)
	default:
		s.steps = append(s.steps[:at:at], append([]step{{request: option}}, s.steps[at:]...)...)
	}
	s.ask()
	last := len(s.steps) - 1
	for ; s.steps[last].set != nil; last-- {
	}
	if s.steps[last].expect == nil {
		e := &expect{minRecv: -1, status: []config.StatusRange{{Low: 200, High: 399}}}
		e.defaults(true)
		s.steps = append(s.steps, step{expect: e})
	}
	return nil
}

// ask puts the default request after every connection that has none.
func (s *Script) ask() {
	var steps []step
	for i := range s.steps {
		steps = append(steps, s.steps[i])
		if s.steps[i].connect == nil {
			continue
		}
		next := i + 1
		for next < len(s.steps) && s.steps[next].set != nil {
			next++
		}
		if next == len(s.steps) || s.steps[next].request == nil {
			steps = append(steps, step{request: &request{}})
		}
	}
	s.steps = steps
}

// with is r with everything that other sets.
func (r *request) with(other *request) *request {
	all := *r
	if other.method != "" {
		all.method = other.method
	}
	if other.version != "" {
		all.version = other.version
	}
	if other.uri != nil {
		all.uri = other.uri
	}
	if other.body != nil {
		all.body = other.body
	}
	if other.fields != nil {
		all.fields = other.fields
	}
	return &all
}
