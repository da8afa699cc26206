package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// pageStatuses are those the reference has pages for.
var pageStatuses = []int{200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504}

// maxPayload is the greatest payload of a reply: it must fit in one buffer.
const maxPayload = sample.MaxData

// parseAnswer compiles return, deny and tarpit.
func parseAnswer(v Verdict) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		r := replyParser{p: p, status: 200}
		short := false // deny in its short form
		if v == Deny || v == Tarpit {
			r.status = 403
			switch {
			case v == Tarpit:
				r.status = 500
			case p.set == httpResponse:
				r.status = 502
			}
			if short = isCond(words); len(words) > 0 && words[0] == "deny_status" {
				words = append([]string{"status"}, words[1:]...)
				short = len(words) >= 2 && isCond(words[2:])
			}
		}
		rest, err := r.parse(words)
		if err != nil {
			return nil, nil, err
		}
		if short {
			r.payload = "default-errorfiles"
		}
		y, err := r.finish()
		return &answer{v, y}, rest, err
	}
}

type replyParser struct {
	p           *actionParser
	status      int
	contentType string
	typed       bool
	payload     string // which kind, "" for none
	arg         string // its argument
	data        []byte // of errorfile
	fields      []replyField
}

var payloadArgs = map[string]string{
	"default-errorfiles": "", "errorfile": "<fmt>", "errorfiles": "<name>", "file": "<file>", "lf-file": "<file>", "string": "<str>", "lf-string": "<fmt>",
}

func (r *replyParser) parse(words []string) ([]string, error) {
	for !isCond(words) {
		w, used := words[0], 2
		wants, isPayload := payloadArgs[w]
		switch {
		case isPayload:
			if r.payload != "" {
				return nil, fmt.Errorf("unexpected '%s' argument, '%s' already defined", w, r.payload)
			}
			if r.payload = w; wants == "" {
				used = 1
				break
			}
			if len(words) < 2 {
				return nil, fmt.Errorf("'%s' expects %s as argument", w, wants)
			}
			r.arg = words[1]
		case w == "status":
			if len(words) < 2 {
				return nil, errors.New("'status' expects <status_code> as argument")
			}
			if r.status = leadingNumber(words[1]); r.status < 200 || r.status > 599 {
				return nil, fmt.Errorf("Unexpected status code '%d'", r.status)
			}
		case w == "content-type":
			if len(words) < 2 {
				return nil, errors.New("'content-type' expects <ctype> as argument")
			}
			r.contentType, r.typed = words[1], true
		case w == "hdr":
			if len(words) < 3 {
				return nil, errors.New("'hdr' expects <name> and <value> as arguments")
			}
			used = 3
			if err := r.header(words[1], words[2]); err != nil {
				return nil, err
			}
		default:
			return words, nil
		}
		words = words[used:]
	}
	return words, nil
}

// leadingNumber reads the digits s begins with, 0 without any.
func leadingNumber(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	v, _ := strconv.Atoi(s[:n])
	return v
}

func (r *replyParser) header(name, value string) error {
	low := strings.ToLower(name)
	if low == "content-length" || low == "transfer-encoding" || low == "content-type" {
		r.p.warn("header '%s' always ignored by the http reply.", name)
		return nil
	}
	f, err := r.p.format(value, sample.HeaderStyle)
	r.fields = append(r.fields, replyField{low, f})
	return err
}

func (r *replyParser) finish() (*Reply, error) {
	y := &Reply{Status: r.status, contentType: r.contentType, fields: r.fields}
	switch r.payload {
	case "":
		if r.typed {
			r.p.warn("content-type '%s' ignored by the http reply because neither errorfile nor payload defined.", r.contentType)
		}
		return y, nil
	case "default-errorfiles", "errorfile", "errorfiles":
		return r.page(y)
	}
	return y, r.body(y)
}

// page finishes a reply that is a whole message.
func (r *replyParser) page(y *Reply) (*Reply, error) {
	switch r.payload {
	case "errorfiles":
		y.ErrorPage, y.group = true, r.arg
	case "default-errorfiles":
		if !slices.Contains(pageStatuses, r.status) {
			return nil, fmt.Errorf("status code '%d' not handled by default with 'default-errorfiles' argument.", r.status)
		}
		y.ErrorPage = true
	default:
		data, err := r.p.ReadFile(r.arg)
		if err != nil {
			return nil, fmt.Errorf("error opening file '%s'.", r.arg)
		}
		r.data = data
		if len(data) > maxPayload {
			return nil, fmt.Errorf("'%s': the file is larger than a buffer (%d bytes)", r.arg, maxPayload)
		}
		raw, at, ok := &rawReply{}, 0, true // an empty file: nothing is answered
		if len(data) > 0 {
			raw, at, ok = parseRaw(data)
		}
		if !ok {
			return nil, fmt.Errorf("'%s': unable to parse headers (error offset: %d)", r.arg, at)
		}
		y.raw = raw // the log has the rule's status, as with the reference, whatever the file says
	}
	if r.typed {
		r.p.warn("content-type '%s' ignored by the http reply when used with an errorfile.", r.contentType)
	}
	if len(r.fields) > 0 {
		r.p.warn("hdr parameters ignored by the http reply when used with an errorfile.")
	}
	y.fields = nil
	return y, nil
}

// body finishes a reply with a payload.
func (r *replyParser) body(y *Reply) error {
	text := r.arg
	if r.payload == "file" || r.payload == "lf-file" {
		data, err := r.p.ReadFile(r.arg)
		if err != nil {
			return fmt.Errorf("error opening file '%s'", r.arg)
		}
		if len(data) > maxPayload {
			return fmt.Errorf("file '%s' exceeds the buffer size (%d > %d)", r.arg, len(data), maxPayload)
		}
		text = string(data)
	}
	if r.payload == "string" && len(text) > maxPayload {
		return fmt.Errorf("the payload of a reply must be smaller than a buffer (%d bytes)", maxPayload)
	}
	formatted := r.payload == "lf-file" || r.payload == "lf-string"
	switch {
	case formatted && !r.typed:
		return errors.New("a content type must be defined with a log-format payload")
	case text != "" && !r.typed:
		return errors.New("a content type must be defined when non-empty payload is configured")
	case text == "" && r.typed:
		r.p.warn("content-type '%s' ignored by the http reply when used with an empty payload.", r.contentType)
	}
	if text != "" && (r.status == 204 || r.status == 304) {
		return fmt.Errorf("No body expected for %d responses", r.status)
	}
	if text == "" {
		return nil
	}
	if !formatted {
		y.body = sample.LiteralFormat(text)
		return nil
	}
	f, err := r.p.format(text, sample.TextStyle)
	y.body = f
	return err
}
