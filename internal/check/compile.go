package check

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Fault is what is wrong with a line of a check.
type Fault struct {
	Pos  config.Pos
	Text string
}

func (f *Fault) Error() string { return f.Text }

// Resolver looks up the host name of an address in the configuration.
type Resolver func(a config.Address) (config.Address, error)

// Compile makes the script of a backend or of a healthcheck section.
func Compile(c *config.CheckSpec, sc *sample.Scope, resolve Resolver) (*Script, *Fault) {
	k := &compiler{scope: sc, resolve: resolve}
	s := &Script{disableOn404: c.DisableOn404, sendState: c.SendState}
	switch c.Type {
	case "", "external-check":
		return plain, nil
	case "tcp-check":
		s.named = true
		if f := k.steps(s, c.TCP, "tcp-check"); f != nil {
			return nil, f
		}
	case "httpchk":
		s.http = true
		if f := k.steps(s, c.HTTP, "http-check"); f != nil {
			return nil, f
		}
		if f := k.http(s, c); f != nil {
			return nil, f
		}
	default:
		if f := k.prepared(s, c.Type, c.Args); f != nil {
			return nil, f
		}
	}
	if first := s.first(); first < 0 || s.steps[first].connect == nil {
		s.implicit = true
		s.steps = append([]step{{connect: &connect{}}}, s.steps...)
	}
	return s, nil
}

// first is the first step that does not only set a variable, -1 without.
func (s *Script) first() int {
	for i := range s.steps {
		if s.steps[i].set == nil {
			return i
		}
	}
	return -1
}

type compiler struct {
	scope   *sample.Scope
	resolve Resolver
	words   []string // left of the line
	comment string
}

func (k *compiler) steps(s *Script, lines []*config.Setting, ruleset string) *Fault {
	comment := ""
	for i, l := range lines {
		name := l.Step()
		if name == "comment" {
			comment = l.Words[1]
			continue
		}
		k.words, k.comment = l.Words[1:], comment
		comment = ""
		st := step{number: i + 1}
		var err error
		switch name {
		case "connect":
			st.connect, err = k.connect()
		case "send", "send-lf", "send-binary", "send-binary-lf":
			if s.http {
				st.request, err = k.request()
			} else {
				st.send, err = k.send(name)
			}
		case "expect":
			st.expect, err = k.expect(s.http)
		default:
			st.set, err = k.variable(l.Words[0])
		}
		if err != nil {
			return &Fault{l.Pos, fmt.Sprintf("'%s %s' : %v.", ruleset, l.Words[0], err)}
		}
		st.comment = k.comment
		s.steps = append(s.steps, st)
	}
	return nil
}

// next takes a word off the line.
func (k *compiler) next() string {
	if len(k.words) == 0 {
		return ""
	}
	w := k.words[0]
	k.words = k.words[1:]
	return w
}

func (k *compiler) format(text string) (*sample.Format, error) {
	f, err := sample.ParseFormat(text, sample.TextStyle, sample.TCPCheck, k.scope)
	if err != nil {
		return nil, fmt.Errorf("'%s' invalid log-format string (%w)", text, err)
	}
	return f, nil
}

func (k *compiler) expr(words ...string) (*sample.Expr, error) {
	text := strings.Join(words, " ")
	e, rest, err := sample.ParseExpr(text, k.scope)
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(rest) != "":
		return nil, fmt.Errorf("unexpected '%s' after expression '%s'", strings.TrimSpace(rest), e.Text)
	case !e.Fetch.Use.At(sample.TCPCheck):
		return nil, fmt.Errorf("sample fetch <%s> may not be reliably used here because it needs '%s' which is not available here", e.Fetch.Name, e.Fetch.Use)
	}
	return e, nil
}

func (k *compiler) connect() (*connect, error) {
	c := &connect{explicit: true}
	for len(k.words) > 0 {
		switch w := k.next(); w {
		case "default":
			c.explicit = false
		case "send-proxy":
			c.sendProxy = true
		case "linger":
			c.linger = true
		case "comment":
			k.comment = k.next()
		case "proto":
			if p := k.next(); p != "h1" && p != "none" {
				return nil, fmt.Errorf("'proto' : '%s' is not built yet in this version of Sluice", p)
			}
		case "port":
			text := k.next()
			if n, err := strconv.Atoi(text); err == nil {
				c.port = n
				break
			}
			var err error
			if c.portExpr, err = k.expr(text); err != nil {
				return nil, fmt.Errorf("error detected while parsing port expression : %w", err)
			}
		case "addr":
			a, err := config.ParseCheckAddress(k.next())
			if err == nil && a.Host != "" {
				a, err = k.resolve(a)
			}
			if err != nil {
				return nil, fmt.Errorf("'addr' : %w", err)
			}
			c.addr = &a
		default:
			return nil, fmt.Errorf("'%s' is not built yet in this version of Sluice", w)
		}
	}
	return c, nil
}

func (k *compiler) send(name string) (*send, error) {
	data := k.next()
	if k.next() == "comment" {
		k.comment = k.next()
	}
	switch name {
	case "send":
		return &send{data: []byte(data)}, nil
	case "send-binary":
		b, err := hex.DecodeString(data)
		return &send{data: b}, err
	}
	f, err := k.format(data)
	return &send{format: f, hex: name == "send-binary-lf"}, err
}

func (k *compiler) request() (*request, error) {
	r := &request{}
	for len(k.words) > 0 {
		var err error
		switch w := k.next(); w {
		case "comment":
			k.comment = k.next()
		case "meth":
			r.method = k.next()
		case "ver":
			r.version = k.next()
		case "uri":
			r.uri = sample.LiteralFormat(k.next())
		case "uri-lf":
			r.uri, err = k.format(k.next())
		case "body":
			r.body = sample.LiteralFormat(k.next())
		case "body-lf":
			r.body, err = k.format(k.next())
		case "hdr":
			name := strings.ToLower(k.next())
			var f *sample.Format
			if f, err = sample.ParseFormat(k.next(), sample.HeaderStyle, sample.TCPCheck, k.scope); err == nil && name != "content-length" && name != "transfer-encoding" {
				r.fields = append(r.fields, field{name, f}) // lengths follow from the body
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (k *compiler) variable(word string) (*setVar, error) {
	name, rest, _ := strings.Cut(word, "(")
	parts := strings.Split(strings.TrimSuffix(rest, ")"), ",")
	set, err := sample.ParseAssignment(parts[0], parts[1:]...)
	if err != nil {
		return nil, fmt.Errorf("'%s' : %w", name, err)
	}
	v := &setVar{set: set}
	switch name {
	case "set-var":
		v.expr, err = k.expr(k.words...)
	case "set-var-fmt":
		v.format, err = k.format(k.next())
	default:
		v.unset = true
	}
	if err != nil {
		return nil, fmt.Errorf("'%s' : %w", name, err)
	}
	if !v.unset && len(k.words) > 0 && v.format != nil {
		return nil, errors.New("'" + name + "' : unexpected '" + k.words[0] + "' after the format")
	}
	return v, nil
}
